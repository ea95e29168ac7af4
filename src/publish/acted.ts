import type { Clients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import { getObject, listObjects } from '../aws/s3-objects.ts';
import { PASSES } from '../model/plan.ts';
import type { Report } from '../report/report.ts';
import { readReport } from '../report/schema/read-report.ts';
import type { ReportImage } from '../report/shape.ts';
import type { DeliveryState } from './delivery-state.ts';
import { readLatest } from './latest.ts';

/** Whose outcomes are wanted. */
export interface ActedRequest {
  readonly clients: Clients;
  readonly bucket: string;
  readonly accountId: string;
  readonly regions: readonly string[];
  readonly state: DeliveryState;
  /** Since when passes that a limit stopped count. */
  readonly since: Date;
}

/** What runs did that owners were not notified of yet. */
export interface Acted {
  /** With the images that they acted on, and by which key their audit records lie. */
  readonly reports: readonly (Report & { readonly auditKey?: string })[];
  /** Runs of which nothing can be delivered any more: their report is gone. */
  readonly lost: readonly string[];
  readonly problems: readonly string[];
}

/**
 * The reports of all runs whose audit records are not marked as delivered, and those of passes that a limit stopped. What
 * can't be read now is said, and delivered the next time: nothing else rests on it.
 */
export async function readActed(request: ActedRequest): Promise<Acted> {
  const reports: Acted['reports'][number][] = [];
  const lost: string[] = [];
  const problems: string[] = [];
  for (const region of request.regions) {
    try {
      for (const auditKey of await undeliveredKeys(request, region)) {
        const report = await readActing(request, auditKey);
        if (typeof report !== 'string') reports.push({ ...report, auditKey });
        else {
          problems.push(`${region}: what a run did can't be told: ${report} (${auditKey} has it)`);
          lost.push(auditKey);
        }
      }
      reports.push(...(await stoppedReports(request, region)));
    } catch (error) {
      problems.push(
        `${region}: what was done could not be read, and is told the next time: ${failureOf(error).sentence}`,
      );
    }
  }
  return { reports, lost, problems };
}

/** The audit records of a Region that are not delivered, the oldest first. */
async function undeliveredKeys({ clients, bucket, accountId, state }: ActedRequest, region: string): Promise<string[]> {
  const Prefix = `audit/${accountId}/${region}/`;
  const StartAfter = `${Prefix}${state.from.replaceAll('-', '/')}/`;
  const keys: string[] = [];
  for await (const objects of listObjects(clients.s3, { Bucket: bucket, Prefix, StartAfter })) {
    keys.push(...objects.flatMap(({ Key = '' }) => (Key.endsWith('.jsonl') && !state.isDelivered(Key) ? [Key] : [])));
  }
  return keys.sort();
}

/** The report beside a run's audit records, with the images that it acted on; a sentence where there is none. */
async function readActing({ clients, bucket }: ActedRequest, auditKey: string): Promise<Report | string> {
  const Key = `${auditKey.replace(/^audit\//, 'reports/').replace(/\.jsonl$/, '')}/report.json`;
  const found = await getObject(clients.s3, { Bucket: bucket, Key });
  const json = await found?.Body?.transformToByteArray();
  if (json === undefined) return 'its report is gone';
  const images: ReportImage[] = [];
  const parsed = readReport(json, (image, { outcomes }) => {
    if (outcomes.some(({ resourceId }) => resourceId === image.imageId)) images.push(image);
  });
  return parsed.ok ? { ...parsed.report, images } : parsed.problem;
}

/** Passes that a limit stopped did nothing, and have no audit records. */
async function stoppedReports({ clients, bucket, accountId, since }: ActedRequest, region: string): Promise<Report[]> {
  const reports: Report[] = [];
  for (const pass of PASSES) {
    const latest = await readLatest(clients.s3, bucket, `latest/${accountId}/${region}/${pass}/`);
    const parsed = latest.status === 'read' ? readReport(latest.json, () => {}) : undefined;
    if (!parsed?.ok || parsed.report.observedAt < since.toISOString()) continue;
    if (parsed.report.mode === 'enforce' && parsed.report.outcomes.length === 0) reports.push(parsed.report);
  }
  return reports;
}
