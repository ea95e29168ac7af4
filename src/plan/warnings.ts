import type { Account } from '../model/account.ts';
import { clockProblem } from '../model/clock.ts';
import type { Policy, Rule } from '../model/policy.ts';
import { DAY } from '../text/dates.ts';

const MOST_NAMED = 3;

/** What in a policy works and deserves a second thought. */
export function policyWarnings(policy: Policy): string[] {
  const warnings = policy.rules.flatMap(ruleWarnings);
  if (policy.limits.perRun === 0) warnings.push('limits.perRun is 0: nothing is ever done.');
  if (policy.limits.stopAbovePercent === 100)
    warnings.push('limits.stopAbove is 100%: no number of due images stops a run.');
  if (policy.orphanSnapshots?.deleteAfter.milliseconds === 0) {
    warnings.push(
      'orphanSnapshots.deleteAfter is 0: orphaned snapshots are deleted by the first run after the one that finds them.',
    );
  }
  for (const source of policy.references.off) {
    warnings.push(`The source ${source} is switched off: an image that only it references counts as unreferenced.`);
  }
  const deregisters = policy.rules.some(({ deregister }) => deregister);
  if (policy.undo === 'none' && (policy.orphanSnapshots || deregisters))
    warnings.push('undo is none: what is removed is not looked for in the Recycle Bin, and may be gone for good.');
  if (policy.targets && policy.references.sharedImages === 'keep') {
    warnings.push(
      'references.sharedImages is keep: what the other targets use is looked for, and images that are shared stay all the same.',
    );
  }
  if (!policy.notify && deregisters) {
    warnings.push('There is no notify section: images are deregistered without telling their owners.');
  }
  return warnings;
}

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
      `What these accounts use could not be read completely, so what is shared with them stays: ${named.join(', ')}${more}.`,
    );
  }
  const problem = clock && clockProblem(clock);
  if (problem !== undefined) warnings.push(`An enforcing run would do nothing: ${problem}.`);
  if (missingImages?.status === 'unreadable')
    warnings.push(`Whether the images that something names are there could not be looked up: ${missingImages.error}.`);
  return warnings;
}

function ruleWarnings(rule: Rule): string[] {
  const warnings: string[] = [];
  const of = `Rule ${JSON.stringify(rule.name)}:`;
  for (const pass of ['disable', 'deregister'] as const) {
    if (rule[pass]?.after.milliseconds === 0) warnings.push(`${of} ${pass}.after is 0: nobody has time to object.`);
  }
  if (rule.kind === 'expiry') return warnings;
  const { newest, youngerThan, launchedWithin } = rule.keep;
  for (const [key, limit] of Object.entries({ youngerThan, launchedWithin })) {
    if (limit && limit.milliseconds < DAY) warnings.push(`${of} keep.${key} ${limit.text} is less than a day.`);
  }
  if (newest === undefined && youngerThan === undefined) {
    warnings.push(`${of} keep has launchedWithin alone: an image that was never launched is due at once, however new.`);
  }
  return warnings;
}
