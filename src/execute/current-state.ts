import { isDeepStrictEqual } from 'node:util';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { failureOf } from '../aws/errors.ts';
import { readImagesById } from '../inventory/images.ts';
import { readSnapshotsById } from '../inventory/snapshots.ts';
import type { ImageId, SnapshotId } from '../model/ids.ts';
import type { Image, Snapshot, Tags } from '../model/image.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Action } from '../model/plan.ts';
import { TAG, TAG_PREFIX } from '../model/tags.ts';
import { gone, skipped } from './passes/pass.ts';
import type { Revalidation } from './revalidate.ts';

/** What some images and snapshots are this very moment; an error where that could not be read. */
export interface CurrentState {
  readonly images: ReadonlyMap<ImageId, Image> | { readonly error: string };
  readonly snapshots: ReadonlyMap<SnapshotId, Snapshot> | { readonly error: string };
}

/** Reads what a few actions are about, and what they would take with it: two calls at the most. */
export async function readCurrentState(ec2: EC2Client, actions: readonly Action[]): Promise<CurrentState> {
  const imageIds = [...new Set(actions.flatMap((one) => ('snapshotId' in one ? [] : [one.imageId])))];
  const snapshotIds = [...new Set(actions.flatMap(snapshotsOf))];
  const [images, snapshots] = await Promise.all([
    readImagesById(ec2, imageIds).then((list) => new Map(list.map((one) => [one.imageId, one])), unread),
    readSnapshotsById(ec2, snapshotIds).then((list) => new Map(list.map((one) => [one.snapshotId, one])), unread),
  ]);
  return { images, snapshots };
}

/**
 * How an action ends instead, where its image or snapshot is gone, is not any more what it was when it was decided over,
 * or can't be read. Giving back asks only for what it gives back.
 * @param runId of the run that acts: a tag that names it was written by the act itself
 */
export function currentObjection(
  then: Revalidation,
  action: Action,
  now: CurrentState,
  runId: string,
): Outcome | undefined {
  const { images, snapshots } = now;
  if ('snapshotId' in action) {
    if ('error' in snapshots) return unreadable(action, snapshots.error);
    const snapshot = snapshots.get(action.snapshotId);
    if (snapshot === undefined) return gone(action);
    return changed(action, snapshotChanges, then.snapshots.get(action.snapshotId), snapshot);
  }
  if ('error' in images) return unreadable(action, images.error);
  const image = images.get(action.imageId);
  if (image === undefined) return gone(action);
  if ('error' in snapshots && snapshotsOf(action).length > 0) return unreadable(action, snapshots.error);
  return changed(action, changesOf(action, runId), then.images.get(action.imageId), image);
}

function changesOf({ action }: Action, runId: string): (then: Image, now: Image) => string[] {
  if (action === 'protect') return protectionChanges;
  return action === 'reinstate' ? ownTagChanges : (then, now) => imageChanges(then, now, runId);
}

function changed<Resource>(
  action: Action,
  changesOf: (then: Resource, now: Resource) => readonly string[],
  then: Resource | undefined,
  now: Resource,
): Outcome | undefined {
  const words = then === undefined ? ['it was not read'] : changesOf(then, now);
  return words.length === 0 ? undefined : skipped(action, `it changed since it was read: ${words.join(', ')}`);
}

/**
 * What is done to an image with those of its snapshots only that are what they were: the others stay, as ones that the
 * rule keeps do.
 */
export function withCurrentSnapshots(
  revalidation: Revalidation,
  planned: Action,
  action: Action,
  { snapshots }: CurrentState,
): Action {
  if (action.action !== 'archive' && action.action !== 'deregister') return action;
  const isSame = (id: SnapshotId) => {
    const then = revalidation.snapshots.get(id);
    const now = 'error' in snapshots ? undefined : snapshots.get(id);
    return then !== undefined && now !== undefined && snapshotChanges(then, now).length === 0;
  };
  if (action.action === 'archive') {
    const inPlan = new Set(snapshotsOf(planned));
    return { ...action, archiveSnapshots: action.archiveSnapshots.filter((id) => inPlan.has(id) && isSame(id)) };
  }
  const deleteSnapshots = action.deleteSnapshots.filter(isSame);
  const others = action.deleteSnapshots.filter((id) => !isSame(id));
  return { ...action, deleteSnapshots, keepSnapshots: [...action.keepSnapshots, ...others] };
}

/** The snapshots that an action is about, or takes with its image. */
export function snapshotsOf(action: Action): readonly SnapshotId[] {
  if ('snapshotId' in action) return [action.snapshotId];
  if (action.action === 'archive') return action.archiveSnapshots;
  return action.action === 'deregister' ? action.deleteSnapshots : [];
}

function unreadable(action: Action, error: string): Outcome {
  return skipped(action, `it could not be read once more right before: ${error}`);
}

function unread(error: unknown): { readonly error: string } {
  return { error: failureOf(error).sentence };
}

/**
 * This tool's own tags that a decision rests on. Others are written while owners are notified, or by this run itself
 * right before it acts.
 */
const DECISIVE: ReadonlySet<string> = new Set([
  TAG.keep,
  TAG.deprecatedAt,
  TAG.deregisterAfter,
  TAG.previousDeprecationTime,
  TAG.protectRun,
]);
/** Tags that notifying owners or protecting writes at any time; nothing is given back by them. */
const OF_OTHERS: ReadonlySet<string> = new Set([
  TAG.announcedAt,
  TAG.remindedAt,
  TAG.protectRun,
  'ami-janitor:promised-until',
]);

/** What has changed of an image that a decision could rest on, in words. */
function imageChanges(then: Image, now: Image, runId: string): string[] {
  const isDecisive = (key: string) => DECISIVE.has(key) && now.tags[key] !== runId;
  return [
    ...changes(then.state, now.state, `its state is ${now.state}`),
    ...changes(then.lastLaunchedTime, now.lastLaunchedTime, 'it was launched'),
    ...changes(then.deprecationTime, now.deprecationTime, 'its deprecation changed'),
    ...changes(then.deregistrationProtection, now.deregistrationProtection, 'its protection changed'),
    ...changes(then.isPublic, now.isPublic, 'whether it is public changed'),
    ...tagChanges(then.tags, now.tags, (key) => isDecisive(key) || !key.startsWith(TAG_PREFIX)),
  ];
}

/** What has changed of how an image is protected. */
function protectionChanges(then: Image, now: Image): string[] {
  return [
    ...changes(then.state, now.state, `its state is ${now.state}`),
    ...changes(then.deregistrationProtection, now.deregistrationProtection, 'its protection changed'),
    ...tagChanges(then.tags, now.tags, (key) => key === TAG.protectRun),
  ];
}

/** What has changed of what an image is to be given back: its state, its deprecation and this tool's own tags. */
function ownTagChanges(then: Image, now: Image): string[] {
  const isOwn = (key: string) => key.startsWith(TAG_PREFIX) && key !== TAG.keep && !OF_OTHERS.has(key);
  return [
    ...changes(then.state, now.state, `its state is ${now.state}`),
    ...changes(then.deprecationTime, now.deprecationTime, 'its deprecation changed'),
    ...tagChanges(then.tags, now.tags, isOwn),
  ];
}

/** What has changed of a snapshot; this run itself tags those of the images that it removes. */
function snapshotChanges(then: Snapshot, now: Snapshot): string[] {
  return [
    ...changes(then.state, now.state, `its state is ${now.state}`),
    ...changes(then.storageTier, now.storageTier, `its storage tier is ${now.storageTier}`),
    ...tagChanges(then.tags, now.tags, (key) => key === TAG.keep || !key.startsWith(TAG_PREFIX)),
  ];
}

function changes(then: unknown, now: unknown, words: string): string[] {
  return isDeepStrictEqual(then, now) ? [] : [words];
}

function tagChanges(then: Tags, now: Tags, counts: (key: string) => boolean): string[] {
  const keys = new Set([...Object.keys(then), ...Object.keys(now)].filter(counts));
  const changed = [...keys].filter((key) => then[key] !== now[key]).sort();
  return changed.length === 0 ? [] : [`its tags changed (${changed.slice(0, 5).join(', ')})`];
}
