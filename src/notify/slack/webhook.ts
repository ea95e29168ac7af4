import { IncomingWebhook, IncomingWebhookHTTPError } from '@slack/webhook';
import { type Delivery, type DeliveryTiming, sendEach } from '../delivery.ts';
import type { SlackMessage } from '../message.ts';
import { ownerMessages } from '../owner-messages.ts';
import { failureMessage, platformMessage, UNSURE } from '../platform-message.ts';
import { failureOfSlack, LATE, waitWithin } from './session.ts';

const TRIES = 4;

/**
 * Notifies everybody in the one channel that an incoming webhook writes to, one message an owner. A webhook shows no
 * history: a message whose sending was not answered is not sent again in this run, and its images count as undelivered.
 */
export function webhookDelivery(address: string, timing: DeliveryTiming): Delivery {
  const post = poster(address, timing);
  const postAtEnd = poster(address, { ...timing, isTimeLeft: timing.isTimeLeftAtEnd ?? timing.isTimeLeft });
  return {
    notifyOwners: (notifications, about, options) =>
      sendEach(
        notifications,
        ({ items }) => ownerMessages({ ...about, items, audience: 'everybody' }, false),
        async (message) => {
          const failure = await post(message);
          return failure && `A message to the webhook failed, and its images are told in the next run: ${failure}.`;
        },
        options,
      ),
    notifyPlatform: async (summary) => (summary.wasBegun === true ? UNSURE : postAtEnd(platformMessage(summary))),
    notifyFailure: (failed) => postAtEnd(failureMessage(failed)),
  };
}

/** Posts one message, and gives why it did not get through for certain. */
function poster(address: string, timing: DeliveryTiming): (message: SlackMessage) => Promise<string | undefined> {
  let retryAfterSeconds = 1;
  const webhook = new IncomingWebhook(address, {
    timeout: timing.timeoutMilliseconds,
    // The client tells of 429, but not how long to wait.
    fetch: async (url, init) => {
      const response = await globalThis.fetch(url, { ...init, redirect: 'error' });
      const seconds = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
      retryAfterSeconds = Number.isNaN(seconds) ? 1 : Math.max(1, seconds);
      return response;
    },
  });
  return async ({ text, blocks }) => {
    for (let tries = 1; ; tries += 1) {
      if (!timing.isTimeLeft(timing.timeoutMilliseconds)) return LATE.sentence;
      try {
        const { text: answer } = await webhook.send({ text, blocks: [...blocks], unfurl_links: false });
        return answer.trim() === 'ok' ? undefined : 'the answer is not Slack’s';
      } catch (error) {
        if (!(error instanceof IncomingWebhookHTTPError)) return failureOfSlack(error).sentence;
        const { statusCode, body } = error;
        const said = /^[a-z_]{1,60}$/.test(body.trim()) ? ` (${body.trim()})` : '';
        if (statusCode !== 429 || tries >= TRIES) return `Slack answered with status ${statusCode}${said}`;
        if (!(await waitWithin(timing, { retryAfterSeconds }, tries)))
          return 'Slack limits the rate, and there is no time left';
      }
    }
  };
}
