import type { NotifySettings, Policy, Rule } from '../../model/policy.ts';
import { ARCHIVE_PAID_FOR } from '../../model/prices.ts';
import { DAY } from '../../text/format.ts';
import { ofRule, type PolicyFinding } from './finding.ts';
import { lookupShadows } from './lookup-findings.ts';
import { selectsAllOf } from './shadows.ts';

/** What in a policy deserves a second thought whatever account it meets, in the file's order. */
export function policyFindings(policy: Policy): PolicyFinding[] {
  return [
    ...policy.rules.flatMap((rule, index) => [
      ...shadowFindings(policy.rules, rule, index),
      ...durationFindings(rule, index, policy.notify),
      ...ruleFindings(rule, index),
    ]),
    ...lookupShadows(policy),
    ...sectionFindings(policy),
  ];
}

/** The earlier rule that selects all that this one selects, in any account. */
export function shadowOf(rules: readonly Rule[], index: number): Rule | undefined {
  const [rule, earlier] = [rules[index], rules.slice(0, index)];
  return rule && earlier.find(({ select }) => selectsAllOf(select, rule.select));
}

/** What a rule says that asks for an image older and younger than any can be; undefined where there can be one. */
export function selectsNoAge({ select: { olderThan, youngerThan } }: Rule): string | undefined {
  if (!olderThan || !youngerThan || olderThan.milliseconds < youngerThan.milliseconds) return undefined;
  return `select asks for images older than ${olderThan.text} and younger than ${youngerThan.text}: there can be none.`;
}

function shadowFindings(rules: readonly Rule[], rule: Rule, index: number): PolicyFinding[] {
  const shadow = shadowOf(rules, index);
  if (shadow === undefined) return [];
  const says = `it can own no image, since rule ${JSON.stringify(shadow.name)} before it selects all that it selects.`;
  return [ofRule(rule, index, 'select', says)];
}

/** Times that are over before they begin. */
function durationFindings(rule: Rule, index: number, notify: NotifySettings | undefined): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  const find = (key: string, says: string) => findings.push(ofRule(rule, index, key, says));
  const { select, disable, archive, deregister } = rule;
  const noAge = selectsNoAge(rule);
  if (noAge) find('select.olderThan', noAge);
  const kept = rule.kind === 'retention' ? rule.keep.youngerThan : undefined;
  if (kept && select.youngerThan && kept.milliseconds >= select.youngerThan.milliseconds) {
    find(
      'keep.youngerThan',
      `it selects images younger than ${select.youngerThan.text} and keeps those younger than ${kept.text}: nothing of it is ever due.`,
    );
  }
  if (disable && deregister && disable.after.milliseconds >= deregister.after.milliseconds) {
    find(
      'disable.after',
      `disable.after ${disable.after.text} is over when deregister.after ${deregister.after.text} is: images go without having been disabled first.`,
    );
  }
  if (archive && deregister && deregister.after.milliseconds - archive.after.milliseconds < ARCHIVE_PAID_FOR) {
    find(
      'archive.after',
      `deregister.after ${deregister.after.text} is less than 90 days after archive.after ${archive.after.text}: AWS bills what lies in the archive for 90 days at least, so that it is archived only where that saves all the same.`,
    );
  }
  if (notify === undefined) return findings;
  for (const [pass, step] of Object.entries({ disable, archive, deregister })) {
    if (step === undefined || step.after.milliseconds === 0) continue;
    const { after, notice } = step;
    if (notice.milliseconds > after.milliseconds) {
      find(
        `${pass}.after`,
        `${pass}.after ${after.text} is over before its notice of ${notice.text}: nothing happens until ${notice.text} after the owner was told.`,
      );
    }
  }
  const { remindBefore } = notify;
  if (
    deregister &&
    remindBefore.milliseconds >= Math.max(deregister.after.milliseconds, deregister.notice.milliseconds)
  )
    find(
      'deregister',
      `notify.remindBefore ${remindBefore.text} begins before the wait of deregister does: owners are reminded right after they were told.`,
    );
  return findings;
}

function ruleFindings(rule: Rule, index: number): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  const find = (key: string, says: string) => findings.push(ofRule(rule, index, key, says));
  for (const pass of ['disable', 'archive', 'deregister'] as const) {
    if (rule[pass]?.after.milliseconds === 0) find(`${pass}.after`, `${pass}.after is 0: nobody has time to object.`);
  }
  if (rule.kind !== 'retention') return findings;
  const { newest, youngerThan, launchedWithin } = rule.keep;
  for (const [key, limit] of Object.entries({ youngerThan, launchedWithin })) {
    if (limit && limit.milliseconds < DAY) find(`keep.${key}`, `keep.${key} ${limit.text} is less than a day.`);
  }
  const limit = newest?.youngerThan;
  if (limit && youngerThan && youngerThan.milliseconds >= limit.milliseconds) {
    find(
      'keep.newest',
      `keep.newest keeps nothing of its own: what is younger than ${limit.text} stays by keep.youngerThan ${youngerThan.text}.`,
    );
  }
  if (newest === undefined && youngerThan === undefined) {
    find('keep', 'keep has launchedWithin alone: an image that was never launched is due at once, however new.');
  }
  return findings;
}

function sectionFindings(policy: Policy): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  const find = (at: readonly (string | number)[], sentence: string) => findings.push({ at, sentence });
  if (policy.limits.perRun === 0) find(['limits', 'perRun'], 'limits.perRun is 0: nothing is ever done.');
  if (policy.limits.stopAbovePercent === 100)
    find(['limits', 'stopAbove'], 'limits.stopAbove is 100%: no number of due images stops a run.');
  if (policy.orphanSnapshots?.deleteAfter.milliseconds === 0) {
    find(
      ['orphanSnapshots', 'deleteAfter'],
      'orphanSnapshots.deleteAfter is 0: orphaned snapshots are deleted by the first run after the one that finds them.',
    );
  }
  for (const [index, source] of policy.references.off.entries()) {
    find(
      ['references', 'off', index],
      `The source ${source} is switched off: an image that only it references counts as unreferenced.`,
    );
  }
  const deregisters = policy.rules.some(({ deregister }) => deregister);
  if (policy.undo === 'none' && (policy.orphanSnapshots || deregisters))
    find(['undo'], 'undo is none: what is removed is not looked for in the Recycle Bin, and may be gone for good.');
  if (policy.targets && policy.references.sharedImages === 'keep') {
    find(
      ['references', 'sharedImages'],
      'references.sharedImages is keep: what the other targets use is looked for, and images that are shared stay all the same.',
    );
  }
  if (!policy.notify && deregisters)
    find([], 'There is no notify section: images are deregistered without telling their owners.');
  return findings;
}
