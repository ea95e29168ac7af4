import {
  DescribeLaunchTemplateVersions$,
  type DescribeLaunchTemplateVersionsRequest,
  type DescribeLaunchTemplateVersionsResult,
  type LaunchTemplateVersion,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, read } from '../operation.ts';
import { resolveParameter } from '../ssm/parameters.ts';
import type { AccountState, StoredTemplate } from '../state.ts';
import { type FilterFields, filtered } from './filters.ts';
import { templateOf } from './launch-templates.ts';
import { isListed } from './managed.ts';
import { pageSize } from './parameters.ts';

type Request = DescribeLaunchTemplateVersionsRequest;
type Row = LaunchTemplateVersion & { Tags?: never };

const FIELDS: FilterFields<Row> = {
  'image-id': (version) => [version.LaunchTemplateData?.ImageId],
  'instance-type': (version) => [version.LaunchTemplateData?.InstanceType],
  'is-default-version': (version) => [String(version.DefaultVersion ?? false)],
};

function refuse(message: string, code = 'InvalidParameterValue'): never {
  throw new ServiceError(code, message);
}

/** The number that `$Latest`, `$Default` or a number means for a template. */
function numberOf({ template }: StoredTemplate, version: string): number | undefined {
  if (version === '$Latest') return template.LatestVersionNumber;
  if (version === '$Default') return template.DefaultVersionNumber;
  return /^[1-9]\d*$/.test(version)
    ? Number(version)
    : refuse(`Invalid launch template version: ${version}`, 'InvalidLaunchTemplateVersion.Malformed');
}

function versionOf(stored: StoredTemplate, version: string): LaunchTemplateVersion {
  const number = numberOf(stored, version);
  const found = stored.versions.get(number ?? 0);
  if (found !== undefined) return found;
  // One version that is gone fails the whole call, whatever else was asked for.
  return refuse(
    `Could not find the specified version ${version} for the launch template with ID ${stored.template.LaunchTemplateId}.`,
    'InvalidLaunchTemplateId.VersionNotFound',
  );
}

function ofEveryTemplate(input: Request, state: AccountState): LaunchTemplateVersion[] {
  const wanted = input.Versions ?? [];
  if (wanted.length === 0 || input.MinVersion !== undefined || input.MaxVersion !== undefined) {
    refuse('Without a launch template, $Latest, $Default or both must be asked for.', 'MissingParameter');
  }
  if (wanted.some((version) => version !== '$Latest' && version !== '$Default')) {
    refuse('Without a launch template, only $Latest and $Default can be asked for.');
  }
  const found = [...state.launchTemplates.values()].flatMap((stored) =>
    wanted.map((version) => stored.versions.get(numberOf(stored, version) ?? 0)),
  );
  return [...new Set(found)].filter((version) => version !== undefined);
}

function ofOneTemplate(input: Request, state: AccountState): LaunchTemplateVersion[] {
  const stored = templateOf(state, input.LaunchTemplateId, input.LaunchTemplateName);
  const wanted = input.Versions ?? [];
  const ranged = input.MinVersion !== undefined || input.MaxVersion !== undefined;
  if (wanted.length > 0 && ranged)
    refuse('Versions cannot be used with MinVersion or MaxVersion.', 'InvalidParameterCombination');
  if (wanted.length > 200) refuse('At most 200 versions can be asked for.');
  if (wanted.length > 0) return [...new Set(wanted.map((version) => versionOf(stored, version)))];
  const min = input.MinVersion === undefined ? 1 : (numberOf(stored, input.MinVersion) ?? 1);
  const max = input.MaxVersion === undefined ? Number.POSITIVE_INFINITY : (numberOf(stored, input.MaxVersion) ?? 1);
  const numbers = [...stored.versions.keys()].filter((number) => number >= min && number <= max).sort((a, b) => b - a);
  return numbers.flatMap((number) => stored.versions.get(number) ?? []);
}

/** A version as it is shown: whether it is the default one is the template's word, not its own. */
function shown(version: LaunchTemplateVersion, input: Request, state: AccountState): LaunchTemplateVersion {
  const stored = state.launchTemplates.get(version.LaunchTemplateId ?? '');
  const row = { ...version, DefaultVersion: stored?.template.DefaultVersionNumber === version.VersionNumber };
  const imageId = version.LaunchTemplateData?.ImageId;
  if (input.ResolveAlias !== true || imageId?.startsWith('resolve:ssm:') !== true) return row;
  const resolved = resolveParameter(state, imageId.slice('resolve:ssm:'.length));
  if (resolved?.Value === undefined) refuse(`Invalid SSM parameter: ${imageId}`, 'InvalidAMIID.Malformed');
  return { ...row, LaunchTemplateData: { ...version.LaunchTemplateData, ImageId: resolved.Value } };
}

function describeVersions(input: Request, { state, pages }: Context): DescribeLaunchTemplateVersionsResult {
  const size = pageSize(input.MaxResults, { min: 1, max: 200, default: 200 });
  const named = input.LaunchTemplateId !== undefined || input.LaunchTemplateName !== undefined;
  if (input.ResolveAlias === true && (!named || input.Versions?.length !== 1)) {
    refuse('ResolveAlias can be used with one version of one launch template only.', 'InvalidParameterCombination');
  }
  const candidates = named ? ofOneTemplate(input, state) : ofEveryTemplate(input, state);
  const listed = candidates.filter((version) => isListed(version, input.IncludeManagedResources, state));
  const rows: readonly Row[] =
    input.Filters === undefined
      ? listed
      : filtered(
          listed.map((version) => shown(version, { ...input, ResolveAlias: false }, state)),
          input.Filters,
          FIELDS,
        );
  const page = pages.take(rows, (row) => `${row.LaunchTemplateId} ${row.VersionNumber}`, {
    token: input.NextToken,
    size,
  });
  return {
    LaunchTemplateVersions: page.items.map((version) => shown(version, input, state)),
    NextToken: page.nextToken,
  };
}

export const launchTemplateVersionReads: readonly Operation[] = [
  read(DescribeLaunchTemplateVersions$, describeVersions),
];
