import { snapshotIdsOf } from './image.ts';
import type { Plan } from './plan.ts';

/** Which snapshots may share blocks, so that deleting some of them frees less than their sizes. */
export interface BlockSharing {
  /** Each snapshot of the account in one family; nothing is shared between families. */
  readonly families: readonly (readonly string[])[];
  /** Of which AWS tells the full size, and no more than a volume's. */
  readonly measured: ReadonlySet<string>;
}

/** What AWS tells no volume or no source of, copies among it: any of it may share blocks with the rest. */
const UNTOLD = 'untold';

/**
 * EBS stores a block once for the snapshots of one volume, for those of volumes that were made from one of them, and for
 * copies of such. So one family are the snapshots of one volume, those of images that were made from one another or from
 * the same image, and all of which no volume, or of whose image no source is told. Archived snapshots are whole: each is
 * a family of its own. A backup of an instance may share blocks with the image that it was launched from: AWS tells
 * nothing of that, so what is worked out from this is an estimate.
 */
export function blockSharing({ decisions, snapshots }: Pick<Plan, 'decisions' | 'snapshots'>): BlockSharing {
  const parents = new Map<string, string>();
  const rootOf = (one: string): string => {
    let root = one;
    for (let next = parents.get(root); next !== undefined; next = parents.get(root)) root = next;
    if (root !== one) parents.set(one, root);
    return root;
  };
  const join = (one: string, other: string) => {
    const [from, to] = [rootOf(one), rootOf(other)];
    if (from !== to) parents.set(from, to);
  };
  const own = snapshots.flatMap(({ snapshot }) => snapshot ?? []);
  for (const { snapshotId, storageTier, volumeId } of own) {
    if (storageTier !== 'archive') join(snapshotId, volumeId ?? UNTOLD);
  }
  const archived = new Set<string>(own.flatMap((one) => (one.storageTier === 'archive' ? one.snapshotId : [])));
  for (const { image } of decisions) {
    join(image.imageId, image.sourceImageId ?? UNTOLD);
    for (const snapshotId of snapshotIdsOf(image)) if (!archived.has(snapshotId)) join(snapshotId, image.imageId);
  }
  const families = Map.groupBy(
    own.map(({ snapshotId }) => snapshotId),
    (snapshotId) => rootOf(snapshotId),
  );
  const measured = own.flatMap(({ snapshotId, fullSizeBytes }) => (fullSizeBytes === undefined ? [] : snapshotId));
  return { families: [...families.values()], measured: new Set<string>(measured) };
}
