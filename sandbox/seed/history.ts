import { DAY_MILLISECONDS, type Draft, tagsOf } from './draft.ts';
import { addSnapshot } from './images.ts';

const DUE = 8;
const WAITING = 6;

/** The id of a run that started so many days ago. */
export function runIdDaysAgo(draft: Draft, days: number): string {
  const start = draft.isoDaysAgo(days).slice(0, 19).replace(/[-:]/g, '');
  return `${start}Z-1a2b3c4d`;
}

/** What earlier runs of the janitor did: some images are due to be deregistered now, some are not yet. */
export function addEarlierRuns(draft: Draft): void {
  for (let index = 0; index < DUE + WAITING; index += 1) {
    const image = draft.takeOldest();
    const deprecatedDaysAgo = index < DUE ? 45 : 10;
    const deprecatedAt = draft.daysAgo(deprecatedDaysAgo);
    image.DeprecationTime = `${deprecatedAt.toISOString().slice(0, 16)}:00.000Z`;
    image.Tags = [
      ...(image.Tags ?? []),
      ...tagsOf({
        'ami-janitor:deprecated-at': deprecatedAt.toISOString(),
        'ami-janitor:deregister-after': new Date(deprecatedAt.getTime() + 30 * DAY_MILLISECONDS).toISOString(),
        'ami-janitor:rule': 'golden images',
        'ami-janitor:run': runIdDaysAgo(draft, deprecatedDaysAgo),
      }),
    ];
  }
}

/** Deprecated by an earlier run, and since then in use again: to be reinstated. */
export function addUsedAgain(draft: Draft): void {
  const image = draft.ordinary.find((candidate) => draft.isUsed(candidate.ImageId ?? ''));
  if (image === undefined) return;
  image.DeprecationTime = `${draft.isoDaysAgo(12).slice(0, 16)}:00.000Z`;
  image.Tags = [
    ...(image.Tags ?? []),
    ...tagsOf({
      'ami-janitor:deprecated-at': draft.isoDaysAgo(12),
      'ami-janitor:deregister-after': draft.isoDaysAgo(-18),
      'ami-janitor:rule': 'golden images',
      'ami-janitor:run': runIdDaysAgo(draft, 12),
    }),
  ];
}

/** The Recycle Bin: a rule for images that are tagged as critical, and one image that lies there with its snapshot left outside. */
export function addRecycleBin(draft: Draft): void {
  const { recycleBin, accountId } = draft.state;
  recycleBin.rules.push({ resource: 'image', retentionDays: 14, tags: [{ Key: 'Environment', Value: 'prod' }] });
  const ImageId = draft.id('ami');
  const snapshot = addSnapshot(draft, {
    ageDays: 300,
    sizeGiB: 20,
    Description: `Created by CreateImage(${draft.id('i')}) for ${ImageId}`,
  });
  const resource = {
    ImageId,
    Name: 'webapp-prod-in-the-bin',
    OwnerId: accountId,
    State: 'available' as const,
    CreationDate: draft.isoDaysAgo(300),
    Architecture: 'x86_64' as const,
    RootDeviceType: 'ebs' as const,
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: snapshot, VolumeSize: 20 } }],
    Tags: tagsOf({ Family: 'webapp', Environment: 'prod', Owner: 'webapp-team@example.com' }),
  };
  recycleBin.images.set(ImageId, { resource, enteredAt: draft.daysAgo(3), exitsAt: draft.daysAgo(-11) });
}
