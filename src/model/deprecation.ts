import type { Image } from './image.ts';
import { TAG } from './tags.ts';

/** Two runs at once can leave the tag of one and the date of the other, some minutes apart. */
const TOLERANCE_MILLISECONDS = 600_000;

/**
 * True where an image's DeprecationTime is this tool's doing: it is the one that the tag tells, and not a date
 * that someone else had set and that was left as it is.
 */
export function isOwnDeprecation({ deprecationTime, tags }: Image): boolean {
  const deprecatedAt = Date.parse(tags[TAG.deprecatedAt] ?? '');
  if (deprecationTime === undefined || Number.isNaN(deprecatedAt)) return false;
  if (Date.parse(tags[TAG.previousDeprecationTime] ?? '') === deprecationTime.getTime()) return false;
  return Math.abs(deprecationTime.getTime() - deprecatedAt) <= TOLERANCE_MILLISECONDS;
}
