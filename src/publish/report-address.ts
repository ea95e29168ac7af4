/** Whose newest report is to be opened. */
interface Wanted {
  readonly accountId: string;
  readonly regions: readonly string[];
}

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
export function reportAddress({ accountId, regions }: Wanted, place: Place): string {
  const { reportBucket, region, reportBaseUrl } = place;
  const [only, ...others] = regions;
  const key = only === undefined || others.length > 0 ? undefined : `latest/${accountId}/${only}/report.html`;
  if (reportBaseUrl !== undefined) return `${reportBaseUrl}/${key ?? 'reports/index.html'}`;
  const s3Console = `https://${region}.${consoleDomain(region)}/s3`;
  const asked = (prefix: string) => new URLSearchParams({ region, prefix }).toString().replaceAll('%2F', '/');
  return key === undefined
    ? `${s3Console}/buckets/${reportBucket}?${asked(`latest/${accountId}/`)}`
    : `${s3Console}/object/${reportBucket}?${asked(key)}`;
}

function consoleDomain(region: string): string {
  if (region.startsWith('cn-')) return 'console.amazonaws.cn';
  return region.startsWith('us-gov-') ? 'console.amazonaws-us-gov.com' : 'console.aws.amazon.com';
}
