import * as z from 'zod';
import type { Account } from '../../model/account.ts';
import type { ImageId } from '../../model/ids.ts';
import { sharedWith } from '../../policy/decision/sharing.ts';
import { imageId } from '../../recording/schema-parts.ts';
import { ORGANIZATION_PREFIX, type RegionTarget, sharedSinceName } from '../s3-keys.ts';
import { date, type Store } from '../store.ts';

const known = z.array(z.tuple([imageId, z.object({ with: z.array(z.string()), since: date })]));
type Known = z.output<typeof known>[number][1];

/** Since when images are shared with nobody further, as far as runs have seen: AWS does not say when one was shared. */
export class SharedSince {
  readonly #store: Store;
  readonly #name: string;
  readonly #known: Map<ImageId, Known>;

  private constructor(store: Store, name: string, entries: z.output<typeof known>) {
    this.#store = store;
    this.#name = name;
    this.#known = new Map(entries);
  }

  /** Reads what earlier runs saw. */
  static async open(store: Store, target: RegionTarget): Promise<SharedSince> {
    const kept = store.at(ORGANIZATION_PREFIX);
    const name = sharedSinceName(target);
    return new SharedSince(kept, name, (await kept.readJson(name, known)) ?? []);
  }

  /** Takes in a reading, and says since when each image of it is shared as it is: who was not seen before was added now. */
  seen({ images, sharing }: Account, now: Date): ReadonlyMap<ImageId, Date> {
    const since = new Map<ImageId, Date>();
    for (const image of images) {
      const reading = sharing.get(image.imageId);
      if (reading?.status !== 'read') continue;
      const { accounts, organizations } = sharedWith(image, reading);
      const present = [...accounts, ...organizations];
      const before = this.#known.get(image.imageId);
      const isFurther = !new Set(present).isSubsetOf(new Set(before?.with));
      const entry = { with: present, since: isFurther || before === undefined ? now : before.since };
      this.#known.set(image.imageId, entry);
      if (present.length > 0) since.set(image.imageId, entry.since);
    }
    return since;
  }

  /** Writes down what was seen, of images that are there. */
  async write({ images }: Account): Promise<void> {
    const entries = images.flatMap((image) => {
      const entry = this.#known.get(image.imageId);
      return entry === undefined || entry.with.length === 0 ? [] : [[image.imageId, entry]];
    });
    await this.#store.writeJson(this.#name, entries);
  }
}
