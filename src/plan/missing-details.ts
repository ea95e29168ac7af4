import type { Account } from '../model/account.ts';
import { actionKey } from '../model/action-ref.ts';
import type { ImageId, SnapshotId } from '../model/ids.ts';
import { type Action, PASSES, type PassName } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import type { RecyclableKind } from '../model/retention-rule.ts';
import { decideImages } from '../policy/decision/decide-images.ts';
import { type Candidate, isReady, isWithheld } from './candidate.ts';
import { candidatesByPass } from './candidates.ts';
import { circuitBreaker } from './limits.ts';
import { decideSnapshots } from './snapshots.ts';

/** What must still be read before a plan can act. */
export interface MissingDetails {
  readonly sharing: ImageId[];
  /** Images that are shared beyond the accounts that were read: what AWS's usage reports say of them. */
  readonly usage: ImageId[];
  readonly snapshotDetails: SnapshotId[];
  readonly recycleBin: ImageId[];
  /** The kinds of which something would be removed. */
  readonly retentionRules: RecyclableKind[];
}

/**
 * What to read next: for each pass the details of its oldest candidates, at most four times `limits.perRun` of them,
 * so that the number of calls is bounded whatever the account's size. What is read can take candidates away (shared
 * images stay), so call it again with the answers until nothing is wanted or enough rounds were made; what is still
 * unread then is not acted on in this run.
 */
export function missingDetails(account: Account, policy: Policy, at: Date): MissingDetails {
  const decisions = decideImages(account, policy, at);
  const snapshots = decideSnapshots(account, decisions, policy, at);
  const sharing = new Set<ImageId>();
  const usage = new Set<ImageId>();
  const snapshotDetails = new Set<SnapshotId>();
  const recycleBin = new Set<ImageId>();
  const retentionRules = new Set<RecyclableKind>();
  const candidates = candidatesByPass(account, policy, decisions, snapshots, at);
  const isFirst = account.sharing.size + account.snapshotDetails.size === 0;
  const asking = { limits: policy.limits, isFirst };
  for (const pass of PASSES) {
    for (const { missing } of stillToAsk(candidates[pass], totalOf(pass, account), asking)) {
      for (const id of missing.sharing) sharing.add(id);
      for (const id of missing.usage) usage.add(id);
      for (const id of missing.snapshotDetails) snapshotDetails.add(id);
      for (const id of missing.recycleBin) recycleBin.add(id);
      for (const kind of missing.retentionRules) retentionRules.add(kind);
    }
  }
  return {
    sharing: [...sharing],
    usage: [...usage],
    snapshotDetails: [...snapshotDetails],
    recycleBin: [...recycleBin],
    retentionRules: [...retentionRules],
  };
}

/** What must still be read of an account to tell whether these actions are still called for. */
export function missingDetailsForActions(
  account: Account,
  policy: Policy,
  at: Date,
  actions: readonly Action[],
): MissingDetails {
  const asked = new Set(actions.map(actionKey));
  const decisions = decideImages(account, policy, at);
  const snapshots = decideSnapshots(account, decisions, policy, at);
  const missing = Object.values(candidatesByPass(account, policy, decisions, snapshots, at))
    .flat()
    .filter(({ action }) => asked.has(actionKey(action)))
    .map((candidate) => candidate.missing);
  return {
    sharing: [...new Set(missing.flatMap(({ sharing }) => sharing))],
    usage: [...new Set(missing.flatMap(({ usage }) => usage))],
    snapshotDetails: [...new Set(missing.flatMap(({ snapshotDetails }) => snapshotDetails))],
    recycleBin: [...new Set(missing.flatMap(({ recycleBin }) => recycleBin))],
    retentionRules: [...new Set(missing.flatMap(({ retentionRules }) => retentionRules))],
  };
}

interface Asking {
  readonly limits: Policy['limits'];
  /** True where nothing was asked yet. */
  readonly isFirst: boolean;
}

/** Of what a pass's `stopAbove` is a percentage. */
export function totalOf(pass: PassName, account: Account): number {
  return pass === 'delete-snapshots' ? account.snapshots.length : account.images.length;
}

/**
 * What could be done is asked about, and beside it, as far, what the Recycle Bin would not take: whether it would go at
 * all, so that the report says of nothing in vain that a rule is needed.
 */
function stillToAsk(candidates: readonly Candidate[], total: number, asking: Asking): Candidate[] {
  const { stops } = circuitBreaker(candidates, total, asking.limits);
  return [
    ...ofTheseToAsk(
      candidates.filter((one) => !isWithheld(one)),
      stops,
      asking,
    ),
    ...ofTheseToAsk(candidates.filter(isWithheld), stops, asking),
  ];
}

/**
 * Enough is known once a full run's worth of actions is ready and no unread candidate could stop the pass. At first
 * as many are asked about as a run acts on; where answers took some of them away, twice as many as are missing; and
 * where they took most, as many as may be asked at once.
 */
function ofTheseToAsk(all: readonly Candidate[], stops: boolean, { limits, isFirst }: Asking): Candidate[] {
  const { perRun } = limits;
  const candidates = all.filter(({ isPostponed }) => isPostponed !== true);
  const ready = candidates.filter(isReady).length;
  if (ready >= perRun && !stops) return [];
  const begun = candidates.filter(isBegun);
  const missing = Math.max(0, perRun - ready - begun.length);
  const most = 4 * perRun;
  const isMost = stops || (!isFirst && 2 * missing > perRun);
  const next = candidates.filter((one) => !isReady(one) && !isBegun(one));
  return [...begun, ...next.slice(0, isMost ? most : Math.min(isFirst ? missing : 2 * missing, most))];
}

/** Its launch permissions were read, and raised the question who uses it. */
function isBegun({ missing }: Candidate): boolean {
  return missing.usage.length > 0 && missing.sharing.length + missing.snapshotDetails.length === 0;
}
