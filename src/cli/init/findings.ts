import type { Account } from '../../model/account.ts';
import type { Image } from '../../model/image.ts';

/** A tag that many images carry, and what it says how often, the commonest first. */
export interface FoundTag {
  readonly key: string;
  readonly images: number;
  readonly values: readonly (readonly [value: string, images: number])[];
}

/** Images whose names begin alike and end in a date or a number, and that have no family tag. */
export interface NameFamily {
  readonly prefix: string;
  readonly images: number;
}

/** What an account's own images have in common, as a first policy needs it. */
export interface Findings {
  readonly images: number;
  readonly family?: FoundTag;
  readonly environment?: FoundTag;
  readonly owner?: FoundTag;
  /** A tag whose values are dates. */
  readonly expiry?: FoundTag;
  /** Tags that say that something must stay. */
  readonly protect: readonly FoundTag[];
  readonly nameFamilies: readonly NameFamily[];
}

const FAMILY = /^(?:image-?|ami-?)?(?:family|application|app|service|component|role|product)$/i;
const ENVIRONMENT = /^(?:environment|env|stage)$/i;
const OWNER = /^(?:owner|team|squad|maintainer|contact)$/i;
const EXPIRY = /^(?:expires?(?:-?(?:on|at))?|expiry(?:-?date)?|expiration(?:-?date)?|delete-?after)$/i;
const PROTECT = /^(?:do-?not-?delete|keep|retain|protected|legal-?hold|compliance.*)$/i;
const DATE = /^\d{4}-\d{2}-\d{2}/;
/** Where a name's changing part begins: a date, a build number, a version, an id. */
const CHANGING_PART = /(?:\d{4,}|v?\d+\.\d+|[0-9a-f]{8,}$)/;
const FEWEST_OF_NAME = 3;
const MOST_NAMES = 12;

/** Finds families, environments, owners and dates in the tags and names of an account's own images. */
export function findingsOf({ images, target }: Account): Findings {
  const own = images.filter(({ ownerId }) => ownerId === target.accountId);
  const tags = foundTags(own);
  const commonest = (wanted: RegExp, fits: (tag: FoundTag) => boolean = () => true) =>
    tags.find((tag) => wanted.test(tag.key) && fits(tag));
  // A tag that is another one on every image tells no family.
  const family = commonest(FAMILY, ({ images: carriers, values }) => values.length * 2 <= carriers);
  const environment = commonest(ENVIRONMENT);
  const owner = commonest(OWNER);
  const expiry = commonest(EXPIRY, ({ images: carriers, values }) => datesIn(values) * 2 >= carriers);
  const untagged = family === undefined ? own : own.filter(({ tags: held }) => held[family.key] === undefined);
  return {
    images: own.length,
    ...(family && { family }),
    ...(environment && { environment }),
    ...(owner && { owner }),
    ...(expiry && { expiry }),
    protect: tags.filter(({ key }) => PROTECT.test(key)),
    nameFamilies: nameFamilies(untagged),
  };
}

function datesIn(values: FoundTag['values']): number {
  return values.reduce((sum, [value, images]) => sum + (DATE.test(value) ? images : 0), 0);
}

function foundTags(images: readonly Image[]): FoundTag[] {
  const byKey = new Map<string, Map<string, number>>();
  for (const { tags } of images) {
    for (const [key, value] of Object.entries(tags)) {
      if (/^(?:aws|ami-janitor):/i.test(key)) continue;
      const values = byKey.get(key) ?? new Map<string, number>();
      values.set(value, (values.get(value) ?? 0) + 1);
      byKey.set(key, values);
    }
  }
  return [...byKey]
    .map(([key, values]) => ({ key, images: sum(values.values()), values: commonestFirst(values) }))
    .sort((a, b) => b.images - a.images || byText(a.key, b.key));
}

function nameFamilies(images: readonly Image[]): NameFamily[] {
  const byPrefix = new Map<string, number>();
  for (const { name } of images) {
    const at = CHANGING_PART.exec(name)?.index ?? 0;
    if (at >= FEWEST_OF_NAME) byPrefix.set(name.slice(0, at), (byPrefix.get(name.slice(0, at)) ?? 0) + 1);
  }
  return commonestFirst(byPrefix)
    .filter(([, number]) => number >= FEWEST_OF_NAME)
    .slice(0, MOST_NAMES)
    .map(([prefix, number]) => ({ prefix, images: number }));
}

function commonestFirst(counts: ReadonlyMap<string, number>): (readonly [string, number])[] {
  return [...counts].sort(([a, first], [b, second]) => second - first || byText(a, b));
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, number) => total + number, 0);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}
