import type { Target } from '../../model/account.ts';
import { globMatcher, literalOf } from '../../model/glob.ts';
import type { Image, Tags } from '../../model/image.ts';
import type { Rule, Selector, TagCondition } from '../../model/policy.ts';
import { tagValue } from '../../model/tags.ts';

type Condition = (image: Image, at: number) => boolean;
type Place = Pick<Target, 'accountId' | 'region'>;

/** The rule that owns an image at a time: the first that selects it. */
export type RuleOf = (image: Image, at: number) => Rule | undefined;

/** Compiles the selectors of all rules into one search over the images of one account and Region. */
export function ruleSearch(rules: readonly Rule[], place: Place): RuleOf {
  const compiled = rules.map((rule) => ({ rule, selects: compileSelector(rule.select, place) }));
  return (image, at) => {
    for (const { rule, selects } of compiled) if (selects(image, at)) return rule;
    return undefined;
  };
}

const FIELDS = ['architecture', 'platform', 'rootDeviceType', 'state', 'name', 'description', 'sourceImage'] as const;
type Field = (typeof FIELDS)[number];

/** Whether a selector can select anything in an account and Region. */
export function isFor({ accounts, regions }: Selector, { accountId, region }: Place): boolean {
  return (accounts?.includes(accountId) ?? true) && (regions?.includes(region) ?? true);
}

/**
 * Compiles a selector into one condition: all that it asks for must hold, and what its `not` describes is left out. An
 * age or a severity that is not known selects nothing, asked for either way.
 */
export function compileSelector(selector: Selector, place: Place): Condition {
  const selects = allOf(selector, false);
  const { not } = selector;
  if (!isFor(selector, place)) return () => false;
  if (not === undefined || !isFor(not, place)) return selects;
  const isLeftOut = allOf(not, true);
  return (image, at) => selects(image, at) && !isLeftOut(image, at);
}

function allOf(selector: Selector, whereUnknown: boolean): Condition {
  // What is cheap to ask comes first: most rules do not select most images.
  const conditions: Condition[] = [
    ...ageCondition(selector.olderThan?.milliseconds, whereUnknown, (ageMs, limitMs) => ageMs >= limitMs),
    ...ageCondition(selector.youngerThan?.milliseconds, whereUnknown, (ageMs, limitMs) => ageMs < limitMs),
    ...FIELDS.flatMap((field) => oneOf(selector[field], field)),
    ...severityCondition(selector.severity, whereUnknown),
    ...watermarkCondition(selector.watermark),
    ...selector.tags.map(tagCondition),
  ];
  return (image, at) => {
    for (const condition of conditions) if (!condition(image, at)) return false;
    return true;
  };
}

/** Whether time alone can change what the selector selects. */
export function selectsByAge({ olderThan, youngerThan, not }: Selector): boolean {
  return olderThan !== undefined || youngerThan !== undefined || (not !== undefined && selectsByAge(not));
}

function oneOf(patterns: readonly string[] | undefined, field: Field): Condition[] {
  if (patterns === undefined) return [];
  const matches = anyOf(patterns);
  const key = field === 'sourceImage' ? 'sourceImageId' : field;
  return [
    (image) => {
      const text = image[key];
      return text !== undefined && matches(text);
    },
  ];
}

function anyOf(patterns: readonly string[]): (text: string) => boolean {
  const matchers = patterns.map(globMatcher);
  const [only] = matchers;
  if (only !== undefined && matchers.length === 1) return only;
  return (text) => {
    for (const matches of matchers) if (matches(text)) return true;
    return false;
  };
}

function severityCondition(wanted: readonly string[] | undefined, whereUnknown: boolean): Condition[] {
  if (wanted === undefined) return [];
  return [({ scan }) => (scan ? scan.severity !== undefined && wanted.includes(scan.severity) : whereUnknown)];
}

function watermarkCondition(patterns: readonly string[] | undefined): Condition[] {
  if (patterns === undefined) return [];
  const matches = anyOf(patterns);
  return [({ watermarks }) => watermarks?.some(matches) ?? false];
}

function ageCondition(
  limitMs: number | undefined,
  whereUnknown: boolean,
  holds: (ageMs: number, limitMs: number) => boolean,
): Condition[] {
  if (limitMs === undefined) return [];
  return [({ creationDate }, at) => (creationDate ? holds(at - creationDate.getTime(), limitMs) : whereUnknown)];
}

/** The first tag that matches, by key and value; undefined where none does. */
export type TagFinder = (tags: Tags) => { readonly key: string; readonly value: string } | undefined;

/** Compiles a glob on a key and some on its value into a search. A key without wildcards is looked up, not searched for. */
export function tagFinder({
  key: keyGlob,
  values,
}: {
  readonly key: string;
  readonly values: readonly string[];
}): TagFinder {
  const matchesValue = anyOf(values);
  const literalKey = literalOf(keyGlob);
  if (literalKey !== undefined) {
    return (tags) => {
      const value = tagValue(tags, literalKey);
      return value !== undefined && matchesValue(value) ? { key: literalKey, value } : undefined;
    };
  }
  const matchesKey = globMatcher(keyGlob);
  return (tags) => {
    for (const [key, value] of entriesOf(tags)) if (matchesKey(key) && matchesValue(value)) return { key, value };
    return undefined;
  };
}

function tagCondition({ key, value }: TagCondition): Condition {
  const isWanted = !('absent' in value);
  const find = tagFinder({ key, values: isWanted ? value : ['*'] });
  return ({ tags }) => (find(tags) !== undefined) === isWanted;
}

let latest: { readonly tags: Tags; readonly entries: readonly (readonly [string, string])[] } | undefined;

/** The entries of one image's tags, kept while rule after rule asks for them: listing them anew was most of the work. */
function entriesOf(tags: Tags): readonly (readonly [string, string])[] {
  if (latest?.tags !== tags) latest = { tags, entries: Object.entries(tags) };
  return latest.entries;
}
