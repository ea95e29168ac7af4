import type { Image, Tags } from '../model/image.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { TAG, TAG_PREFIX } from '../model/tags.ts';

/**
 * This tool's own tags that a decision rests on. Others are written while owners are told, or by this run itself right
 * before it acts.
 */
const DECISIVE: ReadonlySet<string> = new Set([
  TAG.keep,
  TAG.deprecatedAt,
  TAG.deregisterAfter,
  TAG.previousDeprecationTime,
]);
/** Tags that telling owners writes at any time; nothing is given back by them. */
const OF_TELLING: ReadonlySet<string> = new Set([TAG.announcedAt, TAG.remindedAt, 'ami-janitor:promised-until']);

/**
 * What has changed of an image since it was looked at, in words; empty where nothing has that a decision could rest
 * on.
 */
export function imageChanges(looked: Image, now: Image): string[] {
  return [
    ...(looked.state === now.state ? [] : [`its state is ${now.state}`]),
    ...(timeOf(looked.lastLaunchedTime) === timeOf(now.lastLaunchedTime) ? [] : ['it was launched']),
    ...(timeOf(looked.deprecationTime) === timeOf(now.deprecationTime) ? [] : ['its deprecation changed']),
    ...(looked.deregistrationProtection === now.deregistrationProtection ? [] : ['its protection changed']),
    ...(looked.isPublic === now.isPublic ? [] : ['whether it is public changed']),
    ...tagChanges(looked.tags, now.tags, (key) => DECISIVE.has(key) || !key.startsWith(TAG_PREFIX)),
  ];
}

/** What has changed of what an image is to be given back: its state, its deprecation and this tool's own marks. */
export function markChanges(looked: Image, now: Image): string[] {
  const isMark = (key: string) => key.startsWith(TAG_PREFIX) && key !== TAG.keep && !OF_TELLING.has(key);
  return [
    ...(looked.state === now.state ? [] : [`its state is ${now.state}`]),
    ...(timeOf(looked.deprecationTime) === timeOf(now.deprecationTime) ? [] : ['its deprecation changed']),
    ...tagChanges(looked.tags, now.tags, isMark),
  ];
}

/** What has changed of a snapshot; this run itself marks those of the images that it removes. */
export function snapshotChanges(looked: Snapshot, now: Snapshot): string[] {
  const isPeoples = (key: string) => key === TAG.keep || !key.startsWith(TAG_PREFIX);
  return [
    ...(looked.state === now.state ? [] : [`its state is ${now.state}`]),
    ...(looked.storageTier === now.storageTier ? [] : [`its storage tier is ${now.storageTier}`]),
    ...tagChanges(looked.tags, now.tags, isPeoples),
  ];
}

function tagChanges(looked: Tags, now: Tags, counts: (key: string) => boolean): string[] {
  const keys = [...new Set([...Object.keys(looked), ...Object.keys(now)])].filter(counts);
  const changed = keys.filter((key) => looked[key] !== now[key]).sort();
  return changed.length === 0 ? [] : [`its tags changed (${changed.slice(0, 5).join(', ')})`];
}

function timeOf(date: Date | undefined): number | undefined {
  return date?.getTime();
}
