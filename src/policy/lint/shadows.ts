import { isDeepStrictEqual } from 'node:util';
import { literalOf } from '../../model/glob.ts';
import type { Selector, TagCondition } from '../../model/policy.ts';

const FIELDS = ['name', 'description', 'architecture', 'platform', 'rootDeviceType', 'state'] as const;

/**
 * Whether a selector certainly selects whatever another one does, for any account: each of its conditions is one of the
 * other's, or a wider one. What only an account could tell is not said: false.
 */
export function selectsAllOf(wide: Selector, narrow: Selector): boolean {
  return (
    wide.tags.every((condition) => narrow.tags.some((other) => isWider(condition, other))) &&
    FIELDS.every((field) => includes(wide[field], narrow[field])) &&
    (wide.olderThan === undefined ||
      (narrow.olderThan !== undefined && narrow.olderThan.milliseconds >= wide.olderThan.milliseconds)) &&
    (wide.youngerThan === undefined ||
      (narrow.youngerThan !== undefined && narrow.youngerThan.milliseconds <= wide.youngerThan.milliseconds))
  );
}

function isWider(wide: TagCondition, narrow: TagCondition): boolean {
  if (isDeepStrictEqual(wide, narrow)) return true;
  const isAnyValue = wide.value === '*' && typeof narrow.value === 'string';
  return isAnyValue && literalOf(wide.key) !== undefined && wide.key === narrow.key;
}

/** Globs are compared as they are written: which one holds another only texts could tell. */
function includes(wide: readonly string[] | undefined, narrow: readonly string[] | undefined): boolean {
  if (wide === undefined || wide.includes('*')) return true;
  return narrow?.every((pattern) => wide.includes(pattern)) ?? false;
}
