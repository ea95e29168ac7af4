import type {
  Duration,
  GroupKey,
  LaunchTemplateVersions,
  NotifySettings,
  Policy,
  ReferenceSettings,
  Rule,
  SearchedPlace,
  Selector,
  SlackSettings,
  Step,
  TagCondition,
  TagPattern,
  TargetSettings,
} from '../../model/policy.ts';
import { readDuration } from './duration.ts';
import type { PolicyFile } from './schema.ts';

type RuleFile = PolicyFile['rules'][number];
type NotifyFile = NonNullable<PolicyFile['notify']>;

const DEFAULT_PER_RUN = 50;
const DEFAULT_STOP_ABOVE_PERCENT = 25;
const DEFAULT_OWNER_TAG = 'Owner';
const DEFAULT_NOTICE = '7d';
const DEFAULT_REMIND_BEFORE = '3d';

/** Turns a valid file into the model: defaults filled in, durations as milliseconds. */
export function toPolicy(file: PolicyFile): Policy {
  return {
    version: 1,
    protect: { tags: tagPatterns(file.protect?.tags), images: file.protect?.images ?? [] },
    references: toReferences(file.references),
    rules: file.rules.map(toRule),
    ...(file.targets && { targets: toTargets(file.targets) }),
    ...(file.sharedWithAccount && {
      sharedWithAccount: { cancelUnusedAfter: toDuration(file.sharedWithAccount.cancelUnusedAfter) },
    }),
    ...(file.orphanSnapshots && { orphanSnapshots: { deleteAfter: toDuration(file.orphanSnapshots.deleteAfter) } }),
    undo: file.undo ?? 'recycle-bin',
    limits: {
      perRun: file.limits?.perRun ?? DEFAULT_PER_RUN,
      stopAbovePercent:
        file.limits?.stopAbove === undefined ? DEFAULT_STOP_ABOVE_PERCENT : Number(file.limits.stopAbove.slice(0, -1)),
    },
    ...(file.notify && { notify: toNotify(file.notify) }),
    owners: {
      tag: file.owners?.tag ?? DEFAULT_OWNER_TAG,
      ...(file.owners?.fallback !== undefined && { fallback: file.owners.fallback }),
      aliases: file.owners?.aliases ?? {},
      platformGroup: listOf(file.owners?.platformGroup ?? []),
    },
  };
}

function toReferences(references: PolicyFile['references']): ReferenceSettings {
  return {
    launchTemplateVersions: toVersions(references?.launchTemplateVersions),
    sharedImages: references?.sharedImages ?? 'keep',
    ssmParameters: (references?.ssmParameters ?? []).map((one) =>
      typeof one === 'string' ? searched(one) : searched(one.name, one.mayBeEmpty),
    ),
    documents: (references?.documents ?? []).map((one) =>
      typeof one === 'string' ? searched(one) : searched(one.path, one.mayBeEmpty),
    ),
    off: references?.off ?? [],
  };
}

function searched(pattern: string, mayBeEmpty = false): SearchedPlace {
  return { pattern, mayBeEmpty };
}

function toTargets(targets: NonNullable<PolicyFile['targets']>): TargetSettings {
  const { accounts = [], organizationalUnits = [], except = [], regions } = targets;
  return {
    accounts,
    organizationalUnits,
    except,
    ...(regions !== undefined && { regions: typeof regions === 'string' ? 'enabled' : regions }),
  };
}

function toVersions(versions: NonNullable<PolicyFile['references']>['launchTemplateVersions']): LaunchTemplateVersions {
  if (typeof versions === 'object') return { kind: 'newest', newest: versions.newest };
  return { kind: versions ?? 'in-use' };
}

function toRule(rule: RuleFile): Rule {
  const base = {
    name: rule.name,
    select: toSelector(rule.select),
    deprecate: rule.deprecate !== undefined,
    ...(rule.disable && { disable: toStep(rule.disable) }),
    ...(rule.deregister && { deregister: toStep(rule.deregister) }),
    snapshots: rule.snapshots ?? 'delete',
  } as const;
  if (rule.expire) return { ...base, kind: 'expiry', expireTag: rule.expire.tag };
  const { newest, youngerThan, launchedWithin, copiesOfKept } = rule.keep ?? {};
  return {
    ...base,
    kind: 'retention',
    groupBy: (rule.groupBy ?? []).map(toGroupKey),
    keep: {
      ...(newest !== undefined && { newest }),
      ...(youngerThan !== undefined && { youngerThan: toDuration(youngerThan) }),
      ...(launchedWithin !== undefined && { launchedWithin: toDuration(launchedWithin) }),
      copiesOfKept: copiesOfKept ?? false,
    },
  };
}

function toStep({ after, notice }: NonNullable<RuleFile['deregister']>): Step {
  return { after: toDuration(after), notice: toDuration(notice ?? DEFAULT_NOTICE) };
}

function toSelector(select: RuleFile['select']): Selector {
  const { name, description, architecture, platform, rootDeviceType, state, olderThan, youngerThan } = select;
  return {
    tags: Object.entries(select.tags ?? {}).map(([key, value]): TagCondition => ({ key, value })),
    ...(name !== undefined && { name: listOf(name) }),
    ...(description !== undefined && { description: listOf(description) }),
    ...(architecture !== undefined && { architecture: listOf(architecture) }),
    ...(platform !== undefined && { platform: listOf(platform) }),
    ...(rootDeviceType !== undefined && { rootDeviceType: listOf(rootDeviceType) }),
    ...(state !== undefined && { state: listOf(state) }),
    ...(olderThan !== undefined && { olderThan: toDuration(olderThan) }),
    ...(youngerThan !== undefined && { youngerThan: toDuration(youngerThan) }),
  };
}

function listOf(globs: string | string[]): string[] {
  return typeof globs === 'string' ? [globs] : globs;
}

function toGroupKey(written: string): GroupKey {
  if (written.startsWith('tag:')) return { kind: 'tag', key: written.slice(4) };
  return written.startsWith('name:') ? { kind: 'name', pattern: written.slice(5) } : { kind: 'architecture' };
}

function tagPatterns(tags: Readonly<Record<string, string>> | undefined): TagPattern[] {
  return Object.entries(tags ?? {}).map(([key, value]) => ({ key, value }));
}

function toNotify({ slack, sns, remindBefore, tellOwnersOnDryRun }: NotifyFile): NotifySettings {
  return {
    ...(slack && { slack: toSlack(slack) }),
    ...(sns && { sns }),
    remindBefore: toDuration(remindBefore ?? DEFAULT_REMIND_BEFORE),
    tellOwnersOnDryRun: tellOwnersOnDryRun ?? false,
  };
}

function toSlack({ token, webhook, channel, signingSecret }: NonNullable<NotifyFile['slack']>): SlackSettings {
  return {
    ...(token !== undefined && { token }),
    ...(webhook !== undefined && { webhook }),
    ...(channel !== undefined && { channel }),
    ...(signingSecret !== undefined && { signingSecret }),
  };
}

function toDuration(written: string): Duration {
  const duration = readDuration(written);
  if (!duration) throw new RangeError(`toPolicy: not a duration: ${written}`);
  return duration;
}
