import type { Image } from '../model/image.ts';
import { TAG } from '../model/tags.ts';
import { readDate } from './dates.ts';
import { tagValue } from './tag-match.ts';

/** What this tool's own tag says about an image's deprecation. */
export type DeprecationMark =
  | { readonly kind: 'none' }
  | { readonly kind: 'deprecated'; readonly at: Date }
  /** The tag is there and this tool's deprecation is not: as if the image were not deprecated. */
  | { readonly kind: 'stale' }
  | { readonly kind: 'unreadable'; readonly value: string };

/** The date that EC2 is sent lies minutes ahead, and clocks differ; more than this is no date that this tool wrote. */
const AHEAD = 3_600_000;
/** EC2 rounds to the minute. */
const ROUNDING = 600_000;

/**
 * Reads `ami-janitor:deprecated-at`. It is stale where it is older than the image (it came with the tags of the image
 * that this one was copied from) and where the image is not deprecated or only later (the run ended between the tag
 * and the deprecation, or someone lifted it since).
 */
export function deprecationMark(image: Image, at: number): DeprecationMark {
  const value = tagValue(image.tags, TAG.deprecatedAt);
  if (value === undefined) return { kind: 'none' };
  const date = readDate(value);
  if (date === undefined || date.getTime() > at + AHEAD) return { kind: 'unreadable', value };
  const isCopied = image.creationDate !== undefined && date.getTime() < image.creationDate.getTime();
  const isInForce = (image.deprecationTime?.getTime() ?? Infinity) <= date.getTime() + ROUNDING;
  return isCopied || !isInForce ? { kind: 'stale' } : { kind: 'deprecated', at: date };
}
