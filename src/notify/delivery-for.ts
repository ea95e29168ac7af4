import type { Policy } from '../model/policy.ts';
import type { Delivery } from './delivery.ts';
import { checkToken, checkWebhook, readSecret, type SecretSource } from './secret.ts';
import type { SlackTiming } from './slack/timing.ts';

/** What it takes to tell people as a policy says. */
export interface DeliveryRequest {
  readonly policy: Policy;
  readonly secrets: SecretSource;
  /** Another Slack than Slack's own, for tests. */
  readonly apiUrl: string | undefined;
  readonly timing: SlackTiming;
  readonly startedAt: Date;
  /** True where an earlier try of the same run may have told the platform's people. */
  readonly mayBeSecondTry?: boolean;
}

/**
 * The way of telling people that a policy names, whose client alone is loaded; nothing where it names none.
 * @throws CredentialError where the secret that it takes can't be read or is none
 */
export async function deliveryFor(request: DeliveryRequest): Promise<Delivery | undefined> {
  const { policy, secrets, apiUrl, timing, startedAt, mayBeSecondTry = false } = request;
  const { slack, sns } = policy.notify ?? {};
  if (sns !== undefined) {
    const { snsDelivery } = await import('./sns.ts');
    return snsDelivery(sns.topicArn, secrets.region, timing);
  }
  if (slack?.token !== undefined) {
    const token = checkToken(await readSecret(slack.token, secrets), slack.token);
    const { slackDelivery } = await import('./slack/delivery.ts');
    return slackDelivery({
      token,
      ...(apiUrl !== undefined && { apiUrl }),
      policy,
      channel: slack.channel ?? '',
      hasButtons: slack.signingSecret !== undefined,
      timing,
      startedAt,
      mayBeSecondTry,
    });
  }
  if (slack?.webhook !== undefined) {
    const address = checkWebhook(await readSecret(slack.webhook, secrets), slack.webhook, apiUrl);
    const { webhookDelivery } = await import('./slack/webhook.ts');
    return webhookDelivery(address, timing);
  }
  return undefined;
}
