import type { Account, Target } from '../../model/account.ts';
import { globCapture } from '../../model/glob.ts';
import type { ImageId } from '../../model/ids.ts';
import type { Image } from '../../model/image.ts';
import type { GroupKey, Rule } from '../../model/policy.ts';
import { tagValue } from '../../model/tags.ts';
import { managerOf, otherOwner } from './protections.ts';

/** An image's rank in its group, or why it has none. */
export interface GroupRank {
  /** Among the images of its group, newest first. */
  readonly rank?: { readonly rank: number; readonly group: string; readonly size: number };
  /** The part of the group's key that is unknown for it, in the policy's words. */
  readonly ungrouped?: string;
}

interface Group {
  readonly name: string;
  /** A page that shifted while it was read can hold an image twice; it counts once. */
  readonly members: Map<ImageId, Image>;
  readonly ranks: Map<ImageId, GroupRank>;
}

/**
 * Ranks an account's images within the groups of the rules that own them, in the account's order. An unknown creation
 * date sorts as newest; ties go by image id.
 * @param rules the rule of each image
 * @returns nothing for an image whose rule counts no newest, or that is not one of them
 */
export function groupRanks(
  { images, target }: Account,
  rules: readonly (Rule | undefined)[],
): (GroupRank | undefined)[] {
  const groupings = new Map([...new Set(rules)].map((rule) => [rule, groupingOf(rule)]));
  const placed = images.map((image, index) => {
    const { imageId } = image;
    const group = groupings.get(rules[index])?.(image);
    if (group === undefined || !('members' in group)) return { imageId, group };
    if (!countsAsNewest(image, target)) return { imageId, group: undefined };
    if (!group.members.has(imageId)) group.members.set(imageId, image);
    return { imageId, group };
  });
  for (const group of new Set(placed.map((one) => one.group))) if (group && 'members' in group) rankMembers(group);
  return placed.map(({ imageId, group }) => (group && 'members' in group ? group.ranks.get(imageId) : group));
}

function rankMembers({ name: group, members, ranks }: Group): void {
  const size = members.size;
  for (const [index, { imageId }] of [...members.values()].sort(newestFirst).entries())
    ranks.set(imageId, { rank: { rank: index + 1, group, size } });
}

/** Compiles `groupBy` of a rule that keeps the newest: gives an image its group, or the part that is unknown. */
function groupingOf(rule: Rule | undefined): ((image: Image) => Group | GroupRank) | undefined {
  if (rule?.kind !== 'retention' || rule.keep.newest === undefined) return undefined;
  const keys = rule.groupBy.map(compileKey);
  const groups = new Map<string, Group>();
  return (image) => {
    const parts: string[] = [];
    for (const { words, partOf } of keys) {
      const part = partOf(image);
      if (part === undefined) return { ungrouped: words };
      parts.push(part);
    }
    const key = JSON.stringify(parts);
    const group = groups.get(key) ?? { name: parts.join('/') || rule.name, members: new Map(), ranks: new Map() };
    groups.set(key, group);
    return group;
  };
}

/**
 * Whether an image counts as one of a rule's newest: it can be launched and it is the account's own.
 * Disabled and unfinished images are no rollback, and one without a name may be another rule's; what AWS Backup or another service made comes and goes by its plans.
 */
function countsAsNewest(image: Image, target: Target): boolean {
  const isKnown = image.state === 'available' && image.name !== '';
  return isKnown && managerOf(image) === undefined && otherOwner(image, target) === undefined;
}

function newestFirst(a: Image, b: Image): number {
  const byDate = (b.creationDate?.getTime() ?? Infinity) - (a.creationDate?.getTime() ?? Infinity);
  if (byDate !== 0 && !Number.isNaN(byDate)) return byDate;
  return a.imageId < b.imageId ? -1 : 1;
}

/** One part of a group's key: the policy's words for it, and what an image has there. */
function compileKey(key: GroupKey): { readonly words: string; readonly partOf: (image: Image) => string | undefined } {
  switch (key.kind) {
    case 'architecture':
      return { words: 'architecture', partOf: (image) => image.architecture };
    case 'tag':
      return { words: `tag:${key.key}`, partOf: (image) => tagValue(image.tags, key.key) };
    case 'name': {
      const capture = globCapture(key.pattern);
      return { words: `name:${key.pattern}`, partOf: (image) => capture(image.name) };
    }
  }
}
