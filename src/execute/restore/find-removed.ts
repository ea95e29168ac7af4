import { type EC2Client, paginateDescribeTags } from '@aws-sdk/client-ec2';
import { itemsOf } from '../../aws/requests.ts';
import { readImagesById } from '../../inventory/images.ts';
import { type InBin, imagesInBin, snapshotsInBin } from '../../inventory/recycle-bin.ts';
import type { JournalReader } from '../../journal/reader.ts';
import type { Target } from '../../model/account.ts';
import { type ImageId, isImageId, isSnapshotId, type SnapshotId } from '../../model/ids.ts';
import { type JournalReading, NO_JOURNAL } from '../../model/journal.ts';
import { TAG } from '../../model/tags.ts';

/** Something that lies in the Recycle Bin and comes back. */
export interface Restorable<Id> extends InBin<Id> {
  /** What its `ami-janitor:keep` tag says already. */
  readonly keep?: string;
}

/** A snapshot that lies there, and the image that it belongs to by its tag. */
interface RestorableSnapshot extends Restorable<SnapshotId> {
  readonly imageId?: string;
}

/** How it ended for one image or snapshot. */
export interface Restored {
  readonly resourceId: string;
  /** `lost` where it can't come back. */
  readonly status: 'would-restore' | 'done' | 'failed' | 'lost' | 'skipped';
  readonly reason?: string;
}

const LOST = 'the image is gone and not in the Recycle Bin: no rule covered it, or its time there is over';
/** Later than the run, or without a record of this tool's. */
const BY_OTHERS = 'it carries the run’s tag, and it was removed by somebody else, so it stays in the Recycle Bin';

/** What the Recycle Bin holds of a run, and what else its tags name. */
export interface Removed {
  readonly images: readonly Restorable<ImageId>[];
  /** Snapshots that the run deleted, and any others of its images that lie there. */
  readonly snapshots: readonly RestorableSnapshot[];
  /** What its tags name and does not come back: it is lost, it is back already, or somebody else removed it. */
  readonly rest: readonly Restored[];
  /** False where nothing at all carries the run's id. */
  readonly isKnown: boolean;
  /** How much the bin holds of anything. */
  readonly inBin: number;
}

/**
 * Finds what a run removed, by the tags that it wrote before; what lies in the bin keeps its tags. A tag alone may have
 * been left by a removal that EC2 refused: the journal proves which were the run's own.
 */
export async function findRemoved(ec2: EC2Client, runId: string, journal: JournalReading): Promise<Removed> {
  const isOwn = ownRemoval(runId, journal);
  const [imageBin, snapshotBin, ofRun] = await Promise.all([
    imagesInBin(ec2).then((bin) => [...bin.values()]),
    snapshotsInBin(ec2).then((bin) => [...bin.values()]),
    readTags(ec2, [TAG.deregisterRun, TAG.run, TAG.restored], [runId]),
  ]);
  const tagged = (key: string) => ofRun.filter((row) => row.key === key).map(({ resourceId }) => resourceId);
  const valuesOf = async (key: string) =>
    new Map((await readTags(ec2, [key])).map(({ resourceId, value }) => [resourceId, value]));
  const [imageOf, keepOf] = [await valuesOf(TAG.image), await valuesOf(TAG.keep)];
  const withKeep = <Id extends string>(one: InBin<Id>): Restorable<Id> => {
    const keep = keepOf.get(one.id);
    return keep === undefined ? one : { ...one, keep };
  };

  const deregistered = new Set(tagged(TAG.deregisterRun).filter(isImageId));
  const named = imageBin.filter(({ id }) => deregistered.has(id));
  const images = named.filter(isOwn).map(withKeep);
  const restored = new Set<string>(images.map(({ id }) => id));
  const deleted = new Set(tagged(TAG.run));
  // EC2 takes no image out of the bin before its snapshots, whoever deleted them.
  const belongs = ({ id }: InBin<SnapshotId>) => restored.has(imageOf.get(id) ?? '');
  const asked = snapshotBin.filter((one) => deleted.has(one.id) || belongs(one));
  const snapshots = asked
    .filter((one) => belongs(one) || isOwn(one))
    .map((one) => {
      const imageId = imageOf.get(one.id);
      return { ...withKeep(one), ...(imageId !== undefined && { imageId }) };
    });

  const found = new Set<string>([...restored, ...snapshots.map(({ id }) => id)]);
  const inBin = new Set<string>([...imageBin, ...snapshotBin].map(({ id }) => id));
  const isAway = (id: string) => !inBin.has(id);
  const ids = new Set([...deregistered, ...[...deleted].filter(isSnapshotId).flatMap((id) => imageOf.get(id) ?? [])]);
  const notInBin = [...ids].filter(isImageId).filter(isAway);
  const there = new Set((await readImagesById(ec2, notInBin)).map(({ imageId }) => imageId));
  const as = (status: 'lost' | 'done' | 'skipped', reason: string) => (resourceId: string) => ({
    resourceId,
    status,
    reason,
  });
  const back = tagged(TAG.restored).filter((id) => (isImageId(id) || isSnapshotId(id)) && isAway(id));
  const byOthers = [...named, ...asked].map(({ id }) => id).filter((id) => !found.has(id));
  const rest = [
    ...notInBin.filter((id) => !there.has(id)).map(as('lost', LOST)),
    ...back.map(as('done', 'it is back already')),
    ...byOthers.map(as('skipped', BY_OTHERS)),
  ];
  return { images, snapshots, rest, isKnown: ofRun.length > 0, inBin: inBin.size };
}

/** What a dry run says of something that would come back. */
export function wouldRestore({ id, until }: Restorable<string>): Restored {
  const reason = until && { reason: `in the Recycle Bin until ${until.toISOString()}` };
  return { resourceId: id, status: 'would-restore', ...reason };
}

/** Why there is nothing to bring back. */
export function whyNothing(runId: string, { isKnown, inBin, rest }: Removed): string {
  if (!isKnown && inBin === 0)
    return `the Recycle Bin is empty, and nothing in this account and Region carries the run ${runId}; check the id and the Region`;
  if (!isKnown) return `nothing in this account and Region carries the run ${runId}; check the id and the Region`;
  const idsOf = (status: Restored['status']) =>
    rest.flatMap((one) => (one.status === status ? one.resourceId : [])).join(', ');
  const [lost, others] = [idsOf('lost'), idsOf('skipped')];
  const gone = lost === '' ? '' : ` (gone for good: ${lost})`;
  const theirs = others === '' ? '' : ` (removed by somebody else: ${others})`;
  const bin = inBin === 0 ? 'the Recycle Bin is empty' : 'the Recycle Bin holds nothing of it';
  return `nothing that the run ${runId} removed can come back: ${bin}${gone}${theirs}`;
}

/** Tags by key, of images and snapshots, in the bin and outside: the bin's own lists have none. */
async function readTags(ec2: EC2Client, keys: readonly string[], values?: readonly string[]) {
  const Filters = [
    { Name: 'resource-type', Values: ['image', 'snapshot'] },
    { Name: 'key', Values: [...keys] },
    ...(values === undefined ? [] : [{ Name: 'value', Values: [...values] }]),
  ];
  const tags = itemsOf(paginateDescribeTags({ client: ec2 }, { Filters, MaxResults: 1000 }), 'Tags');
  return Array.fromAsync(tags, ({ Key: key = '', Value: value = '', ResourceId: resourceId = '' }) => ({
    key,
    value,
    resourceId,
  }));
}

/** Without a journal: a run ends within so long, and what entered the bin later was somebody else's doing. */
const RUN_HOURS = 48;
/** Clocks differ. */
const EARLIER_MINUTES = 10;
const HOUR = 3_600_000;

/**
 * What this tool recorded of its own acts.
 * @throws Error where there is a journal that can't be read: unknown is not restored by guess
 */
export async function readRecords(
  runId: string,
  journal: JournalReader | undefined,
  target: Target,
): Promise<JournalReading> {
  const reading = journal === undefined ? NO_JOURNAL : await journal.read(target);
  if (reading.status === 'unreadable')
    throw new Error(`what the run ${runId} removed can't be told, since the journal can't be read: ${reading.error}`);
  return reading;
}

/**
 * Tells the removals of a run from others': by its own record of them in the journal. Where nobody keeps one, its tags
 * count for what entered the Recycle Bin while the run can have been at work.
 */
function ownRemoval(runId: string, journal: JournalReading): (one: InBin<ImageId | SnapshotId>) => boolean {
  if (journal.status !== 'read') return ({ since }) => entered(since, startOf(runId));
  return ({ id }) => {
    if (isImageId(id)) return journal.images.get(id)?.removing?.runId === runId;
    const claimed = journal.snapshots.get(id)?.claimed;
    return claimed?.runId === runId && claimed.state !== 'held';
  };
}

/** Whether this tool's own records say that a run removed anything. */
export function hasRemoved(runId: string, { images, snapshots }: Extract<JournalReading, { status: 'read' }>): boolean {
  const acts = [
    ...[...images.values()].map((one) => one.removing),
    ...[...snapshots.values()].map((one) => one.claimed),
  ];
  return acts.some((act) => act?.runId === runId);
}

function entered(since: Date | undefined, start: number): boolean {
  if (since === undefined || Number.isNaN(start)) return true;
  return since.getTime() >= start - EARLIER_MINUTES * 60_000 && since.getTime() <= start + RUN_HOURS * HOUR;
}

/** When a run began, by its id: `20261121T020000Z-1a2b3c4d`. */
function startOf(runId: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(runId) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
