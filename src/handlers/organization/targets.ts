import { createHash } from 'node:crypto';
import * as z from 'zod';
import { readTarget } from '../../inventory/identity.ts';
import { type RunRecord, writePolicy } from '../../organization/run.ts';
import { OBJECT } from '../../organization/s3-keys.ts';
import { listTargets } from '../../organization/targets/list-targets.ts';
import { iterationSchema, listWaiting, type NextIteration } from '../../organization/targets/list-waiting.ts';
import { targetsOf, toleratedOf } from '../../organization/targets/targets.ts';
import { RefusedError } from '../errors.ts';
import { parseEvent, requireMayEnforce } from '../event.ts';
import { startedBy } from '../invocation.ts';
import { loadPolicy } from '../policy-source.ts';
import { runInput, type StateContext, stateHandler } from './state.ts';

const waiting = runInput.extend({ iteration: iterationSchema });
const beginning = z.object({
  event: z.unknown(),
  execution: z.object({
    id: z.string('must be the execution’s id').min(1),
    startTime: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  }),
});

/** What the state machine carries on: small, whatever the organization's size. */
interface TargetsAnswer {
  readonly run: RunRecord;
  readonly manifest: { readonly bucket: string; readonly key: string };
  readonly accounts: number;
  /** So many accounts may fail. */
  readonly tolerated: number;
  readonly iteration: NextIteration;
}

/** Finds the targets of a run, and writes down what all its states hold to; or those of them that wait for another iteration. */
export const handler = stateHandler(z.union([waiting, beginning]), async (input, context) => {
  if (!('run' in input)) return begin(input, context);
  const { run, iteration } = input;
  const next = await listWaiting({ store: context.storeOf(run.runId), run, clock: context.clock }, iteration);
  context.logger.info('iteration ended', { ...iteration, waiting: next.targets, next: next.next });
  return next;
});

async function begin(
  { event: given, execution }: z.output<typeof beginning>,
  context: StateContext,
): Promise<TargetsAnswer> {
  const event = parseEvent(given);
  const { environment, home, logger, storeOf, lambda, clock } = context;
  requireMayEnforce(event.mode, environment);
  // A Region that is left out is not read: what lies there would count as no use.
  if (event.mode === 'enforce' && event.regions !== undefined)
    throw new RefusedError(
      'The event is not valid: across accounts "regions" goes with "mode": "dry-run" only, since a Region that is left out would count as no use; name Regions in the policy (targets.regions).',
    );
  const runId = runIdOf(execution.startTime, execution.id);
  const store = storeOf(runId);
  const { policy, policySource, file } = await loadPolicy(home.s3, event.policy ?? environment.policy);
  const { accountId: ownAccountId } = await readTarget(home);
  const { targets: settings } = policy;
  const listed = await listTargets({ store, home, settings, regions: event.regions, ownAccountId });
  const { rows, skipped } = listed;
  for (const row of skipped) logger.warn('left out', { ...row });
  const run = {
    runId,
    mode: event.mode,
    startedAt: execution.startTime,
    ...(event.at && { at: event.at }),
    isLatest: event.at === undefined && event.policy === undefined,
    startedBy: startedBy(lambda, event.startedBy ?? execution.id),
    sha256: { policy: await writePolicy(store, { ...policySource, file }), targets: listed.sha256 },
  };
  logger.info('targets listed', { accounts: rows.length, skipped: skipped.length });
  return {
    run,
    manifest: { bucket: store.bucket, key: store.keyOf(OBJECT.targets) },
    accounts: rows.length,
    tolerated: toleratedOf(environment.toleratedPercent, rows.length),
    iteration: {
      number: 1,
      startedAt: clock(),
      targets: targetsOf(rows).length,
      tried: 0,
      isLast: false,
      next: 'read',
      key: store.keyOf(OBJECT.targets),
    },
  };
}

/** The same for every try of an execution: its start, and eight hex digits that its id gives. */
function runIdOf(startTime: Date, executionId: string): string {
  const start = `${startTime.toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length).replaceAll(/[-:]/g, '')}Z`;
  return `${start}-${createHash('sha256').update(executionId).digest('hex').slice(0, 8)}`;
}
