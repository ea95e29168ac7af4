import type { KnownBlock } from '@slack/web-api';
import { accountText, counted, cut } from '../text/format.ts';
import { code, mrkdwn, plain } from '../text/untrusted.ts';
import { context, header, link, messageKey, type SlackMessage, sections } from './message.ts';

/** What the platform's people hear of a run. */
export interface RunSummary {
  readonly runId: string;
  readonly accountId: string;
  /** What people call the accounts, by their ids. */
  readonly accountNames?: ReadonlyMap<string, string>;
  /** Instead of the account, where a run goes through several: `40 accounts`. */
  readonly where?: string;
  readonly isDryRun: boolean;
  /** What went wrong: it stands on top. */
  readonly problems: readonly string[];
  /** What was found and done, a line each. */
  readonly lines: readonly string[];
  readonly reportUrl?: string;
  /** An earlier attempt was about to send it, and nobody knows whether it did: it goes out only where it certainly did not. */
  readonly wasBegun?: boolean;
}

/** Of a summary that an earlier attempt may have sent, where nothing shows whether it did. */
export const UNSURE =
  'whether an earlier attempt told the platform’s people could not be found out, so they are not told again';

/** An invocation that failed, as the platform's people hear of it at once. */
export interface FailedRun {
  readonly requestId: string;
  readonly functionName: string;
  readonly accountId: string;
  /** Where the function and its log are; it may have read other Regions. */
  readonly region: string;
  /** A sentence each. */
  readonly why: readonly string[];
}

const MOST_LINES = 20;
const LINE_CHARACTERS = 280;

/** The summary for the platform channel; whatever is left out is counted. */
export function platformMessage(summary: RunSummary): SlackMessage {
  const { runId, isDryRun, problems, lines, reportUrl } = summary;
  const title = `${isDryRun ? 'Dry run' : 'Run'} in ${whereOf(summary)}${problems.length > 0 ? `: ${counted(problems.length, 'problem')}` : ''}`;
  const blocks = [
    header(title),
    ...listBlocks(problems, ':warning: '),
    ...listBlocks(lines, ''),
    context([`Run ${runId}`, ...(reportUrl === undefined ? [] : [`report: ${link(reportUrl)}`])].join(' · ')),
  ];
  return { key: messageKey(`platform ${runId}`), text: title, blocks };
}

/** The same as plain text, for SNS and the terminal. */
export function platformText(summary: RunSummary): string {
  const { runId, isDryRun, problems, lines, reportUrl } = summary;
  return [
    `${isDryRun ? 'Dry run' : 'Run'} ${runId} in ${whereOf(summary)}`,
    ...problems.map((problem) => `PROBLEM: ${problem}`),
    ...lines,
    ...(reportUrl === undefined ? [] : [`Report: ${reportUrl}`]),
  ].join('\n');
}

/** A failed invocation in one short message for the platform channel. */
export function failureMessage(failed: FailedRun): SlackMessage {
  const { requestId, region, why } = failed;
  const title = failureTitle(failed);
  const blocks = [
    header(title),
    ...listBlocks(why, ':warning: ', 'the log has them all'),
    context(`Request ${code(requestId, 80)} in the function’s log · ${code(region, 40)}`),
  ];
  return { key: messageKey(`failed ${requestId}`), text: title, blocks };
}

/** The same as plain text, for SNS. */
export function failureText(failed: FailedRun): string {
  return [
    failureTitle(failed),
    ...failed.why.slice(0, MOST_LINES).map((sentence) => `PROBLEM: ${cut(plain(sentence), LINE_CHARACTERS)}`),
    `Request ${cut(plain(failed.requestId), 80)} in the function's log, ${cut(plain(failed.region), 40)}`,
  ].join('\n');
}

/** The same in a line of at most 99 characters, which is what SNS takes as a subject. */
export function failureSubject(failed: FailedRun): string {
  return `ami-janitor: ${failureTitle(failed)}`.slice(0, 99);
}

/** A function's name and an account have no other characters; so nothing in a title needs to be made harmless. */
function failureTitle({ functionName, accountId }: FailedRun): string {
  const word = (text: string, most: number) => text.replace(/[^\w-]/g, '?').slice(0, most);
  return `${word(functionName, 64)} failed in account ${word(accountId, 12)}`;
}

function whereOf({ where, accountId, accountNames }: RunSummary): string {
  const accountAlias = accountNames?.get(accountId);
  return where ?? `account ${accountText({ accountId, ...(accountAlias && { accountAlias }) })}`;
}

/** Lines of anyone's text, at most twenty of them; what is left out is counted, with where it stands. */
function listBlocks(lines: readonly string[], sign: string, rest = 'the report has them all'): KnownBlock[] {
  const listed = lines.slice(0, MOST_LINES).map((line) => `${sign}${mrkdwn(line, LINE_CHARACTERS)}`);
  const more = lines.length - listed.length;
  if (more > 0) listed.push(`${sign}… and ${more.toLocaleString('en-US')} more; ${rest}.`);
  return sections(listed);
}
