import { JournalWriter } from '../../journal/writer.ts';
import type { Policy } from '../../model/policy.ts';
import { newRunId } from '../../model/run.ts';
import { type AnnounceRequest, announce, gatherNotifications } from '../../notify/announce.ts';
import { deliveryFor } from '../../notify/delivery-for.ts';
import { ownerMessages } from '../../notify/owner-messages.ts';
import { plainMessages } from '../../notify/plain-messages.ts';
import { type Preview, previewOf } from '../../notify/preview.ts';
import { CredentialError } from '../../notify/secret.ts';
import type { Report } from '../../report/report.ts';
import { counted, minute } from '../../text/format.ts';
import { terminalText } from '../../text/untrusted.ts';
import { agrees, type ConfirmOptions, mustBeAnswerable } from '../confirm.ts';
import { EXIT, type ExitCode, type Io, print, say, UsageError } from '../io.ts';
import type { PlanOptions } from '../options.ts';
import { type AccountSource, type LoadedPolicy, readPolicy, withReader, withSession } from '../session.ts';
import { warnWithoutJournal } from './enforce.ts';

/** The options of `notify`. */
export interface NotifyOptions extends Omit<PlanOptions, 'format' | 'out'>, ConfirmOptions {
  readonly format: 'text' | 'json';
  /** Print this message of Slack's alone, counted from 1. */
  readonly blockKit?: number;
}

/** Telling takes no longer, though Slack hang; who was not reached is told the next time. */
const MOST_MINUTES = 30;

/** Prints what owners would be told; with `--enforce`, tells them, and writes down whom it told. */
export async function notify(io: Io, options: NotifyOptions): Promise<ExitCode> {
  const loaded = await readPolicy(options.policy);
  if (loaded.policy.notify === undefined)
    throw new UsageError(`${options.policy} has no "notify" section, so there is nobody to tell; add one`);
  return options.enforce === true ? notifyOwners(io, loaded, options) : printMessages(io, loaded, options);
}

async function printMessages(io: Io, loaded: LoadedPolicy, options: NotifyOptions): Promise<ExitCode> {
  const now = io.now();
  const { items, about, problems } = await withReader(io, options, (readerFor) =>
    gatherNotifications({
      ...loaded,
      runId: newRunId(now),
      // The messages as they would be sent.
      mode: 'enforce',
      at: options.at ?? now,
      clock: io.now,
      targets: [{ region: options.region ?? 'the account', reader: readerFor(loaded.policy.references) }],
      acted: [],
    }),
  );
  const previews = previewOf(loaded.policy, items, about);
  const text = textOf(previews, loaded.policy, options);
  if (options.at !== undefined) say(io, `The messages as of ${minute(options.at.toISOString())}:`);
  await print(io, text);
  return warned(io, problems);
}

function textOf(previews: readonly Preview[], policy: Policy, { format, blockKit }: NotifyOptions): string {
  const hasButtons = policy.notify?.slack?.signingSecret !== undefined && policy.notify.slack.token !== undefined;
  const blocksOf = ({ notification }: Preview) =>
    ownerMessages(notification, hasButtons).map(({ text, blocks }) => ({ text, blocks }));
  if (blockKit !== undefined) {
    const all = previews.flatMap(blocksOf);
    const message = all[blockKit - 1];
    if (message === undefined)
      throw new UsageError(
        `there ${all.length === 1 ? 'is' : 'are'} ${counted(all.length, 'message')} for Slack; --block-kit takes the number of one`,
      );
    return JSON.stringify({ blocks: message.blocks }, null, 2);
  }
  if (format === 'json')
    return JSON.stringify(
      previews.map((one) => {
        const owners = [...new Set(one.notification.items.map(({ notice }) => notice.owner ?? null))];
        return { to: one.recipient, owner: owners.length === 1 ? owners[0] : null, owners, messages: blocksOf(one) };
      }),
      null,
      2,
    );
  const texts = previews.flatMap(({ recipient, notification }) => plainMessages(notification, recipient));
  return texts.length === 0 ? 'There is nothing new to tell.' : texts.map(({ text }) => text).join('\n\n');
}

async function notifyOwners(io: Io, loaded: LoadedPolicy, options: NotifyOptions): Promise<ExitCode> {
  if (options.at !== undefined || options.recording !== undefined)
    throw new UsageError('--at and --recording go with a dry run; leave out --enforce');
  mustBeAnswerable(io, options);
  if (!(await agrees(io, options, 'Tell the owners of all images that are due?'))) {
    say(io, 'Nobody was told.');
    return EXIT.done;
  }
  warnWithoutJournal(io, options);
  const now = io.now();
  return tell(io, options, { ...loaded, runId: newRunId(now), at: now, acted: [] });
}

/** After a run that acted: tells the owners of what it did and of what is to come, where the policy asks for that. */
export async function notifyAfter(
  io: Io,
  report: Report,
  options: AccountSource & { readonly policy: string },
): Promise<ExitCode> {
  const at = io.now();
  const loaded = await readPolicy(options.policy);
  if (loaded.policy.notify === undefined) return EXIT.done;
  return tell(io, options, { ...loaded, runId: report.runId, at, acted: [report] });
}

async function tell(
  io: Io,
  from: AccountSource,
  told: LoadedPolicy & Pick<AnnounceRequest, 'runId' | 'at' | 'acted'>,
): Promise<ExitCode> {
  const { policy, runId } = told;
  const clock = io.now;
  return withSession(io, from, async ({ clients, readerFor, journal: kept }) => {
    const end = new Date(clock().getTime() + MOST_MINUTES * 60_000);
    const asked = { policy, home: clients, apiUrl: io.env.SLACK_API_URL, clock, end };
    const delivery = await deliveryFor(asked).catch((error: unknown) => {
      if (!(error instanceof CredentialError)) throw error;
      say(io, `Owners could not be told: ${error.message}`);
      return undefined;
    });
    if (delivery === undefined) return EXIT.failed;
    const journal = kept && new JournalWriter({ reader: kept, runId, clock });
    const { region, ec2 } = clients;
    const targets = [{ region, ec2, journal, reader: readerFor(policy.references) }];
    const { announced, untold, messages, problems } = await announce(
      { ...told, mode: 'enforce', clock, targets },
      delivery,
    );
    say(io, `${announced} images announced in ${messages} messages; ${untold} could not be.`);
    return warned(io, problems);
  });
}

function warned(io: Io, problems: readonly string[]): ExitCode {
  for (const problem of problems) say(io, `warning: ${terminalText(problem)}`);
  return problems.length > 0 ? EXIT.failed : EXIT.done;
}
