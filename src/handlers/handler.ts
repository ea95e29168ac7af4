import type { Logger } from '@aws-lambda-powertools/logger';
import { type Clients, createClients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import type { Enforcement } from '../execute/enforcement.ts';
import { JournalReader } from '../journal/reader.ts';
import { ClockError } from '../model/clock.ts';
import type { Outcome } from '../model/outcome.ts';
import type { PassName } from '../model/plan.ts';
import type { SourceReading } from '../model/reference.ts';
import { type Mode, newRunId } from '../model/run.ts';
import { awsAccountReader } from '../observe/account-reader.ts';
import { collectGarbage } from '../observe/memory.ts';
import type { publishToBucket } from '../publish/bucket.ts';
import type { StartedBy } from '../report/audit.ts';
import { endWithoutReport, eventsOfRun } from '../report/events.ts';
import type { Report } from '../report/report.ts';
import { type RunRequest, run } from '../run.ts';
import { type Environment, parseEnvironment } from './environment.ts';
import { RefusedError, RunFailedError, refusedByClock } from './errors.ts';
import { type JanitorEvent, parseEvent, regionsOf, requireMayEnforce } from './event.ts';
import { eventSender } from './events.ts';
import { type Invocation, lambdaFunction, startedBy } from './invocation.ts';
import { type RunMetrics, runMetrics } from './metrics.ts';
import { loadPolicy } from './policy-source.ts';
import { failures, logUnwritten, type RegionRun, stoppedPasses } from './run-result.ts';

interface FunctionConfig {
  readonly passes: readonly PassName[];
  /** What acts; the function that only reports has none, whatever the deployment and the event say. */
  readonly executePlan?: Enforcement['executePlan'];
}

interface InvocationContext extends Invocation {
  readonly runId: string;
  readonly environment: Environment;
  readonly startedBy: StartedBy;
  readonly metrics: RunMetrics;
}

/** The function's answer; `totals` and `report` stand at the top too where one Region was read. */
interface Answer {
  readonly runId: string;
  readonly mode: Mode;
  readonly totals?: Report['totals'];
  readonly report?: string;
  readonly regions: readonly { readonly region: string; readonly totals: Report['totals']; readonly report?: string }[];
}

/** Time that is left for writing the reports when acting ends. */
const REPORTING_MILLISECONDS = 90_000;

/** Makes a Lambda function that runs some passes. */
export function janitorHandler(config: FunctionConfig) {
  return lambdaFunction((event, invocation) => {
    const { logger, clock, lambda } = invocation;
    const runId = newRunId(clock());
    logger.appendKeys({ runId });
    const asked = parseEvent(event);
    return invoke(config, asked, {
      ...invocation,
      runId,
      environment: parseEnvironment(process.env),
      startedBy: startedBy(lambda, asked.startedBy),
      metrics: runMetrics(lambda.functionName, runId),
    });
  });
}

/** Runs the function's passes in each Region, one after the other; fails at the end if anything did. */
async function invoke(config: FunctionConfig, event: JanitorEvent, context: InvocationContext): Promise<Answer> {
  const { environment, runId, logger, clock } = context;
  const executePlan = allowedExecutor(config, event.mode, environment);
  const regions = regionsOf(event, environment);
  const home = createClients(environment.region);
  try {
    // What writes reports is read while S3 answers, and before anything is done.
    const [loaded, { publishToBucket: publish }] = await Promise.all([
      loadPolicy(home.s3, event.policy ?? environment.policy),
      import('../publish/bucket.ts'),
    ]);
    const runs: RegionRun[] = [];
    const send = eventSender(context, home);
    for (const region of regions) {
      const request = { runId, passes: config.passes, at: event.at ?? clock(), ...loaded };
      const isLatest = event.at === undefined && event.policy === undefined;
      const run = await runRegion({ region, request, executePlan, home, isLatest, publish }, context);
      runs.push(run);
      // What-if questions tell nobody.
      if (!isLatest) continue;
      await send(
        'report' in run
          ? eventsOfRun(run.report, run.location)
          : [endWithoutReport({ runId, mode: event.mode }, region, run.error)],
      );
    }
    return answer(runId, event.mode, runs, logger);
  } finally {
    home.destroy();
  }
}

/** What acts, where the event asks for it; nothing for a dry run. */
function allowedExecutor({ executePlan }: FunctionConfig, mode: Mode, environment: Environment) {
  if (mode === 'enforce' && executePlan === undefined)
    throw new RefusedError('This function only reports; invoke the function of a pass with "mode": "enforce".');
  requireMayEnforce(mode, environment);
  return mode === 'enforce' ? executePlan : undefined;
}

interface RegionRequest {
  readonly region: string;
  readonly request: Omit<RunRequest, 'reader'>;
  /** Absent in a dry run. */
  readonly executePlan: Enforcement['executePlan'] | undefined;
  /** Reports go to the function's own Region, whichever Region is read. */
  readonly home: Clients;
  /** False for what-if questions: another time, another policy than the deployment's. */
  readonly isLatest: boolean;
  readonly publish: typeof publishToBucket;
}

async function runRegion(
  { region, request, executePlan, home, isLatest, publish }: RegionRequest,
  { environment, logger, clock, end, startedBy, metrics }: InvocationContext,
): Promise<RegionRun> {
  const started = clock();
  const clients = createClients(region);
  const observer = { onSource: (reading: SourceReading) => logger.info('source read', { region, ...reading }) };
  try {
    const journal = new JournalReader({ s3: home.s3, bucket: environment.reportBucket });
    const reader = awsAccountReader({ clients, settings: request.policy.references, observer, clock, journal });
    const enforcement = executePlan !== undefined && {
      executePlan,
      clients,
      clock,
      deadline: new Date(end.getTime() - REPORTING_MILLISECONDS),
      journal,
      onOutcome: (outcome: Outcome) => logger.info('action ended', { region, ...outcome }),
      onWarning: (sentence: string) => logger.warn(sentence, { region }),
    };
    const report = await run({ ...request, reader, ...(enforcement && { enforcement }) });
    metrics.ended(report, clock().getTime() - started.getTime(), clients.throttles());
    // What was read and planned is not needed any more.
    collectGarbage();
    const { s3 } = home;
    const published = await publish({ s3, bucket: environment.reportBucket, report, startedBy, isLatest });
    logUnwritten(published, logger);
    return { region, ...published };
  } catch (cause) {
    if (cause instanceof ClockError) throw refusedByClock(cause);
    const error = failureOf(cause).sentence;
    logger.error('no report for a Region', { region, error });
    metrics.endedWithoutReport(region);
    return { region, error };
  } finally {
    clients.destroy();
  }
}

function answer(runId: string, mode: Mode, runs: readonly RegionRun[], logger: Logger): Answer {
  const regions = runs.flatMap((run) =>
    'report' in run
      ? [{ region: run.region, totals: run.report.totals, ...(run.location && { report: run.location }) }]
      : [],
  );
  const stopped = stoppedPasses(runs);
  const failed = failures(runs);
  // The alarm on stopped runs rests on `stoppedByLimit`; see deploy/alarms.yml.
  logger.info('run ended', { mode, regions, stoppedByLimit: stopped.length > 0, stopped, failed });
  if (failed.length > 0) throw new RunFailedError(failed.join(' | '));
  const [only, ...others] = regions;
  const top =
    only === undefined || others.length > 0 ? {} : { totals: only.totals, ...(only.report && { report: only.report }) };
  return { runId, mode, ...top, regions };
}
