import {
  DescribeImageUsageReportEntries$,
  type DescribeImageUsageReportEntriesRequest,
  type DescribeImageUsageReportEntriesResult,
  DescribeImageUsageReports$,
  type DescribeImageUsageReportsRequest,
  type DescribeImageUsageReportsResult,
  type ImageUsageReport,
  type ImageUsageReportEntry,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, read } from '../operation.ts';
import type { StoredUsageReport } from '../usage-report-state.ts';
import { type FilterFields, filtered } from './filters.ts';
import { checkId, IMAGE_ID, pageSize } from './parameters.ts';
import { atMostIds, expiryOf, isPending, keptReports } from './stored-usage-reports.ts';

/** Only the least that a page takes is documented. */
const PAGE = { min: 1, max: 500, default: 500 };

function stateOf(report: StoredUsageReport, context: Context): 'pending' | 'available' | 'error' {
  if (isPending(report, context)) return 'pending';
  return report.failed === undefined ? 'available' : 'error';
}

function shown(report: StoredUsageReport, context: Context): ImageUsageReport {
  return {
    ImageId: report.imageId,
    ReportId: report.reportId,
    ResourceTypes: report.resourceTypes.map(({ type, versionDepth }) => ({
      ResourceType: type,
      ...(versionDepth !== undefined && {
        ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: [String(versionDepth)] }],
      }),
    })),
    AccountIds: [...report.accountIds],
    State: stateOf(report, context),
    ...(stateOf(report, context) === 'error' && { StateReason: report.failed }),
    CreationTime: report.createdAt,
    ExpirationTime: expiryOf(report),
    Tags: [...report.tags],
  };
}

/** Reports that both lists let through; what an id of a report names must be there. */
function selectedReports(
  input: { readonly ImageIds?: string[] | undefined; readonly ReportIds?: string[] | undefined },
  context: Context,
): StoredUsageReport[] {
  const imageIds = atMostIds(input.ImageIds, 'image IDs');
  const reportIds = atMostIds(input.ReportIds, 'report IDs');
  for (const id of imageIds) checkId(id, IMAGE_ID);
  const reports = keptReports(context);
  const unknown = reportIds.find((id) => !reports.some(({ reportId }) => reportId === id));
  // The code is unconfirmed; it has the form of EC2's others.
  if (unknown !== undefined)
    throw new ServiceError('InvalidImageUsageReportId.NotFound', `The report '${unknown}' does not exist`);
  return reports.filter(
    ({ imageId, reportId }) =>
      (imageIds.length === 0 || imageIds.includes(imageId)) && (reportIds.length === 0 || reportIds.includes(reportId)),
  );
}

const REPORT_FIELDS: FilterFields<ImageUsageReport> = {
  'creation-time': (report) => [report.CreationTime?.toISOString()],
  state: (report) => [report.State],
};

function describeReports(input: DescribeImageUsageReportsRequest, context: Context): DescribeImageUsageReportsResult {
  const size = pageSize(input.MaxResults, PAGE);
  const rows = selectedReports(input, context).map((report) => shown(report, context));
  const page = context.pages.take(filtered(rows, input.Filters, REPORT_FIELDS), ({ ReportId }) => ReportId, {
    token: input.NextToken,
    size,
  });
  return { ImageUsageReports: page.items, NextToken: page.nextToken };
}

type EntryRow = ImageUsageReportEntry & { readonly Tags?: never };

const ENTRY_FIELDS: FilterFields<EntryRow> = {
  'account-id': (entry) => [entry.AccountId],
  'creation-time': (entry) => [entry.ReportCreationTime?.toISOString()],
  'resource-type': (entry) => [entry.ResourceType],
};

/** A report that is not ready has none. */
function describeEntries(
  input: DescribeImageUsageReportEntriesRequest,
  context: Context,
): DescribeImageUsageReportEntriesResult {
  const size = pageSize(input.MaxResults, PAGE);
  const rows: readonly EntryRow[] = selectedReports(input, context)
    .filter((report) => stateOf(report, context) === 'available')
    .flatMap(({ entries }) => entries);
  const keyOf = (entry: EntryRow) => `${entry.ReportId} ${entry.AccountId} ${entry.ResourceType}`;
  const page = context.pages.take(filtered(rows, input.Filters, ENTRY_FIELDS), keyOf, { token: input.NextToken, size });
  return { ImageUsageReportEntries: page.items, NextToken: page.nextToken };
}

export const imageUsageReportReads: readonly Operation[] = [
  read(DescribeImageUsageReports$, describeReports),
  read(DescribeImageUsageReportEntries$, describeEntries),
];
