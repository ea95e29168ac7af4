import { distance } from 'fastest-levenshtein';
import type { Target } from '../../model/account.ts';
import { globMatcher, literalOf } from '../../model/glob.ts';
import type { Image } from '../../model/image.ts';
import { IMAGE_TEXTS, type Selector, type TagCondition } from '../../model/policy.ts';
import { TAG_PREFIX } from '../../model/tags.ts';
import { counted, listed } from '../../text/format.ts';
import { nearestWord } from '../../validation/problem.ts';
import { compileSelector } from '../decision/select.ts';

/** The tags that an account's images carry: of each key its values, and how many images have each; counted once asked for. */
export type CarriedTags = () => ReadonlyMap<string, ReadonlyMap<string, number>>;

/** The tags of people; what AWS and this tool write is nobody's misspelling. */
export function carriedTags(images: readonly Image[]): CarriedTags {
  let known: ReturnType<CarriedTags> | undefined;
  return () => {
    known ??= countTags(images);
    return known;
  };
}

function countTags(images: readonly Image[]): ReturnType<CarriedTags> {
  const keys = new Map<string, Map<string, number>>();
  for (const { tags } of images) {
    for (const [key, value] of Object.entries(tags)) {
      if (key.startsWith('aws:') || key.startsWith(TAG_PREFIX)) continue;
      const values = keys.get(key) ?? new Map<string, number>();
      values.set(value, (values.get(value) ?? 0) + 1);
      keys.set(key, values);
    }
  }
  return keys;
}

/** ` (did you mean "Environment", which 112 images carry?)`, or nothing where no other tag that is carried is near. */
export function keyHint(key: string | undefined, tags: CarriedTags): string {
  const others = [...tags()].filter(([one]) => one !== key);
  const images = (values: ReadonlyMap<string, number>) => [...values.values()].reduce((all, some) => all + some);
  return hintOf(key, new Map(others.map(([one, values]) => [one, images(values)])), 'carries', 'carry');
}

/** What was probably meant by a word, of what so many images have; nothing of a glob, and where nothing is near. */
function hintOf(word: string | undefined, known: ReadonlyMap<string, number>, has: string, have: string): string {
  if (word === undefined) return '';
  const nearest = nearestOf(word, [...known.keys()]);
  const meant = [...known].find(([one]) => one === nearest);
  if (meant === undefined) return '';
  const [name, images] = meant;
  return ` (did you mean ${JSON.stringify(name)}, which ${counted(images, 'image')} ${images === 1 ? has : have}?)`;
}

/** How many letters a slip may change: of two letters or one, none. */
function slipsIn(word: string): number {
  return word.length < 3 ? 0 : Math.max(1, Math.floor(word.length / 4));
}

/** The word that was probably meant: with other capitals, a slip or two away, or shortened (`Env` for `Environment`). */
function nearestOf(word: string, known: readonly string[]): string | undefined {
  const nearest = nearestWord(word, known);
  const lower = word.toLowerCase();
  if (nearest !== undefined && distance(lower, nearest.toLowerCase()) <= slipsIn(word)) return nearest;
  return known.find((one) => {
    const other = one.toLowerCase();
    return isShortened(lower, other) || isShortened(other, lower);
  });
}

function isShortened(short: string, long: string): boolean {
  return short.length > 2 && long.startsWith(short);
}

const FIELDS = [...IMAGE_TEXTS, 'sourceImage', 'severity', 'watermark'] as const;
type Field = (typeof FIELDS)[number];
/** Fields whose names are not what sentences call them. */
const WORDS: { readonly [Name in Field]?: string } = {
  rootDeviceType: 'root device type',
  sourceImage: 'source image',
};
/** Fields of few words, of which the nearest is worth a guess. */
const VOCABULARIES = ['architecture', 'platform', 'rootDeviceType', 'state'] as const;

/** Why no image is as a selector asks for: the conditions that none meets, else that none meets them all. */
export function whySelectsNothing(
  selector: Selector,
  { images, target, tags, at }: { images: readonly Image[]; target: Target; tags: CarriedTags; at: Date },
): string {
  const isMet = (condition: Partial<Selector>) => {
    const meets = compileSelector({ tags: [], ...condition }, target);
    return images.some((image) => meets(image, at.getTime()));
  };
  const { olderThan, youngerThan, not } = selector;
  const unmet = [
    ...selector.tags.flatMap((tag) => (isMet({ tags: [tag] }) ? [] : [unmetTag(tag, tags)])),
    ...FIELDS.flatMap((field) => {
      const patterns = selector[field];
      return patterns === undefined || isMet({ [field]: patterns }) ? [] : [unmetField(field, patterns, images)];
    }),
    ...(olderThan === undefined || isMet({ olderThan }) ? [] : [`none is older than ${olderThan.text}`]),
    ...(youngerThan === undefined || isMet({ youngerThan }) ? [] : [`none is younger than ${youngerThan.text}`]),
    ...(not === undefined || isMet({ not }) ? [] : ['not leaves out all of them']),
  ];
  return unmet.length === 0 ? 'some meet each of its conditions, and none meets all of them' : unmet.join('; ');
}

function unmetTag({ key, value }: TagCondition, tags: CarriedTags): string {
  if ('absent' in value) return `every one carries the tag ${JSON.stringify(key)}`;
  const matches = globMatcher(key);
  const carried = [...tags()].filter(([one]) => matches(one));
  if (carried.length === 0) return `none carries the tag ${JSON.stringify(key)}${keyHint(literalOf(key), tags)}`;
  const values = new Map(carried.flatMap(([, some]) => [...some]));
  const hints = value.map((one) => hintOf(literalOf(one), values, 'has', 'have'));
  const hint = hints.find((one) => one !== '') ?? '';
  return `none has ${listed(value.map((one) => JSON.stringify(one)))} in the tag ${JSON.stringify(key)}${hint}`;
}

function unmetField(field: Field, patterns: readonly string[], images: readonly Image[]): string {
  const vocabulary = VOCABULARIES.filter((one) => one === field);
  const known = [...new Set(vocabulary.flatMap((one) => images.map((image) => image[one])))];
  const nearest = patterns.map((pattern) => nearestWord(pattern, known)).find((word) => word !== undefined);
  const hint = nearest === undefined ? '' : ` (did you mean ${JSON.stringify(nearest)}?)`;
  return `the ${WORDS[field] ?? field} of none matches ${listed(patterns.map((pattern) => JSON.stringify(pattern)))}${hint}`;
}
