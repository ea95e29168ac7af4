import type { Account, Target } from '../../model/account.ts';
import { globMatcher, looseGlobMatcher, type Matcher } from '../../model/glob.ts';
import type { ImageId } from '../../model/ids.ts';
import type { Image } from '../../model/image.ts';
import { type Reference, type SourceReading, whyLookupsAreUnmatched } from '../../model/reference.ts';
import {
  LOOKUP_TEXTS,
  type Lookup,
  type LookupSelector,
  type ReferenceSettings,
} from '../../model/reference-settings.ts';
import type { SourceName } from '../../model/sources.ts';
import { tagValue } from '../../model/tags.ts';

/** The source that no finder reads. */
export const LOOKUPS = 'lookups' satisfies SourceName;

/**
 * An account with what the policy's lookups would find in it at a time, in place of what they found before: the next
 * look at the same inventory may be by another policy.
 */
export function withLookups(account: Account, settings: ReferenceSettings, at: Date): Account {
  const { images, sources, unmatchedLookups: _, ...references } = account.references;
  const isOff = settings.off.includes(LOOKUPS);
  const found = (isOff ? [] : settings.lookups).map((lookup) => {
    return { lookup, imageIds: foundBy(lookup, account.images, account.target, at) };
  });
  const row = { name: LOOKUPS, references: found.reduce((sum, { imageIds }) => sum + imageIds.length, 0), calls: 0 };
  const unmatched = found.filter(({ lookup, imageIds }) => imageIds.length === 0 && !lookup.mayBeEmpty);
  const names = unmatched.map(({ lookup }) => lookup.name);
  const isOneOfMany = settings.isOneOfMany === true || account.crossAccountUsage !== undefined;
  const where = `of ${account.target.accountId} in ${account.target.region}`;
  const reading: SourceReading = isOff
    ? { ...row, references: 0, status: 'off' }
    : names.length === 0 || isOneOfMany
      ? { ...row, status: 'read', read: found.length }
      : { ...row, status: 'unreadable', error: whyLookupsAreUnmatched(names, where) };
  return {
    ...account,
    references: {
      ...references,
      images: withFound(images, found),
      sources: replaced(sources, reading),
      ...(names.length > 0 && isOneOfMany && { unmatchedLookups: names }),
    },
  };
}

/**
 * The images that a lookup would find. Nobody says who makes it, and by which tool: `newest` gives what the owner sees,
 * and what others and Karpenter see, who leave deprecated images out; the newest available one, since not all take one
 * that is pending; and, where no architecture is named, the newest of each, as Karpenter takes them.
 */
export function foundBy(
  { images: selector, take }: Lookup,
  images: readonly Image[],
  target: Target,
  at: Date,
): ImageId[] {
  const isAvailable = ({ state }: Image) => state === 'available';
  const isCurrent = ({ deprecationTime }: Image) => deprecationTime === undefined || deprecationTime > at;
  // A disabled image is left out of every answer but its owner's who asks for it.
  const found = readings(selector, target).map((finds) =>
    images.filter((one) => one.state !== 'disabled' && finds(one)),
  );
  const taken =
    take === 'all'
      ? found.flat()
      : found
          .flatMap((all) => [...Map.groupBy(all, ({ architecture }) => architecture).values()])
          .flatMap((all) => [
            all,
            all.filter(isAvailable),
            all.filter(isCurrent),
            all.filter(isAvailable).filter(isCurrent),
          ])
          .flatMap(newestOf);
  return [...new Set(taken.map(({ imageId }) => imageId))];
}

/** The newest of some images: all that are equally new, and those whose age is not known. */
function newestOf(images: readonly Image[]): Image[] {
  const newest = images.reduce((last, { creationDate }) => Math.max(last, creationDate?.getTime() ?? last), -Infinity);
  return images.filter(({ creationDate }) => creationDate === undefined || creationDate.getTime() === newest);
}

/**
 * What a lookup may mean. AWS says of `?` in a filter that it stands for one character, and elsewhere for one or none; and
 * older recordings do not tell an image's virtualization. A doubt must not hide the newest image behind another.
 */
function readings(selector: LookupSelector, target: Target): ((image: Image) => boolean)[] {
  const patterns = [...LOOKUP_TEXTS.map((field) => selector[field]), ...selector.tags.map(({ value }) => value)];
  const isAmbiguous = patterns.some((some = []) => some.some((pattern) => pattern.includes('?')));
  const compilers = isAmbiguous ? [globMatcher, looseGlobMatcher] : [globMatcher];
  const matchUntold = selector.virtualizationType === undefined ? [true] : [true, false];
  return compilers.flatMap((compile) => matchUntold.map((untold) => finder(selector, target, compile, untold)));
}

function finder(selector: LookupSelector, target: Target, compile: (pattern: string) => Matcher, untold: boolean) {
  const anyOf = (patterns: readonly string[]): Matcher => {
    const matchers = patterns.map(compile);
    return (text) => matchers.some((matches) => matches(text));
  };
  const { owner: owners } = selector;
  const tags = selector.tags.map(({ key, value }) => ({ key, matches: anyOf(value) }));
  const fields = LOOKUP_TEXTS.flatMap((field) => {
    const patterns = selector[field];
    return patterns === undefined ? [] : [{ field, matches: anyOf(patterns) }];
  });
  return (image: Image) =>
    (owners === undefined || owners.some((owner) => owns(owner, image, target))) &&
    fields.every(({ field, matches }) => (image[field] === undefined ? untold : matches(image[field]))) &&
    tags.every(({ key, matches }) => {
      const value = tagValue(image.tags, key);
      return value !== undefined && matches(value);
    });
}

function owns(owner: string, { ownerId, ownerAlias }: Image, { accountId }: Target): boolean {
  return ownerId === (owner === 'self' ? accountId : owner) || ownerAlias === owner;
}

type Found = readonly { readonly lookup: Lookup; readonly imageIds: readonly ImageId[] }[];

/** The references with those of lookups in place of earlier ones; what another Region or account found stays. */
function withFound(images: Account['references']['images'], found: Found): Account['references']['images'] {
  const isOwn = ({ kind, accountId, region }: Reference) =>
    kind === 'lookup' && accountId === undefined && region === undefined;
  const all = new Map<ImageId, readonly Reference[]>();
  for (const [imageId, list] of images) {
    const others = list.filter((one) => !isOwn(one));
    if (others.length > 0) all.set(imageId, others);
  }
  for (const { lookup, imageIds } of found) {
    const reference: Reference = { kind: 'lookup', resource: lookup.name, namedBy: [] };
    for (const imageId of imageIds) all.set(imageId, [...(all.get(imageId) ?? []), reference]);
  }
  return all;
}

/** The readings with one in its place, or after the others where it had none. */
function replaced(sources: readonly SourceReading[], reading: SourceReading): SourceReading[] {
  const index = sources.findIndex(({ name }) => name === reading.name);
  return index < 0 ? [...sources, reading] : sources.with(index, reading);
}
