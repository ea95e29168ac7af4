import { randomBytes } from 'node:crypto';
import {
  CreateImageUsageReport$,
  type CreateImageUsageReportRequest,
  type CreateImageUsageReportResult,
  type ImageUsageReportEntry,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, write } from '../operation.ts';
import type { AccountState } from '../state.ts';
import type { StoredUsageReport } from '../usage-report-state.ts';
import { USAGE_TYPES, type UsageType, usageIn } from './image-usage.ts';
import { ownImage } from './shared-images.ts';
import { atMostIds, isPending, keptReports } from './stored-usage-reports.ts';

const DEFAULT_VERSION_DEPTH = 20;
const MOST_VERSION_DEPTH = 10_000;
type Asked = { readonly type: UsageType; readonly versionDepth?: number };

function refuse(message: string, code = 'InvalidParameterValue'): never {
  throw new ServiceError(code, message);
}

function versionDepthOf(values: readonly string[] | undefined): number {
  const depth = Number(values?.[0] ?? DEFAULT_VERSION_DEPTH);
  if (Number.isInteger(depth) && depth >= 1 && depth <= MOST_VERSION_DEPTH) return depth;
  return refuse(`version-depth must be between 1 and ${MOST_VERSION_DEPTH}`);
}

function resourceTypesOf({ ResourceTypes: given }: CreateImageUsageReportRequest): Asked[] {
  if (given === undefined || given.length === 0)
    refuse('The request must contain the parameter ResourceTypes', 'MissingParameter');
  return given.map(({ ResourceType, ResourceTypeOptions: options = [] }): Asked => {
    const type =
      USAGE_TYPES.find((known) => known === ResourceType) ?? refuse(`Invalid resource type: ${ResourceType}`);
    const wrong = options.find(({ OptionName }) => type !== 'ec2:LaunchTemplate' || OptionName !== 'version-depth');
    if (wrong !== undefined) refuse(`The option ${wrong.OptionName} is not valid for ${type}.`);
    if (type !== 'ec2:LaunchTemplate') return { type };
    return { type, versionDepth: versionDepthOf(options[0]?.OptionValues) };
  });
}

/** What a report says of every account but the owner's: those that use nothing have no entry. */
function entriesOf(
  report: Omit<StoredUsageReport, 'entries'>,
  asked: readonly Asked[],
  { state, others }: Context,
): ImageUsageReportEntry[] {
  const users = others().filter(
    ({ accountId }) => report.accountIds.length === 0 || report.accountIds.includes(accountId),
  );
  return users.flatMap((user) =>
    asked.flatMap(({ type, versionDepth = DEFAULT_VERSION_DEPTH }): ImageUsageReportEntry[] => {
      const question = { imageId: report.imageId, versionDepth, at: report.createdAt };
      const UsageCount = usageIn(user, type, question, state.settings.usageReports);
      if (UsageCount === 0) return [];
      const { reportId: ReportId, imageId: ImageId, createdAt: ReportCreationTime } = report;
      return [{ ReportId, ImageId, ReportCreationTime, AccountId: user.accountId, ResourceType: type, UsageCount }];
    }),
  );
}

/** The report that the same token asked for before; asked for otherwise, it is refused. */
function askedBefore(
  { ClientToken, ImageId, AccountIds = [] }: CreateImageUsageReportRequest,
  state: AccountState,
): string | undefined {
  if (ClientToken === undefined) return undefined;
  const earlier = [...state.imageUsageReports.values()].find(({ clientToken }) => clientToken === ClientToken);
  if (earlier === undefined) return undefined;
  if (earlier.imageId === ImageId && earlier.accountIds.join() === AccountIds.join()) return earlier.reportId;
  return refuse('The client token was used with other parameters.', 'IdempotentParameterMismatch');
}

function createReport(input: CreateImageUsageReportRequest, context: Context): CreateImageUsageReportResult {
  const { state, now } = context;
  const asked = resourceTypesOf(input);
  const imageId = ownImage(context, input.ImageId).ImageId ?? '';
  const accountIds = atMostIds(input.AccountIds, 'account IDs');
  const wrong = accountIds.find((id) => !/^\d{12}$/.test(id));
  if (wrong !== undefined) refuse(`Invalid account ID: ${wrong}`);
  const specifications = input.TagSpecifications ?? [];
  if (specifications.some(({ ResourceType }) => ResourceType !== 'image-usage-report'))
    refuse('The resource type of the tags must be image-usage-report.');
  const before = askedBefore(input, state);
  if (before !== undefined) return { ReportId: before };
  // That there is a quota is documented, and so is that it is for reports under way; its error's code is unconfirmed.
  if (keptReports(context).filter((one) => isPending(one, context)).length >= state.settings.usageReports.mostPending)
    refuse('You have reached the maximum number of pending image usage reports.', 'ResourceLimitExceeded');
  const report = {
    reportId: `amiur-0${randomBytes(8).toString('hex')}`,
    imageId,
    accountIds,
    resourceTypes: asked,
    createdAt: now,
    tags: specifications.flatMap(({ Tags = [] }) => Tags),
    ...(input.ClientToken !== undefined && { clientToken: input.ClientToken }),
  };
  state.imageUsageReports.set(report.reportId, { ...report, entries: entriesOf(report, asked, context) });
  return { ReportId: report.reportId };
}

export const imageUsageReportRequests: readonly Operation[] = [write(CreateImageUsageReport$, createReport)];
