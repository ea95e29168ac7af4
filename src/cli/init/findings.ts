import { sum } from 'd3-array';
import type { Account } from '../../model/account.ts';
import type { Image } from '../../model/image.ts';
import { unreadForAll } from '../../model/reference.ts';
import { mayBeOff } from '../../model/sources.ts';
import { byText } from '../../report/to-json.ts';

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
export interface Findings
  extends Readonly<Record<'family' | 'environment' | 'owner' | 'expiry', FoundTag | undefined>> {
  readonly images: number;
  /** Tags that say that something must stay. */
  readonly protect: readonly FoundTag[];
  readonly nameFamilies: readonly NameFamily[];
  /** Sources of services that many accounts don't use, and that could not be read. */
  readonly mayBeOff: readonly string[];
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
export function findingsOf({ images, target, references }: Account): Findings {
  const own = images.filter(({ ownerId }) => ownerId === target.accountId);
  const tags = foundTags(own);
  const commonest = (wanted: RegExp, fits: (tag: FoundTag) => boolean = () => true) =>
    tags.find((tag) => wanted.test(tag.key) && fits(tag));
  // A tag that is another one on every image tells no family.
  const family = commonest(FAMILY, ({ images: carriers, values }) => values.length * 2 <= carriers);
  return {
    images: own.length,
    family,
    environment: commonest(ENVIRONMENT),
    owner: commonest(OWNER),
    expiry: commonest(EXPIRY, ({ images: carriers, values }) => {
      return sum(values, ([value, images]) => (DATE.test(value) ? images : 0)) * 2 >= carriers;
    }),
    protect: tags.filter(({ key }) => PROTECT.test(key)),
    nameFamilies: nameFamilies(own.filter(({ tags: held }) => family === undefined || held[family.key] === undefined)),
    mayBeOff: unreadForAll(references.sources).filter(mayBeOff),
  };
}

function foundTags(images: readonly Image[]): FoundTag[] {
  const carried = images
    .flatMap(({ tags }) => Object.entries(tags))
    .filter(([key]) => !/^(?:aws|ami-janitor):/i.test(key));
  return [...Map.groupBy(carried, ([key]) => key)]
    .map(([key, tags]) => ({ key, images: tags.length, values: commonestFirst(tags.map(([, value]) => value)) }))
    .sort((a, b) => b.images - a.images || byText(a.key, b.key));
}

function nameFamilies(images: readonly Image[]): NameFamily[] {
  const prefixes = images.map(({ name }) => name.slice(0, CHANGING_PART.exec(name)?.index ?? 0));
  return commonestFirst(prefixes.filter(({ length }) => length >= FEWEST_OF_NAME))
    .filter(([, number]) => number >= FEWEST_OF_NAME)
    .slice(0, MOST_NAMES)
    .map(([prefix, number]) => ({ prefix, images: number }));
}

/** Each text with how often it is there. */
function commonestFirst(texts: readonly string[]): (readonly [string, number])[] {
  return [...Map.groupBy(texts, (text) => text)]
    .map(([text, same]) => [text, same.length] as const)
    .sort(([a, first], [b, second]) => second - first || byText(a, b));
}
