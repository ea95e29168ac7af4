import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { failureOf } from '../aws/errors.ts';
import type { Delivered, Delivery } from './delivery.ts';
import { failureSubject, failureText } from './failure-message.ts';
import { plainMessages } from './plain-messages.ts';
import { platformText } from './platform-message.ts';

/** Tells everybody through one SNS topic, in plain text; the topic's subscriptions say who hears it. */
export function snsDelivery(topicArn: string, homeRegion: string): Delivery {
  // A topic may lie in another Region than the images.
  const sns = new SNSClient({ region: topicArn.split(':')[3] ?? homeRegion });
  const publish = (Subject: string, Message: string) =>
    sns.send(new PublishCommand({ TopicArn: topicArn, Subject, Message }));
  return {
    tellOwners: async (news, about) => {
      const shown: Delivered['shown'][number][] = [];
      const problems: string[] = [];
      let messages = 0;
      for (const { owner, entries } of news) {
        const recipient = owner ?? 'whom it concerns (no owner)';
        for (const message of plainMessages({ ...about, entries, showsOwners: false }, recipient)) {
          try {
            await publish(message.subject, message.text);
            messages += 1;
            shown.push(...message.shown);
          } catch (error) {
            problems.push(`A message to the topic failed: ${failureOf(error).sentence}`);
          }
        }
      }
      const delivered = new Set(shown);
      const untold = news.flatMap(({ entries }) => entries.filter((entry) => !delivered.has(entry)));
      return { shown, untold, messages, problems: [...new Set(problems)] };
    },
    tellPlatform: (summary) =>
      sentenceOf(
        publish(
          `ami-janitor: ${summary.isDryRun ? 'dry run' : 'run'} in ${summary.where ?? summary.accountId}`,
          platformText(summary),
        ),
      ),
    tellFailure: (failed) => sentenceOf(publish(failureSubject(failed), failureText(failed))),
  };
}

/** Why something failed; nothing where it did not. */
async function sentenceOf(publishing: Promise<unknown>): Promise<string | undefined> {
  try {
    await publishing;
    return undefined;
  } catch (error) {
    return failureOf(error).sentence;
  }
}
