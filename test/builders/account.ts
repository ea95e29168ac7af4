import { type Account, RECYCLABLE, type RetentionRule } from '../../src/model/account.ts';
import { type ImageId, isImageId, isSnapshotId, type SnapshotId } from '../../src/model/ids.ts';
import type { Image, Snapshot } from '../../src/model/image.ts';
import { NO_JOURNAL } from '../../src/model/journal.ts';
import type { Reference, SourceReading } from '../../src/model/reference.ts';
import { SOURCES } from '../../src/model/sources.ts';

export const AT = new Date('2026-11-21T02:00:00.000Z');
export const ACCOUNT_ID = '123456789012';
export const REGION = 'eu-west-1';
export const DAY = 86_400_000;

/** A time so many days before the run (negative: after it). */
export function daysAgo(days: number): Date {
  return new Date(AT.getTime() - days * DAY);
}

/** The nth image id. */
export function imageId(number: number): ImageId {
  const id = `ami-${number.toString(16).padStart(17, '0')}`;
  if (!isImageId(id)) throw new RangeError(id);
  return id;
}

/** The nth snapshot id. */
export function snapshotId(number: number): SnapshotId {
  const id = `snap-${number.toString(16).padStart(17, '0')}`;
  if (!isSnapshotId(id)) throw new RangeError(id);
  return id;
}

interface ImageWish extends Partial<Omit<Image, 'imageId' | 'creationDate' | 'blockDevices'>> {
  /** Which image it is; the first where left out. */
  readonly number?: number;
  readonly ageDays?: number | 'unknown';
  readonly lastLaunchedDaysAgo?: number;
  /** Numbers of the snapshots that it maps; the one with its own number where left out. */
  readonly snapshots?: readonly number[];
  /** Deprecated by this tool so long ago: its tag and the deprecation itself. */
  readonly deprecatedDaysAgo?: number;
}

/** An ordinary image of the account, a hundred days old, with what is wished for. */
export function anImage(wish: ImageWish = {}): Image {
  const { number = 1, ageDays = 100, lastLaunchedDaysAgo, snapshots = [number], deprecatedDaysAgo, ...over } = wish;
  const deprecated = deprecatedDaysAgo === undefined ? undefined : daysAgo(deprecatedDaysAgo);
  return {
    imageId: imageId(number),
    name: `webapp-${number}`,
    description: '',
    ownerId: ACCOUNT_ID,
    state: 'available',
    ...(ageDays !== 'unknown' && { creationDate: daysAgo(ageDays) }),
    ...(lastLaunchedDaysAgo !== undefined && { lastLaunchedTime: daysAgo(lastLaunchedDaysAgo) }),
    ...(deprecated && { deprecationTime: deprecated }),
    architecture: 'arm64',
    platform: 'Linux/UNIX',
    rootDeviceType: 'ebs',
    isPublic: false,
    productCodes: [],
    blockDevices: snapshots.map((snapshot, index) => ({
      deviceName: `/dev/sd${index}`,
      snapshotId: snapshotId(snapshot),
    })),
    ...over,
    tags: { ...(deprecated && { 'ami-janitor:deprecated-at': deprecated.toISOString() }), ...over.tags },
  };
}

interface SnapshotWish extends Partial<Omit<Snapshot, 'snapshotId' | 'startTime'>> {
  readonly number?: number;
  readonly ageDays?: number | 'unknown';
}

/** An ordinary snapshot of the account, a hundred days old, with what is wished for. */
export function aSnapshot({ number = 1, ageDays = 100, ...over }: SnapshotWish = {}): Snapshot {
  return {
    snapshotId: snapshotId(number),
    ownerId: ACCOUNT_ID,
    state: 'completed',
    description: '',
    ...(ageDays !== 'unknown' && { startTime: daysAgo(ageDays) }),
    volumeSizeGiB: 8,
    storageTier: 'standard',
    tags: {},
    ...over,
  };
}

/** A launch template that names an image or a snapshot. */
export const TEMPLATE: Reference = {
  kind: 'ec2:LaunchTemplate',
  resource: 'lt-0abc',
  detail: '"web" version 7',
  namedBy: ['Auto Scaling group "web-prod"'],
};

export const READ_SOURCES: readonly SourceReading[] = SOURCES.map((name) => ({
  name,
  status: 'read',
  references: 1,
  calls: 1,
}));

export const UNSHARED = { status: 'read', accounts: [], organizations: [], isPublic: false } as const;
export const HARMLESS = { status: 'read', locked: false, sharedWith: [], fastRestoreZones: [] } as const;
export const NOT_IN_BIN = { status: 'read', inBin: false } as const;

interface AccountWish extends Partial<Omit<Account, 'references'>> {
  /** Numbers of images that a template names. */
  readonly referenced?: readonly number[];
  /** Numbers of snapshots that a template names. */
  readonly referencedSnapshots?: readonly number[];
  /** Instead of the ordinary readings: these. */
  readonly sources?: readonly SourceReading[];
}

/** The rules that the deployment makes: what this tool removes goes to the Recycle Bin. */
const COVERED: Account['retentionRules'] = new Map(
  RECYCLABLE.map((kind) => [kind, { status: 'read', rules: [aRetentionRule({ kind })] }]),
);

/** A working rule for what this tool removes, with what is wished for. */
export function aRetentionRule(wish: Partial<RetentionRule> = {}): RetentionRule {
  return {
    identifier: 'janitorRule',
    kind: 'image',
    retentionDays: 30,
    status: 'available',
    tags: [{ key: 'ami-janitor:recycle', value: 'true' }],
    excludeTags: [],
    ...wish,
  };
}

/** An account in which everything was read, each image unshared and each snapshot harmless, with what is wished for. */
export function anAccount(wish: AccountWish = {}): Account {
  const { referenced = [], referencedSnapshots = [], sources = READ_SOURCES, ...over } = wish;
  const { images = [], snapshots = [] } = over;
  const mapped = images.flatMap(({ blockDevices }) => blockDevices.flatMap((device) => device.snapshotId ?? []));
  const snapshotIds = new Set([...snapshots.map((one) => one.snapshotId), ...mapped]);
  return {
    target: { accountId: ACCOUNT_ID, region: REGION },
    observedAt: AT,
    images,
    snapshots,
    references: {
      images: new Map(referenced.map((number) => [imageId(number), [TEMPLATE]])),
      snapshots: new Map(referencedSnapshots.map((number) => [snapshotId(number), [TEMPLATE]])),
      dangling: [],
      sources,
    },
    inventory: [
      { name: 'images', status: 'read', references: images.length, calls: 1 },
      { name: 'snapshots', status: 'read', references: snapshots.length, calls: 1 },
    ],
    sharing: new Map(images.map((image) => [image.imageId, UNSHARED])),
    snapshotDetails: new Map([...snapshotIds].map((id) => [id, HARMLESS])),
    tierings: new Map([...snapshotIds].map((id) => [id, { status: 'read' }])),
    recycleBin: new Map(),
    retentionRules: COVERED,
    ancestry: new Map(),
    journal: NO_JOURNAL,
    ...over,
  };
}

/** The ordinary readings, but for one source that could not be read. */
export function unreadable(name: string): SourceReading[] {
  const failed: SourceReading = { name, status: 'unreadable', references: 0, calls: 1, error: 'access denied' };
  return [...READ_SOURCES.filter((source) => source.name !== name), failed];
}
