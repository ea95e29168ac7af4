import { essential } from '../aws/requests.ts';
import type { Tags } from '../model/image.ts';

const NO_TAGS: Tags = Object.freeze({});

/**
 * AWS's tag list as a record; a later entry of the same key wins, as in AWS there is only one. A value may be empty; a key
 * never is, and a tag that nobody can read might be the one that keeps.
 * @param whose the image or snapshot that carries them
 * @throws BrokenAnswerError where a key or a value is missing
 */
export function tagsOf(
  tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
  texts: StringInterner,
  whose: string,
): Tags {
  if (tags === undefined || tags.length === 0) return NO_TAGS;
  return Object.fromEntries(
    tags.map(({ Key, Value }) => {
      const key = essential(Key, `key of a tag of ${whose}`);
      return [key, texts.of(`tag:${key}`, Value === '' ? '' : essential(Value, `value of the tag ${key} of ${whose}`))];
    }),
  );
}

/** A date that AWS gives as text or as a date; absent where there is none or it is not a date. */
export function dateOf(value: string | Date | undefined): Date | undefined {
  if (value === undefined || value === '') return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Texts that repeat do so within the first pages; what has more than so many forms does not repeat. */
const MOST_FORMS = 1000;

/**
 * Holds each text that repeats once. AWS says `available`, an owner id or a tag's value anew for every image, and the
 * parser makes a new string of each.
 */
export class StringInterner {
  readonly #byField = new Map<string, Map<string, string>>();

  /**
   * The same text, as it was first met in this field.
   * @param field what the text is: fields in which all texts differ are not remembered further
   */
  of(field: string, text: string): string {
    let known = this.#byField.get(field);
    if (known === undefined) {
      known = new Map();
      this.#byField.set(field, known);
    }
    const shared = known.get(text);
    if (shared !== undefined) return shared;
    if (known.size < MOST_FORMS) known.set(text, text);
    return text;
  }
}
