import * as z from 'zod';
import { allowedImages } from '../../recording/schema.ts';
import { imageId } from '../../recording/schema-parts.ts';
import { referenceLists } from '../read/outgoing-references.ts';
import { date } from '../store.ts';

/** What the join says of all targets. */
export const joinedIndex = z.object({
  /** When the first of those targets was read; absent where none was. */
  oldest: date.exactOptional(),
  joinedAt: date,
  /** Places whose reading is complete. */
  read: z.array(z.string()),
  unread: z.array(z.tuple([z.string(), z.string()])),
  /** Of the unread, those whose images were listed all the same: their copies are known, and count as used. */
  listed: z.array(z.string()).default([]),
  /** Of the unread, those whose parameters are: one of them may name an image of any Region. */
  parametersUnread: z.array(z.string()).default([]),
  /** Of the unread, those of which no earlier reading is left. */
  neverRead: z.array(z.string()).default([]),
  /** The policy's globs that match in no target, or that can't be told to match in any. */
  unmatched: z.array(z.string()).exactOptional(),
  /** Lookups, likewise. */
  unmatchedLookups: z.array(z.string()).exactOptional(),
  /** What the read ones allow of others' images. */
  allowedImages: z.array(z.tuple([z.string(), allowedImages])).exactOptional(),
  /** Places that are no targets after all: Regions that their account has not enabled. */
  skipped: z.array(z.tuple([z.string(), z.string()])),
  /** Of what others use of each target, by its name. */
  sha256: z.record(z.string(), z.string()),
});
export type JoinedIndex = Readonly<z.output<typeof joinedIndex>>;

const unreadAccount = z.tuple([z.string(), z.string()]);

/** References from other targets to what a target owns, as an object of the run holds them, and the SHA-256 of its recording. */
export const joinedLists = z
  .object({
    ...referenceLists,
    /** The accounts, each with why it could not be read, that used an image when they were last read. */
    lastUsedBy: z.array(z.tuple([imageId, z.array(unreadAccount)])).default([]),
    recording: z.string().exactOptional(),
  })
  .transform(({ images, snapshots, lastUsedBy, ...rest }) => ({
    images: new Map(images),
    snapshots: new Map(snapshots),
    lastUsedBy: new Map(lastUsedBy.map(([id, accounts]) => [id, new Map(accounts)])),
    ...rest,
  }));
export type JoinedLists = z.output<typeof joinedLists>;

const MINUTE = 60_000;
const SHORTEST_MILLISECONDS = 15 * MINUTE;
const LONGEST_MILLISECONDS = 60 * MINUTE;

/** When what is known of other targets was read, and until when what can't be undone may rest on it. */
interface KnowledgeAge {
  /** When the first of them was read. */
  readonly readAt: Date;
  readonly until: Date;
}

/**
 * How old what is known of the other targets is. It is acted on for as long after the join as reading took, a quarter of an
 * hour at the least and an hour at the most; then the organization is read anew.
 */
export function ageOf({ oldest, joinedAt }: Pick<JoinedIndex, 'oldest' | 'joinedAt'>): KnowledgeAge {
  const readAt = oldest ?? joinedAt;
  const took = joinedAt.getTime() - readAt.getTime();
  const valid = Math.min(LONGEST_MILLISECONDS, Math.max(SHORTEST_MILLISECONDS, took));
  return { readAt, until: new Date(joinedAt.getTime() + valid) };
}
