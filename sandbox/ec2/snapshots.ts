import {
  DescribeFastSnapshotRestores$,
  type DescribeFastSnapshotRestoresRequest,
  type DescribeFastSnapshotRestoresResult,
  DescribeLockedSnapshots$,
  type DescribeLockedSnapshotsRequest,
  type DescribeLockedSnapshotsResult,
  DescribeSnapshotAttribute$,
  type DescribeSnapshotAttributeRequest,
  type DescribeSnapshotAttributeResult,
  DescribeSnapshots$,
  type DescribeSnapshotsRequest,
  type DescribeSnapshotsResult,
  type LockedSnapshotsInfo,
  LockSnapshot$,
  type LockSnapshotRequest,
  type LockSnapshotResult,
  type Snapshot,
  UnlockSnapshot$,
  type UnlockSnapshotRequest,
  type UnlockSnapshotResult,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, read, write } from '../operation.ts';
import { type FilterFields, filtered } from './filters.ts';
import { checkId, mustFind, pageSize, refuseTogether, SNAPSHOT_ID, selected } from './parameters.ts';
import { settleTiers } from './snapshot-tiers.ts';

const FIELDS: FilterFields<Snapshot> = {
  description: (snapshot) => [snapshot.Description],
  encrypted: (snapshot) => [String(snapshot.Encrypted ?? false)],
  'owner-id': (snapshot) => [snapshot.OwnerId],
  'snapshot-id': (snapshot) => [snapshot.SnapshotId],
  'start-time': (snapshot) => [snapshot.StartTime?.toISOString()],
  status: (snapshot) => [snapshot.State],
  'storage-tier': (snapshot) => [snapshot.StorageTier ?? 'standard'],
  'volume-id': (snapshot) => [snapshot.VolumeId],
  'volume-size': (snapshot) => [String(snapshot.VolumeSize)],
};

function describeSnapshots(input: DescribeSnapshotsRequest, { state, pages, now }: Context): DescribeSnapshotsResult {
  refuseTogether(input.SnapshotIds, 'snapshotSet', input.MaxResults);
  const size = pageSize(input.MaxResults, { min: 5, max: 1000 });
  const owners = (input.OwnerIds ?? []).map((owner) => (owner === 'self' ? state.accountId : owner));
  settleTiers(state, now);
  const candidates = selected(state.snapshots, input.SnapshotIds, SNAPSHOT_ID).filter(
    (snapshot) => owners.length === 0 || owners.includes(snapshot.OwnerId ?? ''),
  );
  const page = pages.take(filtered(candidates, input.Filters, FIELDS), (snapshot) => snapshot.SnapshotId, {
    token: input.NextToken,
    size,
  });
  return { Snapshots: page.items, NextToken: page.nextToken };
}

function describeSnapshotAttribute(
  input: DescribeSnapshotAttributeRequest,
  { state }: Context,
): DescribeSnapshotAttributeResult {
  const snapshot = mustFind(state.snapshots, input.SnapshotId, SNAPSHOT_ID);
  const SnapshotId = snapshot.SnapshotId ?? '';
  if (snapshot.OwnerId !== state.accountId)
    throw new ServiceError('AuthFailure', `Not authorized for snapshot:${SnapshotId}`, 403);
  if (input.Attribute === 'productCodes') return { SnapshotId, ProductCodes: [] };
  if (input.Attribute === 'createVolumePermission')
    return { SnapshotId, CreateVolumePermissions: state.createVolumePermissions.get(SnapshotId) ?? [] };
  throw new ServiceError(
    'InvalidParameterValue',
    `Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`,
  );
}

/** A lock as it stands now: a duration that is over reads `expired`. */
export function lockAt(lock: LockedSnapshotsInfo, now: Date): LockedSnapshotsInfo {
  return lock.LockExpiresOn !== undefined && lock.LockExpiresOn <= now ? { ...lock, LockState: 'expired' } : lock;
}

function describeLockedSnapshots(
  input: DescribeLockedSnapshotsRequest,
  { state, pages, now }: Context,
): DescribeLockedSnapshotsResult {
  const size = pageSize(input.MaxResults, { min: 5, max: 1000, default: 1000 });
  for (const id of input.SnapshotIds ?? []) checkId(id, SNAPSHOT_ID);
  const asked = new Set(input.SnapshotIds ?? []);
  const fields: FilterFields<LockedSnapshotsInfo & { Tags?: never }> = { 'lock-state': (lock) => [lock.LockState] };
  const locks = [...state.snapshotLocks.values()]
    .map((lock) => lockAt(lock, now))
    .filter((lock) => asked.size === 0 || asked.has(lock.SnapshotId ?? ''));
  const page = pages.take(filtered(locks, input.Filters, fields), (lock) => lock.SnapshotId, {
    token: input.NextToken,
    size,
  });
  return { Snapshots: page.items, NextToken: page.nextToken };
}

const DAY_MILLISECONDS = 86_400_000;

/** In governance mode alone: who may can unlock it again. */
function lockSnapshot(input: LockSnapshotRequest, { state, now }: Context): LockSnapshotResult {
  const SnapshotId = mustFind(state.snapshots, input.SnapshotId, SNAPSHOT_ID).SnapshotId ?? '';
  const { LockMode, LockDuration = 0 } = input;
  if (LockMode !== 'governance')
    throw new ServiceError('InvalidParameterValue', 'The embedded endpoint locks in governance mode alone.');
  if (LockDuration < 1)
    throw new ServiceError('MissingParameter', 'The request must contain the parameter lockDuration or expirationDate');
  const LockExpiresOn = new Date(now.getTime() + LockDuration * DAY_MILLISECONDS);
  const lock: LockedSnapshotsInfo = {
    SnapshotId,
    LockState: LockMode,
    LockDuration,
    LockCreatedOn: now,
    LockExpiresOn,
  };
  state.snapshotLocks.set(SnapshotId, { ...lock, OwnerId: state.accountId });
  return lock;
}

function unlockSnapshot(input: UnlockSnapshotRequest, { state }: Context): UnlockSnapshotResult {
  const SnapshotId = mustFind(state.snapshots, input.SnapshotId, SNAPSHOT_ID).SnapshotId ?? '';
  state.snapshotLocks.delete(SnapshotId);
  return { SnapshotId };
}

function describeFastSnapshotRestores(
  input: DescribeFastSnapshotRestoresRequest,
  { state, pages }: Context,
): DescribeFastSnapshotRestoresResult {
  const size = pageSize(input.MaxResults, { min: 1, max: 200, default: 200 });
  type Item = (typeof state.fastSnapshotRestores)[number] & { Tags?: never };
  const fields: FilterFields<Item> = {
    'availability-zone': (item) => [item.AvailabilityZone],
    'owner-id': (item) => [item.OwnerId],
    'snapshot-id': (item) => [item.SnapshotId],
    state: (item) => [item.State],
  };
  const items: readonly Item[] = state.fastSnapshotRestores;
  const page = pages.take(
    filtered(items, input.Filters, fields),
    (item) => `${item.SnapshotId} ${item.AvailabilityZone}`,
    { token: input.NextToken, size },
  );
  return { FastSnapshotRestores: page.items, NextToken: page.nextToken };
}

export const snapshotReads: readonly Operation[] = [
  read(DescribeSnapshots$, describeSnapshots),
  read(DescribeSnapshotAttribute$, describeSnapshotAttribute),
  read(DescribeLockedSnapshots$, describeLockedSnapshots),
  write(LockSnapshot$, lockSnapshot),
  write(UnlockSnapshot$, unlockSnapshot),
  read(DescribeFastSnapshotRestores$, describeFastSnapshotRestores),
];
