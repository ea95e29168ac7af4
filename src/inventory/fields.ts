import type { Tags } from '../model/image.ts';

/** AWS's tag list as a record; a later entry of the same key wins, as in AWS there is only one. */
export function tagsOf(tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined): Tags {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}

/** A date that AWS gives as text or as a date; absent where there is none or it is not a date. */
export function dateOf(value: string | Date | undefined): Date | undefined {
  if (value === undefined || value === '') return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
