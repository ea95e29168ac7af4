import type { Logger } from '@aws-lambda-powertools/logger';
import { type Clients, createClients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import { readTarget } from '../inventory/identity.ts';
import { JournalReader } from '../journal/reader.ts';
import { JournalWriter } from '../journal/writer.ts';
import type { Policy } from '../model/policy.ts';
import { type Announced, announce, type Place } from '../notify/announce.ts';
import { deliveryFor } from '../notify/delivery-for.ts';
import { timingUntil } from '../notify/slack/timing.ts';
import { awsAccountReader } from '../observe/account-reader.ts';
import type { Acted } from '../publish/acted.ts';
import type { DeliveryState } from '../publish/delivery-state.ts';
import { reportAddress } from '../publish/report-address.ts';
import type { Environment } from './environment.ts';
import { RefusedError, RunFailedError, refusedByClock } from './errors.ts';
import { type JanitorEvent, regionsOf } from './event.ts';
import { loadPolicy } from './policy-source.ts';

/** What one invocation gets from Lambda. */
export interface NotificationContext {
  readonly runId: string;
  readonly environment: Environment;
  /** Another Slack than Slack's own, for tests. */
  readonly apiUrl: string | undefined;
  readonly logger: Logger;
  readonly clock: () => Date;
  /** When Lambda ends the function. */
  readonly end: Date;
}

/** The function's answer. */
export interface NotifyAnswer extends Omit<Announced, 'problems' | 'toldRuns' | 'isCertain'> {
  readonly problems: number;
}

/** The platform's people hear of passes that a limit stopped since so long; the function runs once in that time. */
const STOPPED_WITHIN_MILLISECONDS = 24 * 3_600_000;

interface ReadAllRequest {
  readonly home: Clients;
  readonly accountId: string;
  readonly regions: readonly string[];
  readonly state: DeliveryState;
  readonly environment: Environment;
  readonly startedAt: Date;
}

/** Looks at each Region and tells owners of all of them at once; fails at the end if anything could not be told. */
export async function notifyOwners(event: JanitorEvent, circumstances: NotificationContext): Promise<NotifyAnswer> {
  const { environment, runId, apiUrl, logger, clock, end } = circumstances;
  if (event.mode === 'enforce' && !environment.mayEnforce)
    throw new RefusedError('This deployment only reports (JANITOR_ENFORCE is not "true"); owners are not told.');
  const regions = regionsOf(event, environment.region, environment.regions);
  const home = createClients(environment.region);
  const clients = new Map(regions.map((region) => [region, createClients(region)]));
  try {
    const { policy, policySource } = await loadPolicy(home.s3, event.policy ?? environment.policy);
    const startedAt = clock();
    const timing = timingUntil(end, clock);
    const secrets = { ssm: home.ssm, region: environment.region };
    const delivery = await deliveryFor({ policy, secrets, apiUrl, timing, startedAt });
    if (delivery === undefined)
      throw new RefusedError('The policy has no "notify" section, so there is nobody to tell.');
    const { mode, at = startedAt } = event;
    const { accountId } = await readTarget(home);
    const state = await openState(home, environment.reportBucket, accountId, clock);
    const {
      reports: acted,
      lost,
      problems,
    } = await readAll({ home, accountId, regions, state, environment, startedAt });
    const places = regions.map((region) => placeOf(clients.get(region) ?? home, home, policy, event, circumstances));
    const reportUrl = (id: string) => reportAddress({ accountId: id, regions }, environment);
    const unfinishedSince = mode === 'enforce' ? await state.begin() : undefined;
    const announced = await announce(
      {
        runId,
        mode,
        policy,
        policySource,
        at,
        clock,
        places,
        acted,
        troubles: problems,
        outcomes: {
          wasTold: (auditKey, imageId) => state.wasTold(auditKey, imageId),
          tell: (auditKey, imageIds) => state.tell(auditKey, imageIds),
        },
        ...(unfinishedSince && { unfinishedSince }),
        reportUrl,
      },
      delivery,
    ).catch((error: unknown) => {
      throw refusedByClock(error);
    });
    if (mode === 'dry-run') return answer(announced, logger);
    const seen = acted.flatMap(({ auditKey }) => auditKey ?? []);
    const unmarked = await state.end([...announced.toldRuns, ...lost], seen, announced.isCertain).then(
      () => [],
      (error: unknown) => [`What was told could not be marked as told: ${failureOf(error).sentence}`],
    );
    return answer({ ...announced, problems: [...announced.problems, ...unmarked] }, logger);
  } finally {
    for (const one of [home, ...clients.values()]) one.destroy();
  }
}

function placeOf(
  clients: Clients,
  { s3 }: Clients,
  policy: Policy,
  { mode }: JanitorEvent,
  circumstances: NotificationContext,
): Place {
  const { environment, runId, logger, clock } = circumstances;
  const { region, ec2 } = clients;
  const observer = {
    onCall: () => {},
    onSource: (reading: object) => logger.info('source read', { region, ...reading }),
  };
  const journal = new JournalReader({ s3, bucket: environment.reportBucket });
  const look = awsAccountReader({ clients, settings: policy.references, observer, clock, journal });
  const writer = new JournalWriter({ reader: journal, runId, clock });
  return { region, reader: look, ...(mode === 'enforce' && { ec2, journal: writer }) };
}

async function openState(
  { s3 }: Clients,
  bucket: string,
  accountId: string,
  clock: () => Date,
): Promise<DeliveryState> {
  const { DeliveryState: State } = await import('../publish/delivery-state.ts');
  return State.open(s3, bucket, accountId, clock);
}

async function readAll({ home, accountId, regions, state, environment, startedAt }: ReadAllRequest): Promise<Acted> {
  const since = new Date(startedAt.getTime() - STOPPED_WITHIN_MILLISECONDS);
  const { readActed } = await import('../publish/acted.ts');
  return readActed({ clients: home, bucket: environment.reportBucket, accountId, regions, state, since });
}

function answer({ problems, toldRuns, isCertain, ...announced }: Announced, logger: Logger): NotifyAnswer {
  logger.info('owners told', { ...announced, toldRuns, isCertain, problems });
  if (problems.length > 0) throw new RunFailedError(problems.slice(0, 20).join(' | '));
  return { ...announced, problems: 0 };
}
