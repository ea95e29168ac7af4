import type { Image } from './image.ts';
import { TAG } from './tags.ts';

/** Two runs at once can leave the tag of one and the date of the other, some minutes apart. */
const TOLERANCE_MILLISECONDS = 600_000;

/**
 * True where an image's DeprecationTime is this tool's doing: it is the one that the tag says (or the record, where
 * there is one), and not a date that someone else had set and that was left as it is.
 */
export function isOwnDeprecation({ deprecationTime, tags }: Image, recordedAt?: Date): boolean {
  if (deprecationTime === undefined) return false;
  const time = deprecationTime.getTime();
  if (Date.parse(tags[TAG.previousDeprecationTime] ?? '') === time) return false;
  const claimed = [Date.parse(tags[TAG.deprecatedAt] ?? ''), recordedAt?.getTime() ?? Number.NaN];
  return claimed.some((deprecatedAt) => Math.abs(time - deprecatedAt) <= TOLERANCE_MILLISECONDS);
}
