import type { Account, SnapshotDetails } from '../model/account.ts';
import { type Decision, type NonEmpty, nonEmpty, type SnapshotDecision } from '../model/decision.ts';
import type { ImageId, SnapshotId } from '../model/ids.ts';
import { type Snapshot, snapshotIdsOf } from '../model/image.ts';
import { type Policy, type RulesByName, rulesByName } from '../model/policy.ts';
import type { SnapshotReason } from '../model/reasons.ts';
import { TAG, tagValue } from '../model/tags.ts';
import {
  compileProtections,
  keepTag,
  managerByTags,
  type Protections,
  protectedTag,
  protectedTarget,
} from '../policy/decision/protections.ts';
import { unreadableSources } from '../policy/decision/sources.ts';
import { elapsedDays, limitDays } from '../text/format.ts';
import { oldestFirst } from './candidate.ts';
import { type Orphan, originOf } from './orphans.ts';

/** The names under which further readings of snapshots and images are reported. */
export const SNAPSHOT_DETAILS = 'snapshot-details';
export const SNAPSHOT_TIERS = 'snapshot-tiers';
export const RECYCLE_BIN = 'recycle-bin';

interface Context {
  readonly account: Account;
  readonly policy: Policy;
  readonly at: number;
  readonly protections: Protections;
  readonly unreadable: readonly string[];
  readonly mappers: ReadonlyMap<SnapshotId, NonEmpty<Decision>>;
  readonly images: ReadonlySet<ImageId>;
  readonly rules: RulesByName;
}

/**
 * Decides over every snapshot: those of the inventory in its order, then those that images map and it does not hold.
 * Deleted is only what belongs to an image that goes in this plan or is gone already, and that nothing else holds.
 */
export function decideSnapshots(
  account: Account,
  decisions: readonly Decision[],
  policy: Policy,
  at: Date,
): SnapshotDecision[] {
  const context: Context = {
    account,
    policy,
    at: at.getTime(),
    protections: compileProtections(policy.protect),
    unreadable: unreadableSources(account),
    mappers: mappersBySnapshot(decisions),
    images: new Set(account.images.map(({ imageId }) => imageId)),
    rules: rulesByName(policy),
  };
  const known = new Set(account.snapshots.map(({ snapshotId }) => snapshotId));
  const absent = [...context.mappers].filter(([snapshotId]) => !known.has(snapshotId));
  return [
    ...account.snapshots.map((snapshot) => decideSnapshot(snapshot, context)),
    ...absent.sort(([a], [b]) => a.localeCompare(b)).map(decideAbsent),
  ];
}

function decideSnapshot(snapshot: Snapshot, context: Context): SnapshotDecision {
  const finding = findingOf(snapshot, context);
  const { kind, imageId, reason, also = [] } = finding;
  const base = { snapshotId: snapshot.snapshotId, snapshot, ...(imageId && { imageId }) };
  const holds = holdsOn(snapshot, context);
  if (kind === 'keep') return { ...base, decision: 'keep', reasons: [reason, ...also, ...holds] };
  const kept = nonEmpty(holds) ?? nonEmpty(unknownsOf(snapshot, finding, context));
  if (kept) return { ...base, decision: 'keep', reasons: kept };
  const decision = kind === 'mark-orphan' ? 'keep' : 'delete';
  return { ...base, decision, ...(kind !== 'delete-with-image' && { nextStep: kind }), reasons: [reason, ...also] };
}

function decideAbsent([snapshotId, mappers]: readonly [SnapshotId, NonEmpty<Decision>]): SnapshotDecision {
  const staying = mappers.filter(({ decision }) => decision !== 'deregister').map(({ image }) => image.imageId);
  const imageId = mappers.at(-1)?.image.imageId;
  const reasons: NonEmpty<SnapshotReason> =
    staying.length > 0
      ? [{ code: 'mapped', images: staying }, { code: 'not-in-inventory' }]
      : [{ code: 'not-in-inventory' }];
  return { snapshotId, ...(imageId && { imageId }), decision: 'keep', reasons };
}

/** What a snapshot would be deleted for, or why it is not deleted. */
type Finding = {
  readonly kind: 'keep' | 'delete-with-image' | NonNullable<SnapshotDecision['nextStep']>;
  readonly imageId?: ImageId;
  readonly reason: SnapshotReason;
  /** What else is to be said of it. */
  readonly also?: readonly SnapshotReason[];
};

/** What the snapshot is: of an image that stays, of one that goes, of one that is gone, or of nobody's. */
function findingOf(snapshot: Snapshot, context: Context): Finding {
  const mappers = context.mappers.get(snapshot.snapshotId);
  if (mappers) return mappedFinding(mappers, context);
  const origin = originOf(snapshot, context.account.journal, context.at);
  if (origin.kind === 'unknown') return { kind: 'keep', reason: { code: 'not-of-an-image' } };
  const { imageId } = origin;
  if (context.images.has(imageId)) return { kind: 'keep', imageId, reason: { code: 'image-exists', imageId } };
  if (origin.kind === 'left-behind')
    return { kind: 'delete-left-behind', imageId, reason: { code: 'left-behind', imageId } };
  if (origin.kind === 'unproven') return { kind: 'keep', imageId, reason: { code: 'no-record', imageId } };
  const also: SnapshotReason[] = origin.isPutBack ? [{ code: 'put-back', imageId }] : [];
  return { ...orphanFinding(origin, context), also };
}

function mappedFinding(mappers: NonEmpty<Decision>, { rules }: Context): Finding {
  const images = mappers.filter(({ decision }) => decision !== 'deregister').map(({ image }) => image.imageId);
  const [staying] = images;
  if (staying !== undefined) return { kind: 'keep', imageId: staying, reason: { code: 'mapped', images } };
  // The last of several images to go takes the snapshot with it: until then the others hold it.
  const { imageId } = mappers.reduce((_, last) => last).image;
  const owners = mappers.filter((one) => one.decision === 'deregister').map(({ rule }) => rule);
  const rule = owners.find((one) => rules.get(one)?.snapshots !== 'delete');
  if (rule !== undefined) return { kind: 'keep', imageId, reason: { code: 'rule-keeps-snapshots', rule } };
  return { kind: 'delete-with-image', imageId, reason: { code: 'image-deregistered', imageId } };
}

function orphanFinding({ imageId, orphanedAt, isUnproven }: Orphan, { policy, at }: Context): Finding {
  const grace = policy.orphanSnapshots?.deleteAfter.milliseconds;
  if (grace === undefined) return { kind: 'keep', imageId, reason: { code: 'orphan-reported-only', imageId } };
  if (isUnproven) return { kind: 'keep', imageId, reason: { code: 'no-record', imageId } };
  if (!orphanedAt) return { kind: 'mark-orphan', imageId, reason: { code: 'orphan-unmarked', imageId } };
  const waited = at - orphanedAt.getTime();
  const facts = { imageId, orphanedAt, days: elapsedDays(waited, grace), ofDays: limitDays(grace) };
  if (waited < grace) return { kind: 'keep', imageId, reason: { code: 'orphan-waiting', ...facts } };
  return { kind: 'delete-orphan', imageId, reason: { code: 'orphan-past-grace', ...facts } };
}

/** Everything that holds a snapshot whatever its image's fate. */
function holdsOn(snapshot: Snapshot, { account, at, protections }: Context): SnapshotReason[] {
  const holds: SnapshotReason[] = [];
  const references = account.references.snapshots.get(snapshot.snapshotId) ?? [];
  if (references.length > 0) holds.push({ code: 'referenced', references });
  const by = managerByTags(snapshot.tags);
  if (by) holds.push({ code: 'managed', by });
  const tag = protectedTag(snapshot.tags, protections);
  if (tag) holds.push(tag);
  const place = protectedTarget(account.target, protections);
  if (place) holds.push(place);
  if (tagValue(snapshot.tags, TAG.kept) !== undefined) holds.push({ code: 'kept-by-rule' });
  const keep = keepTag(snapshot.tags, at);
  if (keep) holds.push(keep.reason);
  if (snapshot.ownerId !== account.target.accountId) holds.push({ code: 'not-own', owner: snapshot.ownerId });
  if (snapshot.state !== 'completed') holds.push({ code: 'state', state: snapshot.state });
  return [...holds, ...detailHolds(account.snapshotDetails.get(snapshot.snapshotId))];
}

function detailHolds(details: SnapshotDetails | undefined): SnapshotReason[] {
  if (details?.status !== 'read') return [];
  const holds: SnapshotReason[] = [];
  if (details.locked) holds.push({ code: 'locked' });
  if (details.sharedWith.length > 0) holds.push({ code: 'shared', accounts: details.sharedWith });
  if (details.fastRestoreZones.length > 0)
    holds.push({ code: 'fast-snapshot-restore', zones: details.fastRestoreZones });
  return holds;
}

/** What could not be read and might hold the snapshot; for orphans also whether their image lies in the Recycle Bin. */
function unknownsOf(
  { snapshotId }: Snapshot,
  { kind, imageId }: Finding,
  { account, unreadable }: Context,
): SnapshotReason[] {
  const isOrphan = kind === 'mark-orphan' || kind === 'delete-orphan';
  const bin = isOrphan && imageId ? account.recycleBin.get(imageId) : undefined;
  if (imageId && bin?.status === 'read' && bin.inBin) return [{ code: 'image-in-recycle-bin', imageId }];
  const sources = [...unreadable];
  if (bin?.status === 'unreadable') sources.push(RECYCLE_BIN);
  if (kind !== 'mark-orphan' && account.snapshotDetails.get(snapshotId)?.status === 'unreadable')
    sources.push(SNAPSHOT_DETAILS);
  return sources.map((source): SnapshotReason => ({ code: 'source-unreadable', source }));
}

/** Which decisions' images map each snapshot, oldest image first. */
function mappersBySnapshot(decisions: readonly Decision[]): Map<SnapshotId, NonEmpty<Decision>> {
  const mappers = new Map<SnapshotId, [Decision, ...Decision[]]>();
  const seen = new Set<string>();
  for (const decision of [...decisions].sort((a, b) => oldestFirst(a.image, b.image))) {
    if (seen.has(decision.image.imageId)) continue;
    seen.add(decision.image.imageId);
    for (const snapshotId of snapshotIdsOf(decision.image)) {
      const known = mappers.get(snapshotId);
      if (known) known.push(decision);
      else mappers.set(snapshotId, [decision]);
    }
  }
  return mappers;
}
