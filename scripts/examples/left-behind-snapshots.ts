import { type Draft, tagsOf } from '../../sandbox/seed/draft.ts';
import { runIdDaysAgo } from '../../sandbox/seed/history.ts';
import { addSnapshot } from '../../sandbox/seed/images.ts';
import { image } from './scenery.ts';

/** Years of deregistering by hand, which leaves the snapshots; and the snapshots that only look like those. */
export function leftBehindSnapshots(draft: Draft): void {
  const { state } = draft;
  const there = image(draft, 'files-7', { ageDays: 40, tags: { Family: 'files' } });
  image(draft, 'files-6', { ageDays: 130, tags: { Family: 'files' } });
  // Disabled images still need their snapshots.
  image(draft, 'files-5', { ageDays: 220, tags: { Family: 'files' } }, { State: 'disabled' });

  const created = (ImageId: string) => `Created by CreateImage(${draft.id('i')}) for ${ImageId}`;
  const orphan = (name: string, ageDays: number, tags: Readonly<Record<string, string>> = {}) => {
    const gone = draft.id('ami');
    const marked = 'ami-janitor:orphaned-at' in tags ? { 'ami-janitor:image': gone } : {};
    return addSnapshot(draft, {
      ageDays,
      sizeGiB: 50,
      Description: created(gone),
      Tags: tagsOf({ Name: name, ...marked, ...tags }),
    });
  };
  orphan('seen for the first time', 1200);
  orphan('seen ten days ago', 1100, { 'ami-janitor:orphaned-at': draft.isoDaysAgo(10) });
  orphan('seen forty days ago', 1000, { 'ami-janitor:orphaned-at': draft.isoDaysAgo(40) });
  const fast = orphan('restored fast', 900, { 'ami-janitor:orphaned-at': draft.isoDaysAgo(40) });
  state.fastSnapshotRestores.push({ SnapshotId: fast, AvailabilityZone: `${state.region}a`, State: 'enabled' });
  const lent = orphan('shared with a partner', 800, { 'ami-janitor:orphaned-at': draft.isoDaysAgo(40) });
  state.createVolumePermissions.set(lent, [{ UserId: '210987654321' }]);
  orphan('kept by hand', 700, { 'ami-janitor:orphaned-at': draft.isoDaysAgo(40), 'ami-janitor:keep': 'true' });

  const destination = draft.id('ami');
  addSnapshot(draft, {
    ageDays: 600,
    sizeGiB: 50,
    Description: `Copied for DestinationAmi ${destination} from SourceAmi ${there.ImageId} for SourceSnapshot ${draft.id('snap')}. Task created on 1,690,000,000,000.`,
    Tags: tagsOf({ Name: 'of a copy that is gone, though its source is there' }),
  });
  // What this tool removed itself, and EC2 did not let go at the time.
  const removed = draft.id('ami');
  addSnapshot(draft, {
    ageDays: 500,
    sizeGiB: 50,
    Description: created(removed),
    Tags: tagsOf({ Name: 'left behind', 'ami-janitor:image': removed, 'ami-janitor:run': runIdDaysAgo(draft, 8) }),
  });
  // Its image lies in the Recycle Bin and may come back.
  const binned = draft.id('ami');
  const SnapshotId = addSnapshot(draft, {
    ageDays: 300,
    sizeGiB: 50,
    Description: created(binned),
    Tags: tagsOf({
      Name: 'image in the bin',
      'ami-janitor:image': binned,
      'ami-janitor:orphaned-at': draft.isoDaysAgo(40),
    }),
  });
  const resource = {
    ImageId: binned,
    Name: 'files-4',
    OwnerId: state.accountId,
    State: 'available' as const,
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId, VolumeSize: 50 } }],
  };
  state.recycleBin.images.set(binned, { resource, enteredAt: draft.daysAgo(3), exitsAt: draft.daysAgo(-11) });

  // Other people's: a database backup, AWS Backup's, and one whose description is in the words of its author.
  addSnapshot(draft, { ageDays: 50, sizeGiB: 200, Description: 'nightly', Tags: tagsOf({ Name: 'database' }) });
  addSnapshot(draft, {
    ageDays: 90,
    sizeGiB: 200,
    Description: created(draft.id('ami')),
    Tags: tagsOf({ 'aws:backup:source-resource': 'i-0123456789abcdef0' }),
  });
  addSnapshot(draft, { ageDays: 900, sizeGiB: 10, Description: `the disk of ${draft.id('ami')}, in case` });
}
