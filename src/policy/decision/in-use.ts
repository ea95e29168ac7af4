import type { Decision } from '../../model/decision.ts';
import type { JournalReading } from '../../model/journal.ts';
import type { KeepReason } from '../../model/reasons.ts';
import type { ImageEvaluation } from './image-evaluation.ts';
import { isProtectionTurnedOff } from './proof.ts';

/** What holds an image by its rule's word alone. Any other hold speaks of a use, of people's word, or of what is not known. */
const BY_ITS_RULE: ReadonlySet<KeepReason['code']> = new Set([
  'own-protection',
  'no-rule',
  'rule-keeps-always',
  'newest-of-group',
  'younger-than',
  'launched-within',
  'creation-date-unknown',
  'group-unknown',
  'not-expired',
  'expiry-missing',
  'expiry-unreadable',
  'copy-of-kept',
  'ancestor-of-kept',
]);

/**
 * What is to be done with EC2's deregistration protection of an image. On: a reference suffices, whatever else could not be
 * read. Off: only this tool's own, and only where all is known that a removal must know, and none of it speaks of a use.
 * What a person turned off stays off.
 * @param isComplete whether every source was read
 */
export function protectionStep(
  { image, references, holds, own }: ImageEvaluation,
  journal: JournalReading,
  isComplete: boolean,
): Decision['protection'] {
  const codes = holds.map(({ reason }) => reason.code);
  if (journal.status === 'unreadable' || codes.includes('managed') || codes.includes('not-own')) return undefined;
  if (references.length === 0)
    return own && isComplete && codes.every((code) => BY_ITS_RULE.has(code)) ? 'unprotect' : undefined;
  const { state, deregistrationProtection = 'disabled' } = image;
  const isOff = state === 'available' && deregistrationProtection === 'disabled';
  return isOff && !isProtectionTurnedOff(image, journal) ? 'protect' : undefined;
}
