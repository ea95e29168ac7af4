import type { Account } from '../model/account.ts';
import type { Decision, SnapshotDecision } from '../model/decision.ts';
import type { Action, PassName, RefusedAction } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import { decideImages } from '../policy/decision/decide-images.ts';
import { withLookups } from '../policy/decision/lookups.ts';
import { DAY } from '../text/format.ts';
import { settleArchiving } from './archive.ts';
import { byTimeThenId, type Candidate, candidate } from './candidate.ts';
import { recyclableSnapshot, undoFindings } from './coverage.ts';
import { imageCandidates } from './image-candidates.ts';
import { decideSnapshots } from './snapshots.ts';

/** What follows from one reading of an account: every decision, and every action that they ask for, before any limit. */
export interface Evaluation {
  readonly account: Account;
  readonly policy: Policy;
  readonly at: Date;
  readonly decisions: readonly Decision[];
  readonly snapshots: readonly SnapshotDecision[];
  /**
   * By pass, with what each still misses. Each kind stands oldest first; what gives back comes before what takes away,
   * and what deletes before what only marks.
   */
  readonly candidates: Readonly<Record<PassName, readonly Candidate[]>>;
}

/** Decides over an account at a time; once for each reading. */
export function evaluate(read: Account, policy: Policy, at: Date): Evaluation {
  const account = withLookups(read, policy.references, at);
  const decided = decideImages(account, policy, at);
  const snapshots = decideSnapshots(account, decided, policy, at);
  const archiving = settleArchiving(account, decided, snapshots, at);
  const { decisions } = archiving;
  const all = [
    ...imageCandidates(account, policy, archiving, snapshots, at),
    ...snapshotCandidates(account, policy, snapshots),
  ].map((one) => withRefusal(one, account, at));
  const byKind = Map.groupBy(all, ({ action }) => action.action);
  const of = (...kinds: readonly Action['action'][]) => kinds.flatMap((kind) => byKind.get(kind) ?? []);
  const candidates = {
    protect: of('protect', 'unprotect'),
    deprecate: of('reinstate', 'deprecate'),
    disable: of('disable'),
    archive: of('archive'),
    deregister: of('deregister'),
    'delete-snapshots': of('delete-snapshot', 'mark-orphan'),
  };
  return { account, policy, at, decisions, snapshots, candidates };
}

/** The actions on snapshots without an image that the decisions ask for, oldest snapshot first. */
function snapshotCandidates(account: Account, policy: Policy, snapshots: readonly SnapshotDecision[]): Candidate[] {
  return snapshots
    .filter(isDue)
    .sort((a, b) => byTimeThenId(a.snapshot?.startTime, a.snapshotId, b.snapshot?.startTime, b.snapshotId))
    .map((decision) => snapshotCandidate(decision, account, policy));
}

type DueSnapshot = SnapshotDecision & Required<Pick<SnapshotDecision, 'nextStep' | 'imageId'>>;

/** What an image takes with it goes with the image's own action. */
function isDue(decision: SnapshotDecision): decision is DueSnapshot {
  return decision.nextStep !== undefined && decision.imageId !== undefined;
}

function snapshotCandidate(decision: DueSnapshot, account: Account, policy: Policy): Candidate {
  const { snapshotId, snapshot, imageId, nextStep } = decision;
  const recycleBin = nextStep === 'delete-left-behind' || account.recycleBin.has(imageId) ? [] : [imageId];
  if (nextStep === 'mark-orphan') return candidate({ action: 'mark-orphan', snapshotId, imageId }, { recycleBin });
  const snapshotDetails = account.snapshotDetails.has(snapshotId) ? [] : [snapshotId];
  const { retentionRules, uncovered } = undoFindings([recyclableSnapshot(snapshotId, snapshot)], account, policy);
  const missing = { snapshotDetails, recycleBin, retentionRules };
  return candidate({ action: 'delete-snapshot', snapshotId, imageId }, missing, uncovered);
}

/** What is refused again and again is tried once a month. */
const MOST_DAYS = 30;
/** Daily runs don't begin at the same second each day. */
const TOLERANCE_MILLISECONDS = 2 * 3_600_000;

/** The same candidate with what is remembered of AWS refusing it before; nothing where it never did, or nobody remembers. */
function withRefusal(one: Candidate, { journal }: Account, at: Date): Candidate {
  const { action } = one;
  if (journal.status !== 'read') return one;
  const record = 'snapshotId' in action ? journal.snapshots.get(action.snapshotId) : journal.images.get(action.imageId);
  if (record?.refused?.action !== action.action) return one;
  const { reason, firstAt, lastAt, times } = record.refused;
  // A day after the first refusal, then two, four, … days.
  const nextTryAt = new Date(lastAt.getTime() + Math.min(MOST_DAYS, 2 ** Math.max(0, times - 1)) * DAY);
  const refused: RefusedAction = { action, reason, firstAt, times, nextTryAt };
  return { ...one, refused, isPostponed: nextTryAt.getTime() - TOLERANCE_MILLISECONDS > at.getTime() };
}
