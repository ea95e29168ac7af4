import { type Draft, tagsOf } from './draft.ts';
import { runIdDaysAgo } from './history.ts';
import { addSnapshot } from './images.ts';

/** Snapshots whose image is gone, in each way that happens, and those that only look so. */
export function addOrphans(draft: Draft): void {
  const { state } = draft;
  for (let index = 0; index < 6; index += 1) {
    addSnapshot(draft, {
      ageDays: 400 + index * 40,
      sizeGiB: 20 + index * 10,
      Description: `Created by CreateImage(${draft.id('i')}) for ${draft.id('ami')}`,
    });
  }
  addSnapshot(draft, {
    ageDays: 1400,
    sizeGiB: 8,
    Description: `Created by CreateImage(i-0a1b2c3d) for ami-${draft.random.hex(8)}`,
  });
  for (let index = 0; index < 3; index += 1) {
    const Description = `Copied for DestinationAmi ${draft.id('ami')} from SourceAmi ${draft.id('ami')} for SourceSnapshot ${draft.id('snap')}. Task created on 1,700,000,000,000.`;
    addSnapshot(draft, { ageDays: 500 + index * 30, sizeGiB: 30, Description });
  }
  // Seen as orphans by earlier runs: one for longer than any grace, one since last week.
  for (const markedDaysAgo of [60, 7]) {
    const gone = draft.id('ami');
    const Tags = tagsOf({ 'ami-janitor:image': gone, 'ami-janitor:orphaned-at': draft.isoDaysAgo(markedDaysAgo) });
    addSnapshot(draft, {
      ageDays: 600,
      sizeGiB: 35,
      Description: `Created by CreateImage(${draft.id('i')}) for ${gone}`,
      Tags,
    });
  }
  for (let index = 0; index < 4; index += 1) {
    const gone = draft.id('ami');
    const Tags = tagsOf({ 'ami-janitor:image': gone, 'ami-janitor:run': runIdDaysAgo(draft, 45) });
    addSnapshot(draft, {
      ageDays: 380 + index * 20,
      sizeGiB: 40,
      Description: `Created by CreateImage(${draft.id('i')}) for ${gone}`,
      Tags,
    });
  }
  addLocked(draft, 450, 440, 3650);
  addLocked(draft, 900, 800, 30);
  const shared = addSnapshot(draft, {
    ageDays: 460,
    sizeGiB: 25,
    Description: `Created by CreateImage(${draft.id('i')}) for ${draft.id('ami')}`,
  });
  state.createVolumePermissions.set(shared, [{ UserId: '210987654321' }]);
  const fast = addSnapshot(draft, {
    ageDays: 470,
    sizeGiB: 25,
    Description: `Created by CreateImage(${draft.id('i')}) for ${draft.id('ami')}`,
  });
  state.fastSnapshotRestores.push({
    SnapshotId: fast,
    AvailabilityZone: `${state.region}a`,
    State: 'enabled',
    OwnerId: state.accountId,
    EnabledTime: draft.daysAgo(100),
  });
}

/** Backups of volumes, by hand and by AWS's services: none of an image, none of a janitor's business. */
export function addBackups(draft: Draft): void {
  for (let index = 0; index < 8; index += 1) {
    addSnapshot(draft, {
      ageDays: 5 + index * 45,
      sizeGiB: 100,
      Description: `nightly backup of db-${(index % 3) + 1}`,
      Tags: tagsOf({ Name: `db-${(index % 3) + 1}`, Owner: 'platform' }),
    });
  }
  addSnapshot(draft, {
    ageDays: 100,
    sizeGiB: 60,
    Description: 'This snapshot is created by the AWS Backup service.',
    Tags: tagsOf({ 'aws:backup:source-resource': 'vol-0123456789abcdef0' }),
  });
  addSnapshot(draft, {
    ageDays: 120,
    sizeGiB: 60,
    Description: 'Created for policy: policy-0a1b2c3d4e5f60718',
    Tags: tagsOf({ 'aws:dlm:lifecycle-policy-id': 'policy-0a1b2c3d4e5f60718' }),
  });
}

/** A snapshot that was locked so many days ago, for so many days. */
function addLocked(draft: Draft, ageDays: number, lockedDaysAgo: number, LockDuration: number): void {
  const { state } = draft;
  const Description = `Created by CreateImage(${draft.id('i')}) for ${draft.id('ami')}`;
  const SnapshotId = addSnapshot(draft, { ageDays, sizeGiB: 25, Description });
  state.snapshotLocks.set(SnapshotId, {
    SnapshotId,
    OwnerId: state.accountId,
    LockState: 'governance',
    LockDuration,
    LockCreatedOn: draft.daysAgo(lockedDaysAgo),
    LockDurationStartTime: draft.daysAgo(lockedDaysAgo),
    LockExpiresOn: draft.daysAgo(lockedDaysAgo - LockDuration),
  });
}
