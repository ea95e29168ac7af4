import { max, sum } from 'd3-array';
import { ACTIONS, type Action } from '../model/plan.ts';
import { count, counted, day, gib, money } from '../text/format.ts';
import { costOf } from './prices.ts';
import { plannedFor } from './sentences.ts';
import type { Report } from './shape.ts';

/** How many of one kind of act a plan holds, in words: `deregister 8 images with their 10 snapshots`. */
export interface Act {
  readonly action: Action['action'];
  readonly says: string;
  /** Only the Recycle Bin can bring it back, where it holds it. */
  readonly isRemoval: boolean;
}

/** What a plan's passes would do, each kind of act once, the gentlest first. */
export function actsOf({ passes }: Pick<Report, 'passes'>): Act[] {
  const actions = passes.flatMap((pass) => pass.actions);
  return ACTIONS.flatMap((action) => {
    const own = actions.filter((one) => one.action === action);
    const snapshots = sum(own, (one) => {
      if (one.action === 'archive') return one.archiveSnapshots.length;
      return one.action === 'deregister' ? one.deleteSnapshots.length : 0;
    });
    const withSnapshots = snapshots === 0 ? '' : ` with ${counted(snapshots, 'snapshot')}`;
    const [verb, , noun] = WORDS[action];
    return own.length === 0
      ? []
      : [{ action, says: `${verb} ${counted(own.length, noun)}${withSnapshots}`, isRemoval: own.some(isRemoval) }];
  });
}

/** True where an action takes away an image or a snapshot. */
export function isRemoval({ action }: { readonly action: Action['action'] }): boolean {
  return action === 'deregister' || action === 'delete-snapshot';
}

/** What was done, in the same words. */
function doneOf({ outcomes }: Report): string[] {
  return ACTIONS.flatMap((action) => {
    const own = outcomes.filter((one) => one.action === action && one.status === 'done');
    const [, verb, noun] = WORDS[action];
    return own.length === 0 ? [] : [`${verb} ${counted(own.length, noun)}`];
  });
}

const WORDS: Readonly<Record<Action['action'], readonly [does: string, did: string, noun: string]>> = {
  protect: ['protect', 'protected', 'image'],
  unprotect: ['unprotect', 'unprotected', 'image'],
  deprecate: ['deprecate', 'deprecated', 'image'],
  reinstate: ['reinstate', 'reinstated', 'image'],
  disable: ['disable', 'disabled', 'image'],
  archive: ['archive', 'archived', 'image'],
  deregister: ['deregister', 'deregistered', 'image'],
  'mark-orphan': ['mark', 'marked', 'orphaned snapshot'],
  'delete-snapshot': ['delete', 'deleted', 'snapshot'],
};

/** What a run does, what it saves now and when complete, and what is left for later: a sentence or two each. */
export function summaryOf(report: Report): string[] {
  return [whatItDoes(report), whatItSaves(report), ...whatIsLeft(report)];
}

/** `Save up to $133.98 a month; $19.01 with this run`: what a page begins with. */
export function savingsHeadline({ mode, totals, complete }: Report): string {
  const now = totals.deletedStorage.monthlyCostUpTo;
  const all = Math.max(now, totals.dueStorage.monthlyCostUpTo);
  if (all === 0) return complete ? 'Nothing to save' : 'What could be saved is not known';
  if (mode === 'enforce') return `This run saves up to ${money(now)} a month, all that is due ${money(all)}`;
  return `Save up to ${money(all)} a month; ${money(now)} with this run`;
}

function whatItDoes(report: Report): string {
  const { mode, totals } = report;
  const enforced = mode === 'enforce';
  const acts = enforced ? doneOf(report) : actsOf(report).map(({ says }) => says);
  const { failed, skipped } = totals.outcomes;
  const ended = [
    ...(failed === 0 ? [] : [`${counted(failed, 'action')} failed`]),
    ...(skipped === 0 ? [] : [`${counted(skipped, 'action')} skipped`]),
  ];
  const at = plannedFor(report);
  const then = at === undefined ? 'This run' : `On ${day(at)} a run`;
  const [none, verb] = enforced ? ['This run did nothing', 'This run'] : [`${then} would do nothing`, `${then} would`];
  const does = acts.length === 0 ? none : `${verb} ${inWords(acts)}`;
  return `${[does, ...ended].join('; ')}.`;
}

function whatItSaves({ mode, totals, prices, outcomes }: Report): string {
  const { deletedStorage: now, dueStorage: due } = totals;
  const verb = mode === 'enforce' ? 'saves' : 'would save';
  const assumed = prices.assumed ? ', at a usual price, not this Region’s' : '';
  const complete = `${costOf(due)} once all due images are gone (${gib(due.storageGiB)})`;
  const saves = `It ${verb} ${costOf(now)} a month (${gib(now.storageGiB)}), ${complete}${assumed}.`;
  const last = max(outcomes, (one) => ('recoverableUntil' in one ? (one.recoverableUntil ?? undefined) : undefined));
  return last === undefined
    ? saves
    : `${saves} What lies in the Recycle Bin, until ${day(last)} at most, costs as before.`;
}

function whatIsLeft({ passes }: Report): string[] {
  const left = passes.flatMap(({ pass, deferred }) =>
    deferred.length === 0 ? [] : [`${pass} ${count(deferred.length)}`],
  );
  return left.length === 0 ? [] : [`Deferred to later runs by limits.perRun: ${inWords(left)}.`];
}

function inWords(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}
