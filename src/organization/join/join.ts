import { type ImageId, isImageId, isSnapshotId, type SnapshotId } from '../../model/ids.ts';
import type { Reference } from '../../model/reference.ts';
import { atMost, type Copy, type OutgoingReferences } from '../read/outgoing-references.ts';
import { type RegionTarget, regionTargetName } from '../s3-keys.ts';

/** References from other targets to what one target owns. */
export interface Joined {
  readonly images: ReadonlyMap<ImageId, readonly Reference[]>;
  readonly snapshots: ReadonlyMap<SnapshotId, readonly Reference[]>;
}

/** The same, with the names of the targets in which each image, or a copy of it, is used. */
interface JoinedUses extends Joined {
  readonly images: Map<ImageId, readonly Reference[]>;
  readonly snapshots: Map<SnapshotId, readonly Reference[]>;
  readonly usedIn: Map<ImageId, ReadonlySet<string>>;
}

/** A copy and the target that owns it; unsure where what uses it there could not all be read. */
interface OwnedCopy {
  readonly copy: Copy;
  readonly target: RegionTarget;
  readonly isSure: boolean;
}

/** An id is unique in its Region. */
type Key = `${string} ${string}`;

interface Used {
  readonly key: Key;
  /** Where what refers to it lies. */
  readonly target: RegionTarget;
  /** Where it is used: of a copy, where that is. */
  readonly usedIn: RegionTarget;
  readonly reference: Reference;
}

/**
 * Brings together what targets use with who owns it. Uses of all targets are taken in first; then the ids that each
 * target owns come by, one list at a time, so that an organization's ids never lie in memory together.
 */
export class Join {
  readonly #uses = new Map<Key, Used[]>();
  readonly #copies = new Map<Key, OwnedCopy>();
  readonly #owners = new Map<Key, RegionTarget>();
  readonly #wanted = new Set<Key>();
  /** What parameters name: who reads one may launch in any Region, whichever it lies in. */
  readonly #inParameters = new Map<string, Omit<Used, 'key'>[]>();
  /** By Region, one of the targets there that could not all be read. */
  readonly #unreadIn = new Map<string, RegionTarget>();

  /** Takes in what a target uses and which copies it owns. */
  addUses(target: RegionTarget, uses: OutgoingReferences): void {
    if (uses.status === 'skipped') return;
    for (const [id, references] of [...uses.images, ...uses.snapshots]) {
      const key = keyOf(target.region, id);
      this.#wanted.add(key);
      for (const one of references) {
        const used = { target, usedIn: target, reference: fromTarget(target, one) };
        this.#use({ key, ...used });
        if (one.kind !== 'ssm:Parameter') continue;
        const known = this.#inParameters.get(id);
        if (known === undefined) this.#inParameters.set(id, [used]);
        else known.push(used);
      }
    }
    for (const copy of uses.copies) {
      this.#copies.set(keyOf(target.region, copy.imageId), { copy, target, isSure: uses.status === 'read' });
      this.#wanted.add(keyOf(target.region, copy.imageId));
      this.#wanted.add(keyOf(copy.sourceRegion, copy.sourceImageId));
    }
  }

  /** Takes in that a target could not all be read: it may use any copy that lies in its Region, whoever owns that. */
  addUnread(target: RegionTarget): void {
    this.#unreadIn.set(target.region, target);
  }

  /** Takes in what a target owns; only what somebody uses, or what is copied, is remembered. */
  addOwned(target: RegionTarget, ids: Iterable<string>): void {
    for (const id of ids) {
      const key = keyOf(target.region, id);
      const elsewhere = (this.#inParameters.get(id) ?? []).filter((used) => used.target.region !== target.region);
      for (const used of elsewhere) this.#use({ key, ...used });
      if (this.#wanted.has(key) || elsewhere.length > 0) this.#owners.set(key, target);
    }
  }

  /** What others use, by the name of the target that owns it. */
  joined(): Map<string, JoinedUses> {
    this.#followCopies();
    const byOwner = new Map<string, JoinedUses>();
    for (const [key, uses] of this.#uses) {
      const owner = this.#owners.get(key);
      if (owner === undefined) continue;
      const name = regionTargetName(owner);
      const byOthers = uses.filter(({ target }) => regionTargetName(target) !== name);
      if (byOthers.length === 0) continue;
      const lists = byOwner.get(name) ?? { images: new Map(), snapshots: new Map(), usedIn: new Map() };
      byOwner.set(name, lists);
      const references = atMost(byOthers.map(({ reference }) => reference));
      const id = key.slice(key.indexOf(' ') + 1);
      if (isSnapshotId(id)) lists.snapshots.set(id, references);
      if (!isImageId(id)) continue;
      lists.images.set(id, references);
      lists.usedIn.set(id, new Set(byOthers.map(({ usedIn }) => regionTargetName(usedIn))));
    }
    return byOwner;
  }

  /** A used copy is a use of what it was copied from, and of what that was copied from, however far and in whatever circle. */
  #followCopies(): void {
    for (const [key, there] of this.#copies) {
      const { copy, target } = there;
      const use = this.#useOf(key, there);
      if (use === undefined) continue;
      const seen = new Set([key]);
      let source = keyOf(copy.sourceRegion, copy.sourceImageId);
      while (!seen.has(source)) {
        seen.add(source);
        this.#use({ key: source, target, ...use });
        const next = this.#copies.get(source)?.copy;
        if (next === undefined) break;
        source = keyOf(next.sourceRegion, next.sourceImageId);
      }
    }
  }

  /** Why a copy counts as used: by its own account, or by another; or since that could not be ruled out where it lies. */
  #useOf(
    key: Key,
    { copy: { imageId, usedBy }, target, isSure }: OwnedCopy,
  ): Pick<Used, 'reference' | 'usedIn'> | undefined {
    const other = this.#uses.get(key)?.find(({ reference }) => reference.kind !== 'ec2:Image');
    const by = usedBy ?? other?.reference;
    const unread = isSure ? this.#unreadIn.get(target.region) : target;
    const usedIn = by === undefined ? unread : usedBy === undefined && other !== undefined ? other.usedIn : target;
    if (usedIn === undefined) return undefined;
    const asUse = (detail: string) => ({
      usedIn,
      reference: fromTarget(target, { kind: 'ec2:Image', resource: imageId, detail, namedBy: [] }),
    });
    if (by === undefined) return asUse(`a copy in ${target.region}, where not everything could be read`);
    const who = by.accountId === undefined || by.accountId === target.accountId ? '' : ` in account ${by.accountId}`;
    return asUse(`a copy in ${target.region} that ${by.kind} ${by.resource}${who} uses`);
  }

  #use(used: Used): void {
    const known = this.#uses.get(used.key);
    if (known === undefined) this.#uses.set(used.key, [used]);
    else known.push(used);
  }
}

/** A reference as others see it: with the target that it comes from. */
function fromTarget({ accountId, region }: RegionTarget, reference: Reference): Reference {
  return { ...reference, accountId: reference.accountId ?? accountId, region: reference.region ?? region };
}

function keyOf(region: string, id: string): Key {
  return `${region} ${id}`;
}
