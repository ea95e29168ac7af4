import type { BlockDeviceMapping, Image, Snapshot } from '@aws-sdk/client-ec2';
import { ENVIRONMENTS, type Family, familiesFor } from './catalog.ts';
import { type Draft, tagsOf } from './draft.ts';

const GIB = 1_073_741_824;
const OLDEST_DAYS = 1460;

/** Adds a snapshot as `CreateImage` makes them. */
export function addSnapshot(
  draft: Draft,
  snapshot: Partial<Snapshot> & { readonly ageDays: number; readonly sizeGiB: number },
): string {
  const { ageDays, sizeGiB, ...given } = snapshot;
  const SnapshotId = given.SnapshotId ?? draft.id('snap');
  draft.state.snapshots.set(SnapshotId, {
    SnapshotId,
    OwnerId: draft.state.accountId,
    State: 'completed',
    Progress: '100%',
    StartTime: draft.daysAgo(ageDays),
    CompletionTime: draft.daysAgo(ageDays - 0.01),
    VolumeId: draft.id('vol'),
    VolumeSize: sizeGiB,
    FullSnapshotSizeInBytes: Math.round(sizeGiB * GIB * (0.2 + 0.5 * draft.random.fraction())),
    StorageTier: 'standard',
    Encrypted: true,
    Description: '',
    Tags: [],
    ...given,
  });
  return SnapshotId;
}

/** A volume that an image brings along from a snapshot. */
export function volume(DeviceName: string, SnapshotId: string, VolumeSize: number): BlockDeviceMapping {
  return { DeviceName, Ebs: { DeleteOnTermination: true, SnapshotId, VolumeSize, VolumeType: 'gp3', Encrypted: true } };
}

export interface ImageDraft {
  readonly ageDays: number;
  readonly tags?: Readonly<Record<string, string>>;
  /** Volumes by device name, in GiB; none given: a root volume of 8. */
  readonly volumes?: Readonly<Record<string, number>>;
}

/** Adds an image with a snapshot for each of its volumes; what `given` says wins. */
export function addImage(draft: Draft, made: ImageDraft, given: Partial<Image>): Image & { ImageId: string } {
  const { state } = draft;
  const ImageId = given.ImageId ?? draft.id('ami');
  const describedBy = `Created by CreateImage(${draft.id('i')}) for ${ImageId}`;
  const mappings =
    given.BlockDeviceMappings ??
    Object.entries(made.volumes ?? { '/dev/xvda': 8 }).map(([device, sizeGiB]) =>
      volume(device, addSnapshot(draft, { ageDays: made.ageDays, sizeGiB, Description: describedBy }), sizeGiB),
    );
  const image: Image & { ImageId: string } = {
    OwnerId: state.accountId,
    Architecture: 'x86_64',
    CreationDate: draft.isoDaysAgo(made.ageDays),
    Description: '',
    EnaSupport: true,
    Hypervisor: 'xen',
    ImageLocation: `${state.accountId}/${given.Name ?? ImageId}`,
    ImageType: 'machine',
    PlatformDetails: 'Linux/UNIX',
    Public: false,
    RootDeviceName: '/dev/xvda',
    RootDeviceType: 'ebs',
    SriovNetSupport: 'simple',
    State: 'available',
    Tags: tagsOf(made.tags ?? {}),
    UsageOperation: 'RunInstances',
    VirtualizationType: 'hvm',
    DeregistrationProtection: 'disabled',
    ...given,
    BlockDeviceMappings: mappings,
    ImageId,
  };
  state.images.set(ImageId, image);
  return image;
}

function addBuild(draft: Draft, family: Family, environment: string, build: number, ageDays: number): Image {
  const { random } = draft;
  const Architecture = family.architectures[build % family.architectures.length] ?? 'x86_64';
  const stamp = draft.isoDaysAgo(ageDays).slice(0, 16).replace(/[-:]/g, '').replace('T', '-');
  const Name = `${family.name}-${environment}-${stamp}-b${build}`;
  const isWindows = family.name.startsWith('windows');
  const tags = {
    Name,
    Family: family.name,
    Environment: environment,
    Owner: family.owner,
    BuildId: String(4000 + build),
    GitCommit: random.hex(7),
  };
  return addImage(
    draft,
    {
      ageDays,
      tags,
      volumes: { '/dev/xvda': family.rootGiB, ...(family.dataGiB === undefined ? {} : { '/dev/sdf': family.dataGiB }) },
    },
    {
      Name,
      Architecture,
      Description: `${family.name} for ${environment}, build ${build}`,
      ...(isWindows ? { Platform: 'Windows' as const, PlatformDetails: 'Windows' } : {}),
      ...(random.chance(0.5)
        ? { LastLaunchedTime: draft.isoDaysAgo(Math.max(1, ageDays - random.between(1, 120))) }
        : {}),
    },
  );
}

/** What pipelines built over four years: every family in every environment, some this week, most long ago. */
export function addBuilds(draft: Draft, count: number): void {
  const families = familiesFor(count);
  const lines = families.flatMap((family) => ENVIRONMENTS.map((environment) => ({ family, environment })));
  const builtTimes = Math.ceil(count / lines.length);
  for (let build = 0; build < count; build += 1) {
    const line = lines[build % lines.length];
    if (line === undefined) continue;
    // Later rounds are older builds, and the distance between builds grows with age.
    const round = Math.floor(build / lines.length);
    const spread = (round / builtTimes) ** 1.5 * OLDEST_DAYS;
    const ageDays = Math.min(OLDEST_DAYS, 1 + spread + draft.random.fraction() * (25 + spread * 0.4));
    draft.ordinary.push(addBuild(draft, line.family, line.environment, count - build, ageDays));
  }
  draft.ordinary.sort((a, b) => (b.CreationDate ?? '').localeCompare(a.CreationDate ?? ''));
}
