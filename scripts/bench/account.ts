import type { Image } from '@aws-sdk/client-ec2';
import { type AccountState, emptyAccount } from '../../sandbox/state.ts';
import { addCompute } from './compute.ts';
import { DAY, id, tagList } from './parts.ts';
import { addParameter, addTemplate } from './templates.ts';

const ORPHANS = 60;
/**
 * An account that a janitor has looked after for a while. For each image two snapshots, a tenth of a launch template
 * with five versions, and a twenty-fifth of a group, an instance and a fleet. Images are of up to 240 days, the newest
 * first. Under the bench's policy those over 180 days are due: some not deprecated yet, some waiting, some to disable,
 * some to go.
 */
export function benchAccount(images: number, now: Date): AccountState {
  const state = emptyAccount();
  const made = Array.from({ length: images }, (_, number) => addImage(state, number, images, now));
  for (let number = 0; number < Math.ceil(images / 10); number += 1) addTemplate(state, number, made, now);
  for (let number = 0; number < Math.ceil(images / 25); number += 1) addCompute(state, number, made, now);
  for (let number = 0; number < Math.ceil(images / 500); number += 1) addParameter(state, number, made);
  for (let number = 0; number < ORPHANS; number += 1) addOrphan(state, number, now);
  for (const resource of ['image', 'snapshot'] as const) state.recycleBin.rules.push({ resource, retentionDays: 14 });
  return state;
}

/** Every combination of lines and stages, so that groups are about a hundred images each. */
function lineOf(
  number: number,
  images: number,
): { family: string; environment: string; architecture: 'arm64' | 'x86_64' } {
  const lines = Math.max(2, Math.ceil(images / 100));
  const line = number % lines;
  return {
    family: `service-${Math.floor(line / 2)}`,
    environment: ['prod', 'staging', 'dev'][number % 3] ?? '',
    architecture: line % 2 === 0 ? 'arm64' : 'x86_64',
  };
}

/** How far an image of that age is on its way. */
function marksOf(ageDays: number, now: Date): { tags: Record<string, string>; with: Partial<Image> } {
  const deprecatedDaysAgo = ageDays > 226 ? 40 : ageDays > 214 ? 20 : ageDays > 202 ? 7 : undefined;
  if (deprecatedDaysAgo === undefined) return { tags: {}, with: {} };
  const deprecatedAt = new Date(now.getTime() - deprecatedDaysAgo * DAY);
  const tags = {
    'ami-janitor:deprecated-at': deprecatedAt.toISOString(),
    'ami-janitor:deregister-after': new Date(deprecatedAt.getTime() + 30 * DAY).toISOString(),
    'ami-janitor:rule': 'golden images',
    'ami-janitor:run': '20261001T020000Z-bench',
  };
  const disabled = ageDays > 226;
  return {
    tags: disabled ? { ...tags, 'ami-janitor:disabled-at': new Date(now.getTime() - 26 * DAY).toISOString() } : tags,
    with: { DeprecationTime: deprecatedAt.toISOString(), ...(disabled && { State: 'disabled' }) },
  };
}

function addImage(state: AccountState, number: number, images: number, now: Date): string {
  const ImageId = id('ami', number);
  const ageDays = 1 + (239 * number) / images;
  const created = new Date(now.getTime() - ageDays * DAY);
  const { family, environment, architecture } = lineOf(number, images);
  const marks = marksOf(ageDays, now);
  const Name = `${family}-${environment}-${architecture}-${created.toISOString().slice(0, 16).replace(/[-:T]/g, '')}-b${number}`;
  const tags = {
    Name,
    Family: family,
    Environment: environment,
    Owner: `team-${number % 17}@example.com`,
    BuildId: String(4000 + number),
    GitCommit: (number * 2_654_435_761).toString(16).slice(0, 7),
    ...marks.tags,
  };
  const volumes = ['/dev/xvda', '/dev/sdf'].map((DeviceName, index) => ({
    DeviceName,
    Ebs: {
      DeleteOnTermination: true,
      SnapshotId: addSnapshot(
        state,
        2 * number + index,
        created,
        `Created by CreateImage(${id('i', number)}) for ${ImageId}`,
      ),
      VolumeSize: 8 + 12 * index,
      VolumeType: 'gp3' as const,
      Encrypted: true,
    },
  }));
  state.images.set(ImageId, {
    ImageId,
    Name,
    OwnerId: state.accountId,
    Architecture: architecture,
    CreationDate: created.toISOString(),
    Description: `${family} for ${environment}, build ${number}`,
    EnaSupport: true,
    Hypervisor: 'xen',
    ImageLocation: `${state.accountId}/${Name}`,
    ImageType: 'machine',
    PlatformDetails: 'Linux/UNIX',
    Public: false,
    RootDeviceName: '/dev/xvda',
    RootDeviceType: 'ebs',
    SriovNetSupport: 'simple',
    State: 'available',
    UsageOperation: 'RunInstances',
    VirtualizationType: 'hvm',
    DeregistrationProtection: 'disabled',
    ...(number % 2 === 0 && { LastLaunchedTime: new Date(created.getTime() + DAY / 2).toISOString() }),
    Tags: tagList(tags),
    BlockDeviceMappings: volumes,
    ...marks.with,
  });
  if (number % 40 === 0) state.launchPermissions.set(ImageId, [{ UserId: '210987654321' }]);
  return ImageId;
}

function addSnapshot(state: AccountState, number: number, StartTime: Date, Description: string): string {
  const SnapshotId = id('snap', number);
  state.snapshots.set(SnapshotId, {
    SnapshotId,
    OwnerId: state.accountId,
    State: 'completed',
    Progress: '100%',
    StartTime,
    CompletionTime: new Date(StartTime.getTime() + 600_000),
    VolumeId: id('vol', number),
    VolumeSize: number % 2 === 0 ? 8 : 20,
    FullSnapshotSizeInBytes: 2 ** 30 * (2 + (number % 6)),
    StorageTier: 'standard',
    Encrypted: true,
    Description,
    Tags: tagList({ Name: `volume ${number}`, Environment: ['prod', 'staging', 'dev'][number % 3] ?? '' }),
  });
  return SnapshotId;
}

/** What this tool tagged when it deregistered an image, and could not delete then. */
function addOrphan(state: AccountState, number: number, now: Date): void {
  const imageId = id('ami', 2 ** 40 + number);
  const SnapshotId = addSnapshot(
    state,
    2 ** 40 + number,
    new Date(now.getTime() - 300 * DAY),
    `Created by CreateImage(${id('i', number)}) for ${imageId}`,
  );
  const snapshot = state.snapshots.get(SnapshotId);
  const Tags = tagList({ 'ami-janitor:image': imageId, 'ami-janitor:run': '20261001T020000Z-bench' });
  state.snapshots.set(SnapshotId, { ...snapshot, Tags });
}
