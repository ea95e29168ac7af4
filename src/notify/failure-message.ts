import { createHash } from 'node:crypto';
import type { KnownBlock } from '@slack/web-api';
import { assertWithinLimits, type SlackMessage } from './message.ts';
import { listBlocks } from './platform-message.ts';
import { code, cut, plain } from './text.ts';

/** An invocation that failed, as the platform's people hear of it at once. */
export interface FailedRun {
  readonly requestId: string;
  readonly functionName: string;
  readonly accountId: string;
  /** Where the function and its log are; it may have looked at other Regions. */
  readonly region: string;
  /** A sentence each. */
  readonly why: readonly string[];
}

const MOST_CHARACTERS = 280;
const MOST_SENTENCES = 20;

/** One short message for the platform channel. */
export function failureMessage(failed: FailedRun): SlackMessage {
  const title = titleOf(failed);
  const blocks: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: title, emoji: false } },
    ...listBlocks(failed.why, ':warning: ', 'the log has them all'),
    {
      type: 'context',
      elements: [
        {
          type: 'mrkdwn',
          verbatim: true,
          text: `Request ${code(failed.requestId, 80)} in the function’s log · ${code(failed.region, 40)}`,
        },
      ],
    },
  ];
  const key = createHash('sha256').update(`failed ${failed.requestId}`).digest('hex').slice(0, 32);
  return assertWithinLimits({ key, text: title, blocks });
}

/** The same as plain text, for SNS. */
export function failureText(failed: FailedRun): string {
  return [
    titleOf(failed),
    ...failed.why.slice(0, MOST_SENTENCES).map((sentence) => `TROUBLE: ${cut(plain(sentence), MOST_CHARACTERS)}`),
    `Request ${cut(plain(failed.requestId), 80)} in the function's log, ${cut(plain(failed.region), 40)}`,
  ].join('\n');
}

/** The same in a line of at most 99 characters, which is what SNS takes as a subject. */
export function failureSubject(failed: FailedRun): string {
  return `ami-janitor: ${titleOf(failed)}`.slice(0, 99);
}

/** A function's name and an account have no other characters; so nothing in a title needs to be made harmless. */
function titleOf({ functionName, accountId }: FailedRun): string {
  const word = (text: string, most: number) => text.replace(/[^\w-]/g, '?').slice(0, most);
  return `${word(functionName, 64)} failed in account ${word(accountId, 12)}`;
}
