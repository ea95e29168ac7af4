import type { Call, Fault } from '../../sandbox/calls.ts';
import type { AccountState } from '../../sandbox/state.ts';
import type { Report } from '../../src/report/report.ts';
import { connect } from '../builders/in-process.ts';
import { journalOf } from '../builders/journal.ts';
import { NOW } from '../scenarios/account.ts';
import { BUCKET, crashAccount, POLICY } from './account.ts';
import { brokenInvariants, finalState } from './invariants.ts';
import { enforce } from './run.ts';

/** One thing that can go wrong at one call, and how often the client tries. */
interface CallFault {
  readonly fault: (isStruck: boolean, isLater: boolean) => Fault['kind'] | undefined;
  readonly maxAttempts: number;
}

const once = (kind: NonNullable<Fault['kind']>, maxAttempts = 1): CallFault => ({
  fault: (isStruck) => (isStruck ? kind : undefined),
  maxAttempts,
});

/** Struck once and never tried again, as after the last retry; struck once and tried again; or the end of the process. */
export const FAULTS = {
  throttled: once('throttle'),
  'throttled, retried': once('throttle', 3),
  'server error': once('server-error'),
  'dropped before': once('drop-before'),
  'dropped after AWS acted': once('drop-after'),
  'dropped after AWS acted, retried': once('drop-after', 3),
  'garbage after AWS acted': once('garbage'),
  'access denied': once('access-denied'),
  'killed before': { fault: (isStruck, isLater) => (isStruck || isLater ? 'drop-before' : undefined), maxAttempts: 1 },
  'killed after AWS acted': {
    fault: (isStruck, isLater) => (isLater ? 'drop-before' : isStruck ? 'drop-after' : undefined),
    maxAttempts: 1,
  },
} as const satisfies Record<string, CallFault>;
export type FaultName = keyof typeof FAULTS;

/** Nothing is listed in longer pages, so that faults strike between pages too. */
const PAGE = 25;
/** When the second run comes: the first one's lock has expired, and what was refused is tried again. */
const LATER = new Date(NOW.getTime() + 25 * 3_600_000);

/** What an undisturbed run does and leaves. */
export interface Reference {
  readonly operations: readonly string[];
  readonly state: AccountState;
  readonly before: AccountState;
  readonly planned: ReadonlySet<string>;
}

type Told = Pick<Report, 'passes' | 'outcomes' | 'images' | 'snapshots'>;

/** The run that nothing disturbs. */
export async function undisturbed(): Promise<Reference> {
  // What is loaded when it is first needed would come later, in the first run alone.
  await runAt(crashAccount().state, NOW);
  const account = crashAccount();
  const before = structuredClone(account.state);
  const { report, operations } = await runAt(account.state, NOW);
  const planned = plannedIn(report, before);
  const broken = brokenInvariants(account, before, planned);
  const failed = report.outcomes.filter(({ status }) => status !== 'done');
  if (broken.length + failed.length > 0) throw new Error(JSON.stringify({ broken, failed }, null, 1));
  return { operations, state: account.state, before, planned };
}

/** A run with one fault at one call, and a run after it without: gives what went wrong with the account. */
export async function sweepCase(reference: Reference, call: number, name: FaultName): Promise<string[]> {
  const { fault, maxAttempts } = FAULTS[name];
  const account = crashAccount();
  const before = structuredClone(account.state);
  const intercept = ({ number }: Call): Fault => {
    const kind = fault(number === call, number > call);
    return kind === undefined ? {} : { kind };
  };
  const first = await runAt(account.state, NOW, intercept, maxAttempts);
  const strayed = first.operations.slice(0, call).some((operation, at) => operation !== reference.operations[at]);
  const afterFirst = brokenInvariants(account, before, reference.planned);
  const unfinished = await beganIn(account.state);
  const { report } = await runAt(account.state, LATER);
  const afterSecond = brokenInvariants(account, before, reference.planned);
  const restored = new Set([...countedAsRestored(report, before), ...unfinished]);
  const end = finalState(account.state, before, restored);
  const undisturbedEnd = finalState(reference.state, reference.before, restored);
  return [
    ...(strayed ? ['the calls before the fault came in another order than without it'] : []),
    ...(first.operations.length < call ? ['the fault struck no call'] : []),
    ...afterFirst.map((what) => `after the first run: ${what}`),
    ...afterSecond.map((what) => `after the second run: ${what}`),
    ...(end === undisturbedEnd ? [] : [`the end differs: ${firstDifference(end, undisturbedEnd)}`]),
  ];
}

async function runAt(state: AccountState, at: Date, intercept?: (call: Call) => Fault, maxAttempts = 1) {
  const now = () => at;
  const connected = connect(state, { now, pageSizeCap: PAGE, ...(intercept && { intercept }) }, maxAttempts);
  const report = await enforce(connected, { now, policy: POLICY, bucket: BUCKET }).catch((error: unknown) => {
    // A run that could not look or lock says so and does nothing; one that the fault did not strike must not fail.
    if (intercept === undefined) throw error;
    return undefined;
  });
  connected.clients.destroy();
  const operations = connected.calls.entries.map(({ operation }) => operation);
  return { report: report ?? NO_REPORT, operations };
}

const NO_REPORT = { passes: [], outcomes: [], images: [], snapshots: [] } satisfies Told;

/**
 * What the run that comes after cannot tell from what people put back: it begins anew, with its snapshots. Whatever else
 * was begun must end as if nothing had happened.
 */
function countedAsRestored({ images, snapshots }: Told, before: AccountState): Set<string> {
  const isRestored = ({ reasons }: { readonly reasons: readonly { readonly code: string }[] }) =>
    reasons.some(({ code }) => code === 'put-back' || code === 'reinstating');
  const ids = images.filter(isRestored).map(({ imageId }) => imageId);
  const mapped = ids.flatMap((id) => before.images.get(id)?.BlockDeviceMappings ?? []);
  return new Set([
    ...ids,
    ...mapped.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []),
    ...snapshots.filter(isRestored).map(({ snapshotId }) => snapshotId),
  ]);
}

/** Snapshots whose deletion began, and of which nobody knows how it ended: they are taken for brought back. */
async function beganIn(state: AccountState): Promise<string[]> {
  const { snapshots } = await journalOf(state);
  return [...snapshots].flatMap(([id, { claimed }]) =>
    claimed?.state === 'deleting' && state.snapshots.has(id) ? [id] : [],
  );
}

function plannedIn({ passes }: Pick<Report, 'passes'>, before: AccountState): Set<string> {
  const actions = passes.flatMap((pass) => pass.actions);
  const ids = actions.map((action) => ('snapshotId' in action ? action.snapshotId : action.imageId));
  const snapshots = actions
    .filter(({ action }) => action === 'deregister')
    .flatMap((action) => ('imageId' in action ? (before.images.get(action.imageId)?.BlockDeviceMappings ?? []) : []))
    .flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
  return new Set([...ids, ...snapshots]);
}

function firstDifference(one: string, other: string): string {
  const [a, b] = [one.split('\n'), other.split('\n')];
  const at = a.findIndex((line, index) => line !== b[index]);
  return `${a.slice(Math.max(0, at - 3), at + 2).join(' ')} … ${b.slice(Math.max(0, at - 3), at + 2).join(' ')}`;
}
