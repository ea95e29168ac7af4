import * as z from 'zod';
import { createClients } from '../../aws/clients.ts';
import { readTimedTarget } from '../../inventory/identity.ts';
import { requireClock } from '../../model/clock.ts';
import { REGION } from '../../model/ids.ts';
import { type RunContext, type RunRecord, readRun, runRecord, type TargetContext } from '../../organization/run.ts';
import { ORGANIZATION_PREFIX } from '../../organization/s3-keys.ts';
import { Store } from '../../organization/store.ts';
import { type Environment, parseEnvironment } from '../environment.ts';
import { parseInput, refusedByClock } from '../errors.ts';
import { eventSender, type SendEvents } from '../events.ts';
import { type Invocation, lambdaFunction } from '../invocation.ts';

/** Time that is left for writing down what was done when acting ends. */
const WRITING_DOWN_MILLISECONDS = 90_000;

/** What can grow lies in the report bucket; what decides how a run goes passes between its states, with the hashes of that. */
export const runInput = z.object({ run: runRecord });

/** One account and Region of a run. */
export const targetInput = runInput.extend({
  account: z.object({ accountId: z.string().regex(/^\d{12}$/) }),
  region: z.string().regex(REGION),
});

const ROLE = /^[\w+=,.@-]+(?:\/[\w+=,.@-]+)*$/;
const ROLE_IS = 'must be the path and name of a role, such as "ami-janitor/ami-janitor-read"';

const variables = z
  .object({
    MEMBER_READ_ROLE: z.string().regex(ROLE, ROLE_IS).default('ami-janitor/ami-janitor-read'),
    MEMBER_ACT_ROLE: z.string().regex(ROLE, ROLE_IS).default('ami-janitor/ami-janitor-act'),
    MEMBER_TEMPLATE_PARAMETER: z
      .string()
      .regex(/^(?:\/[\w.-]+)+$/, 'must be the name of a parameter, such as "/ami-janitor/member-template"')
      .default('/ami-janitor/member-template'),
    MEMBER_EXTERNAL_ID: z
      .string('must be set')
      .regex(/^[\w+=,.@:/-]{2,1224}$/, 'must be 2 to 1224 letters, digits or any of +=,.@:/-'),
    TOLERATED_FAILURE_PERCENTAGE: z
      .string()
      .regex(/^(?:\d{1,2}|100)$/, 'must be a whole number from 0 to 100')
      .default('5'),
  })
  .transform((given) => ({
    roles: {
      readRole: given.MEMBER_READ_ROLE,
      actRole: given.MEMBER_ACT_ROLE,
      templateParameter: given.MEMBER_TEMPLATE_PARAMETER,
      externalId: given.MEMBER_EXTERNAL_ID,
    },
    /** Of all targets, so many may be unread before nothing is decided at all. */
    toleratedPercent: Number(given.TOLERATED_FAILURE_PERCENTAGE),
  }));

/** What the deployment says to the functions that go through an organization. */
export type OrganizationEnvironment = Environment & Readonly<z.output<typeof variables>>;

/** What one state of the organization's state machine works with. */
export interface StateContext extends Invocation, Omit<RunContext, 'run' | 'store' | 'logger'> {
  readonly environment: OrganizationEnvironment;
  readonly sendEvents: SendEvents;
  readonly deadline: Date;
  /** The objects of a run. */
  readonly storeOf: (runId: string) => Store;
}

/** What a state works with once the first one has written down the run. */
export type RunState = StateContext & RunContext;

/** Makes the Lambda function of one state: parses what the state machine hands it, and closes what it opened. */
export function stateHandler<Schema extends z.ZodType, Answer>(
  schema: Schema,
  work: (input: z.output<Schema>, context: StateContext) => Promise<Answer>,
) {
  return lambdaFunction(async (input, invocation): Promise<Answer> => {
    const parsed = parseInput(schema, input, "The state's input");
    const own = parseInput(variables, process.env, "The function's environment");
    const environment = { ...parseEnvironment(process.env), ...own };
    const home = createClients(environment.region);
    try {
      return await work(parsed, {
        ...invocation,
        environment,
        home,
        members: { homeRegion: environment.region, ...environment.roles },
        sendEvents: eventSender({ ...invocation, environment }, home),
        deadline: new Date(invocation.end.getTime() - WRITING_DOWN_MILLISECONDS),
        storeOf: (runId) => {
          invocation.logger.appendKeys({ runId });
          return new Store(home.s3, environment.reportBucket, `${ORGANIZATION_PREFIX}${runId}/`);
        },
      });
    } finally {
      home.destroy();
    }
  });
}

/** Makes the function of a state that works with the whole run. */
export function runState<Answer>(work: (context: RunState) => Promise<Answer>) {
  return stateHandler(runInput, async ({ run }, context) => work(await withRun(run, context)));
}

/** Makes the function of a state that works with one target of a run. */
export function targetState<Schema extends z.ZodType<z.output<typeof targetInput>>, Answer>(
  schema: Schema,
  work: (context: RunState & TargetContext, input: z.output<Schema>) => Promise<Answer>,
) {
  return stateHandler(schema, async (input, context) => {
    const { run, account, region } = input;
    return work({ ...(await withRun(run, context)), target: { accountId: account.accountId, region } }, input);
  });
}

async function withRun(record: RunRecord, context: StateContext): Promise<RunState> {
  const store = context.storeOf(record.runId);
  return { ...context, store, run: await readRun(store, record) };
}

/** @throws RefusedError where a run is to act and the clock is apart from AWS's: nothing may be enforced by it */
export async function requireRunClock({ run, home, clock }: Pick<RunState, 'run' | 'home' | 'clock'>): Promise<void> {
  if (run.mode !== 'enforce') return;
  const reading = (await readTimedTarget(home, clock)).clock;
  try {
    requireClock(reading);
  } catch (error) {
    throw refusedByClock(error);
  }
}
