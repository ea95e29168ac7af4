import { actionKey } from '../model/action-ref.ts';
import type { Decision } from '../model/decision.ts';
import type { ImageId } from '../model/ids.ts';
import { type Action, PASSES } from '../model/plan.ts';
import type { Reason } from '../model/reasons.ts';
import { USAGE_REPORT_VALID } from '../policy/decision/sharing.ts';
import { type Candidate, isNothing, isWithheld, type MissingDetails, oldestFirst } from './candidate.ts';
import type { Evaluation } from './evaluate.ts';
import { circuitBreaker } from './make-plan.ts';

/**
 * What to read next: for each pass the details of its oldest candidates, at most four times `limits.perRun` of them,
 * so that the number of calls is bounded whatever the account's size. What is read can take candidates away (shared
 * images stay), so evaluate again with the answers until nothing is missing or enough iterations were made; what is
 * still unread then is not acted on in this run.
 */
export function missingDetails(evaluation: Evaluation): MissingDetails {
  return detailsOf(PASSES.flatMap((pass) => stillToAsk(evaluation, pass)));
}

/** What must still be read of an account to know whether these actions are still called for. */
export function missingDetailsForActions({ candidates }: Evaluation, actions: readonly Action[]): MissingDetails {
  const asked = new Set(actions.map(actionKey));
  const all = Object.values(candidates).flat();
  return detailsOf(all.filter(({ action }) => asked.has(actionKey(action))));
}

/** What any of some candidates misses, each once. */
function detailsOf(candidates: readonly Candidate[]): MissingDetails {
  const all = candidates.map(({ missing }) => missing);
  return {
    sharing: [...new Set(all.flatMap(({ sharing }) => sharing))],
    usage: [...new Set(all.flatMap(({ usage }) => usage))],
    publicUsage: [...new Set(all.flatMap(({ publicUsage }) => publicUsage))],
    snapshotDetails: [...new Set(all.flatMap(({ snapshotDetails }) => snapshotDetails))],
    tierings: [...new Set(all.flatMap(({ tierings }) => tierings))],
    recycleBin: [...new Set(all.flatMap(({ recycleBin }) => recycleBin))],
    retentionRules: [...new Set(all.flatMap(({ retentionRules }) => retentionRules))],
    ancestry: [...new Set(all.flatMap(({ ancestry }) => ancestry))],
  };
}

/** What the Recycle Bin would not take is asked about as far: the report is not to ask for a rule in vain. */
function stillToAsk(evaluation: Evaluation, pass: (typeof PASSES)[number]): Candidate[] {
  const { account, policy, candidates } = evaluation;
  const isFirst = account.sharing.size + account.snapshotDetails.size === 0;
  const { stops } = circuitBreaker(evaluation, pass);
  const now = candidates[pass].filter(({ isPostponed }) => isPostponed !== true);
  const [withheld, others] = [now.filter(isWithheld), now.filter((one) => !isWithheld(one))];
  return [others, withheld].flatMap((some) => oldestToAsk(some, policy.limits.perRun, isFirst, stops));
}

/**
 * Enough is known once a full run's worth of actions is ready and no unread candidate could stop the pass. At first
 * as many are asked about as a run acts on; where answers took some of them away, twice as many as are missing; and
 * where they took most, as many as may be asked at once.
 */
function oldestToAsk(candidates: readonly Candidate[], perRun: number, isFirst: boolean, stops: boolean): Candidate[] {
  const ready = candidates.filter(({ missing }) => isNothing(missing)).length;
  if (ready >= perRun && !stops) return [];
  const begun = candidates.filter(isBegun);
  const missing = Math.max(0, perRun - ready - begun.length);
  const most = 4 * perRun;
  const isMost = stops || (!isFirst && 2 * missing > perRun);
  const next = candidates.filter((one) => !isNothing(one.missing) && !isBegun(one));
  return [...begun, ...next.slice(0, isMost ? most : Math.min(isFirst ? missing : 2 * missing, most))];
}

/** Its launch permissions were read, and raised the question who uses it. */
function isBegun({ missing }: Candidate): boolean {
  return missing.usage.length > 0 && [...missing.sharing, ...missing.snapshotDetails].length === 0;
}

/**
 * The images for which AWS should be asked for a usage report, oldest first: nothing else keeps them, and a report that
 * is made now would count. One that is being made already is waited for.
 */
export function usageReportsToAskFor(decisions: readonly Decision[], at: Date): ImageId[] {
  return decisions
    .filter(({ reasons }) => {
      const others = reasons.filter(({ code }) => code !== 'own-protection');
      return others.length > 0 && others.every((reason) => isSettledByReport(reason, at));
    })
    .map(({ image }) => image)
    .sort(oldestFirst)
    .map(({ imageId }) => imageId);
}

/** Whether a report that is made now would say whether the reason still holds. */
function isSettledByReport(reason: Reason, at: Date): boolean {
  if (reason.code === 'usage-unknown') return reason.status === 'none';
  if (reason.code === 'usage-report-too-early') return reason.countsFrom <= at;
  return reason.code === 'used-elsewhere' && reason.reportedAt.getTime() + USAGE_REPORT_VALID <= at.getTime();
}
