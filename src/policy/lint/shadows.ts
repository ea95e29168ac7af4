import { isDeepStrictEqual } from 'node:util';
import { IMAGE_TEXTS, type Selector, type TagCondition } from '../../model/policy.ts';

const FIELDS = [...IMAGE_TEXTS, 'accounts', 'regions'] as const;
/** What not every image has: any at all is narrower than not asking. */
const NOT_OF_EVERY = ['sourceImage', 'severity', 'watermark'] as const;

/**
 * Whether a selector certainly selects whatever another one does, for any account: each of its conditions is one of the
 * other's, or a wider one. What only an account could tell is not said: false.
 */
export function selectsAllOf(wide: Selector, narrow: Selector): boolean {
  return (
    (wide.not === undefined || isDeepStrictEqual(wide.not, narrow.not)) &&
    wide.tags.every((condition) => narrow.tags.some((other) => isWider(condition, other))) &&
    NOT_OF_EVERY.every(
      (field) => wide[field] === undefined || (narrow[field] !== undefined && includes(wide[field], narrow[field])),
    ) &&
    FIELDS.every((field) => includes(wide[field], narrow[field])) &&
    (wide.olderThan === undefined ||
      (narrow.olderThan !== undefined && narrow.olderThan.milliseconds >= wide.olderThan.milliseconds)) &&
    (wide.youngerThan === undefined ||
      (narrow.youngerThan !== undefined && narrow.youngerThan.milliseconds <= wide.youngerThan.milliseconds))
  );
}

function isWider(wide: TagCondition, narrow: TagCondition): boolean {
  if (isDeepStrictEqual(wide, narrow)) return true;
  if ('absent' in wide.value || 'absent' in narrow.value) return false;
  return wide.key === narrow.key && includes(wide.value, narrow.value);
}

/** Globs are compared as they are written: which one holds another only texts could tell. */
function includes(wide: readonly string[] | undefined, narrow: readonly string[] | undefined): boolean {
  if (wide === undefined || wide.includes('*')) return true;
  return narrow?.every((pattern) => wide.includes(pattern)) ?? false;
}
