/** AWS ids that must not be confused with other text, branded by their parsers. */

declare const brand: unique symbol;

/** An AMI id: `ami-` and 8 or 17 hex digits. */
export type ImageId = string & { readonly [brand]: 'ImageId' };

/** An EBS snapshot id: `snap-` and 8 or 17 hex digits. */
export type SnapshotId = string & { readonly [brand]: 'SnapshotId' };

/** A Region's name, in every partition: those of the European Sovereign Cloud begin with four letters. */
export const REGION = /^(?:[a-z]{2}|eusc)(?:-[a-z]+)+-\d$/;

const IMAGE_ID = /^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
const SNAPSHOT_ID = /^snap-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
/**
 * `ami`, a hyphen (or what escapes, percent-encodings, HTML and word processors make of it), and hex digits, whatever
 * stands before. The digits are looked at and not taken, so that an id may begin within what follows another.
 */
const IMAGE_ID_IN_TEXT =
  /ami(?:[-\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d]|%(?:25)?2d|\\{1,4}(?:u00|x)2d|&#(?:45|x2d);)(?=([0-9a-f]{8,18}))/gi;
/** The longest text that is looked at for one id: `ami`, the longest way to write a hyphen, and the digits. */
const LONGEST_IN_TEXT = 'ami'.length + String.raw`\\\\u002d`.length + 18;

/** True where the whole text is an image id. */
export function isImageId(text: string | undefined): text is ImageId {
  return text !== undefined && IMAGE_ID.test(text);
}

/** True where the whole text is a snapshot id. */
export function isSnapshotId(text: string | undefined): text is SnapshotId {
  return text !== undefined && SNAPSHOT_ID.test(text);
}

/**
 * Every image id that stands anywhere in a text, each once, in order of appearance. Whatever stands around it (an
 * escaped line break, letters, further digits) hides no id: what is found too much only keeps.
 */
export function imageIdsIn(text: string): ImageId[] {
  const search = new ImageIdSearch();
  search.add(text);
  return search.end();
}

/** Finds the image ids of a text that comes in pieces, wherever it is cut; only the end of a piece is held. */
export class ImageIdSearch {
  readonly #found = new Set<ImageId>();
  #tail = '';

  add(piece: string): void {
    // The zero characters of UTF-16 that was read as UTF-8 stand between any two others.
    const text = this.#tail + piece.replaceAll('\0', '');
    this.#tail = text.slice(-LONGEST_IN_TEXT);
    this.#search(text, text.length - this.#tail.length);
  }

  /** All ids, once nothing more is to come. */
  end(): ImageId[] {
    this.#search(this.#tail, this.#tail.length);
    this.#tail = '';
    return [...this.#found];
  }

  /** Takes in the ids that begin before a position; what begins later may still be cut short. */
  #search(text: string, before: number): void {
    for (const { index, 1: digits = '' } of text.matchAll(IMAGE_ID_IN_TEXT)) {
      if (index >= before) return;
      // With more digits than any id has it can't be told which of them are the id's.
      const lengths = digits.length < 17 ? [8] : digits.length === 17 ? [17] : [17, 8];
      for (const length of lengths) {
        const id = `ami-${digits.slice(0, length).toLowerCase()}`;
        if (isImageId(id)) this.#found.add(id);
      }
    }
  }
}
