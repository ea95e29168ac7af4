import { distance } from 'fastest-levenshtein';
import type { Decision } from '../../model/decision.ts';
import type { Rule } from '../../model/policy.ts';
import { tagValue } from '../../model/tags.ts';
import { count, counted, listed } from '../../text/format.ts';
import { ofRule, type PolicyFinding } from './finding.ts';
import { type CarriedTags, keyHint } from './unmatched.ts';

/** Two or three images of different kinds are no sign yet that groups are too narrow. */
const FEWEST_GROUPS = 4;
/** Shorter names differ by one letter and mean different things. */
const SHORTEST_NAME = 5;

/** What is odd about the groups in which a rule counts its newest: each image is the newest of a group of one. */
export function groupFindings(rule: Rule, index: number, own: readonly Decision[], tags: CarriedTags): PolicyFinding[] {
  if (rule.kind !== 'retention' || rule.keep.newest === undefined) return [];
  const find = (says: string) => [ofRule(rule, index, 'groupBy', says)];
  for (const key of rule.groupBy) {
    if (key.kind !== 'tag' || own.some(({ image }) => tagValue(image.tags, key.key) !== undefined)) continue;
    return find(
      `none of its ${counted(own.length, 'image')} carries the tag ${JSON.stringify(key.key)} of groupBy, so all stay${keyHint(key.key, tags)}.`,
    );
  }
  const sizes = sizesOf(own);
  const single = [...sizes].flatMap(([group, size]) => (size === 1 ? [group] : []));
  if (single.length >= FEWEST_GROUPS && single.length === sizes.size) {
    return find(`each of its ${count(sizes.size)} groups is one image, so keep.newest keeps them all; group by less.`);
  }
  const misspelled = single.flatMap((group) => {
    const like = [...sizes].find(([other, size]) => size > 2 && isLike(group, other));
    return like ? [`${JSON.stringify(group)} like ${JSON.stringify(like[0])} with ${counted(like[1], 'image')}`] : [];
  });
  if (misspelled.length === 0) return [];
  const subject = misspelled.length === 1 ? 'a group of one image is' : 'groups of one image are';
  return find(`${subject} spelled almost like a larger one: ${listed(misspelled)}. The newest of each group stays.`);
}

/** The groups that keep their newest, by name. */
function sizesOf(own: readonly Decision[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { group } of own) if (group !== undefined) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  return sizes;
}

/** Alike but for capitals and separators, or by one letter; numbers tell groups apart on purpose. */
function isLike(one: string, other: string): boolean {
  const [a, b] = [one, other].map((name) => name.toLowerCase().replace(/[\s_.-]/g, ''));
  if (a === undefined || b === undefined) return false;
  if (a === b) return true;
  const differInNumbers = a.replace(/\d/g, '') === b.replace(/\d/g, '');
  return Math.min(a.length, b.length) >= SHORTEST_NAME && !differInNumbers && distance(a, b) === 1;
}
