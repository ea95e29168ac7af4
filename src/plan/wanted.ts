import type { Account } from '../model/account.ts';
import type { ImageId, SnapshotId } from '../model/ids.ts';
import { PASSES, type PassName } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import { decideImages } from '../policy/decide.ts';
import { type Candidate, isReady } from './candidate.ts';
import { candidatesByPass } from './candidates.ts';
import { breaker } from './limits.ts';
import { decideSnapshots } from './snapshots.ts';

/** What must still be read before a plan can act. */
export interface WantedDetails {
  readonly sharing: ImageId[];
  readonly snapshotDetails: SnapshotId[];
  readonly recycleBin: ImageId[];
}

/**
 * What to read next: for each pass the details of its oldest candidates, at most four times `limits.perRun` of them,
 * so that the number of calls is bounded whatever the account's size. What is read can take candidates away (shared
 * images stay), so call it again with the answers until nothing is wanted or enough rounds were made; what is still
 * unread then is not acted on in this run.
 */
export function wantedDetails(account: Account, policy: Policy, at: Date): WantedDetails {
  const decisions = decideImages(account, policy, at);
  const snapshots = decideSnapshots(account, decisions, policy, at);
  const sharing = new Set<ImageId>();
  const snapshotDetails = new Set<SnapshotId>();
  const recycleBin = new Set<ImageId>();
  const candidates = candidatesByPass(account, policy, decisions, snapshots, at);
  for (const pass of PASSES) {
    for (const { missing } of stillToAsk(candidates[pass], totalOf(pass, account), policy.limits)) {
      for (const id of missing.sharing) sharing.add(id);
      for (const id of missing.snapshotDetails) snapshotDetails.add(id);
      for (const id of missing.recycleBin) recycleBin.add(id);
    }
  }
  return { sharing: [...sharing], snapshotDetails: [...snapshotDetails], recycleBin: [...recycleBin] };
}

/** Of what a pass's `stopAbove` is a percentage. */
export function totalOf(pass: PassName, account: Account): number {
  return pass === 'delete-snapshots' ? account.snapshots.length : account.images.length;
}

/** Enough is known once a full run's worth of actions is ready and no unread candidate could stop the pass. */
function stillToAsk(candidates: readonly Candidate[], total: number, limits: Policy['limits']): Candidate[] {
  const ready = candidates.filter(isReady).length;
  if (ready >= limits.perRun && !breaker(candidates, total, limits).stops) return [];
  return candidates.filter((candidate) => !isReady(candidate)).slice(0, 4 * limits.perRun);
}
