import { distance } from 'fastest-levenshtein';
import type { Account, Target } from '../../model/account.ts';
import type { Decision } from '../../model/decision.ts';
import { literalOf } from '../../model/glob.ts';
import type { Image } from '../../model/image.ts';
import type { Policy, Rule } from '../../model/policy.ts';
import { tagValue } from '../../model/tags.ts';
import { count, counted, listed } from '../../text/format.ts';
import { compileSelector, isFor, tagFinder } from '../decision/select.ts';
import { unreadableSources } from '../decision/sources.ts';
import { ofRule, type PolicyFinding } from './finding.ts';
import { lifecycleFindings } from './lifecycle-findings.ts';
import { lookupFindings } from './lookup-findings.ts';
import { selectsNoAge, shadowOf } from './policy-findings.ts';
import { type CarriedTags, carriedTags, keyHint, whySelectsNothing } from './unmatched.ts';

/**
 * What of a policy meets nothing in an account, with the word that was probably meant, and what AWS's own lifecycles do
 * beside it. Of the former nothing is said where the images could not be read or there are none, nor of a policy for many
 * targets: another one may have what this one lacks.
 */
export function accountFindings(
  account: Account,
  policy: Policy,
  decisions: readonly Decision[],
  at: Date,
): PolicyFinding[] {
  const lifecycles = lifecycleFindings(account, policy.rules, decisions);
  const isOneOfMany = policy.targets !== undefined || policy.references.isOneOfMany === true;
  if (isOneOfMany || decisions.length === 0 || unreadableSources(account).includes('images')) return lifecycles;
  const tags = carriedTags(account.images);
  const owned = Map.groupBy(decisions, ({ rule }) => rule);
  return [
    ...policy.rules.flatMap((rule, index) => {
      const own = owned.get(rule.name) ?? [];
      return own.length === 0
        ? unmatchedRule(rule, index, policy.rules, decisions, account.target, tags, at)
        : [...unmatchedExpiry(rule, index, own, tags), ...groupFindings(rule, index, own, tags)];
    }),
    ...protectFindings(account, policy, tags),
    ...lookupFindings(account, policy, at),
    ...ownerFindings(account, policy, tags),
    ...lifecycles,
  ];
}

/** Why a rule owns nothing: others come first, or nothing is as it selects. What was said without an account is not said again. */
function unmatchedRule(
  rule: Rule,
  index: number,
  rules: readonly Rule[],
  decisions: readonly Decision[],
  target: Target,
  tags: CarriedTags,
  at: Date,
): PolicyFinding[] {
  if (shadowOf(rules, index) || selectsNoAge(rule) || !isFor(rule.select, target)) return [];
  const selects = compileSelector(rule.select, target);
  const selected = decisions.filter(({ image }) => selects(image, at.getTime()));
  if (selected.length === 0) {
    const images = decisions.map(({ image }) => image);
    return [
      ofRule(
        rule,
        index,
        'select',
        `it matches no image: ${whySelectsNothing(rule.select, { images, target, tags, at })}.`,
      ),
    ];
  }
  const owners = [...Map.groupBy(selected, ({ rule: owner }) => owner)].map(
    ([name, own]) => `${JSON.stringify(name)} (${count(own.length)})`,
  );
  const it = selected.length === 1 ? 'the one image' : `any of the ${count(selected.length)} images`;
  return [ofRule(rule, index, 'select', `it does not own ${it} that it selects; earlier rules do: ${listed(owners)}.`)];
}

/** An expiry tag that none of a rule's images carries keeps them all. */
function unmatchedExpiry(rule: Rule, index: number, own: readonly Decision[], tags: CarriedTags): PolicyFinding[] {
  if (rule.kind !== 'expiry') return [];
  const { expireTag } = rule;
  if (own.some(({ image }) => tagValue(image.tags, expireTag) !== undefined)) return [];
  const says = `none of its ${counted(own.length, 'image')} carries the tag ${JSON.stringify(expireTag)}, so all stay${keyHint(expireTag, tags)}.`;
  return [ofRule(rule, index, 'expire.tag', says)];
}

/** Protections that protect nothing: ids that are no image here, and tags that look like another one. */
function protectFindings({ images, snapshots }: Account, { protect }: Policy, tags: CarriedTags): PolicyFinding[] {
  const known = new Set<string>(images.map(({ imageId }) => imageId));
  const missing = protect.images.flatMap((imageId, index) => (known.has(imageId) ? [] : [{ imageId, index }]));
  const resources: readonly Pick<Image, 'tags'>[] = [...images, ...snapshots];
  return [
    ...missing.map(({ imageId, index }) => ({
      at: ['protect', 'images', index],
      sentence: `protect.images: ${imageId} is no image of this account and Region, so it protects nothing here.`,
    })),
    ...protect.tags.flatMap(({ key }) => {
      const literal = literalOf(key);
      const find = tagFinder({ key, values: ['*'] });
      if (literal === undefined || resources.some((one) => find(one.tags) !== undefined)) return [];
      // A protection that nobody uses yet is in order; one that looks like a tag in use hardly is.
      const hint = keyHint(literal, tags);
      if (hint === '') return [];
      const sentence = `protect.tags: nothing carries the tag ${JSON.stringify(key)}${hint}.`;
      return [{ at: ['protect', 'tags', key], sentence }];
    }),
  ];
}

/** An owner tag that no image carries, where another one looks like it. */
function ownerFindings({ images }: Account, { owners: { tag } }: Policy, tags: CarriedTags): PolicyFinding[] {
  if (images.some((image) => tagValue(image.tags, tag) !== undefined)) return [];
  const hint = keyHint(tag, tags);
  if (hint === '') return [];
  return [{ at: ['owners', 'tag'], sentence: `owners.tag: no image carries the tag ${JSON.stringify(tag)}${hint}.` }];
}

/** Two or three images of different kinds are no sign yet that groups are too narrow. */
const FEWEST_GROUPS = 4;
/** Shorter names differ by one letter and mean different things. */
const SHORTEST_NAME = 5;

/** What is odd about the groups in which a rule counts its newest: each image is the newest of a group of one. */
function groupFindings(rule: Rule, index: number, own: readonly Decision[], tags: CarriedTags): PolicyFinding[] {
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
  const plain = (name: string) => name.toLowerCase().replace(/[\s_.-]/g, '');
  const [a, b] = [plain(one), plain(other)];
  if (a === b) return true;
  const differInNumbers = a.replace(/\d/g, '') === b.replace(/\d/g, '');
  return Math.min(a.length, b.length) >= SHORTEST_NAME && !differInNumbers && distance(a, b) === 1;
}
