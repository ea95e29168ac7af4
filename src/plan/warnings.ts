import type { Account } from '../model/account.ts';
import { clockProblem } from '../model/clock.ts';

const MOST_NAMED = 3;

/** What of an account could not be read or can't be relied on, and what that holds back. */
export function accountWarnings({ clock, retentionRules, crossAccountUsage, missingImages }: Account): string[] {
  const warnings: string[] = [];
  const errors = [...retentionRules.values()].flatMap((one) => (one.status === 'unreadable' ? [one.error] : []));
  if (errors.length > 0) {
    warnings.push(
      `The Recycle Bin's retention rules could not be read, so nothing is removed (rbin:ListRules, rbin:GetRule): ${[...new Set(errors)].join('; ')}.`,
    );
  }
  const unread = [...(crossAccountUsage?.unread ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
  if (unread.length > 0) {
    const named = unread.slice(0, MOST_NAMED).map(([accountId, why]) => `${accountId} (${why})`);
    const more = unread.length > MOST_NAMED ? ` and ${unread.length - MOST_NAMED} more` : '';
    warnings.push(
      `What these accounts use could not be read completely, so what is shared with them, and what they used when they were last read, stays: ${named.join(', ')}${more}.`,
    );
  }
  const problem = clock && clockProblem(clock);
  if (problem !== undefined) warnings.push(`An enforcing run would do nothing: ${problem}.`);
  if (missingImages?.status === 'unreadable')
    warnings.push(`Whether the images that something names are there could not be looked up: ${missingImages.error}.`);
  return warnings;
}
