import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { type Clients, createClients } from '../../aws/clients.ts';
import { keepHeapSmall } from '../../observe/memory.ts';
import { ORGANIZATION_PREFIX } from '../../organization/s3-keys.ts';
import { Store } from '../../organization/store.ts';
import { RefusedError } from '../errors.ts';
import { problemsOf } from '../problems.ts';
import { type OrganizationEnvironment, parseOrganizationEnvironment } from './environment.ts';

/** Time that is left for writing down what was done when acting ends. */
const WRITING_DOWN_MILLISECONDS = 90_000;

/** What passes between the states of a run beside its id lies in the report bucket. */
export const runInput = z.object({ run: z.object({ runId: z.string().regex(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/) }) });

/** One account and Region of a run. */
export const placeInput = runInput.extend({
  account: z.object({ accountId: z.string().regex(/^\d{12}$/) }),
  region: z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/),
});

/** What one state of the organization's state machine works with. */
export interface StateContext {
  readonly environment: OrganizationEnvironment;
  readonly home: Clients;
  readonly logger: Logger;
  readonly clock: () => Date;
  readonly deadline: Date;
  readonly lambda: Context;
  /** The objects of a run. */
  readonly storeOf: (runId: string) => Store;
}

/** Makes the Lambda function of one state: parses what the state machine hands it, and closes what it opened. */
export function stateHandler<Schema extends z.ZodType, Answer>(
  schema: Schema,
  work: (input: z.output<Schema>, context: StateContext) => Promise<Answer>,
) {
  keepHeapSmall();
  const logger = new Logger();
  const handler = async (input: unknown, lambda: Context): Promise<Answer> => {
    const parsed = schema.safeParse(input, { reportInput: true });
    if (!parsed.success)
      throw new RefusedError(`The state's input is not valid: ${problemsOf(parsed.error, []).join('; ')}.`);
    const environment = parseOrganizationEnvironment(process.env);
    const home = createClients(environment.region);
    const { reportBucket } = environment;
    try {
      return await work(parsed.data, {
        environment,
        home,
        logger,
        clock: () => new Date(),
        deadline: new Date(Date.now() + lambda.getRemainingTimeInMillis() - WRITING_DOWN_MILLISECONDS),
        lambda,
        storeOf: (runId) => {
          logger.appendKeys({ runId });
          return new Store(home.s3, reportBucket, `${ORGANIZATION_PREFIX}${runId}/`);
        },
      });
    } finally {
      home.destroy();
    }
  };
  return middy(handler).use(injectLambdaContext(logger, { resetKeys: true }));
}
