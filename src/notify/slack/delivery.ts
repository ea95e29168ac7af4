import type { Policy } from '../../model/policy.ts';
import type { Delivery } from '../delivery.ts';
import { failureMessage } from '../failure-message.ts';
import type { SlackMessage } from '../message.ts';
import { platformMessage } from '../platform-message.ts';
import { isPassing, slackClient } from './calls.ts';
import { Conversation, type ConversationContext } from './conversation.ts';
import { Directory } from './directory.ts';
import { Telling } from './notify-recipients.ts';
import { Recipients } from './recipients.ts';
import { SlackSession } from './session.ts';
import type { SlackTiming } from './timing.ts';

/** What telling through Slack's Web API needs. */
export interface SlackRequest {
  readonly token: string;
  /** Another Slack than Slack's own, for tests. */
  readonly apiUrl?: string;
  readonly policy: Policy;
  /** Where the platform's people are told. */
  readonly channel: string;
  readonly hasButtons: boolean;
  readonly timing: SlackTiming;
  readonly startedAt: Date;
  /** True where an earlier try of the same run may have told the platform's people. */
  readonly mayBeSecondTry?: boolean;
}

const PLATFORM_ROUNDS = 3;

/** Tells each owner in Slack, and the fallback channel where Slack does not know them. */
export function slackDelivery(request: SlackRequest): Delivery {
  const { token, apiUrl, timing, startedAt, policy, channel, hasButtons } = request;
  const session = new SlackSession(slackClient(token, apiUrl, timing), timing);
  const directory = new Directory(session);
  const context = { session, directory, startedAt };
  const { isTimeLeftAtEnd = timing.isTimeLeft } = timing;
  const atEnd = session.within({ ...timing, isTimeLeft: isTimeLeftAtEnd });
  const last = { session: atEnd, directory: new Directory(atEnd), startedAt };
  return {
    notifyOwners: (news, about, options) =>
      new Telling(new Recipients(directory, policy, channel), context, hasButtons, options).tell(news, about),
    tellPlatform: (summary) => tellPlatform(platformMessage(summary), request, last),
    tellFailure: (failed) => tellPlatform(failureMessage(failed), request, last),
  };
}

async function tellPlatform(
  message: SlackMessage,
  { channel, mayBeSecondTry, startedAt }: SlackRequest,
  context: ConversationContext,
): Promise<string | undefined> {
  const conversation = new Conversation({ kind: 'channel', channel }, context);
  if (mayBeSecondTry === true && (await conversation.has(message, startedAt))) return undefined;
  let failure = await conversation.send([message]);
  for (let round = 1; round < PLATFORM_ROUNDS && failure !== undefined && isPassing(failure); round += 1) {
    failure = await conversation.send([message]);
  }
  return failure?.sentence;
}
