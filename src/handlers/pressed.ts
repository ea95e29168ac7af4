import { createHash } from 'node:crypto';
import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Logger } from '@aws-lambda-powertools/logger';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type Clients, createClients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import { readTarget } from '../inventory/identity.ts';
import { carryOut, type KeepRecord } from '../notify/keep/keep.ts';
import { type Press, readPress } from '../notify/keep/press.ts';
import { isSignedBySlack, mayBeSigned, type SignedCall } from '../notify/keep/signature.ts';
import { readSecret } from '../notify/secret.ts';
import type { Environment } from './environment.ts';
import { loadPolicy } from './policy-source.ts';

/** What one call gets from Lambda. */
export interface PressCircumstances {
  readonly environment: Environment;
  readonly apiUrl: string | undefined;
  readonly logger: Logger;
  readonly now: Date;
}

/** What the caller gets: nothing but a number. */
export interface PressAnswer {
  readonly statusCode: number;
  readonly body: string;
}

/** Slack waits three seconds for an answer. */
const ANSWER_WITHIN_MILLISECONDS = 2600;
const SLACK_TIMEOUT_MILLISECONDS = 1200;

const DONE: PressAnswer = { statusCode: 200, body: '' };
/** For every call that is refused, whatever the reason. */
const REFUSED: PressAnswer = { statusCode: 403, body: '' };
const FAILED: PressAnswer = { statusCode: 500, body: '' };

/** Does what a button says, or refuses without a word about why; the log has it. Answers in time in any case. */
export async function answerPress(call: SignedCall, circumstances: PressCircumstances): Promise<PressAnswer> {
  const { logger } = circumstances;
  const waiting = new AbortController();
  const late = sleepFor(ANSWER_WITHIN_MILLISECONDS, FAILED, { signal: waiting.signal }).then((answer) => {
    logger.error('a press was not carried out in time');
    return answer;
  });
  // Answered in time, nobody waits for this any more.
  late.catch(() => {});
  try {
    return await Promise.race([press(call, circumstances), late]);
  } catch (error) {
    logger.error('a press failed', { error: failureOf(error).sentence });
    return FAILED;
  } finally {
    waiting.abort();
  }
}

async function press(call: SignedCall, circumstances: PressCircumstances): Promise<PressAnswer> {
  const { environment, apiUrl, logger, now } = circumstances;
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
    const pressed = readPress(call.body);
    if (pressed === undefined) return refuse(logger, 'the call is no press of a button of this tool');
    const kept = await carryOut({
      press: pressed,
      policy,
      token: botToken,
      apiUrl,
      timing: { sleep: sleepFor, timeoutMilliseconds: SLACK_TIMEOUT_MILLISECONDS, isTimeLeft: () => true },
      accountId,
      ec2: (region) => clientsOf(region).ec2,
      record: (record) => addToAudit(home.s3, environment.reportBucket, call, record),
    });
    if (kept.status === 'refused') return refuse(logger, kept.why);
    logger.info('button pressed', logged(pressed, kept));
    return kept.problems.length > 0 && kept.kept === 0 && pressed.button !== 'not-mine' ? FAILED : DONE;
  } finally {
    for (const clients of [home, ...others.values()]) clients.destroy();
  }
}

function logged({ button, userId, images }: Press, kept: object) {
  return { button, userId, images: images.images.length, ...kept };
}

function refuse(logger: Logger, why: string): PressAnswer {
  logger.warn('a press was refused', { why });
  return REFUSED;
}

/** One object for each signed call, which S3 takes once: the same call again finds it there. */
async function addToAudit(s3: S3Client, bucket: string, call: SignedCall, record: KeepRecord): Promise<boolean> {
  const day = record.pressedAt.slice(0, 'YYYY-MM-DD'.length).replaceAll('-', '/');
  const name = createHash('sha256').update(`${call.timestamp} ${call.body}`).digest('hex').slice(0, 40);
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: `audit/buttons/${record.accountId}/${day}/${name}.json`,
    Body: `${JSON.stringify(record)}\n`,
    ContentType: 'application/json',
    IfNoneMatch: '*',
  });
  try {
    await s3.send(command);
    return true;
  } catch (error) {
    if (error instanceof Error && /^(PreconditionFailed|ConditionalRequestConflict)$/.test(error.name)) return false;
    throw error;
  }
}
