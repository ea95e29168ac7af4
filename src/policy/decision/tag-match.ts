import { globMatcher, literalOf } from '../../model/glob.ts';
import type { Tags } from '../../model/image.ts';
import type { TagCondition, TagPattern } from '../../model/policy.ts';

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

/** Compiles one condition of a selector. */
export function tagCondition(condition: TagCondition): (tags: Tags) => boolean {
  const { key, value } = condition;
  if (typeof value === 'string') {
    const find = tagFinder({ key, value });
    return (tags) => find(tags) !== undefined;
  }
  const find = tagFinder({ key, value: '*' });
  return (tags) => find(tags) === undefined;
}

let latest: { readonly tags: Tags; readonly entries: readonly (readonly [string, string])[] } | undefined;

/** The entries of one image's tags, kept while rule after rule asks for them: listing them anew was most of the work. */
function entriesOf(tags: Tags): readonly (readonly [string, string])[] {
  if (latest?.tags !== tags) latest = { tags, entries: Object.entries(tags) };
  return latest.entries;
}

/** A tag's value; keys such as `__proto__` or `constructor` are tags like any other. */
export function tagValue(tags: Tags, key: string): string | undefined {
  return Object.hasOwn(tags, key) ? tags[key] : undefined;
}
