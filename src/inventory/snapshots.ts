import {
  type DescribeSnapshotsCommandInput,
  type EC2Client,
  type Snapshot as Ec2Snapshot,
  paginateDescribeSnapshots,
} from '@aws-sdk/client-ec2';
import type { Clients } from '../aws/clients.ts';
import { BrokenAnswerError, inBatches, itemsOf, type Requests } from '../aws/requests.ts';
import { isSnapshotId, type SnapshotId } from '../model/ids.ts';
import type { Snapshot } from '../model/image.ts';
import { dateOf, StringInterner, tagsOf } from './fields.ts';

/** CopySnapshot gives every copy this volume id, which names no volume. */
const VOLUME_OF_COPIES = 'vol-ffffffff';

/** As many as EC2 takes in one filter. */
const IDS_A_CALL = 200;

/** The account's own snapshots. */
export function readSnapshots({ ec2 }: Clients, requests: Requests): Promise<Snapshot[]> {
  return describeSnapshots(ec2, {}, new StringInterner(), requests);
}

/** Those of some own snapshots that exist. */
export async function readSnapshotsById(ec2: EC2Client, snapshotIds: readonly SnapshotId[]): Promise<Snapshot[]> {
  const snapshots: Snapshot[] = [];
  const texts = new StringInterner();
  for (const Values of inBatches(snapshotIds, IDS_A_CALL)) {
    // As a filter: an id that is gone would fail the whole call.
    snapshots.push(...(await describeSnapshots(ec2, { Filters: [{ Name: 'snapshot-id', Values }] }, texts)));
  }
  return snapshots;
}

function describeSnapshots(
  ec2: EC2Client,
  asked: DescribeSnapshotsCommandInput,
  texts: StringInterner,
  requests?: Requests,
): Promise<Snapshot[]> {
  const input = { ...asked, OwnerIds: ['self'], MaxResults: 1000 };
  const snapshots = itemsOf(paginateDescribeSnapshots({ client: ec2 }, input), 'Snapshots', requests);
  return Array.fromAsync(snapshots, (snapshot) => snapshotOf(snapshot, texts));
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
  const { VolumeId: volumeId } = snapshot;
  return {
    snapshotId,
    ownerId: texts.of('owner', snapshot.OwnerId ?? ''),
    state: texts.of('state', snapshot.State ?? 'unknown'),
    description: snapshot.Description ?? '',
    ...(startTime && { startTime }),
    volumeSizeGiB: snapshot.VolumeSize ?? 0,
    ...(snapshot.FullSnapshotSizeInBytes === undefined ? {} : { fullSizeBytes: snapshot.FullSnapshotSizeInBytes }),
    storageTier: texts.of('tier', snapshot.StorageTier ?? 'standard'),
    ...(volumeId === VOLUME_OF_COPIES ? { isCopy: true as const } : volumeId !== undefined && { volumeId }),
    tags: tagsOf(snapshot.Tags, texts, snapshotId),
  };
}
