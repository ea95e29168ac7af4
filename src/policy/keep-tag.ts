import type { Tags } from '../model/image.ts';
import { TAG } from '../model/tags.ts';
import { readDate } from './dates.ts';
import { tagValue } from './tag-match.ts';

/** What people asked for with `ami-janitor:keep`; a value that says neither `true` nor a date keeps, and is reported. */
export type KeepTag =
  | { readonly reason: { readonly code: 'keep-tag'; readonly until?: Date }; readonly endsAt?: number }
  | { readonly reason: { readonly code: 'keep-tag-unreadable'; readonly value: string } };

/** The hold of the keep tag at a time; undefined without the tag, or past its date. */
export function keepTag(tags: Tags, at: number): KeepTag | undefined {
  const value = tagValue(tags, TAG.keep);
  if (value === undefined) return undefined;
  if (value.trim().toLowerCase() === 'true') return { reason: { code: 'keep-tag' } };
  const until = readDate(value);
  if (until === undefined) return { reason: { code: 'keep-tag-unreadable', value } };
  return at > until.getTime() ? undefined : { reason: { code: 'keep-tag', until }, endsAt: until.getTime() + 1 };
}
