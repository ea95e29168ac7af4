import { consoleDomain } from '../report/console.ts';

/** Where reports lie, and where people open them. */
interface Place {
  readonly reportBucket: string;
  /** The bucket's. */
  readonly region: string;
  /** What stands before the objects' keys, such as `https://reports.example.com`; S3's console where it is left out. */
  readonly reportBaseUrl?: string;
}

/**
 * The address of the newest report of one Region; of several Regions, the list that leads to each. The bucket is
 * private: in the console, whoever may read it there sees it.
 */
export function reportAddress(
  { accountId, regions }: { readonly accountId: string; readonly regions: readonly string[] },
  place: Place,
): string {
  const { reportBucket, region, reportBaseUrl } = place;
  const [only, ...others] = regions;
  if (only !== undefined && others.length === 0) return objectAddress(`latest/${accountId}/${only}/report.html`, place);
  if (reportBaseUrl !== undefined) return `${reportBaseUrl}/reports/index.html`;
  return `${s3Console(region)}/buckets/${reportBucket}?${asked(region, `latest/${accountId}/`)}`;
}

/** The address of one object of the bucket. */
export function objectAddress(key: string, { reportBucket, region, reportBaseUrl }: Place): string {
  if (reportBaseUrl !== undefined) return `${reportBaseUrl}/${key}`;
  return `${s3Console(region)}/object/${reportBucket}?${asked(region, key)}`;
}

function s3Console(region: string): string {
  return `https://${region}.${consoleDomain(region)}/s3`;
}

function asked(region: string, prefix: string): string {
  return new URLSearchParams({ region, prefix }).toString().replaceAll('%2F', '/');
}
