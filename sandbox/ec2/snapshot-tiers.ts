import {
  DescribeSnapshotTierStatus$,
  type DescribeSnapshotTierStatusRequest,
  type DescribeSnapshotTierStatusResult,
  ModifySnapshotTier$,
  type ModifySnapshotTierRequest,
  type ModifySnapshotTierResult,
  RestoreSnapshotTier$,
  type RestoreSnapshotTierRequest,
  type RestoreSnapshotTierResult,
  type Snapshot,
  type SnapshotTierStatus,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, read, write } from '../operation.ts';
import type { AccountState, StoredTiering } from '../state.ts';
import { type FilterFields, filtered } from './filters.ts';
import { mustFind, pageSize, SNAPSHOT_ID } from './parameters.ts';

/** https://docs.aws.amazon.com/ebs/latest/userguide/snapshot-archive.html#archive-quotas */
const MOST_ARCHIVALS = 25;
const MOST_RESTORES = 5;
const MOST_ARCHIVED_OF_A_VOLUME = 25;
const HOUR_MILLISECONDS = 3_600_000;

/** What has ended of moving snapshots shows in their tiers; archiving ends sharing and fast restores. */
export function settleTiers(state: AccountState, now: Date): void {
  for (const [id, { operation, endsAt, fails }] of state.tierings) {
    const snapshot = state.snapshots.get(id);
    const StorageTier = operation === 'archival' ? 'archive' : 'standard';
    if (snapshot === undefined || endsAt > now || fails || snapshot.StorageTier === StorageTier) continue;
    state.snapshots.set(id, { ...snapshot, StorageTier });
    if (operation !== 'archival') continue;
    state.createVolumePermissions.delete(id);
    const others = state.fastSnapshotRestores.filter(({ SnapshotId }) => SnapshotId !== id);
    state.fastSnapshotRestores.splice(0, Infinity, ...others);
  }
}

function inProgress(state: AccountState, now: Date): StoredTiering[] {
  return [...state.tierings].flatMap(([id, one]) => (state.snapshots.has(id) && one.endsAt > now ? one : []));
}

/** True where a snapshot lies in the archive, or is being moved there. */
export function isAway(id: string, { state, now }: Context): boolean {
  settleTiers(state, now);
  const tiering = state.tierings.get(id);
  const isLeaving = tiering?.operation === 'archival' && tiering.endsAt > now;
  return isLeaving || state.snapshots.get(id)?.StorageTier === 'archive';
}

/** An own snapshot that is complete and not on its way. */
function movable(id: string | undefined, { state, now }: Context, tier: 'standard' | 'archive'): Snapshot {
  settleTiers(state, now);
  const snapshot = mustFind(state.snapshots, id, SNAPSHOT_ID);
  if (snapshot.OwnerId !== state.accountId)
    throw new ServiceError('AuthFailure', `Not authorized for snapshot:${id}`, 403);
  const isMoving = (state.tierings.get(id ?? '')?.endsAt ?? now) > now;
  if (snapshot.State !== 'completed' || isMoving || (snapshot.StorageTier ?? 'standard') !== tier)
    throw new ServiceError('IncorrectState', `The snapshot '${id}' is not in a state for this operation.`);
  return snapshot;
}

function modifySnapshotTier(input: ModifySnapshotTierRequest, context: Context): ModifySnapshotTierResult {
  const { state, now } = context;
  if (input.StorageTier !== undefined && input.StorageTier !== 'archive')
    throw new ServiceError('InvalidParameterValue', `Invalid value '${input.StorageTier}' for storageTier.`);
  const snapshot = movable(input.SnapshotId, context, 'standard');
  const id = snapshot.SnapshotId ?? '';
  const holder = state.images.holdersOf(id).find(({ State }) => State !== 'disabled');
  if (holder !== undefined)
    throw new ServiceError(
      'InvalidSnapshot.InUse',
      `The snapshot ${id} is currently in use by ${holder.ImageId}, which must be disabled before it is archived.`,
    );
  // Not documented for a locked one: the strict direction.
  if (state.snapshotLocks.has(id)) throw new ServiceError('SnapshotLocked', `The snapshot '${id}' is locked.`);
  if ((snapshot.Tags ?? []).some(({ Key }) => Key?.startsWith('aws:backup:')))
    throw new ServiceError('InvalidParameterValue', `The snapshot '${id}' is managed by the AWS Backup service.`);
  const archivals = inProgress(state, now).filter(({ operation }) => operation === 'archival');
  const siblings = [...state.snapshots.values()].filter(
    ({ VolumeId, StorageTier }) =>
      StorageTier === 'archive' && VolumeId !== undefined && VolumeId === snapshot.VolumeId,
  );
  if (archivals.length >= MOST_ARCHIVALS || siblings.length >= MOST_ARCHIVED_OF_A_VOLUME)
    throw new ServiceError('ResourceLimitExceeded', 'The limit of snapshot archives is reached.');
  const endsAt = new Date(now.getTime() + state.settings.archivalHours * HOUR_MILLISECONDS);
  state.tierings.set(id, { operation: 'archival', startedAt: now, endsAt });
  return { SnapshotId: id, TieringStartTime: now };
}

function restoreSnapshotTier(input: RestoreSnapshotTierRequest, context: Context): RestoreSnapshotTierResult {
  const { state, now } = context;
  const { PermanentRestore = false, TemporaryRestoreDays } = input;
  if (PermanentRestore === (TemporaryRestoreDays !== undefined))
    throw new ServiceError('InvalidParameterCombination', 'Either permanentRestore or temporaryRestoreDays is needed.');
  const id = movable(input.SnapshotId, context, 'archive').SnapshotId ?? '';
  if (inProgress(state, now).filter(({ operation }) => operation !== 'archival').length >= MOST_RESTORES)
    throw new ServiceError('ResourceLimitExceeded', 'The limit of snapshot restores in progress is reached.');
  const endsAt = new Date(now.getTime() + state.settings.tierRestoreHours * HOUR_MILLISECONDS);
  const operation = PermanentRestore ? 'permanent-restore' : 'temporary-restore';
  state.tierings.set(id, { operation, startedAt: now, endsAt });
  return {
    SnapshotId: id,
    RestoreStartTime: now,
    RestoreDuration: TemporaryRestoreDays,
    IsPermanentRestore: PermanentRestore,
  };
}

function statusOf(snapshot: Snapshot, { state, now }: Context): SnapshotTierStatus & { Tags: Snapshot['Tags'] } {
  const { SnapshotId, VolumeId, State: Status, OwnerId, Tags = [], StorageTier = 'standard' } = snapshot;
  const tiering = state.tierings.get(SnapshotId ?? '');
  const base = { SnapshotId, VolumeId, Status, OwnerId, Tags, StorageTier };
  if (tiering === undefined) return base;
  const { operation, startedAt, endsAt, fails } = tiering;
  const end = endsAt > now ? 'in-progress' : fails ? 'failed' : 'completed';
  return {
    ...base,
    LastTieringStartTime: startedAt,
    LastTieringOperationStatus: `${operation}-${end}`,
    LastTieringProgress: end === 'completed' ? 100 : 0,
    ...(operation === 'archival' && end === 'completed' && { ArchivalCompleteTime: endsAt }),
  };
}

function describeSnapshotTierStatus(
  input: DescribeSnapshotTierStatusRequest,
  context: Context,
): DescribeSnapshotTierStatusResult {
  const { state, pages, now } = context;
  settleTiers(state, now);
  const size = pageSize(input.MaxResults, { min: 5, max: 1000, default: 1000 });
  const fields: FilterFields<ReturnType<typeof statusOf>> = {
    'snapshot-id': (one) => [one.SnapshotId],
    'volume-id': (one) => [one.VolumeId],
    'last-tiering-operation': (one) => [one.LastTieringOperationStatus],
  };
  const own = [...state.snapshots.values()].filter(({ OwnerId }) => OwnerId === state.accountId);
  const statuses = own.map((snapshot) => statusOf(snapshot, context));
  const page = pages.take(filtered(statuses, input.Filters, fields), (one) => one.SnapshotId, {
    token: input.NextToken,
    size,
  });
  return { SnapshotTierStatuses: page.items, NextToken: page.nextToken };
}

export const snapshotTierOperations: readonly Operation[] = [
  read(DescribeSnapshotTierStatus$, describeSnapshotTierStatus),
  write(ModifySnapshotTier$, modifySnapshotTier),
  write(RestoreSnapshotTier$, restoreSnapshotTier),
];
