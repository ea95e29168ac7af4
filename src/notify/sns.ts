import { GetTopicAttributesCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { failureOf } from '../aws/errors.ts';
import { cutBytes } from '../text/format.ts';
import { type Delivery, type DeliveryTiming, sendEach } from './delivery.ts';
import { plainMessages, SNS_BYTES, subjectOf } from './plain-messages.ts';
import { failureSubject, failureText, platformText, UNSURE } from './platform-message.ts';

/** A topic that says nothing for so long is given up; tried once more, a publish takes no longer than twice that. */
const ANSWER_WITHIN_MILLISECONDS = 10_000;
const TRIES = 2;

/** Notifies everybody through one SNS topic, in plain text; the topic's subscriptions say who hears it. */
export function snsDelivery(topicArn: string, homeRegion: string, timing: DeliveryTiming): Delivery {
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
    notifyOwners: async (notifications, about, options) => {
      const unheard = isTimeLeft(TRIES * ANSWER_WITHIN_MILLISECONDS) ? await whyNobodyHears(sns, topicArn) : undefined;
      if (unheard !== undefined) {
        const undelivered = notifications.flatMap(({ items }) => items);
        return { delivered: [], undelivered, messages: 0, problems: undelivered.length === 0 ? [] : [unheard] };
      }
      return sendEach(
        notifications,
        ({ owner, items }) =>
          plainMessages({ ...about, items, audience: 'owner' }, owner ?? 'whom it concerns (no owner)'),
        async ({ subject, text }) => {
          const failure = await publish(subject, text, isTimeLeft);
          return failure && `A message to the topic failed, and its images are told in the next run: ${failure}`;
        },
        options,
      );
    },
    notifyPlatform: async (summary) => {
      if (summary.wasBegun === true) return UNSURE;
      const { isDryRun, where, accountId } = summary;
      const subject = `ami-janitor: ${isDryRun ? 'dry run' : 'run'} in ${where ?? accountId}`;
      return publish(subjectOf(subject), platformText(summary));
    },
    notifyFailure: (failed) => publish(failureSubject(failed), failureText(failed)),
  };
}

/**
 * Why what is published reaches nobody: SNS takes it all the same, and it would count as delivered. What can't be
 * asked counts as heard by nobody.
 */
async function whyNobodyHears(sns: SNSClient, TopicArn: string): Promise<string | undefined> {
  const consequence = 'so nothing counts as told, and what waits for that stays';
  try {
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    if (Number(Attributes?.SubscriptionsConfirmed) > 0) return undefined;
    return `The topic ${TopicArn} has no confirmed subscription, ${consequence}; subscribe somebody, and confirm it`;
  } catch (error) {
    const { sentence } = failureOf(error);
    return `Whether anybody hears the topic ${TopicArn} could not be asked (sns:GetTopicAttributes): ${sentence}, ${consequence}`;
  }
}
