import { GetTopicAttributesCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { failureOf } from '../aws/errors.ts';
import type { Delivered, Delivery } from './delivery.ts';
import { failureSubject, failureText } from './failure-message.ts';
import type { NotificationItem } from './notifications.ts';
import { plainMessages, SNS_BYTES, subjectOf } from './plain-messages.ts';
import { platformText } from './platform-message.ts';
import type { SlackTiming } from './slack/timing.ts';
import { cutBytes } from './text.ts';

/** A topic that says nothing for so long is given up; tried once more, a publish takes no longer than twice that. */
const ANSWER_WITHIN_MILLISECONDS = 10_000;
const TRIES = 2;

/** Tells everybody through one SNS topic, in plain text; the topic's subscriptions say who hears it. */
export function snsDelivery(topicArn: string, homeRegion: string, timing: SlackTiming): Delivery {
  // A topic may lie in another Region than the images.
  const region = topicArn.split(':')[3] ?? homeRegion;
  const requestHandler = { connectionTimeout: ANSWER_WITHIN_MILLISECONDS, requestTimeout: ANSWER_WITHIN_MILLISECONDS };
  const sns = new SNSClient({ region, maxAttempts: TRIES, requestHandler });
  const { isTimeLeft, isTimeLeftAtEnd = isTimeLeft } = timing;
  const publish = async (Subject: string, Message: string, left = isTimeLeftAtEnd): Promise<string | undefined> => {
    if (!left(TRIES * ANSWER_WITHIN_MILLISECONDS)) return 'there was no time left';
    try {
      await sns.send(new PublishCommand({ TopicArn: topicArn, Subject, Message: cutBytes(Message, SNS_BYTES) }));
      return undefined;
    } catch (error) {
      return failureOf(error).sentence;
    }
  };
  return {
    notifyOwners: async (news, about, { onDelivered }) => {
      const unheard = isTimeLeft(TRIES * ANSWER_WITHIN_MILLISECONDS) ? await whyNobodyHears(sns, topicArn) : undefined;
      if (unheard !== undefined) {
        const untold = news.flatMap(({ entries }) => entries);
        return { shown: [], untold, messages: 0, problems: untold.length === 0 ? [] : [unheard] };
      }
      const shown: NotificationItem[] = [];
      const problems: string[] = [];
      let messages = 0;
      for (const { owner, entries } of news) {
        const recipient = owner ?? 'whom it concerns (no owner)';
        for (const message of plainMessages({ ...about, entries, showsOwners: false }, recipient)) {
          const failure = await publish(message.subject, message.text, isTimeLeft);
          if (failure !== undefined) {
            problems.push(`A message to the topic failed, and its images are told in the next run: ${failure}`);
            continue;
          }
          messages += 1;
          shown.push(...message.shown);
          await onDelivered({ entries: message.shown });
        }
      }
      const delivered = new Set(shown);
      const untold = news.flatMap(({ entries }) => entries.filter((entry) => !delivered.has(entry)));
      return { shown, untold, messages, problems: [...new Set(problems)] } satisfies Delivered;
    },
    tellPlatform: (summary) => {
      const { isDryRun, where, accountId } = summary;
      const subject = `ami-janitor: ${isDryRun ? 'dry run' : 'run'} in ${where ?? accountId}`;
      return publish(subjectOf(subject), platformText(summary));
    },
    tellFailure: (failed) => publish(failureSubject(failed), failureText(failed)),
  };
}

/**
 * Why what is published reaches nobody: SNS takes it all the same, and it would count as told. What can't be asked
 * counts as heard by nobody.
 */
async function whyNobodyHears(sns: SNSClient, TopicArn: string): Promise<string | undefined> {
  const untold = 'so nothing counts as told, and what waits for that stays';
  try {
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    if (Number(Attributes?.SubscriptionsConfirmed) > 0) return undefined;
    return `The topic ${TopicArn} has no confirmed subscription, ${untold}; subscribe somebody, and confirm it`;
  } catch (error) {
    const { sentence } = failureOf(error);
    return `Whether anybody hears the topic ${TopicArn} could not be asked (sns:GetTopicAttributes): ${sentence}, ${untold}`;
  }
}
