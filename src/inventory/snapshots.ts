import { DescribeSnapshotsCommand, type Snapshot as Ec2Snapshot } from '@aws-sdk/client-ec2';
import type { Clients } from '../aws/clients.ts';
import { BrokenAnswerError, listOf, pages } from '../aws/pages.ts';
import type { Requests } from '../aws/requests.ts';
import { isSnapshotId } from '../model/ids.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { dateOf, tagsOf } from './fields.ts';
import { StringInterner } from './string-interner.ts';

/** CopySnapshot gives every copy this volume id, which names no volume. */
const VOLUME_OF_COPIES = 'vol-ffffffff';

/** The account's own snapshots, page by page. */
export async function readSnapshots(clients: Clients, requests: Requests): Promise<Snapshot[]> {
  const snapshots: Snapshot[] = [];
  const texts = new StringInterner();
  const answers = pages(
    (NextToken) =>
      requests.send(() =>
        clients.ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], MaxResults: 1000, NextToken })),
      ),
    (page) => page.NextToken,
  );
  for await (const page of answers) {
    for (const snapshot of listOf(page.Snapshots, 'Snapshots')) snapshots.push(snapshotOf(snapshot, texts));
  }
  return snapshots;
}

/**
 * Parses what `DescribeSnapshots` says of one snapshot.
 * @param texts shared with the other snapshots of the same answers
 */
export function snapshotOf(snapshot: Ec2Snapshot, texts = new StringInterner()): Snapshot {
  const { SnapshotId: snapshotId } = snapshot;
  if (!isSnapshotId(snapshotId)) {
    throw new BrokenAnswerError(`the answer has a snapshot without a valid id (${String(snapshotId)})`);
  }
  const startTime = dateOf(snapshot.StartTime);
  return {
    snapshotId,
    ownerId: texts.of('owner', snapshot.OwnerId ?? ''),
    state: texts.of('state', snapshot.State ?? 'unknown'),
    description: snapshot.Description ?? '',
    ...(startTime && { startTime }),
    volumeSizeGiB: snapshot.VolumeSize ?? 0,
    ...(snapshot.FullSnapshotSizeInBytes === undefined ? {} : { fullSizeBytes: snapshot.FullSnapshotSizeInBytes }),
    storageTier: texts.of('tier', snapshot.StorageTier ?? 'standard'),
    ...(snapshot.VolumeId === VOLUME_OF_COPIES && { isCopy: true as const }),
    tags: tagsOf(snapshot.Tags, texts),
  };
}
