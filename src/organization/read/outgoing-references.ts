import * as z from 'zod';
import type { Account } from '../../model/account.ts';
import type { ImageId, SnapshotId } from '../../model/ids.ts';
import type { Image } from '../../model/image.ts';
import type { Policy } from '../../model/policy.ts';
import type { Reference } from '../../model/reference.ts';
import type { ReferenceSettings } from '../../model/reference-settings.ts';
import type { SourceName } from '../../model/sources.ts';
import { sourceReadings } from '../../policy/decision/sources.ts';
import { allowedImages, referenceFacts } from '../../recording/schema.ts';
import { imageId, snapshotId } from '../../recording/schema-parts.ts';
import { date } from '../store.ts';

const PARAMETERS: SourceName = 'ssm-parameters';

const reference = z.object({ ...referenceFacts, namedBy: referenceFacts.namedBy.readonly() });

/** References by what they lead to, as an object of the run holds them. */
export const referenceLists = {
  images: z.array(z.tuple([imageId, z.array(reference).readonly()])),
  snapshots: z.array(z.tuple([snapshotId, z.array(reference).readonly()])),
};

const copies = z.array(
  z.object({
    imageId,
    sourceImageId: imageId,
    sourceRegion: z.string(),
    usedBy: reference.exactOptional(),
  }),
);

/** Regions of the account that the run leaves out: what they hold may be in use, and nobody looks whether it is. */
const leftOut = z.array(z.object({ region: z.string(), error: z.string().exactOptional(), copies })).exactOptional();

const found = {
  leftOut,
  ...referenceLists,
  /** The policy's globs that match nothing there; a match in another target is enough. */
  unmatched: z.array(z.string()).exactOptional(),
  /** Lookups that find nothing there, likewise. */
  unmatchedLookups: z.array(z.string()).exactOptional(),
  /** Whether the parameters could not be read. */
  areParametersUnread: z.boolean().exactOptional(),
  /** Of the objects that were written with this one. */
  sha256: z.object({ owned: z.string(), recording: z.string().exactOptional() }).exactOptional(),
  /** What the target allows of others' images; absent where it was not read. */
  allowedImages: allowedImages.exactOptional(),
  /** When the target was read; absent where it was not. */
  observedAt: date.exactOptional(),
  /** Own images that are copies, whether used or not: what uses a copy of a copy uses the first of them too. */
  copies,
};

/** What was found in a target, and whether that is all. */
export const outgoingReferencesSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('read'), ...found }),
  z.object({ status: z.literal('unreadable'), error: z.string(), ...found }),
  z.object({ status: z.literal('skipped'), error: z.string(), leftOut }),
]);
export type OutgoingReferences = Readonly<z.output<typeof outgoingReferencesSchema>>;
/** What the list of what a target owns, and its recording, must hash to. */
export type Digests = NonNullable<Extract<OutgoingReferences, { copies: unknown }>['sha256']>;
export type LeftOutRegion = NonNullable<OutgoingReferences['leftOut']>[number];
export type Copy = Extract<OutgoingReferences, { copies: unknown }>['copies'][number];

/** Of one image or snapshot, so many references are kept from each target, and how many more there are. */
const MOST_REFERENCES = 20;

/** What a target refers to and does not own, and the copies that it owns: all that other targets need of it. */
export function outgoingReferencesOf(account: Account, sha256?: Digests): OutgoingReferences {
  const { references, target } = account;
  const own = new Set(ownedIds(account));
  const all = {
    observedAt: account.observedAt,
    ...(sha256 && { sha256 }),
    ...(references.unmatched !== undefined && { unmatched: [...references.unmatched] }),
    ...(references.unmatchedLookups !== undefined && { unmatchedLookups: [...references.unmatchedLookups] }),
    images: foreign(references.images, own),
    snapshots: foreign(references.snapshots, own),
    copies: copiesIn(account.images, target.region, references.images),
  };
  const unread = sourceReadings(account).flatMap((source) => (source.status === 'unreadable' ? [source] : []));
  if (unread.length === 0) return { status: 'read', ...all };
  const error = unread.map(({ name, error: why }) => `${name} could not be read: ${why}`).join('; ');
  return { status: 'unreadable', error, ...all, areParametersUnread: unread.some(({ name }) => name === PARAMETERS) };
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
export function nothingKnown(error: string): Extract<OutgoingReferences, { status: 'unreadable' }> {
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

/** The copies among some images of a Region, each with what uses it there. */
export function copiesIn(
  images: readonly Image[],
  region: string,
  references: ReadonlyMap<ImageId, readonly Reference[]> = new Map(),
): Copy[] {
  return images.flatMap(({ imageId: copyId, sourceImageId, sourceImageRegion }) => {
    if (sourceImageId === undefined) return [];
    const usedBy = references.get(copyId)?.[0];
    return [{ imageId: copyId, sourceImageId, sourceRegion: sourceImageRegion ?? region, ...(usedBy && { usedBy }) }];
  });
}
