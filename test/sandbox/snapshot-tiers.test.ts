import { describe, expect, test } from 'vitest';
import { emptyAccount } from '../../sandbox/state.ts';
import { NOW, open, refusal } from './open.ts';

const IMAGE = 'ami-0000000000000000a';
const OTHER = 'ami-0000000000000000b';
const SNAPSHOT = 'snap-0000000000000000a';
const HOUR = 3_600_000;

/** Two images that map one snapshot; the one is disabled, and `State` is what the other is. */
async function account(State: 'available' | 'disabled' = 'disabled') {
  const state = emptyAccount();
  const { accountId: OwnerId } = state;
  const BlockDeviceMappings = [{ DeviceName: '/dev/sda1', Ebs: { SnapshotId: SNAPSHOT } }];
  state.images.set(IMAGE, { ImageId: IMAGE, OwnerId, State: 'disabled', BlockDeviceMappings });
  state.images.set(OTHER, { ImageId: OTHER, OwnerId, State, BlockDeviceMappings });
  state.snapshots.set(SNAPSHOT, { SnapshotId: SNAPSHOT, OwnerId, State: 'completed', StorageTier: 'standard' });
  let now = NOW;
  const opened = await open(state, { now: () => now });
  const pass = (hours: number) => {
    now = new Date(now.getTime() + hours * HOUR);
  };
  const { ec2 } = opened;
  const archive = () => ec2.modifySnapshotTier({ SnapshotId: SNAPSHOT, StorageTier: 'archive' });
  const restore = () => ec2.restoreSnapshotTier({ SnapshotId: SNAPSHOT, PermanentRestore: true });
  const shown = async () => {
    const tiers = await ec2.describeSnapshotTierStatus({ Filters: [{ Name: 'snapshot-id', Values: [SNAPSHOT] }] });
    const { Snapshots } = await ec2.describeSnapshots({ SnapshotIds: [SNAPSHOT] });
    return [Snapshots?.[0]?.StorageTier, tiers.SnapshotTierStatuses?.[0]?.LastTieringOperationStatus];
  };
  return { ...opened, pass, archive, restore, shown };
}

test('a snapshot is archived and comes back, each in its time, and is on no way twice', async () => {
  const { archive, restore, shown, pass, state } = await account();
  state.createVolumePermissions.set(SNAPSHOT, [{ UserId: '210987654321' }]);
  expect(await shown()).toEqual(['standard', undefined]);
  expect(await refusal(restore())).toBe('IncorrectState');
  await archive();
  expect(await shown()).toEqual(['standard', 'archival-in-progress']);
  expect(await refusal(archive())).toBe('IncorrectState');
  expect(await refusal(restore())).toBe('IncorrectState');
  pass(12);
  expect(await shown()).toEqual(['archive', 'archival-completed']);
  expect(state.createVolumePermissions.has(SNAPSHOT)).toBe(false);
  expect(await refusal(archive())).toBe('IncorrectState');
  await restore();
  expect(await shown()).toEqual(['archive', 'permanent-restore-in-progress']);
  expect(await refusal(restore())).toBe('IncorrectState');
  pass(60);
  expect(await shown()).toEqual(['standard', 'permanent-restore-completed']);
});

test('an image is enabled with none of its snapshots in the archive or on the way there', async () => {
  const { archive, restore, pass, ec2 } = await account();
  const enable = () => ec2.enableImage({ ImageId: IMAGE });
  await archive();
  expect(await refusal(enable())).toBe('IncorrectState');
  pass(12);
  expect(await refusal(enable())).toBe('IncorrectState');
  await restore();
  expect(await refusal(enable())).toBe('IncorrectState');
  pass(60);
  await enable();
});

describe('no snapshot is archived', () => {
  test('while an image that maps it is not disabled', async () => {
    expect(await refusal((await account('available')).archive())).toBe('InvalidSnapshot.InUse');
  });

  test('that is locked, pending or of AWS Backup', async () => {
    const { archive, state } = await account();
    const snapshot = state.snapshots.get(SNAPSHOT);
    state.snapshotLocks.set(SNAPSHOT, { SnapshotId: SNAPSHOT, LockState: 'governance' });
    expect(await refusal(archive())).toBe('SnapshotLocked');
    state.snapshotLocks.clear();
    state.snapshots.set(SNAPSHOT, { ...snapshot, Tags: [{ Key: 'aws:backup:x', Value: '' }] });
    expect(await refusal(archive())).toBe('InvalidParameterValue');
    state.snapshots.set(SNAPSHOT, { ...snapshot, State: 'pending' });
    expect(await refusal(archive())).toBe('IncorrectState');
  });

  test('where 25 are on their way', async () => {
    const { archive, state } = await account();
    const endsAt = new Date(NOW.getTime() + HOUR);
    for (let index = 0; index < 25; index += 1) {
      const SnapshotId = `snap-1${index.toString(16).padStart(16, '0')}`;
      state.snapshots.set(SnapshotId, { SnapshotId, OwnerId: state.accountId, State: 'completed' });
      state.tierings.set(SnapshotId, { operation: 'archival', startedAt: NOW, endsAt });
    }
    expect(await refusal(archive())).toBe('ResourceLimitExceeded');
  });
});

test('what is archived can be deleted with its image', async () => {
  const { archive, pass, ec2, state } = await account();
  await archive();
  pass(12);
  await ec2.deregisterImage({ ImageId: IMAGE });
  await ec2.deregisterImage({ ImageId: OTHER, DeleteAssociatedSnapshots: true });
  expect(state.snapshots.size).toBe(0);
});
