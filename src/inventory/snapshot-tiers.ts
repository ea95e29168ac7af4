import { type EC2Client, paginateDescribeSnapshotTierStatus } from '@aws-sdk/client-ec2';
import { failureOf } from '../aws/errors.ts';
import { essential, inBatches, itemsOf, type Requests } from '../aws/requests.ts';
import type { TieringReading } from '../model/account.ts';
import { isSnapshotId, type SnapshotId } from '../model/ids.ts';
import { dateOf } from './fields.ts';

/** As many as EC2 takes in one filter. */
const IDS_A_CALL = 200;

/** Whether and when EC2 last moved each of some snapshots between the storage tiers. @throws what AWS answers */
export async function tieringsOf(
  ec2: EC2Client,
  snapshotIds: readonly SnapshotId[],
  requests?: Requests,
): Promise<Map<SnapshotId, Extract<TieringReading, { status: 'read' }>>> {
  const asked = new Set<string>(snapshotIds);
  const found = new Map<SnapshotId, Extract<TieringReading, { status: 'read' }>>();
  for (const Values of inBatches(snapshotIds, IDS_A_CALL)) {
    const input = { Filters: [{ Name: 'snapshot-id', Values }], MaxResults: 1000 };
    const answers = paginateDescribeSnapshotTierStatus({ client: ec2 }, input);
    for await (const one of itemsOf(answers, 'SnapshotTierStatuses', requests)) {
      const id = essential(one.SnapshotId, 'SnapshotId of a tier');
      const startedAt = dateOf(one.LastTieringStartTime);
      const operation = one.LastTieringOperationStatus;
      if (!isSnapshotId(id) || !asked.has(id)) continue;
      found.set(id, { status: 'read', ...(operation && { operation }), ...(startedAt && { startedAt }) });
    }
  }
  return found;
}

/** How many of the account's snapshots EC2 is moving, by AWS's own words for that. @throws what AWS answers */
export async function movingNow(ec2: EC2Client, ...operations: readonly string[]): Promise<number> {
  const input = { Filters: [{ Name: 'last-tiering-operation', Values: [...operations] }], MaxResults: 1000 };
  const answers = paginateDescribeSnapshotTierStatus({ client: ec2 }, input);
  return (await Array.fromAsync(itemsOf(answers, 'SnapshotTierStatuses'))).length;
}

/** What EC2 last did with some snapshots, for a plan: what can't be read, or AWS says nothing of, is said for each, and is not archived. */
export async function readTierings(
  ec2: EC2Client,
  snapshotIds: readonly SnapshotId[],
  requests: Requests,
): Promise<Map<SnapshotId, TieringReading>> {
  const found = await tieringsOf(ec2, snapshotIds, requests).catch((error: unknown) => failureOf(error).sentence);
  const error = typeof found === 'string' ? found : 'AWS says nothing of its storage tier';
  return new Map(
    snapshotIds.map((id) => {
      const reading = typeof found === 'string' ? undefined : found.get(id);
      return [id, reading ?? { status: 'unreadable' as const, error }];
    }),
  );
}
