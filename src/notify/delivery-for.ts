import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Clients } from '../aws/clients.ts';
import type { Policy } from '../model/policy.ts';
import type { Delivery, DeliveryTiming } from './delivery.ts';
import { checkToken, checkWebhook, readSecret } from './secret.ts';

/** What it takes to notify people as a policy says. */
export interface DeliveryRequest {
  readonly policy: Policy;
  /** Where secrets are read. */
  readonly home: Pick<Clients, 'ssm' | 'region'>;
  /** Another Slack than Slack's own, for tests. */
  readonly apiUrl: string | undefined;
  readonly clock: () => Date;
  /** When the function is ended from outside. */
  readonly end: Date;
  /** When the run began, where an earlier attempt of it may have notified the platform's people. */
  readonly retryOf?: Date;
  /** False where no button can act, whatever the policy says. */
  readonly hasButtons?: boolean;
}

const TIMEOUT_MILLISECONDS = 10_000;
/** Of a run's last time, so much is left for recording what was delivered, and for the last message. */
const FOR_THE_END_MILLISECONDS = 90_000;
/** Of that, so much for everything after the last message. */
const AFTER_THE_END_MILLISECONDS = 20_000;

/**
 * The way of notifying people that a policy names, whose client alone is loaded; nothing where it names none.
 * @throws CredentialError where the secret that it takes can't be read or is none
 */
export async function deliveryFor(request: DeliveryRequest): Promise<Delivery | undefined> {
  const { policy, home, apiUrl, clock, retryOf, hasButtons = true } = request;
  const { slack, sns } = policy.notify ?? {};
  const timing = timingUntil(request);
  if (sns !== undefined) {
    const { snsDelivery } = await import('./sns.ts');
    return snsDelivery(sns.topicArn, home.region, timing);
  }
  if (slack?.token !== undefined) {
    const token = checkToken(await readSecret(slack.token, home), slack.token);
    const { slackDelivery } = await import('./slack/delivery.ts');
    return slackDelivery({
      token,
      apiUrl,
      policy,
      hasButtons: hasButtons && slack.signingSecret !== undefined,
      timing,
      startedAt: retryOf ?? clock(),
      mayBeSecondTry: retryOf !== undefined,
    });
  }
  if (slack?.webhook !== undefined) {
    const address = checkWebhook(await readSecret(slack.webhook, home), slack.webhook, apiUrl);
    const { webhookDelivery } = await import('./slack/webhook.ts');
    return webhookDelivery(address, timing);
  }
  return undefined;
}

function timingUntil({ end, clock }: DeliveryRequest): DeliveryTiming {
  const before = (reserve: number) => (milliseconds: number) =>
    clock().getTime() + milliseconds < end.getTime() - reserve;
  return {
    sleep: (milliseconds) => sleepFor(milliseconds),
    timeoutMilliseconds: TIMEOUT_MILLISECONDS,
    isTimeLeft: before(FOR_THE_END_MILLISECONDS),
    isTimeLeftAtEnd: before(AFTER_THE_END_MILLISECONDS),
  };
}
