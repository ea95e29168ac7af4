import { createHash } from 'node:crypto';
import type { KnownBlock } from '@slack/web-api';
import { assertWithinLimits, LIMITS, type SlackMessage } from './message.ts';
import { link } from './owner-messages.ts';
import { counted, cut, mrkdwn } from './text.ts';

/** What the platform's people hear of a run. */
export interface Summary {
  readonly runId: string;
  readonly accountId: string;
  /** Instead of the account, where a run goes through several: `40 accounts`. */
  readonly where?: string;
  readonly isDryRun: boolean;
  /** What went wrong: it stands on top. */
  readonly troubles: readonly string[];
  /** What was found and done, a line each. */
  readonly lines: readonly string[];
  readonly reportUrl?: string;
}

const MOST_LINES = 20;
const LINE_CHARACTERS = 280;

/** The summary for the platform channel; whatever is left out is counted. */
export function platformMessage(summary: Summary): SlackMessage {
  const { runId, isDryRun, troubles, lines, reportUrl } = summary;
  const title = `${isDryRun ? 'Dry run' : 'Run'} in ${placeOf(summary)}${troubles.length > 0 ? `: ${counted(troubles.length, 'trouble')}` : ''}`;
  const blocks: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: cut(title, LIMITS.headerCharacters), emoji: false } },
    ...(troubles.length === 0 ? [] : listBlocks(troubles, ':warning: ')),
    ...listBlocks(lines, ''),
    {
      type: 'context',
      elements: [
        {
          type: 'mrkdwn',
          verbatim: true,
          text: [`Run ${runId}`, ...(reportUrl === undefined ? [] : [`report: ${link(reportUrl)}`])].join(' · '),
        },
      ],
    },
  ];
  const key = createHash('sha256').update(`platform ${runId}`).digest('hex').slice(0, 32);
  return assertWithinLimits({ key, text: title, blocks });
}

/** The same as plain text, for SNS and the terminal. */
export function platformText(summary: Summary): string {
  const { runId, isDryRun, troubles, lines, reportUrl } = summary;
  return [
    `${isDryRun ? 'Dry run' : 'Run'} ${runId} in ${placeOf(summary)}`,
    ...troubles.map((trouble) => `TROUBLE: ${trouble}`),
    ...lines,
    ...(reportUrl === undefined ? [] : [`Report: ${reportUrl}`]),
  ].join('\n');
}

/** Where a run was. */
function placeOf({ where, accountId }: Pick<Summary, 'where' | 'accountId'>): string {
  return where ?? `account ${accountId}`;
}

/** Lines of anyone's text, at most twenty of them; what is left out is counted, and it is said where it stands. */
export function listBlocks(lines: readonly string[], sign: string, rest = 'the report has them all'): KnownBlock[] {
  const shown = lines.slice(0, MOST_LINES).map((line) => `${sign}${mrkdwn(line, LINE_CHARACTERS)}`);
  const more = lines.length - shown.length;
  if (more > 0) shown.push(`${sign}… and ${more.toLocaleString('en-US')} more; ${rest}.`);
  // Escapes make a line up to five times as long: a few lines a section stay within its limit.
  const blocks: KnownBlock[] = [];
  for (let start = 0; start < shown.length; start += 2) {
    const text = shown.slice(start, start + 2).join('\n');
    blocks.push({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } });
  }
  return blocks;
}
