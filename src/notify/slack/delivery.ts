import type { Policy } from '../../model/policy.ts';
import type { Delivery, DeliveryTiming } from '../delivery.ts';
import type { SlackMessage } from '../message.ts';
import { failureMessage, platformMessage } from '../platform-message.ts';
import { isPassing, slackClient } from './calls.ts';
import { Conversation } from './conversation.ts';
import { Directory } from './directory.ts';
import { OwnerNotifier } from './notify-recipients.ts';
import { Recipients } from './recipients.ts';
import { SlackSession } from './session.ts';

/** What notifying through Slack's Web API needs. */
export interface SlackRequest {
  readonly token: string;
  /** Another Slack than Slack's own, for tests. */
  readonly apiUrl?: string;
  readonly policy: Policy;
  /** The platform people's. */
  readonly channel: string;
  readonly hasButtons: boolean;
  readonly timing: DeliveryTiming;
  readonly startedAt: Date;
  /** True where an earlier attempt of the same run may have notified the platform's people. */
  readonly mayBeSecondTry?: boolean;
}

const PLATFORM_ATTEMPTS = 3;

/** Notifies each owner in Slack, and the fallback channel where Slack does not know them. */
export function slackDelivery(request: SlackRequest): Delivery {
  const { token, apiUrl, timing, startedAt, policy, channel, hasButtons, mayBeSecondTry = false } = request;
  const client = slackClient(token, apiUrl, timing);
  const contextOf = (within: DeliveryTiming) => {
    const session = new SlackSession(client, within);
    return { session, directory: new Directory(session), startedAt };
  };
  const context = contextOf(timing);
  const atEnd = contextOf({ ...timing, isTimeLeft: timing.isTimeLeftAtEnd ?? timing.isTimeLeft });
  const notifyPlatform = async (message: SlackMessage): Promise<string | undefined> => {
    const conversation = new Conversation({ kind: 'channel', channel }, atEnd);
    if (mayBeSecondTry && (await conversation.has(message, startedAt))) return undefined;
    for (let attempt = 1; ; attempt += 1) {
      const failure = await conversation.send([message]);
      if (failure === undefined || !isPassing(failure) || attempt === PLATFORM_ATTEMPTS) return failure?.sentence;
    }
  };
  return {
    notifyOwners: (notifications, about, options) => {
      const recipients = new Recipients(context.directory, policy, channel);
      return new OwnerNotifier(recipients, context, hasButtons, options).notify(notifications, about);
    },
    notifyPlatform: (summary) => notifyPlatform(platformMessage(summary)),
    notifyFailure: (failed) => notifyPlatform(failureMessage(failed)),
  };
}
