import { globMatcher, literalOf } from '../../model/glob.ts';
import type { Image, Tags } from '../../model/image.ts';
import type { Rule, Selector, TagCondition, TagPattern } from '../../model/policy.ts';
import { tagValue } from '../../model/tags.ts';

type Condition = (image: Image, at: number) => boolean;

/** The rule that owns an image at a time: the first that selects it. */
export type RuleOf = (image: Image, at: number) => Rule | undefined;

/** Compiles the selectors of all rules into one search. */
export function ruleSearch(rules: readonly Rule[]): RuleOf {
  const compiled = rules.map((rule) => ({ rule, selects: compileSelector(rule.select) }));
  return (image, at) => {
    for (const { rule, selects } of compiled) if (selects(image, at)) return rule;
    return undefined;
  };
}

const FIELDS = ['architecture', 'platform', 'rootDeviceType', 'state', 'name', 'description'] as const;

/** Compiles a selector into one condition: all that it asks for must hold. An age that is not known meets no age condition. */
export function compileSelector(selector: Selector): Condition {
  // What is cheap to ask comes first: most rules do not select most images.
  const conditions: Condition[] = [
    ...ageCondition(selector.olderThan?.milliseconds, (ageMs, limitMs) => ageMs >= limitMs),
    ...ageCondition(selector.youngerThan?.milliseconds, (ageMs, limitMs) => ageMs < limitMs),
    ...FIELDS.flatMap((field) => oneOf(selector[field], field)),
    ...selector.tags.map(tagCondition),
  ];
  return (image, at) => {
    for (const condition of conditions) if (!condition(image, at)) return false;
    return true;
  };
}

/** Whether time alone can change what the selector selects. */
export function selectsByAge(selector: Selector): boolean {
  return selector.olderThan !== undefined || selector.youngerThan !== undefined;
}

function oneOf(patterns: readonly string[] | undefined, field: (typeof FIELDS)[number]): Condition[] {
  if (patterns === undefined) return [];
  const matchers = patterns.map(globMatcher);
  return [
    (image) => {
      for (const matches of matchers) if (matches(image[field])) return true;
      return false;
    },
  ];
}

function ageCondition(limitMs: number | undefined, holds: (ageMs: number, limitMs: number) => boolean): Condition[] {
  if (limitMs === undefined) return [];
  return [(image, at) => image.creationDate !== undefined && holds(at - image.creationDate.getTime(), limitMs)];
}

/** The first tag that matches, by key and value; undefined where none does. */
export type TagFinder = (tags: Tags) => { readonly key: string; readonly value: string } | undefined;

/** Compiles a glob on key and value into a search. A key without wildcards is looked up, not searched for. */
export function tagFinder(pattern: TagPattern): TagFinder {
  const matchesValue = globMatcher(pattern.value);
  const literalKey = literalOf(pattern.key);
  if (literalKey !== undefined) {
    return (tags) => {
      const value = tagValue(tags, literalKey);
      return value !== undefined && matchesValue(value) ? { key: literalKey, value } : undefined;
    };
  }
  const matchesKey = globMatcher(pattern.key);
  return (tags) => {
    for (const [key, value] of entriesOf(tags)) if (matchesKey(key) && matchesValue(value)) return { key, value };
    return undefined;
  };
}

/** The tag must be there, or must not. */
function tagCondition({ key, value }: TagCondition): Condition {
  const isWanted = typeof value === 'string';
  const find = tagFinder({ key, value: isWanted ? value : '*' });
  return ({ tags }) => (find(tags) !== undefined) === isWanted;
}

let latest: { readonly tags: Tags; readonly entries: readonly (readonly [string, string])[] } | undefined;

/** The entries of one image's tags, kept while rule after rule asks for them: listing them anew was most of the work. */
function entriesOf(tags: Tags): readonly (readonly [string, string])[] {
  if (latest?.tags !== tags) latest = { tags, entries: Object.entries(tags) };
  return latest.entries;
}
