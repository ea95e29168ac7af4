import type { Account, Target } from '../../model/account.ts';
import { globCapture } from '../../model/glob.ts';
import type { Image } from '../../model/image.ts';
import type { GroupKey, Rule } from '../../model/policy.ts';
import { tagValue } from '../../model/tags.ts';
import { managerOf, otherOwner } from './protections.ts';

/** An image's rank in its group; neither where its rule counts no newest, or the image is not one of them. */
export interface GroupRank {
  /** Among the images of its group, newest first. */
  readonly rank?: { readonly rank: number; readonly group: string; readonly size: number };
  /** The part of the group's key that is unknown for it, in the policy's words. */
  readonly ungrouped?: string;
}

/** Gives an image its group: the parts of its key, or the part that is unknown. */
export type Grouper = (image: Image) => { readonly parts: readonly string[] } | { readonly ungrouped: string };

/** A rule with its groups compiled. */
export interface GroupingRule {
  readonly rule: Rule;
  readonly groupOf: Grouper;
}

/** Compiles `groupBy`. */
export function compileGrouper(groupBy: readonly GroupKey[]): Grouper {
  const keys = groupBy.map((key) => ({ words: wordsOf(key), partOf: partOf(key) }));
  return (image) => {
    const parts: string[] = [];
    for (const { words, partOf } of keys) {
      const part = partOf(image);
      if (part === undefined) return { ungrouped: words };
      parts.push(part);
    }
    return { parts };
  };
}

/**
 * Ranks an account's images within the groups of the rules that own them, in the account's order. An unknown creation
 * date sorts as newest; ties go by image id.
 * @param rules the rule of each image
 */
export function groupRanks({ images, target }: Account, rules: readonly (GroupingRule | undefined)[]): GroupRank[] {
  const byRule = new Map<GroupingRule, Map<string, Group>>();
  const found = images.map((image, index): Group | GroupRank => {
    const rule = rules[index];
    if (rule?.rule.kind !== 'retention' || rule.rule.keep.newest === undefined) return {};
    const grouped = rule.groupOf(image);
    if ('ungrouped' in grouped) return grouped;
    if (!countsAsNewest(image, target)) return {};
    const { parts } = grouped;
    const groups = byRule.get(rule) ?? new Map<string, Group>();
    const key = parts.length > 1 ? JSON.stringify(parts) : parts.join();
    const group = groups.get(key) ?? { name: parts.join('/') || rule.rule.name, members: new Map(), ranks: new Map() };
    // A page that shifted while it was read can hold an image twice; it counts once.
    if (!group.members.has(image.imageId)) group.members.set(image.imageId, image);
    byRule.set(rule, groups.set(key, group));
    return group;
  });
  for (const { name, members, ranks } of [...byRule.values()].flatMap((groups) => [...groups.values()])) {
    for (const [index, { imageId }] of [...members.values()].sort(newestFirst).entries())
      ranks.set(imageId, { rank: { rank: index + 1, group: name, size: members.size } });
  }
  return images.map(({ imageId }, index) => {
    const one = found[index] ?? {};
    return 'ranks' in one ? (one.ranks.get(imageId) ?? {}) : one;
  });
}

interface Group {
  readonly name: string;
  readonly members: Map<string, Image>;
  readonly ranks: Map<string, GroupRank>;
}

/**
 * Whether an image counts as one of a rule's newest: it can be launched and it is the account's own.
 * Disabled and unfinished images are no rollback; what AWS Backup or another service made comes and goes by its plans.
 */
function countsAsNewest(image: Image, target: Target): boolean {
  return image.state === 'available' && managerOf(image) === undefined && otherOwner(image, target) === undefined;
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
