import {
  DescribeTagsCommand,
  type EC2Client,
  ListImagesInRecycleBinCommand,
  ListSnapshotsInRecycleBinCommand,
  RestoreImageFromRecycleBinCommand,
  RestoreSnapshotFromRecycleBinCommand,
} from '@aws-sdk/client-ec2';
import { listOf, pages } from '../aws/pages.ts';
import { type ImageId, isImageId, isSnapshotId, type SnapshotId } from '../model/ids.ts';
import { TAG } from '../model/tags.ts';

/** Something that lies in the Recycle Bin, and until when. */
export interface InBin<Id> {
  readonly id: Id;
  readonly until?: Date;
}

/** What the Recycle Bin holds of a run, and what else its tags tell. */
export interface Removed {
  readonly images: readonly InBin<ImageId>[];
  /** Snapshots that the run deleted, and any others of its images that lie there. */
  readonly snapshots: readonly InBin<SnapshotId>[];
  /** Images that the run's tags name and that do not lie in the bin: there still, there again, or gone for good. */
  readonly elsewhere: readonly ImageId[];
  /** False where nothing at all carries the run's id. */
  readonly isKnown: boolean;
  /** How much the bin holds of anything. */
  readonly inBin: number;
}

interface TagRow {
  readonly key: string;
  readonly value: string;
  readonly resourceId: string;
}

/** Finds what a run removed, by the tags that it wrote before; what lies in the bin keeps its tags. */
export async function findRemoved(ec2: EC2Client, runId: string): Promise<Removed> {
  const [imageBin, snapshotBin, ofRun] = await Promise.all([
    listImages(ec2),
    listSnapshots(ec2),
    readTags(ec2, [TAG.deregisterRun, TAG.run], [runId]),
  ]);
  const tagged = (key: string) => ofRun.filter((row) => row.key === key).map(({ resourceId }) => resourceId);
  const deregistered = new Set(tagged(TAG.deregisterRun).filter(isImageId));
  const images = imageBin.filter(({ id }) => deregistered.has(id));

  const imageOf = new Map((await readTags(ec2, [TAG.image])).map((row) => [row.resourceId, row.value]));
  const restored = new Set<string>(images.map(({ id }) => id));
  const deleted = new Set(tagged(TAG.run));
  const snapshots = snapshotBin.filter(({ id }) => deleted.has(id) || restored.has(imageOf.get(id) ?? ''));

  const named = new Set([...deregistered, ...[...deleted].filter(isSnapshotId).flatMap((id) => imageOf.get(id) ?? [])]);
  const elsewhere = [...named].filter(isImageId).filter((id) => !restored.has(id));
  return { images, snapshots, elsewhere, isKnown: ofRun.length > 0, inBin: imageBin.length + snapshotBin.length };
}

/** Takes a snapshot out of the bin. */
export async function restoreSnapshot(ec2: EC2Client, SnapshotId: SnapshotId): Promise<string | undefined> {
  return (await ec2.send(new RestoreSnapshotFromRecycleBinCommand({ SnapshotId }))).$metadata.requestId;
}

/** Takes an image out of the bin; EC2 refuses while a snapshot of it is missing. */
export async function restoreImage(ec2: EC2Client, ImageId: ImageId): Promise<string | undefined> {
  return (await ec2.send(new RestoreImageFromRecycleBinCommand({ ImageId }))).$metadata.requestId;
}

async function listImages(ec2: EC2Client): Promise<InBin<ImageId>[]> {
  const found: InBin<ImageId>[] = [];
  const answers = pages(
    (NextToken) => ec2.send(new ListImagesInRecycleBinCommand({ MaxResults: 1000, NextToken })),
    (page) => page.NextToken,
  );
  for await (const page of answers) {
    for (const { ImageId, RecycleBinExitTime: until } of listOf(page.Images, 'Images'))
      if (isImageId(ImageId)) found.push({ id: ImageId, ...(until && { until }) });
  }
  return found;
}

async function listSnapshots(ec2: EC2Client): Promise<InBin<SnapshotId>[]> {
  const found: InBin<SnapshotId>[] = [];
  const answers = pages(
    (NextToken) => ec2.send(new ListSnapshotsInRecycleBinCommand({ MaxResults: 1000, NextToken })),
    (page) => page.NextToken,
  );
  for await (const page of answers) {
    for (const { SnapshotId, RecycleBinExitTime: until } of listOf(page.Snapshots, 'Snapshots'))
      if (isSnapshotId(SnapshotId)) found.push({ id: SnapshotId, ...(until && { until }) });
  }
  return found;
}

/** Tags by key, of images and snapshots, in the bin and outside: the bin's own lists have none. */
async function readTags(ec2: EC2Client, keys: readonly string[], values?: readonly string[]): Promise<TagRow[]> {
  const Filters = [
    { Name: 'resource-type', Values: ['image', 'snapshot'] },
    { Name: 'key', Values: [...keys] },
    ...(values === undefined ? [] : [{ Name: 'value', Values: [...values] }]),
  ];
  const rows: TagRow[] = [];
  const answers = pages(
    (NextToken) => ec2.send(new DescribeTagsCommand({ Filters, MaxResults: 1000, NextToken })),
    (page) => page.NextToken,
  );
  for await (const page of answers) {
    for (const { Key = '', Value = '', ResourceId = '' } of listOf(page.Tags, 'Tags'))
      rows.push({ key: Key, value: Value, resourceId: ResourceId });
  }
  return rows;
}
