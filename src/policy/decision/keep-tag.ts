import type { Tags } from '../../model/image.ts';
import { readKeep } from '../../model/keep.ts';
import { TAG } from '../../model/tags.ts';
import { tagValue } from './tag-match.ts';

/** What people asked for with `ami-janitor:keep`; a value that says neither `true` nor a date keeps, and is reported. */
export type KeepTag =
  | { readonly reason: { readonly code: 'keep-tag'; readonly until?: Date }; readonly endsAt?: number }
  | { readonly reason: { readonly code: 'keep-tag-unreadable'; readonly value: string } };

/** The hold of the keep tag at a time; undefined without the tag, or past its date. */
export function keepTag(tags: Tags, at: number): KeepTag | undefined {
  const value = tagValue(tags, TAG.keep);
  if (value === undefined) return undefined;
  const keep = readKeep(value);
  if (keep.kind === 'for-ever') return { reason: { code: 'keep-tag' } };
  if (keep.kind === 'unreadable') return { reason: { code: 'keep-tag-unreadable', value } };
  const { date: until } = keep;
  return at > until.getTime() ? undefined : { reason: { code: 'keep-tag', until }, endsAt: until.getTime() + 1 };
}
