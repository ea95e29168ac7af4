import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Logger } from '@aws-lambda-powertools/logger';
import { type Clients, createClients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import { readTarget } from '../inventory/identity.ts';
import { type Interaction, readInteraction } from '../notify/interaction/interaction.ts';
import { carryOut } from '../notify/interaction/keep-interaction.ts';
import { isSignedBySlack, mayBeSigned, type SignedCall } from '../notify/interaction/signature.ts';
import { readSecret } from '../notify/secret.ts';
import type { Environment } from './environment.ts';
import { interactionLog } from './interaction-log.ts';
import { loadPolicy } from './policy-source.ts';

/** What one call gets from Lambda. */
export interface InteractionContext {
  readonly environment: Environment;
  readonly apiUrl: string | undefined;
  readonly logger: Logger;
  readonly now: Date;
}

/** What the caller gets: nothing but a number. */
export interface InteractionAnswer {
  readonly statusCode: number;
  readonly body: string;
}

/** Slack waits three seconds for an answer. */
const ANSWER_WITHIN_MILLISECONDS = 2600;
const SLACK_TIMEOUT_MILLISECONDS = 1200;
/** A message of Slack's has at most 150,000 bytes, and three times that where every byte is escaped. */
const MOST_BYTES = 1_000_000;

const DONE: InteractionAnswer = { statusCode: 200, body: '' };
/** For every call that is refused, whatever the reason. */
const REFUSED: InteractionAnswer = { statusCode: 403, body: '' };
const FAILED: InteractionAnswer = { statusCode: 500, body: '' };

/** When the answer is due, and whether the press has had its effect by then. */
interface Progress {
  readonly signal: AbortSignal;
  readonly answerBy: number;
  hasEffect: boolean;
}

/** Does what a button says, or refuses without a word about why; the log has it. Answers in time in any case. */
export async function answerInteraction(
  call: SignedCall,
  circumstances: InteractionContext,
): Promise<InteractionAnswer> {
  const { logger } = circumstances;
  const waiting = new AbortController();
  const ending = new AbortController();
  const answerBy = performance.now() + ANSWER_WITHIN_MILLISECONDS;
  const progress: Progress = { signal: ending.signal, answerBy, hasEffect: false };
  const late = sleepFor(ANSWER_WITHIN_MILLISECONDS, undefined, { signal: waiting.signal }).then(() => {
    // Whoever is told that it failed presses again: the first press must not come after that.
    ending.abort();
    if (progress.hasEffect) return DONE;
    logger.error('a press was not carried out in time');
    return FAILED;
  });
  // Answered in time, nobody waits for this any more.
  late.catch(() => {});
  const pressed = press(call, circumstances, progress).catch((error: unknown) => {
    logger.error('a press failed', { error: failureOf(error).sentence });
    return progress.hasEffect ? DONE : FAILED;
  });
  try {
    return await Promise.race([pressed, late]);
  } finally {
    waiting.abort();
  }
}

async function press(
  call: SignedCall,
  circumstances: InteractionContext,
  progress: Progress,
): Promise<InteractionAnswer> {
  const { environment, apiUrl, logger, now } = circumstances;
  if (Buffer.byteLength(call.body) > MOST_BYTES) return refuse(logger, 'the call is larger than any of Slack’s');
  if (!mayBeSigned(call, now)) return refuse(logger, 'the call is not signed by Slack, or is old');
  const home = createClients(environment.region, { maxAttempts: 2, pace: 'off' });
  const others = new Map<string, Clients>();
  const clientsOf = (region: string): Clients => {
    const clients =
      region === home.region ? home : (others.get(region) ?? createClients(region, { maxAttempts: 2, pace: 'off' }));
    if (clients !== home) others.set(region, clients);
    return clients;
  };
  try {
    const { policy } = await loadPolicy(home.s3, environment.policy);
    const { signingSecret, token } = policy.notify?.slack ?? {};
    if (signingSecret === undefined || token === undefined) return refuse(logger, 'the policy has no signing secret');
    const secrets = { ssm: home.ssm, region: home.region };
    const [secret, botToken, { accountId }] = await Promise.all([
      readSecret(signingSecret, secrets),
      readSecret(token, secrets),
      readTarget(home),
    ]);
    if (!isSignedBySlack(call, secret, now)) return refuse(logger, 'the call is not signed by Slack');
    const pressed = readInteraction(call.body);
    if (pressed === undefined) return refuse(logger, 'the call is no press of a button of this tool');
    const kept = await carryOut({
      press: pressed,
      policy,
      token: botToken,
      apiUrl,
      timing: {
        sleep: sleepFor,
        timeoutMilliseconds: SLACK_TIMEOUT_MILLISECONDS,
        // What can't be asked in time is not asked again: whoever pressed waits.
        isTimeLeft: (milliseconds) =>
          milliseconds <= SLACK_TIMEOUT_MILLISECONDS && performance.now() < progress.answerBy,
      },
      accountId,
      ec2: (region) => clientsOf(region).ec2,
      log: interactionLog({ s3: home.s3, bucket: environment.reportBucket, accountId, call, signal: progress.signal }),
      signal: progress.signal,
      onEffect: () => {
        progress.hasEffect = true;
      },
    });
    if (kept.status === 'refused') return refuse(logger, kept.why);
    logger.info('button pressed', logged(pressed, kept));
    return kept.status === 'failed' ? FAILED : DONE;
  } finally {
    for (const clients of [home, ...others.values()]) clients.destroy();
  }
}

function logged({ button, userId, images }: Interaction, kept: object) {
  return { button, userId, images: images.images.length, ...kept };
}

function refuse(logger: Logger, why: string): InteractionAnswer {
  logger.warn('a press was refused', { why });
  return REFUSED;
}
