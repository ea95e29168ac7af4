import { SNSClient } from '@aws-sdk/client-sns';
import type { Policy } from '../model/policy.ts';
import type { Delivery } from './delivery.ts';
import { checkToken, checkWebhook, readSecret, type SecretSource } from './secret.ts';
import type { SlackTiming } from './slack/calls.ts';
import { slackDelivery } from './slack/delivery.ts';
import { webhookDelivery } from './slack/webhook.ts';
import { snsDelivery } from './sns.ts';

/** What it takes to tell people as a policy says. */
export interface DeliveryRequest {
  readonly policy: Policy;
  readonly secrets: SecretSource;
  /** Another Slack than Slack's own, for tests. */
  readonly apiUrl: string | undefined;
  readonly timing: SlackTiming;
  readonly startedAt: Date;
}

/**
 * The way of telling people that a policy names; nothing where it names none.
 * @throws CredentialError where the secret that it takes can't be read or is none
 */
export async function deliveryFor(request: DeliveryRequest): Promise<Delivery | undefined> {
  const { policy, secrets, apiUrl, timing, startedAt } = request;
  const { slack, sns } = policy.notify ?? {};
  if (sns !== undefined) {
    // A topic may lie in another Region than the images.
    const region = sns.topicArn.split(':')[3] ?? secrets.region;
    return snsDelivery(new SNSClient({ region }), sns.topicArn);
  }
  if (slack?.token !== undefined) {
    const token = checkToken(await readSecret(slack.token, secrets), slack.token);
    return slackDelivery({
      token,
      ...(apiUrl !== undefined && { apiUrl }),
      policy,
      channel: slack.channel ?? '',
      hasButtons: slack.signingSecret !== undefined,
      timing,
      startedAt,
    });
  }
  if (slack?.webhook !== undefined) {
    const address = checkWebhook(await readSecret(slack.webhook, secrets), slack.webhook, apiUrl);
    return webhookDelivery(address, timing);
  }
  return undefined;
}
