/** AWS ids that must not be confused with other text, branded by their parsers. */

declare const brand: unique symbol;

/** An AMI id: `ami-` and 8 or 17 hex digits. */
export type ImageId = string & { readonly [brand]: 'ImageId' };

/** An EBS snapshot id: `snap-` and 8 or 17 hex digits. */
export type SnapshotId = string & { readonly [brand]: 'SnapshotId' };

const IMAGE_ID = /^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
const SNAPSHOT_ID = /^snap-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
const IMAGE_ID_IN_TEXT = /\bami-(?:[0-9a-f]{17}|[0-9a-f]{8})(?![0-9a-z])/gi;

/** True where the whole text is an image id. */
export function isImageId(text: string | undefined): text is ImageId {
  return text !== undefined && IMAGE_ID.test(text);
}

/** True where the whole text is a snapshot id. */
export function isSnapshotId(text: string | undefined): text is SnapshotId {
  return text !== undefined && SNAPSHOT_ID.test(text);
}

/** Every image id that stands anywhere in a text, each once, in order of appearance. */
export function imageIdsIn(text: string): ImageId[] {
  const found = text.match(IMAGE_ID_IN_TEXT) ?? [];
  return [...new Set(found.map((id) => id.toLowerCase()).filter(isImageId))];
}
