import * as z from 'zod';
import type { Account } from '../../model/account.ts';
import type { ImageId, SnapshotId } from '../../model/ids.ts';
import type { Policy, ReferenceSettings } from '../../model/policy.ts';
import type { Reference } from '../../model/reference.ts';
import { sourceReadings } from '../../policy/decision/sources.ts';
import { imageId, referenceFacts, snapshotId } from '../../recording/schema.ts';
import { date } from '../store.ts';

const reference = z.object({ ...referenceFacts, namedBy: referenceFacts.namedBy.readonly() });

/** References by what they lead to, as an object of the run holds them. */
export const referenceLists = {
  images: z.array(z.tuple([imageId, z.array(reference).readonly()])),
  snapshots: z.array(z.tuple([snapshotId, z.array(reference).readonly()])),
};

const found = {
  ...referenceLists,
  /** Globs of `references.ssmParameters` that match nothing there; a match in another target is enough. */
  unmatched: z.array(z.string()).exactOptional(),
  /** When the target was read; absent where it was not. */
  observedAt: date.exactOptional(),
  /** Own images that are copies, whether used or not: what uses a copy of a copy uses the first of them too. */
  copies: z.array(
    z.object({
      imageId,
      sourceImageId: imageId,
      sourceRegion: z.string(),
      usedBy: reference.exactOptional(),
    }),
  ),
};

/** What was found in a target, and whether that is all. */
export const outgoingReferencesSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('read'), ...found }),
  z.object({ status: z.literal('unreadable'), error: z.string(), ...found }),
  z.object({ status: z.literal('skipped'), error: z.string() }),
]);
export type OutgoingReferences = Readonly<z.output<typeof outgoingReferencesSchema>>;
export type Copy = Extract<OutgoingReferences, { copies: unknown }>['copies'][number];

/** Of one image or snapshot, so many references are kept from each target, and how many more there are. */
const MOST_REFERENCES = 20;

/** What a target refers to and does not own, and the copies that it owns: all that other targets need of it. */
export function outgoingReferencesOf(account: Account): OutgoingReferences {
  const { references, target } = account;
  const own = new Set(ownedIds(account));
  const all = {
    observedAt: account.observedAt,
    ...(references.unmatched !== undefined && { unmatched: [...references.unmatched] }),
    images: foreign(references.images, own),
    snapshots: foreign(references.snapshots, own),
    copies: account.images.flatMap((image) => copyOf(image, references.images.get(image.imageId), target.region)),
  };
  const unread = sourceReadings(account).flatMap((source) =>
    source.status === 'unreadable' ? [`${source.name} could not be read: ${source.error}`] : [],
  );
  return unread.length === 0 ? { status: 'read', ...all } : { status: 'unreadable', error: unread.join('; '), ...all };
}

/** The ids of all images and snapshots that an account owns. */
export function ownedIds({ images, snapshots }: Account): string[] {
  return [...images.map(({ imageId }) => imageId), ...snapshots.map(({ snapshotId }) => snapshotId)];
}

/** The settings with which one of many targets is read. */
export function oneOfMany({ references }: Policy): ReferenceSettings {
  return { ...references, isOneOfMany: true };
}

/** A target of which nothing is known. */
export function nothingKnown(error: string): OutgoingReferences {
  return { status: 'unreadable', error, images: [], snapshots: [], copies: [] };
}

/** The first of some references, and how many more there are. */
export function atMost(references: readonly Reference[], most = MOST_REFERENCES): Reference[] {
  const [next] = references.slice(most);
  if (next === undefined) return [...references];
  const more: Reference = { ...next, resource: `${references.length - most} more references`, namedBy: [] };
  const { detail: _, ...withoutDetail } = more;
  return [...references.slice(0, most), withoutDetail];
}

/** The policy's own documents are read for every target: they are nobody's use from another one. */
function foreign<Id extends ImageId | SnapshotId>(
  references: ReadonlyMap<Id, readonly Reference[]>,
  own: ReadonlySet<string>,
): [Id, Reference[]][] {
  return [...references].flatMap(([id, list]): [Id, Reference[]][] => {
    if (own.has(id)) return [];
    const theirs = list.filter(({ kind }) => kind !== 'document');
    return theirs.length === 0 ? [] : [[id, atMost(theirs)]];
  });
}

function copyOf(
  { imageId: copyId, sourceImageId, sourceImageRegion }: Account['images'][number],
  references: readonly Reference[] | undefined,
  region: string,
): Copy[] {
  if (sourceImageId === undefined) return [];
  const usedBy = references?.[0];
  return [{ imageId: copyId, sourceImageId, sourceRegion: sourceImageRegion ?? region, ...(usedBy && { usedBy }) }];
}
