import type { Policy } from '../../model/policy.ts';
import type { Delivery, DeliveryTiming } from '../delivery.ts';
import type { SlackMessage } from '../message.ts';
import { failureMessage, platformMessage, UNSURE } from '../platform-message.ts';
import { Conversation } from './conversation.ts';
import { Directory } from './directory.ts';
import { OwnerNotifier } from './notify-recipients.ts';
import { isPassing, SlackSession } from './session.ts';

/** What notifying through Slack's Web API needs. */
export interface SlackRequest {
  readonly token: string;
  /** Another Slack than Slack's own, for tests. */
  readonly apiUrl: string | undefined;
  /** Names the platform people's channel. */
  readonly policy: Policy;
  readonly hasButtons: boolean;
  readonly timing: DeliveryTiming;
  readonly startedAt: Date;
  /** True where an earlier attempt of the same run may have notified the platform's people. */
  readonly mayBeSecondTry?: boolean;
}

const PLATFORM_ATTEMPTS = 3;

/** Notifies each owner in Slack, and the fallback channel where Slack does not know them. */
export function slackDelivery(request: SlackRequest): Delivery {
  const { token, apiUrl, policy, timing, startedAt, hasButtons, mayBeSecondTry = false } = request;
  const directoryWithin = (within: DeliveryTiming) => new Directory(new SlackSession(token, apiUrl, within), policy);
  const directory = directoryWithin(timing);
  const atEnd = directoryWithin({ ...timing, isTimeLeft: timing.isTimeLeftAtEnd ?? timing.isTimeLeft });
  const notifyPlatform = async (message: SlackMessage, wasBegun = false): Promise<string | undefined> => {
    const channel = { kind: 'channel', id: policy.notify?.slack?.channel ?? '' } as const;
    const conversation = new Conversation(channel, atEnd, startedAt);
    const stands = mayBeSecondTry ? await conversation.has(message) : false;
    if (stands === true) return undefined;
    if (stands === undefined && wasBegun) return UNSURE;
    for (let attempt = 1; ; attempt += 1) {
      const failure = await conversation.send([message]);
      if (failure === undefined || !isPassing(failure) || attempt === PLATFORM_ATTEMPTS) return failure?.sentence;
    }
  };
  return {
    notifyOwners: (notifications, about, options) =>
      new OwnerNotifier({ directory, startedAt, hasButtons, about, options }).notify(notifications),
    notifyPlatform: (summary) => notifyPlatform(platformMessage(summary), summary.wasBegun),
    notifyFailure: (failed) => notifyPlatform(failureMessage(failed)),
  };
}
