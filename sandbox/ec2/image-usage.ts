import type { AccountState, StoredTemplate } from '../state.ts';
import type { UsageLag } from '../usage-report-state.ts';

const HOUR_MILLISECONDS = 3_600_000;

/** What a report can speak of. */
export const USAGE_TYPES = [
  'ec2:Instance',
  'ec2:LaunchTemplate',
  'imagebuilder:ImageRecipe',
  'imagebuilder:ContainerRecipe',
] as const;
export type UsageType = (typeof USAGE_TYPES)[number];

/** What a usage report is to look at. */
export interface UsageQuestion {
  readonly imageId: string;
  /** How many of a template's newest versions are looked at. */
  readonly versionDepth: number;
  /** When it is asked. */
  readonly at: Date;
}

function isKnown(since: Date | undefined, at: Date, lagHours: number): boolean {
  return since === undefined || at.getTime() - since.getTime() >= lagHours * HOUR_MILLISECONDS;
}

function isNamedBy({ versions }: StoredTemplate, question: UsageQuestion, lag: UsageLag): boolean {
  const known = [...versions.values()].filter(({ CreateTime }) =>
    isKnown(CreateTime, question.at, lag.templateLagHours),
  );
  const newest = known.sort((a, b) => (b.VersionNumber ?? 0) - (a.VersionNumber ?? 0)).slice(0, question.versionDepth);
  // That a report looks behind `resolve:ssm:` is said nowhere, so it does not.
  return newest.some(({ LaunchTemplateData }) => LaunchTemplateData?.ImageId === question.imageId);
}

/** How many things of a kind use an image in one account: a template counts once, whatever versions of it do. */
export function usageIn(user: AccountState, resourceType: UsageType, question: UsageQuestion, lag: UsageLag): number {
  if (resourceType === 'imagebuilder:ImageRecipe')
    return [...user.imageRecipes.values()].filter(({ parentImage }) => parentImage === question.imageId).length;
  if (resourceType === 'imagebuilder:ContainerRecipe')
    return [...user.containerRecipes.values()].filter(
      ({ instanceConfiguration }) => instanceConfiguration?.image === question.imageId,
    ).length;
  if (resourceType === 'ec2:LaunchTemplate')
    return [...user.launchTemplates.values()].filter((template) => isNamedBy(template, question, lag)).length;
  return [...user.instances.values()].filter(
    (instance) =>
      instance.ImageId === question.imageId &&
      // Which states a report counts is unconfirmed; a terminated instance uses nothing.
      instance.State?.Name !== 'terminated' &&
      isKnown(instance.LaunchTime, question.at, lag.instanceLagHours),
  ).length;
}
