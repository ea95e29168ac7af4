import type { Target } from '../../model/account.ts';
import { globCapture } from '../../model/glob.ts';
import type { Image } from '../../model/image.ts';
import type { GroupKey, Rule } from '../../model/policy.ts';
import { tagValue } from '../../model/tags.ts';
import { managerOf, otherOwner } from './protections.ts';

/** Where an image stands among the images of its group, newest first. */
export interface Rank {
  readonly rank: number;
  readonly group: string;
  readonly size: number;
}

/** The part of a group's key that can't be told for an image, in the policy's words. */
export interface Ungrouped {
  readonly groupBy: string;
}

/** Gives an image its group: the parts of its key, or what is missing. */
export type Grouper = (image: Image) => readonly string[] | Ungrouped;

/** Compiles `groupBy`. */
export function compileGrouper(groupBy: readonly GroupKey[]): Grouper {
  const parts = groupBy.map((key) => ({ groupBy: wordsOf(key), partOf: partOf(key) }));
  return (image) => {
    const found: string[] = [];
    for (const { groupBy, partOf } of parts) {
      const part = partOf(image);
      if (part === undefined) return { groupBy };
      found.push(part);
    }
    return found;
  };
}

/** True where a group's key was found. */
export function isGrouped(group: readonly string[] | Ungrouped): group is readonly string[] {
  return Array.isArray(group);
}

/**
 * Whether an image counts as one of a rule's newest: it can be launched and it is the account's own.
 * Disabled and unfinished images are no rollback; what AWS Backup or another service made comes and goes by its plans.
 */
function countsAsNewest(image: Image, target: Target): boolean {
  return image.state === 'available' && managerOf(image) === undefined && otherOwner(image, target) === undefined;
}

/** Ranks the images that one rule owns, by group. An unknown creation date sorts as newest; ties go by image id. */
export function rankImages(owned: readonly Image[], rule: Rule, groupOf: Grouper, target: Target): Map<string, Rank> {
  const groups = new Map<string, { readonly name: string; readonly members: Image[] }>();
  const seen = new Set<string>();
  for (const image of owned) {
    // A page that shifted while it was read can hold an image twice; it counts once.
    if (seen.has(image.imageId) || !countsAsNewest(image, target)) continue;
    seen.add(image.imageId);
    const parts = groupOf(image);
    if (!isGrouped(parts)) continue;
    const key = parts.length > 1 ? JSON.stringify(parts) : parts.join();
    const group = groups.get(key);
    if (group) group.members.push(image);
    else groups.set(key, { name: parts.join('/') || rule.name, members: [image] });
  }
  const ranks = new Map<string, Rank>();
  for (const { name, members } of groups.values()) {
    members.sort(newestFirst);
    members.forEach((image, index) => {
      ranks.set(image.imageId, { rank: index + 1, group: name, size: members.length });
    });
  }
  return ranks;
}

function newestFirst(a: Image, b: Image): number {
  const byDate = (b.creationDate?.getTime() ?? Infinity) - (a.creationDate?.getTime() ?? Infinity);
  if (byDate !== 0 && !Number.isNaN(byDate)) return byDate;
  return a.imageId < b.imageId ? -1 : 1;
}

function partOf(key: GroupKey): (image: Image) => string | undefined {
  if (key.kind === 'architecture') return (image) => image.architecture;
  if (key.kind === 'tag') return (image) => tagValue(image.tags, key.key);
  const capture = globCapture(key.pattern);
  return (image) => capture(image.name);
}

function wordsOf(key: GroupKey): string {
  if (key.kind === 'architecture') return 'architecture';
  return key.kind === 'tag' ? `tag:${key.key}` : `name:${key.pattern}`;
}
