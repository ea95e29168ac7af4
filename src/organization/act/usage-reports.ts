import {
  CreateImageUsageReportCommand,
  DescribeImageUsageReportEntriesCommand,
  DescribeImageUsageReportsCommand,
  type EC2Client,
  type ImageUsageReport,
  type ImageUsageReportEntry,
} from '@aws-sdk/client-ec2';
import { failureOf } from '../../aws/errors.ts';
import { essential, listOf, pages } from '../../aws/pages.ts';
import type { UsageReading } from '../../model/cross-account-usage.ts';
import type { ImageId } from '../../model/ids.ts';

const IMAGES_A_CALL = 200;
const REPORTS_A_CALL = 200;
const PAGE = 500;
/** Left out, AWS looks at the newest 20 versions of a template alone, and a use by an older one stays unseen. */
const VERSION_DEPTH = 10_000;
/** All that a report can speak of (client-ec2 3.1169). */
const RESOURCE_TYPES = [
  { ResourceType: 'ec2:Instance' },
  {
    ResourceType: 'ec2:LaunchTemplate',
    ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: [String(VERSION_DEPTH)] }],
  },
  { ResourceType: 'imagebuilder:ImageRecipe' },
  { ResourceType: 'imagebuilder:ContainerRecipe' },
];

/** What AWS's usage reports say of some images: for each its newest one that is there. What can't be read is said. */
export async function readUsage(ec2: EC2Client, imageIds: readonly ImageId[]): Promise<Map<ImageId, UsageReading>> {
  const readings = new Map<ImageId, UsageReading>();
  for (let start = 0; start < imageIds.length; start += IMAGES_A_CALL) {
    const some = imageIds.slice(start, start + IMAGES_A_CALL);
    for (const [id, reading] of await readOrSplit(ec2, some)) readings.set(id, reading);
  }
  return readings;
}

/** One image or report that is gone since fails the whole call: halves are then asked for, so that it hides no other. */
async function readOrSplit(ec2: EC2Client, some: readonly ImageId[]): Promise<ReadonlyMap<ImageId, UsageReading>> {
  try {
    return await readSome(ec2, some);
  } catch (error) {
    const { kind, sentence } = failureOf(error);
    if (kind === 'not-found' && some.length > 1) {
      const half = Math.ceil(some.length / 2);
      return new Map([...(await readOrSplit(ec2, some.slice(0, half))), ...(await readOrSplit(ec2, some.slice(half)))]);
    }
    return new Map(some.map((id) => [id, { status: 'unreadable', error: sentence }]));
  }
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
    const reports = await pendingOf(ec2, some);
    const pending = new Set(reports.filter((one) => one.State === 'pending' && isWhole(one)).map((one) => one.ImageId));
    left.push(...some.filter((id) => !pending.has(id)));
  }
  return left;
}

/** As in reading: one image that is gone hides no other's report. */
async function pendingOf(ec2: EC2Client, some: readonly ImageId[]): Promise<ImageUsageReport[]> {
  try {
    return await readReports(ec2, some);
  } catch (error) {
    if (failureOf(error).kind !== 'not-found') throw error;
    if (some.length <= 1) return [];
    const half = Math.ceil(some.length / 2);
    return [...(await pendingOf(ec2, some.slice(0, half))), ...(await pendingOf(ec2, some.slice(half)))];
  }
}

async function readSome(ec2: EC2Client, imageIds: readonly ImageId[]): Promise<ReadonlyMap<ImageId, UsageReading>> {
  const reports = Map.groupBy(await readReports(ec2, imageIds), ({ ImageId }) => ImageId);
  const best = new Map(imageIds.map((id) => [id, bestOf(reports.get(id) ?? [])]));
  const reportIds = [...best.values()].flatMap((report) =>
    report?.State === 'available' ? (report.ReportId ?? []) : [],
  );
  const entries = Map.groupBy(await readEntries(ec2, reportIds), ({ ReportId }) => essential(ReportId, 'ReportId'));
  return new Map(
    [...best].map(([id, report]) => [id, readingOf(report, entries.get(report?.ReportId ?? '') ?? [])] as const),
  );
}

/** The newest report that speaks of every account and every kind of use; where there is none, one that is being made. */
function bestOf(reports: readonly ImageUsageReport[]): ImageUsageReport | undefined {
  const whole = reports
    .filter(isWhole)
    .sort((a, b) => (b.CreationTime?.getTime() ?? 0) - (a.CreationTime?.getTime() ?? 0));
  return whole.find(({ State }) => State === 'available') ?? whole.find(({ State }) => State === 'pending');
}

/** Others, and earlier versions of this tool, asked for less: some accounts, some kinds of use, or fewer versions. */
function isWhole({ AccountIds = [], ResourceTypes = [] }: ImageUsageReport): boolean {
  const ofType = (name: string) => ResourceTypes.find(({ ResourceType }) => ResourceType === name);
  const templates = ofType('ec2:LaunchTemplate')?.ResourceTypeOptions ?? [];
  const depth = templates.find(({ OptionName }) => OptionName === 'version-depth')?.OptionValues?.[0];
  const speaksOfAll = RESOURCE_TYPES.every(({ ResourceType }) => ofType(ResourceType) !== undefined);
  return AccountIds.length === 0 && speaksOfAll && Number(depth ?? 0) >= VERSION_DEPTH;
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
