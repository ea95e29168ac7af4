import {
  type EC2Client,
  type ImageUsageReport,
  type ImageUsageReportEntry,
  paginateDescribeImageUsageReportEntries,
  paginateDescribeImageUsageReports,
} from '@aws-sdk/client-ec2';
import { failureOf, unreadable } from '../aws/errors.ts';
import { essential, inBatches, itemsOf } from '../aws/requests.ts';
import type { UsageReading } from '../model/account.ts';
import type { ImageId } from '../model/ids.ts';

const IMAGES_A_CALL = 200;
const REPORTS_A_CALL = 200;
const PAGE = 500;
/** Left out, AWS looks at the newest 20 versions of a template alone, and a use by an older one stays unseen. */
const VERSION_DEPTH = 10_000;
/** All that a report can speak of (client-ec2 3.1169). */
export const RESOURCE_TYPES = [
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
  const allUnreadable = (ids: readonly ImageId[], error: unknown) => ids.map((id) => [id, unreadable(error)] as const);
  return new Map<ImageId, UsageReading>(await inCalls(imageIds, (some) => readSome(ec2, some), allUnreadable));
}

/**
 * Asks about a few hundred images a call. One image or report that is gone since fails the whole call: halves are then
 * asked about, so that it hides no other.
 * @param failed stands for the answer about images that could not be asked about
 */
export async function inCalls<Answer>(
  imageIds: readonly ImageId[],
  ask: (some: readonly ImageId[]) => Promise<readonly Answer[]>,
  failed: (some: readonly ImageId[], error: unknown) => readonly Answer[],
  most = IMAGES_A_CALL,
): Promise<Answer[]> {
  const answers = await Array.fromAsync(inBatches(imageIds, most), (some) =>
    ask(some).catch((error: unknown) =>
      failureOf(error).kind === 'not-found' && some.length > 1
        ? inCalls(some, ask, failed, Math.ceil(some.length / 2))
        : failed(some, error),
    ),
  );
  return answers.flat();
}

async function readSome(ec2: EC2Client, imageIds: readonly ImageId[]) {
  const whole = (await readReports(ec2, imageIds))
    .filter(isWhole)
    .sort((a, b) => (b.CreationTime?.getTime() ?? 0) - (a.CreationTime?.getTime() ?? 0));
  const newest = (id: ImageId, state: string) => whole.find(({ ImageId, State }) => ImageId === id && State === state);
  // The newest one that speaks; where there is none, one that is being made.
  const best = imageIds.map((id) => ({ id, report: newest(id, 'available') ?? newest(id, 'pending') }));
  const reportIds = best.flatMap(({ report }) => (report?.State === 'available' ? (report.ReportId ?? []) : []));
  const entries = Map.groupBy(await readEntries(ec2, reportIds), ({ ReportId }) => essential(ReportId, 'ReportId'));
  return best.map(({ id, report }) => [id, readingOf(report, entries.get(report?.ReportId ?? '') ?? [])] as const);
}

/** Whether a report speaks of all: others, and earlier versions of this tool, asked for less: some accounts, some kinds of use, or fewer versions. */
export function isWhole({ AccountIds = [], ResourceTypes = [] }: ImageUsageReport): boolean {
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

/** The reports on some images that are there, whatever they speak of. */
export function readReports(ec2: EC2Client, ImageIds: readonly ImageId[]): Promise<ImageUsageReport[]> {
  const input = { ImageIds: [...ImageIds], MaxResults: PAGE };
  return Array.fromAsync(itemsOf(paginateDescribeImageUsageReports({ client: ec2 }, input), 'ImageUsageReports'));
}

async function readEntries(ec2: EC2Client, reportIds: readonly string[]): Promise<ImageUsageReportEntry[]> {
  const entries = await Array.fromAsync(inBatches(reportIds, REPORTS_A_CALL), (ReportIds) => {
    const answers = paginateDescribeImageUsageReportEntries({ client: ec2 }, { ReportIds, MaxResults: PAGE });
    return Array.fromAsync(itemsOf(answers, 'ImageUsageReportEntries'));
  });
  return entries.flat();
}
