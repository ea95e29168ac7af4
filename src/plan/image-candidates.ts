import type { Account } from '../model/account.ts';
import { unaskedLines } from '../model/ancestry.ts';
import type { Decision, SnapshotDecision } from '../model/decision.ts';
import type { ImageId, SnapshotId } from '../model/ids.ts';
import { type Image, snapshotIdsOf } from '../model/image.ts';
import { imageRecordOf, snapshotRecordOf } from '../model/journal.ts';
import { type Policy, rulesByName } from '../model/policy.ts';
import { isDisabledByTool, isOwnDeprecation, permissionsToGiveBack, TAG, TAG_PREFIX, tagValue } from '../model/tags.ts';
import { type Derived, derivedFrom } from '../policy/decision/ancestors.ts';
import { deprecationMark, isCopied } from '../policy/decision/proof.ts';
import { needsPublicUsage } from '../policy/decision/sharing.ts';
import type { Archiving } from './archive.ts';
import { type Candidate, candidate, oldestFirst } from './candidate.ts';
import { recyclableImage, recyclableSnapshot, undoFindings } from './coverage.ts';
import { type Related, relativesMissing } from './relatives.ts';

interface Context extends Related {
  readonly at: number;
  readonly snapshots: ReadonlyMap<SnapshotId, SnapshotDecision>;
  readonly archiving: Archiving['snapshots'];
}

/** The actions on images that the decisions ask for, oldest image first. */
export function imageCandidates(
  account: Account,
  policy: Policy,
  { decisions, snapshots: archiving }: Archiving,
  snapshots: readonly SnapshotDecision[],
  at: Date,
): Candidate[] {
  let derived: Derived | undefined;
  let unasked: readonly ImageId[] | undefined;
  const context: Context = {
    account,
    policy,
    at: at.getTime(),
    rules: rulesByName(policy),
    decisions: new Map(decisions.map((decision) => [decision.image.imageId, decision])),
    snapshots: new Map(snapshots.map((one) => [one.snapshotId, one])),
    archiving,
    derived: () => (derived ??= derivedFrom(account)),
    unasked: () => (unasked ??= unaskedLines(account)),
  };
  return [...context.decisions.values()]
    .filter(({ decision, protection }) => decision !== 'keep' || protection !== undefined)
    .sort((a, b) => oldestFirst(a.image, b.image))
    .flatMap((one) => {
      const taken = one.decision === 'keep' ? undefined : candidateOf(one, context);
      return [protectionOf(one, context), taken].filter((candidate) => candidate !== undefined);
    });
}

function protectionOf({ image, protection }: Decision, context: Context): Candidate | undefined {
  if (protection === undefined) return undefined;
  const { imageId } = image;
  const publicUsage = needsPublicUsage(image, context.account) ? [imageId] : [];
  const missing = protection === 'protect' ? {} : { ...relativesMissing(image, context), publicUsage };
  return candidate({ action: protection, imageId }, missing);
}

function candidateOf(decision: Exclude<Decision, { decision: 'keep' }>, context: Context): Candidate | undefined {
  const { image } = decision;
  switch (decision.decision) {
    case 'reinstate':
      return reinstate(image, decision.rule, context);
    case 'deprecate':
      return deprecate(decision, decision.rule, context);
    case 'disable':
      return candidate(
        { action: 'disable', imageId: image.imageId, rule: decision.rule },
        relativesMissing(image, context),
      );
    case 'archive':
      return archive(image, decision.rule, context);
    case 'deregister':
      return deregister(decision, decision.rule, context);
  }
}

function reinstate(image: Image, rule: string | undefined, context: Context): Candidate {
  const { imageId, tags } = image;
  const record = imageRecordOf(context.account.journal, imageId);
  const unmarkSnapshots = markedSnapshotsOf(image, context);
  // It marks them again when it goes; what another image's rule kept stays kept.
  const removedBy = record?.removing?.runId ?? tagValue(tags, TAG.deregisterRun);
  const isUnmarked = context.rules.get(rule)?.snapshots === 'keep' && wentAlone(imageId, removedBy, context);
  const unmarkKept = isUnmarked ? keptSnapshotsOf(image, context, removedBy) : [];
  return candidate({
    action: 'reinstate',
    imageId,
    liftDeprecation: liftsDeprecation(image, record?.deprecated?.at),
    enable: image.state === 'disabled' && isDisabledByTool(image, context.account.journal),
    ...permissionsToGiveBack(image, record),
    ...(unmarkSnapshots.length > 0 && { unmarkSnapshots }),
    ...(unmarkKept.length > 0 && { unmarkKept }),
  });
}

function archive(image: Image, rule: string, context: Context): Candidate {
  const { account, archiving } = context;
  const { imageId } = image;
  const archiveSnapshots = archiving.get(imageId) ?? [];
  return candidate(
    { action: 'archive', imageId, rule, archiveSnapshots },
    {
      ...relativesMissing(image, context),
      snapshotDetails: archiveSnapshots.filter((id) => !account.snapshotDetails.has(id)),
      tierings: archiveSnapshots.filter((id) => !account.tierings.has(id)),
    },
  );
}

/** The date that stands beside a copied tag is not this tool's; and EC2 takes none off a public image. */
function liftsDeprecation(image: Image, recordedAt: Date | undefined): boolean {
  const tagged = Date.parse(image.tags[TAG.deprecatedAt] ?? '');
  return !image.isPublic && !isCopied(image, tagged) && isOwnDeprecation(image, recordedAt);
}

/** The image's snapshots that carry this tool's tags, or that a record claims. */
function markedSnapshotsOf(image: Image, { account, snapshots }: Context): SnapshotId[] {
  return snapshotIdsOf(image).filter((snapshotId) => {
    const record = snapshotRecordOf(account.journal, snapshotId);
    const keys = Object.keys(snapshots.get(snapshotId)?.snapshot?.tags ?? {});
    const isTagged = keys.some((key) => key.startsWith(TAG_PREFIX) && key !== TAG.keep && key !== TAG.kept);
    return isTagged || record?.claimed !== undefined || record?.orphaned !== undefined;
  });
}

/** Whether a run removed no other image that is on record: its mark on a snapshot is for this one alone then. */
function wentAlone(imageId: ImageId, runId: string | undefined, { account: { journal } }: Context): boolean {
  if (runId === undefined || journal.status !== 'read') return false;
  return ![...journal.images].some(([id, { removing }]) => id !== imageId && removing?.runId === runId);
}

/** @param by the run that marked them; any where left out */
function keptSnapshotsOf(image: Image, { snapshots }: Context, by?: string): SnapshotId[] {
  const markOf = (id: SnapshotId) => tagValue(snapshots.get(id)?.snapshot?.tags ?? {}, TAG.kept);
  return snapshotIdsOf(image).filter((id) => (by === undefined ? markOf(id) !== undefined : markOf(id) === by));
}

function deprecate({ image, reasons }: Decision, rule: string, context: Context): Candidate {
  const { at, rules } = context;
  const alreadyDeprecated = image.deprecationTime !== undefined && image.deprecationTime.getTime() <= at;
  const after = rules.get(rule)?.deregister?.after.milliseconds;
  return candidate(
    {
      action: 'deprecate',
      imageId: image.imageId,
      rule,
      ...(after !== undefined && { deregisterAfter: new Date(at + after) }),
      alreadyDeprecated,
      ...(reasons.some(({ code }) => code === 'blocked-once-deprecated') && { blocksLaunches: true }),
      ...(image.isPublic && !alreadyDeprecated && { isFinal: true }),
    },
    relativesMissing(image, context),
  );
}

function deregister({ image, reasons }: Decision, rule: string, context: Context): Candidate | undefined {
  // Whatever the decision says: nothing is deregistered that does not carry this tool's own readable date.
  if (deprecationMark(image, context.account.journal, context.at).kind !== 'deprecated') return undefined;
  const { imageId } = image;
  const { account, policy, rules, snapshots } = context;
  const snapshotIds = snapshotIdsOf(image);
  const deleteSnapshots = snapshotIds.filter((id) => {
    const snapshot = snapshots.get(id);
    return snapshot?.decision === 'delete' && snapshot.imageId === imageId;
  });
  const keepSnapshots = snapshotIds.filter((id) => !deleteSnapshots.includes(id));
  // What carries the mark already was kept with another image: should this removal be refused, it stays.
  const kept = new Set(keptSnapshotsOf(image, context));
  const toMark = rules.get(rule)?.snapshots === 'keep' ? keepSnapshots.filter((id) => !kept.has(id)) : [];
  const goes = deleteSnapshots.map((id) => recyclableSnapshot(id, snapshots.get(id)?.snapshot));
  const { retentionRules, uncovered } = undoFindings([recyclableImage(image), ...goes], account, policy);
  const snapshotDetails = deleteSnapshots.filter((id) => !account.snapshotDetails.has(id));
  const markKept = toMark.length > 0 && { markKept: toMark };
  const freed = reasons.some(({ code }) => code === 'fast-launch') && { freesFastLaunch: true as const };
  return candidate(
    { action: 'deregister', imageId, rule, deleteSnapshots, keepSnapshots, ...markKept, ...freed },
    {
      ...relativesMissing(image, context),
      publicUsage: needsPublicUsage(image, account) ? [imageId] : [],
      snapshotDetails,
      retentionRules,
    },
    uncovered,
  );
}
