import type { Account } from '../../model/account.ts';
import { type Image, type Snapshot, snapshotIdsOf } from '../../model/image.ts';
import { tagValue } from '../../model/tags.ts';

/** Of the policy that made an image or a snapshot; only AWS writes tags that begin so. */
const POLICY_TAG = 'aws:dlm:lifecycle-policy-id';
const POLICY_ID = /^policy-[a-f0-9]{1,57}$/;

/** What a Data Lifecycle Manager policy made. */
interface MadeByDlm {
  readonly images: Image[];
  readonly snapshots: Snapshot[];
}

/**
 * By policy, what Data Lifecycle Manager made here. Copies are left out: it tags those that it makes in other Regions too,
 * and their policy lies where their originals do.
 */
export function madeByDlm({ images, snapshots, target }: Account): ReadonlyMap<string, MadeByDlm> {
  const copies = new Set(snapshots.filter(({ isCopy }) => isCopy).map(({ snapshotId }) => snapshotId));
  const made = new Map<string, MadeByDlm>();
  const of = ({ tags }: Image | Snapshot): MadeByDlm | undefined => {
    const policyId = tagValue(tags, POLICY_TAG);
    if (policyId === undefined || !POLICY_ID.test(policyId)) return undefined;
    const found = made.get(policyId) ?? { images: [], snapshots: [] };
    made.set(policyId, found);
    return found;
  };
  for (const image of images) {
    const isCopy =
      (image.sourceImageRegion ?? target.region) !== target.region || snapshotIdsOf(image).some((id) => copies.has(id));
    if (!isCopy) of(image)?.images.push(image);
  }
  for (const snapshot of snapshots) if (snapshot.isCopy !== true) of(snapshot)?.snapshots.push(snapshot);
  return made;
}
