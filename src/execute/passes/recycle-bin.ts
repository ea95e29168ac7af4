import type { EC2Client } from '@aws-sdk/client-ec2';
import { imagesInBin, snapshotsInBin } from '../../inventory/recycle-bin.ts';
import type { Outcome } from '../../model/outcome.ts';

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
    const held = bin.get(one.resourceId);
    const until = held === undefined ? null : held.until;
    return until === undefined ? one : { ...one, recoverableUntil: until };
  });
}
