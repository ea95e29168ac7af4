import { DescribeSnapshotsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { listOf, pages } from '../aws/pages.ts';
import type { SnapshotId } from '../model/ids.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { snapshotOf } from './snapshots.ts';
import { StringInterner } from './string-interner.ts';

const IDS_A_CALL = 200;

/** Those of some own snapshots that exist. */
export async function readSnapshotsById(ec2: EC2Client, snapshotIds: readonly SnapshotId[]): Promise<Snapshot[]> {
  const snapshots: Snapshot[] = [];
  const texts = new StringInterner();
  for (let start = 0; start < snapshotIds.length; start += IDS_A_CALL) {
    // As a filter: an id that is gone would fail the whole call.
    const Filters = [{ Name: 'snapshot-id', Values: snapshotIds.slice(start, start + IDS_A_CALL) }];
    const answers = pages(
      (NextToken) =>
        ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters, MaxResults: 1000, NextToken })),
      (page) => page.NextToken,
    );
    for await (const page of answers)
      snapshots.push(...listOf(page.Snapshots, 'Snapshots').map((snapshot) => snapshotOf(snapshot, texts)));
  }
  return snapshots;
}
