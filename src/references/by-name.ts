import { failureOf } from '../aws/errors.ts';
import { globMatcher } from '../model/glob.ts';
import { unmatchedGlob, whyUnmatched } from '../model/reference.ts';
import type { SourceName } from '../model/sources.ts';
import { type FinderContext, type Finding, UnreadableSourceError } from './finder.ts';

/** How the things of a source are named, and one of them read; each costs calls of its own. */
interface Reading<Item> {
  /** What the policy's globs are held against. */
  readonly nameOf: (item: Item) => string;
  readonly read: (item: Item) => Promise<readonly Finding[]>;
}

/**
 * Reads those things that `references.byName` of the policy names, at most 25 at a time.
 * @param list is not asked where the policy names none
 */
export async function* readByName<Item>(
  context: FinderContext,
  source: SourceName,
  list: () => AsyncIterable<Item> | Iterable<Item>,
  { nameOf, read }: Reading<Item>,
): AsyncGenerator<Finding> {
  const globs = (context.settings.byName[source] ?? []).map((glob) => ({ ...glob, isName: globMatcher(glob.pattern) }));
  if (globs.length === 0) return;
  const items = await Array.fromAsync(list());
  const named = items.filter((item) => globs.some(({ isName }) => isName(nameOf(item))));
  yield* (await context.requests.sendAll(named, read)).flat();
  const unmatched = globs.filter(
    ({ mayBeEmpty, isName }) => !mayBeEmpty && !named.some((item) => isName(nameOf(item))),
  );
  yield* unmatchedFindings(
    context,
    `byName.${source}`,
    unmatched.map(({ pattern }) => pattern),
  );
}

/**
 * Tells of the policy's globs that match nothing.
 * @throws UnreadableSourceError where no other target may match them: a misspelled one would protect nothing
 */
export function* unmatchedFindings(
  { settings }: FinderContext,
  key: string,
  patterns: readonly string[],
): Generator<Finding> {
  const globs = patterns.map((pattern) => unmatchedGlob(pattern, key));
  if (globs.length > 0 && settings.isOneOfMany !== true) throw new UnreadableSourceError(whyUnmatched(globs, 'here'));
  for (const glob of globs) yield { finds: 'unmatched', glob };
}

/** What an answer says of a thing; undefined where the service says, by that code, that it was deleted since it was listed. */
export async function unlessGone<Answer>(code: string, answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (failureOf(error).code === code) return undefined;
    throw error;
  }
}
