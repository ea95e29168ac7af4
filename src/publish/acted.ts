import type { Clients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import { readTarget } from '../inventory/identity.ts';
import { PASSES } from '../model/plan.ts';
import type { Report } from '../report/report.ts';
import { readReport } from '../report/schema/read-report.ts';
import type { ReportImage } from '../report/shape.ts';
import { readLatest } from './latest.ts';

/** Whose reports are wanted. */
export interface ActedRequest {
  readonly clients: Clients;
  readonly bucket: string;
  readonly regions: readonly string[];
  readonly since: Date;
}

/**
 * The newest report of each pass in each Region, where it acted since a time, with the images that it acted on. What
 * can't be read is said and left out: it tells of what was done, and nothing rests on it.
 */
export async function readActed(request: ActedRequest): Promise<{ reports: Report[]; problems: string[] }> {
  const { clients, bucket, regions, since } = request;
  const reports: Report[] = [];
  const problems: string[] = [];
  try {
    const { accountId } = await readTarget(clients);
    for (const region of regions) {
      for (const pass of PASSES) {
        const latest = await readLatest(clients.s3, bucket, `latest/${accountId}/${region}/${pass}/`);
        if (latest.status === 'unreadable') problems.push(`${region}, ${pass}: ${latest.problem}`);
        if (latest.status !== 'read' || latest.observedAt < since.toISOString()) continue;
        const images: ReportImage[] = [];
        const parsed = readReport(latest.json, (image, { outcomes }) => {
          if (outcomes.some(({ resourceId }) => resourceId === image.imageId)) images.push(image);
        });
        if (!parsed.ok) problems.push(`${region}, ${pass}: ${parsed.problem}`);
        else if (parsed.report.mode === 'enforce') reports.push({ ...parsed.report, images });
      }
    }
  } catch (error) {
    problems.push(failureOf(error).sentence);
  }
  return { reports, problems };
}
