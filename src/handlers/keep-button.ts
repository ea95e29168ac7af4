import { setTimeout as sleepFor } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyStructuredResultV2, LambdaFunctionURLEvent } from 'aws-lambda';
import { type Clients, createClients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import { readTarget } from '../inventory/identity.ts';
import { isSignedBySlack, mayBeSigned, readInteraction, type SignedCall } from '../notify/interaction/interaction.ts';
import { InteractionLog } from '../notify/interaction/interaction-log.ts';
import { handleInteraction } from '../notify/interaction/keep-interaction.ts';
import { readSecret } from '../notify/secret.ts';
import { SlackSession } from '../notify/slack/session.ts';
import { type Environment, parseEnvironment } from './environment.ts';
import { loadPolicy } from './policy-source.ts';

/** Slack waits three seconds for an answer. */
const ANSWER_WITHIN_MILLISECONDS = 2600;
const SLACK_TIMEOUT_MILLISECONDS = 1200;
/** A message of Slack's has at most 150,000 bytes, and three times that where every byte is escaped. */
const MOST_BYTES = 1_000_000;

type Answer = APIGatewayProxyStructuredResultV2;
const DONE: Answer = { statusCode: 200, body: '' };
/** For every call that is refused, whatever the reason. */
const REFUSED: Answer = { statusCode: 403, body: '' };
const FAILED: Answer = { statusCode: 500, body: '' };

/** When the answer is due, and whether the interaction has had its effect by then. */
interface Progress {
  readonly signal: AbortSignal;
  readonly answerBy: number;
  hasEffect: boolean;
}

const logger = new Logger();

/**
 * Answers the buttons under owners' messages: Slack calls it by its function URL. Does what a button says, or refuses
 * without a word about why; the log has it. Answers in time in any case.
 */
export async function handler(event: LambdaFunctionURLEvent): Promise<APIGatewayProxyStructuredResultV2> {
  const { body = '', headers, isBase64Encoded } = event;
  const call = {
    body: isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body,
    signature: headers['x-slack-signature'],
    timestamp: headers['x-slack-request-timestamp'],
  };
  const environment = parseEnvironment(process.env);
  const waiting = new AbortController();
  const ending = new AbortController();
  const answerBy = performance.now() + ANSWER_WITHIN_MILLISECONDS;
  const progress: Progress = { signal: ending.signal, answerBy, hasEffect: false };
  const late = sleepFor(ANSWER_WITHIN_MILLISECONDS, undefined, { signal: waiting.signal }).then(() => {
    // Whoever hears that it failed presses again: the first interaction must not come after that.
    ending.abort();
    if (progress.hasEffect) return DONE;
    logger.error('an interaction was not handled in time');
    return FAILED;
  });
  // Answered in time, nobody waits for this any more.
  late.catch(() => {});
  const answer = answerCall(call, environment, progress).catch((error: unknown) => {
    logger.error('an interaction failed', { error: failureOf(error).sentence });
    return progress.hasEffect ? DONE : FAILED;
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    waiting.abort();
  }
}

async function answerCall(call: SignedCall, environment: Environment, progress: Progress): Promise<Answer> {
  const now = new Date();
  const { signal } = progress;
  const refuse = (why: string): Answer => {
    logger.warn('an interaction was refused', { why });
    return REFUSED;
  };
  if (Buffer.byteLength(call.body) > MOST_BYTES) return refuse('the call is larger than any of Slack’s');
  if (!mayBeSigned(call, now)) return refuse('the call is not signed by Slack, or is old');
  const opened = new Map<string, Clients>();
  const clientsOf = (region: string): Clients => {
    const clients = opened.get(region) ?? createClients(region, { maxAttempts: 2, pace: 'off' });
    opened.set(region, clients);
    return clients;
  };
  try {
    const home = clientsOf(environment.region);
    const { policy } = await loadPolicy(home.s3, environment.policy);
    const { signingSecret, token } = policy.notify?.slack ?? {};
    if (signingSecret === undefined || token === undefined) return refuse('the policy has no signing secret');
    const [secret, botToken, { accountId }] = await Promise.all([
      readSecret(signingSecret, home),
      readSecret(token, home),
      readTarget(home),
    ]);
    if (!isSignedBySlack(call, secret, now)) return refuse('the call is not signed by Slack');
    const interaction = readInteraction(call.body);
    if (interaction === undefined) return refuse('the call is no press of a button of this tool');
    const apiUrl = process.env.SLACK_API_URL;
    const timing = {
      sleep: sleepFor,
      timeoutMilliseconds: SLACK_TIMEOUT_MILLISECONDS,
      // What can't be asked in time is not asked again: whoever pressed the button waits.
      isTimeLeft: (milliseconds: number) =>
        milliseconds <= SLACK_TIMEOUT_MILLISECONDS && performance.now() < progress.answerBy,
    };
    const result = await handleInteraction({
      interaction,
      policy,
      slack: new SlackSession(botToken, apiUrl, timing),
      apiUrl,
      accountId,
      ec2: (region) => clientsOf(region).ec2,
      log: new InteractionLog({ s3: home.s3, bucket: environment.reportBucket, accountId, call, signal }),
      signal,
      onEffect: () => {
        progress.hasEffect = true;
      },
    });
    if (result.status === 'refused') return refuse(result.why);
    const { button, userId, images } = interaction;
    logger.info('button pressed', { button, userId, images: images.images.length, ...result });
    return result.status === 'failed' ? FAILED : DONE;
  } finally {
    for (const clients of opened.values()) clients.destroy();
  }
}
