import type { Logger } from '@aws-lambda-powertools/logger';
import { type Clients, createClients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import { readTarget } from '../inventory/identity.ts';
import { JournalReader } from '../journal/reader.ts';
import { JournalWriter } from '../journal/writer.ts';
import type { Policy } from '../model/policy.ts';
import { newRunId } from '../model/run.ts';
import { type Announced, announce, type NotifiedRegion } from '../notify/announce.ts';
import { deliveryFor } from '../notify/delivery-for.ts';
import { awsAccountReader } from '../observe/account-reader.ts';
import { reportAddress } from '../publish/report-address.ts';
import { parseEnvironment } from './environment.ts';
import { RunFailedError, refusedByClock } from './errors.ts';
import { type JanitorEvent, parseEvent, regionsOf, requireMayEnforce } from './event.ts';
import { eventSender, withEvents } from './events.ts';
import { type NotifyContext, notifyOfFailures } from './failed-runs.ts';
import { lambdaFunction } from './invocation.ts';
import { loadPolicy } from './policy-source.ts';

interface NotifyAnswer extends Omit<Announced, 'problems' | 'deliveredRuns' | 'isCertain'> {
  readonly problems: number;
}

/** The platform's people hear of passes that a limit stopped since so long; the function runs once in that time. */
const STOPPED_WITHIN_MILLISECONDS = 24 * 3_600_000;

/** Notifies owners of what the plan holds for their images, and the platform's people of what went wrong. */
export const handler = lambdaFunction<NotifyAnswer | { readonly told: number }>(async (event, invocation) => {
  const runId = newRunId(invocation.clock());
  invocation.logger.appendKeys({ runId });
  const apiUrl = process.env.SLACK_API_URL;
  const context = { ...invocation, runId, environment: parseEnvironment(process.env), apiUrl };
  // What comes through a topic names failed runs; all other events ask for a run.
  const isOfTopic = typeof event === 'object' && event !== null && 'Records' in event;
  return isOfTopic ? notifyOfFailures(event, context) : notifyOwners(parseEvent(event), context);
});

/** Reads each Region and notifies owners of all of them at once; fails at the end if anybody could not be notified. */
async function notifyOwners(event: JanitorEvent, context: NotifyContext): Promise<NotifyAnswer> {
  const { environment, runId, apiUrl, logger, clock, end } = context;
  requireMayEnforce(event.mode, environment, 'owners are not told');
  const regions = regionsOf(event, environment);
  const home = createClients(environment.region);
  const clients = regions.map((region) => createClients(region));
  try {
    const { policy, policySource } = await loadPolicy(home.s3, event.policy ?? environment.policy);
    const startedAt = clock();
    const delivery = await deliveryFor({ policy, home, apiUrl, clock, end });
    if (delivery === undefined) {
      logger.warn('the policy has no "notify" section: nobody is told, and nothing waits for it');
      return { runId, mode: event.mode, announced: 0, untold: 0, messages: 0, problems: 0 };
    }
    const { mode, at = startedAt } = event;
    const { accountId } = await readTarget(home);
    const bucket = environment.reportBucket;
    const [{ DeliveryState }, { readActed }] = await Promise.all([
      import('../publish/delivery-state.ts'),
      import('../publish/acted.ts'),
    ]);
    const outcomes = await DeliveryState.open(home.s3, bucket, accountId, clock);
    const since = new Date(startedAt.getTime() - STOPPED_WITHIN_MILLISECONDS);
    const acted = await readActed({ clients: home, bucket, accountId, regions, state: outcomes, since });
    const unfinishedSince = mode === 'enforce' ? await outcomes.begin() : undefined;
    const announced = await announce(
      {
        runId,
        mode,
        policy,
        policySource,
        at,
        clock,
        targets: clients.map((own) => notifiedRegion(own, home, policy, event, context)),
        acted: acted.reports,
        problems: acted.problems,
        outcomes,
        ...(unfinishedSince && { unfinishedSince }),
        reportUrl: (id) => reportAddress({ accountId: id, regions }, environment),
      },
      withEvents(delivery, { runId, mode }, eventSender(context, home)),
    ).catch((error: unknown) => {
      throw refusedByClock(error);
    });
    if (mode === 'dry-run') return answer(announced, logger);
    const seen = acted.reports.flatMap(({ auditKey }) => auditKey ?? []);
    const unmarked = await outcomes.end([...announced.deliveredRuns, ...acted.lost], seen, announced.isCertain).then(
      () => [],
      (error: unknown) => [`What was told could not be marked as told: ${failureOf(error).sentence}`],
    );
    return answer({ ...announced, problems: [...announced.problems, ...unmarked] }, logger);
  } finally {
    for (const one of [home, ...clients]) one.destroy();
  }
}

function notifiedRegion(
  clients: Clients,
  { s3 }: Clients,
  policy: Policy,
  { mode }: JanitorEvent,
  { environment, runId, logger, clock }: NotifyContext,
): NotifiedRegion {
  const { region, ec2 } = clients;
  const observer = { onSource: (reading: object) => logger.info('source read', { region, ...reading }) };
  const journal = new JournalReader({ s3, bucket: environment.reportBucket });
  const reader = awsAccountReader({ clients, settings: policy.references, observer, clock, journal });
  const writer = new JournalWriter({ reader: journal, runId, clock });
  return { region, reader, ...(mode === 'enforce' && { ec2, journal: writer }) };
}

function answer({ problems, deliveredRuns, isCertain, ...announced }: Announced, logger: Logger): NotifyAnswer {
  logger.info('owners told', { ...announced, deliveredRuns, isCertain, problems });
  if (problems.length > 0) throw new RunFailedError(problems.slice(0, 20).join(' | '));
  return { ...announced, problems: 0 };
}
