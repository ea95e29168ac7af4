import type { PassName } from '../model/plan.ts';
import { unreadForAll } from '../model/reference.ts';
import { isRemoval } from '../report/acts.ts';
import { detailSentences } from '../report/incomplete.ts';
import type { Report } from '../report/report.ts';
import { counted, listed } from '../text/format.ts';
import { DEFAULT_POLICY, type PlanOptions } from './options.ts';

const WOULD: Readonly<Record<PassName, readonly [noun: string, would: string]>> = {
  protect: ['image', 'protected or unprotected'],
  deprecate: ['image', 'deprecated or reinstated'],
  disable: ['image', 'disabled'],
  archive: ['image', 'archived'],
  deregister: ['image', 'deregistered'],
  'delete-snapshots': ['snapshot', 'marked or deleted'],
};

/** One thing to do, and the command line for it where there is one: never broken, so that it can be copied. */
export interface NextStep {
  readonly says: string;
  readonly command?: string;
}

/** What was given to this command line, and how a person calls the next. */
type Called = PlanOptions & { readonly calledAs: string };

/** What a person may want to do after reading a report, the most pressing first; each with the command for it. */
export function nextSteps(report: Report, given: PlanOptions, calledAs: string): NextStep[] {
  const options = { ...given, calledAs };
  return [
    ...problems(report),
    ...(report.mode === 'enforce' ? afterActing(report, options) : afterPlanning(report, options)),
    ...when(options.out === undefined, 'Keep the report, and see next time what has changed: add --out DIR'),
  ];
}

/** A step that only sometimes is one. */
function when(isOne: boolean, says: string, command?: string): NextStep[] {
  return isOne ? [{ says, ...(command !== undefined && { command }) }] : [];
}

function problems({ sources, passes }: Report): NextStep[] {
  const unread = unreadForAll(sources);
  const stopped = passes.filter((pass) => pass.stopped !== undefined).map(({ pass }) => pass);
  return [
    ...when(
      unread.length > 0,
      `Every image and snapshot stays while ${listed(unread)} can't be read: see the permissions in docs/iam.md, then plan again`,
    ),
    ...detailSentences(sources).map((sentence) => ({ says: `${sentence}, and a later run asks again` })),
    ...when(
      stopped.length > 0,
      `limits.stopAbove stopped ${listed(stopped)}: read the plan, and raise the limit only if it is right`,
    ),
  ];
}

function afterPlanning(report: Report, options: Called): NextStep[] {
  const [gentlest] = report.passes.filter(({ actions }) => actions.length > 0).toSorted((a, b) => harm(a) - harm(b));
  const [first] = gentlest?.actions ?? [];
  if (gentlest === undefined || first === undefined)
    return report.complete ? [{ says: 'Nothing is to be done now' }] : [];
  return [
    enforcing(gentlest, options),
    { says: 'See the whole reasoning for one image:', command: command(['explain', first.imageId], options) },
  ];
}

/** 0 where all that a pass does can be undone. */
function harm({ actions }: Report['passes'][number]): number {
  return actions.some(isRemoval) ? 1 : 0;
}

/** Of several passes the gentlest alone: the others can follow when that has proven right. */
function enforcing(pass: Report['passes'][number], options: Called): NextStep {
  const [noun, be] = WOULD[pass.pass];
  const would = `${counted(pass.actions.length, noun)} would be ${be}`;
  if (options.recording !== undefined)
    return { says: `${would}; this was a recording: leave out --recording to plan over the account itself` };
  if (options.at !== undefined)
    return { says: `${would}; this was a plan for another time: leave out --at to plan for now` };
  const words = pass.pass === 'protect' ? [pass.pass, '--in-use'] : [pass.pass];
  const undo = harm(pass) === 0 ? 'which can be undone' : 'which only the Recycle Bin can undo';
  return { says: `${would}, ${undo}; enforce with:`, command: `${command(words, options)} --enforce` };
}

function afterActing({ outcomes, totals, runId, complete }: Report, options: Called): NextStep[] {
  const { failed, skipped } = totals.outcomes;
  const inBin = outcomes.some((outcome) => outcome.status === 'done' && typeof outcome.recoverableUntil === 'string');
  const restore = command(['restore', runId], { ...options, policy: DEFAULT_POLICY });
  return [
    ...when(failed > 0, `${counted(failed, 'action')} failed, for the reasons above; the next run tries again`),
    ...when(skipped > 0, `${counted(skipped, 'action')} skipped, for the reasons above; the next run decides anew`),
    ...when(inBin, 'Bring back what this run removed, while the Recycle Bin holds it:', restore),
    ...when(outcomes.length === 0 && complete, 'Nothing was to be done'),
  ];
}

/** A command line over the same account by the same policy, as a shell takes it. */
function command(words: readonly string[], { policy, profile, region, recording, calledAs }: Called): string {
  const options = [
    ...(policy === DEFAULT_POLICY ? [] : ['--policy', policy]),
    ...(profile === undefined ? [] : ['--profile', profile]),
    ...(region === undefined ? [] : ['--region', region]),
    ...(recording === undefined ? [] : ['--recording', recording]),
  ];
  return [calledAs, ...[...words, ...options].map(quoted)].join(' ');
}

function quoted(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
