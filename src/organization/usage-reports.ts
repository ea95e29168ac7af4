import {
  CreateImageUsageReportCommand,
  DescribeImageUsageReportEntriesCommand,
  DescribeImageUsageReportsCommand,
  type EC2Client,
  type ImageUsageReport,
  type ImageUsageReportEntry,
} from '@aws-sdk/client-ec2';
import { failureOf } from '../aws/errors.ts';
import { listOf, pages } from '../aws/pages.ts';
import type { UsageReading } from '../model/elsewhere.ts';
import type { ImageId } from '../model/ids.ts';

const IMAGES_A_CALL = 200;
const REPORTS_A_CALL = 200;
const PAGE = 500;
/** Left out, AWS looks at the newest 20 versions of a template alone, and a use by an older one stays unseen. */
const VERSION_DEPTH = 10_000;
const RESOURCE_TYPES = [
  { ResourceType: 'ec2:Instance' },
  {
    ResourceType: 'ec2:LaunchTemplate',
    ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: [String(VERSION_DEPTH)] }],
  },
];

/** What AWS's usage reports say of some images: for each its newest one that is there. What can't be read is said. */
export async function readUsage(ec2: EC2Client, imageIds: readonly ImageId[]): Promise<Map<ImageId, UsageReading>> {
  const readings = new Map<ImageId, UsageReading>();
  for (let start = 0; start < imageIds.length; start += IMAGES_A_CALL) {
    const some = imageIds.slice(start, start + IMAGES_A_CALL);
    try {
      for (const [id, reading] of await readSome(ec2, some)) readings.set(id, reading);
    } catch (error) {
      const reading: UsageReading = { status: 'unreadable', error: failureOf(error).sentence };
      for (const id of some) readings.set(id, reading);
    }
  }
  return readings;
}

/** What came of asking for usage reports. */
export interface AskedReports {
  readonly asked: number;
  /** What failed, in sentences. */
  readonly problems: readonly string[];
}

/** Asks AWS for a report on each of some images for which none is being made. */
export async function askForUsageReports(ec2: EC2Client, imageIds: readonly ImageId[]): Promise<AskedReports> {
  const problems: string[] = [];
  let asked = 0;
  for (const ImageId of await withoutPending(ec2, imageIds)) {
    try {
      await ec2.send(new CreateImageUsageReportCommand({ ImageId, ResourceTypes: RESOURCE_TYPES }));
      asked += 1;
    } catch (error) {
      problems.push(`no usage report could be asked for on ${ImageId}: ${failureOf(error).sentence}`);
    }
  }
  return { asked, problems };
}

async function withoutPending(ec2: EC2Client, imageIds: readonly ImageId[]): Promise<ImageId[]> {
  const left: ImageId[] = [];
  for (let start = 0; start < imageIds.length; start += IMAGES_A_CALL) {
    const some = imageIds.slice(start, start + IMAGES_A_CALL);
    const reports = await readReports(ec2, some);
    const pending = new Set(reports.filter((one) => one.State === 'pending' && isWhole(one)).map((one) => one.ImageId));
    left.push(...some.filter((id) => !pending.has(id)));
  }
  return left;
}

async function readSome(ec2: EC2Client, imageIds: readonly ImageId[]): Promise<ReadonlyMap<ImageId, UsageReading>> {
  const reports = Map.groupBy(await readReports(ec2, imageIds), ({ ImageId }) => ImageId);
  const best = new Map(imageIds.map((id) => [id, bestOf(reports.get(id) ?? [])]));
  const reportIds = [...best.values()].flatMap((report) =>
    report?.State === 'available' ? (report.ReportId ?? []) : [],
  );
  const entries = Map.groupBy(await readEntries(ec2, reportIds), ({ ReportId }) => ReportId);
  return new Map(
    [...best].map(([id, report]) => [id, readingOf(report, entries.get(report?.ReportId) ?? [])] as const),
  );
}

/** The newest report that speaks of every account and both kinds of use; where there is none, one that is being made. */
function bestOf(reports: readonly ImageUsageReport[]): ImageUsageReport | undefined {
  const whole = reports
    .filter(isWhole)
    .sort((a, b) => (b.CreationTime?.getTime() ?? 0) - (a.CreationTime?.getTime() ?? 0));
  return whole.find(({ State }) => State === 'available') ?? whole.find(({ State }) => State === 'pending');
}

/** Others may have asked for less: for some accounts, for one kind of use, or for fewer versions. */
function isWhole({ AccountIds = [], ResourceTypes = [] }: ImageUsageReport): boolean {
  const ofType = (name: string) => ResourceTypes.find(({ ResourceType }) => ResourceType === name);
  const templates = ofType('ec2:LaunchTemplate')?.ResourceTypeOptions ?? [];
  const depth = templates.find(({ OptionName }) => OptionName === 'version-depth')?.OptionValues?.[0];
  return AccountIds.length === 0 && ofType('ec2:Instance') !== undefined && Number(depth ?? 0) >= VERSION_DEPTH;
}

function readingOf(report: ImageUsageReport | undefined, entries: readonly ImageUsageReportEntry[]): UsageReading {
  const { State, CreationTime: createdAt, ReportId: reportId = '' } = report ?? {};
  if (createdAt === undefined) return { status: 'none' };
  if (State !== 'available') return { status: 'pending', createdAt };
  return {
    status: 'available',
    reportId,
    createdAt,
    entries: entries.map(({ AccountId = '', ResourceType = '', UsageCount = 1 }) => ({
      accountId: AccountId,
      resourceType: ResourceType,
      count: UsageCount,
    })),
  };
}

async function readReports(ec2: EC2Client, ImageIds: readonly ImageId[]): Promise<ImageUsageReport[]> {
  const reports: ImageUsageReport[] = [];
  const answers = pages(
    (NextToken) =>
      ec2.send(new DescribeImageUsageReportsCommand({ ImageIds: [...ImageIds], MaxResults: PAGE, NextToken })),
    (page) => page.NextToken,
  );
  for await (const page of answers) reports.push(...listOf(page.ImageUsageReports, 'ImageUsageReports'));
  return reports;
}

async function readEntries(ec2: EC2Client, reportIds: readonly string[]): Promise<ImageUsageReportEntry[]> {
  const entries: ImageUsageReportEntry[] = [];
  for (let start = 0; start < reportIds.length; start += REPORTS_A_CALL) {
    const ReportIds = reportIds.slice(start, start + REPORTS_A_CALL);
    const answers = pages(
      (NextToken) => ec2.send(new DescribeImageUsageReportEntriesCommand({ ReportIds, MaxResults: PAGE, NextToken })),
      (page) => page.NextToken,
    );
    for await (const page of answers) entries.push(...listOf(page.ImageUsageReportEntries, 'ImageUsageReportEntries'));
  }
  return entries;
}
