import type { Tags } from '../model/image.ts';
import type { StringInterner } from './string-interner.ts';

const NO_TAGS: Tags = Object.freeze({});

/** AWS's tag list as a record; a later entry of the same key wins, as in AWS there is only one. */
export function tagsOf(
  tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
  texts: StringInterner,
): Tags {
  if (tags === undefined || tags.length === 0) return NO_TAGS;
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, texts.of(`tag:${Key}`, Value)]));
}

/** A date that AWS gives as text or as a date; absent where there is none or it is not a date. */
export function dateOf(value: string | Date | undefined): Date | undefined {
  if (value === undefined || value === '') return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
