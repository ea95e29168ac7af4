import type { Clients } from '../aws/clients.ts';
import type { Requests } from '../aws/requests.ts';
import { JanitorError } from '../model/errors.ts';
import { globMatcher } from '../model/glob.ts';
import type { ImageId, SnapshotId } from '../model/ids.ts';
import { type DanglingReference, type Reference, unmatchedGlob, whyUnmatched } from '../model/reference.ts';
import type { ReferenceSettings } from '../model/reference-settings.ts';
import type { Followed, SourceName } from '../model/sources.ts';

/** A launch template as something names it: by id or by name, at a version. */
interface TemplateMention {
  readonly templateId?: string | undefined;
  readonly templateName?: string | undefined;
  /** A number, `$Default` or `$Latest`; AWS takes a missing version for `$Default`. */
  readonly version: string;
}

/** One thing that a finder found. Mentions are followed by the finder of what they name. */
export type Finding =
  | { readonly finds: 'image'; readonly imageId: ImageId; readonly reference: Reference }
  | { readonly finds: 'snapshot'; readonly snapshotId: SnapshotId; readonly reference: Reference }
  | { readonly finds: 'group'; readonly group: string }
  | {
      readonly finds: 'launch-template';
      readonly mention: TemplateMention;
      readonly namedBy: string;
      /** Named only as what something was once launched from. */
      readonly past: boolean;
    }
  | { readonly finds: 'launch-configuration'; readonly name: string; readonly namedBy: string }
  /** A parameter whose value is an image id: `NAME`, `NAME:VERSION`, `NAME:LABEL` or an ARN of one. */
  | { readonly finds: 'parameter'; readonly name: string; readonly namedBy: string }
  /** A glob of the policy's that matched nothing here, as `unmatchedGlob` says it. */
  | { readonly finds: 'unmatched'; readonly glob: string }
  | ({ readonly finds: 'dangling' } & DanglingReference);

export type Mention<Kind extends Followed> = Extract<Finding, { finds: Kind }>;

/** Why a source is unreadable, in a sentence of its finder's own. */
export class UnreadableSourceError extends JanitorError {
  override readonly name = 'UnreadableSourceError';
}

/** What a finder works with. */
export interface FinderContext {
  readonly clients: Clients;
  readonly requests: Requests;
  readonly settings: ReferenceSettings;
  /** Waits for the sources that name such things, or those of them that are asked for, and gives what they named. */
  readonly mentions: <Kind extends Followed>(
    kind: Kind,
    isAskedFor?: (source: SourceName) => boolean,
  ) => Promise<Mention<Kind>[]>;
}

/**
 * Looks at one source and yields what it finds. Whatever it throws makes the source unreadable, and every
 * image kept; what it had yielded before still counts. All finders start at once; only `mentions` waits.
 */
export interface Finder {
  readonly source: SourceName;
  readonly find: (context: FinderContext) => AsyncIterable<Finding>;
}

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
  context.requests.items = named.length;
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
