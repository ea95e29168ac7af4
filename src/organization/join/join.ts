import { type ImageId, isImageId, isSnapshotId, type SnapshotId } from '../../model/ids.ts';
import type { Reference } from '../../model/reference.ts';
import { atMost, type Copy, type OutgoingReferences } from '../read/outgoing-references.ts';
import { type RegionTarget, regionTargetName } from '../s3-keys.ts';

/** References from elsewhere to what one place owns. */
export interface Joined {
  readonly images: ReadonlyMap<ImageId, readonly Reference[]>;
  readonly snapshots: ReadonlyMap<SnapshotId, readonly Reference[]>;
}

/** A copy where it lies; unsure where what uses it there could not all be read. */
interface CopyThere {
  readonly copy: Copy;
  readonly place: RegionTarget;
  readonly isSure: boolean;
}

/** An id is unique in its Region. */
type Key = `${string} ${string}`;

interface Used {
  readonly key: Key;
  /** Where it is used. */
  readonly place: RegionTarget;
  readonly reference: Reference;
}

/**
 * Brings together what places use with who owns it. Uses of all places are taken in first; then the ids that each
 * place owns come by, one list at a time, so that an organization's ids never lie in memory together.
 */
export class Join {
  readonly #uses = new Map<Key, Used[]>();
  readonly #copies = new Map<Key, CopyThere>();
  readonly #owners = new Map<Key, RegionTarget>();
  readonly #wanted = new Set<Key>();

  /** Takes in what a place uses and which copies it owns. */
  addUses(place: RegionTarget, uses: OutgoingReferences): void {
    if (uses.status === 'skipped') return;
    for (const [id, references] of [...uses.images, ...uses.snapshots]) {
      const key = keyOf(place.region, id);
      this.#wanted.add(key);
      for (const reference of references) this.#use({ key, place, reference: fromPlace(place, reference) });
    }
    for (const copy of uses.copies) {
      this.#copies.set(keyOf(place.region, copy.imageId), { copy, place, isSure: uses.status === 'read' });
      this.#wanted.add(keyOf(place.region, copy.imageId));
      this.#wanted.add(keyOf(copy.sourceRegion, copy.sourceImageId));
    }
  }

  /** Hears what a place owns; only what somebody uses, or what is copied, is remembered. */
  addOwned(place: RegionTarget, ids: Iterable<string>): void {
    for (const id of ids) {
      const key = keyOf(place.region, id);
      if (this.#wanted.has(key)) this.#owners.set(key, place);
    }
  }

  /** What others use, by the name of the place that owns it. */
  joined(): Map<string, Joined> {
    this.#followCopies();
    const byOwner = new Map<string, { images: Map<ImageId, Reference[]>; snapshots: Map<SnapshotId, Reference[]> }>();
    for (const [key, uses] of this.#uses) {
      const owner = this.#owners.get(key);
      if (owner === undefined) continue;
      const name = regionTargetName(owner);
      const elsewhere = uses.filter(({ place }) => regionTargetName(place) !== name).map(({ reference }) => reference);
      if (elsewhere.length === 0) continue;
      const lists = byOwner.get(name) ?? { images: new Map(), snapshots: new Map() };
      byOwner.set(name, lists);
      setIn(lists, idOf(key), atMost(elsewhere));
    }
    return byOwner;
  }

  /** A used copy is a use of what it was copied from, and of what that was copied from, however far and in whatever circle. */
  #followCopies(): void {
    for (const [key, there] of this.#copies) {
      const { copy, place } = there;
      const use = this.#useOf(key, there);
      if (use === undefined) continue;
      const seen = new Set([key]);
      let source = keyOf(copy.sourceRegion, copy.sourceImageId);
      while (!seen.has(source)) {
        seen.add(source);
        this.#use({ key: source, place, reference: use });
        const next = this.#copies.get(source)?.copy;
        if (next === undefined) break;
        source = keyOf(next.sourceRegion, next.sourceImageId);
      }
    }
  }

  /** Why a copy counts as used: by its own account, or by another; or since that could not be ruled out where it lies. */
  #useOf(key: Key, { copy: { imageId, usedBy }, place, isSure }: CopyThere): Reference | undefined {
    const other = this.#uses.get(key)?.find(({ reference }) => reference.kind !== 'ec2:Image')?.reference;
    const by = usedBy ?? other;
    if (by === undefined) {
      const detail = `a copy in ${place.region}, where not everything could be read`;
      return isSure ? undefined : fromPlace(place, { kind: 'ec2:Image', resource: imageId, detail, namedBy: [] });
    }
    const who = by.accountId === undefined || by.accountId === place.accountId ? '' : ` in account ${by.accountId}`;
    return fromPlace(place, {
      kind: 'ec2:Image',
      resource: imageId,
      detail: `a copy in ${place.region} that ${by.kind} ${by.resource}${who} uses`,
      namedBy: [],
    });
  }

  #use(used: Used): void {
    const known = this.#uses.get(used.key);
    if (known === undefined) this.#uses.set(used.key, [used]);
    else known.push(used);
  }
}

/** A reference as others see it: with the place that it lies in. */
export function fromPlace({ accountId, region }: RegionTarget, reference: Reference): Reference {
  return { ...reference, accountId: reference.accountId ?? accountId, region: reference.region ?? region };
}

function keyOf(region: string, id: string): Key {
  return `${region} ${id}`;
}

function idOf(key: Key): string {
  return key.slice(key.indexOf(' ') + 1);
}

function setIn(
  { images, snapshots }: { images: Map<ImageId, Reference[]>; snapshots: Map<SnapshotId, Reference[]> },
  id: string,
  references: Reference[],
): void {
  if (isImageId(id)) images.set(id, references);
  else if (isSnapshotId(id)) snapshots.set(id, references);
}
