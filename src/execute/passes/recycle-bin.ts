import { type EC2Client, ListImagesInRecycleBinCommand, ListSnapshotsInRecycleBinCommand } from '@aws-sdk/client-ec2';
import { listOf, pages } from '../../aws/pages.ts';
import type { Outcome } from '../../model/outcome.ts';

const IDS_A_CALL = 20;

/** Until when the Recycle Bin holds each of these; what it does not hold is not in the answer. */
async function imagesInBin(ec2: EC2Client, imageIds: readonly string[]): Promise<Map<string, Date | undefined>> {
  const found = new Map<string, Date | undefined>();
  for (const ImageIds of chunks(imageIds)) {
    const answers = pages(
      (NextToken) => ec2.send(new ListImagesInRecycleBinCommand({ ImageIds, NextToken })),
      (page) => page.NextToken,
    );
    for await (const page of answers) {
      for (const { ImageId = '', RecycleBinExitTime } of listOf(page.Images, 'Images'))
        found.set(ImageId, RecycleBinExitTime);
    }
  }
  return found;
}

/** Until when the Recycle Bin holds each of these snapshots. */
async function snapshotsInBin(ec2: EC2Client, snapshotIds: readonly string[]): Promise<Map<string, Date | undefined>> {
  const found = new Map<string, Date | undefined>();
  for (const SnapshotIds of chunks(snapshotIds)) {
    const answers = pages(
      (NextToken) => ec2.send(new ListSnapshotsInRecycleBinCommand({ SnapshotIds, NextToken })),
      (page) => page.NextToken,
    );
    for await (const page of answers) {
      for (const { SnapshotId = '', RecycleBinExitTime } of listOf(page.Snapshots, 'Snapshots'))
        found.set(SnapshotId, RecycleBinExitTime);
    }
  }
  return found;
}

/** Whether the Recycle Bin holds an image or a snapshot. */
export async function liesInBin(ec2: EC2Client, kind: 'image' | 'snapshot', resourceId: string): Promise<boolean> {
  return (await (kind === 'image' ? imagesInBin : snapshotsInBin)(ec2, [resourceId])).has(resourceId);
}

/**
 * Says for each image and snapshot that was removed whether the Recycle Bin holds it, and until when. A rule that
 * covers it proves nothing, so the bin itself is asked; where that fails, nothing is said.
 */
export async function withRecycleBin(ec2: EC2Client, outcomes: readonly Outcome[]): Promise<Outcome[]> {
  const removed = (action: Outcome['action']) =>
    outcomes.filter((one) => one.action === action && one.status === 'done').map(({ resourceId }) => resourceId);
  const unknown = () => undefined;
  const images = await imagesInBin(ec2, removed('deregister')).catch(unknown);
  const snapshots = await snapshotsInBin(ec2, removed('delete-snapshot')).catch(unknown);
  return outcomes.map((one) => {
    const bin = one.action === 'deregister' ? images : one.action === 'delete-snapshot' ? snapshots : undefined;
    if (bin === undefined || one.status !== 'done') return one;
    const until = bin.has(one.resourceId) ? bin.get(one.resourceId) : null;
    return until === undefined ? one : { ...one, recoverableUntil: until };
  });
}

function chunks(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / IDS_A_CALL) }, (_, index) =>
    ids.slice(index * IDS_A_CALL, (index + 1) * IDS_A_CALL),
  );
}
