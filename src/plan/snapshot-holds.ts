import type { SnapshotDetails } from '../model/account.ts';
import type { NonEmpty } from '../model/decision.ts';
import type { SnapshotReason } from '../model/reasons.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { TAG } from '../model/tags.ts';
import { keepTag } from '../policy/decision/keep-tag.ts';
import { managerByTags } from '../policy/decision/managed.ts';
import { protectedTag } from '../policy/decision/protections.ts';
import { tagValue } from '../policy/decision/tag-match.ts';
import type { SnapshotContext } from './snapshot-context.ts';
import type { Finding } from './snapshot-findings.ts';

/** The names under which further readings of snapshots and images are reported. */
export const SNAPSHOT_DETAILS = 'snapshot-details';
export const RECYCLE_BIN = 'recycle-bin';

/** Everything that holds a snapshot whatever its image's fate. */
export function holdsOn(snapshot: Snapshot, { account, at, protections }: SnapshotContext): SnapshotReason[] {
  const holds: SnapshotReason[] = [];
  const references = account.references.snapshots.get(snapshot.snapshotId) ?? [];
  if (references.length > 0) holds.push({ code: 'referenced', references });
  const by = managerByTags(snapshot.tags);
  if (by) holds.push({ code: 'managed', by });
  const tag = protectedTag(snapshot.tags, protections);
  if (tag) holds.push(tag);
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
export function unknownOf(
  snapshot: Snapshot,
  { kind, imageId }: Finding,
  context: SnapshotContext,
): NonEmpty<SnapshotReason> | undefined {
  const { account } = context;
  const isOrphan = kind === 'mark-orphan' || kind === 'delete-orphan';
  const bin = isOrphan && imageId ? account.recycleBin.get(imageId) : undefined;
  if (imageId && bin?.status === 'read' && bin.inBin) return [{ code: 'image-in-recycle-bin', imageId }];
  const sources = [...context.unreadable];
  if (bin?.status === 'unreadable') sources.push(RECYCLE_BIN);
  if (kind !== 'mark-orphan' && account.snapshotDetails.get(snapshot.snapshotId)?.status === 'unreadable')
    sources.push(SNAPSHOT_DETAILS);
  const [first, ...rest] = sources.map((source): SnapshotReason => ({ code: 'source-unreadable', source }));
  return first && [first, ...rest];
}
