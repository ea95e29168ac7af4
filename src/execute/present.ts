import type { EC2Client } from '@aws-sdk/client-ec2';
import { failureOf } from '../aws/errors.ts';
import { readImagesById } from '../inventory/images.ts';
import { readSnapshotsById } from '../inventory/snapshots.ts';
import type { ImageId, SnapshotId } from '../model/ids.ts';
import type { Image } from '../model/image.ts';
import type { Action } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { imageChanges, markChanges, snapshotChanges } from './changes-since.ts';
import type { Revalidation } from './revalidate.ts';

/** What some images and snapshots are this very moment; an error where that could not be read. */
export interface Present {
  readonly images: ReadonlyMap<ImageId, Image> | { readonly error: string };
  readonly snapshots: ReadonlyMap<SnapshotId, Snapshot> | { readonly error: string };
}

/** Reads what a few actions are about, and what they would take with it: two calls at the most. */
export async function readPresent(ec2: EC2Client, actions: readonly Action[]): Promise<Present> {
  const imageIds = [...new Set(actions.flatMap((one) => ('snapshotId' in one ? [] : [one.imageId])))];
  const snapshotIds = [...new Set(actions.flatMap(snapshotsOf))];
  const [images, snapshots] = await Promise.all([
    readImagesById(ec2, imageIds).then((list) => new Map(list.map((one) => [one.imageId, one])), unread),
    readSnapshotsById(ec2, snapshotIds).then((list) => new Map(list.map((one) => [one.snapshotId, one])), unread),
  ]);
  return { images, snapshots };
}

/** What stands against an action, seen from what its image or snapshot is now. */
export type PresentObjection = { readonly kind: 'gone' } | { readonly kind: 'changed'; readonly reason: string };

/**
 * What stands against an action: its image or snapshot is gone, is not any more what it was when it was decided over,
 * or can't be read. Giving back asks only for what it gives back.
 */
export function presentObjection(
  revalidation: Revalidation,
  action: Action,
  present: Present,
): PresentObjection | undefined {
  if ('snapshotId' in action) {
    if ('error' in present.snapshots) return unreadable(present.snapshots.error);
    const now = present.snapshots.get(action.snapshotId);
    if (now === undefined) return { kind: 'gone' };
    const looked = revalidation.snapshots.get(action.snapshotId);
    return changed(looked === undefined ? ['it was not looked at'] : snapshotChanges(looked, now));
  }
  if ('error' in present.images) return unreadable(present.images.error);
  const now = present.images.get(action.imageId);
  if (now === undefined) return { kind: 'gone' };
  const looked = revalidation.images.get(action.imageId);
  if (looked === undefined) return changed(['it was not looked at']);
  if ('error' in present.snapshots && snapshotsOf(action).length > 0) return unreadable(present.snapshots.error);
  return changed(action.action === 'reinstate' ? markChanges(looked, now) : imageChanges(looked, now));
}

/**
 * An image's removal with those of its snapshots only that are what they were: the others stay, as ones that the rule
 * keeps do.
 */
export function withPresentSnapshots(revalidation: Revalidation, action: Action, { snapshots }: Present): Action {
  if (action.action !== 'deregister') return action;
  const isSame = (id: SnapshotId) => {
    const looked = revalidation.snapshots.get(id);
    const now = 'error' in snapshots ? undefined : snapshots.get(id);
    return looked !== undefined && now !== undefined && snapshotChanges(looked, now).length === 0;
  };
  const deleteSnapshots = action.deleteSnapshots.filter(isSame);
  const others = action.deleteSnapshots.filter((id) => !isSame(id));
  return { ...action, deleteSnapshots, keepSnapshots: [...action.keepSnapshots, ...others] };
}

function snapshotsOf(action: Action): readonly SnapshotId[] {
  if ('snapshotId' in action) return [action.snapshotId];
  return action.action === 'deregister' ? action.deleteSnapshots : [];
}

function changed(changes: readonly string[]): PresentObjection | undefined {
  if (changes.length === 0) return undefined;
  return { kind: 'changed', reason: `it changed since it was looked at: ${changes.join(', ')}` };
}

function unreadable(error: string): PresentObjection {
  return { kind: 'changed', reason: `it could not be read once more right before: ${error}` };
}

function unread(error: unknown): { readonly error: string } {
  return { error: failureOf(error).sentence };
}
