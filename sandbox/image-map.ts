import type { Image } from '@aws-sdk/client-ec2';

/** The snapshots that an image's block device mapping names, each once. */
export function snapshotIdsOf(image: Image): readonly string[] {
  return [...new Set((image.BlockDeviceMappings ?? []).flatMap((mapping) => mapping.Ebs?.SnapshotId ?? []))];
}

/**
 * Images by id, which also knows at once who maps a snapshot: with 50,000 images there is no looking through all of
 * them for each one that goes. To change an image's mapping, set the image anew.
 */
export class ImageMap extends Map<string, Image> {
  // Created on first use: Map's own constructor may call `set` before fields exist.
  #held: Map<string, Set<string>> | undefined;

  /** Any image that maps the snapshot: disabled and deprecated ones hold theirs as any other. */
  holderOf(snapshotId: string): string | undefined {
    for (const imageId of this.#held?.get(snapshotId) ?? []) return imageId;
    return undefined;
  }

  /** All images that map the snapshot. */
  holdersOf(snapshotId: string): readonly Image[] {
    return [...(this.#held?.get(snapshotId) ?? [])].flatMap((imageId) => this.get(imageId) ?? []);
  }

  override set(imageId: string, image: Image): this {
    this.#release(imageId);
    this.#held ??= new Map();
    for (const snapshotId of snapshotIdsOf(image)) {
      const holders = this.#held.get(snapshotId) ?? new Set();
      this.#held.set(snapshotId, holders.add(imageId));
    }
    return super.set(imageId, image);
  }

  override delete(imageId: string): boolean {
    this.#release(imageId);
    return super.delete(imageId);
  }

  override clear(): void {
    this.#held?.clear();
    super.clear();
  }

  #release(imageId: string): void {
    const image = this.get(imageId);
    if (image === undefined) return;
    for (const snapshotId of snapshotIdsOf(image)) {
      const holders = this.#held?.get(snapshotId);
      holders?.delete(imageId);
      if (holders?.size === 0) this.#held?.delete(snapshotId);
    }
  }
}
