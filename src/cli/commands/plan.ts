import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Account } from '../../model/account.ts';
import { JanitorError } from '../../model/errors.ts';
import { PASSES, type PassName } from '../../model/plan.ts';
import type { Policy } from '../../model/policy.ts';
import { newRunId } from '../../model/run.ts';
import { type AccountReader, readWithDetails, recordingReader } from '../../observe/account-reader.ts';
import { collectGarbage } from '../../observe/memory.ts';
import { publishToDirectory, readFromDirectory } from '../../publish/directory.ts';
import type { StartedBy } from '../../report/audit.ts';
import { withChanges } from '../../report/changes.ts';
import { type Comparison, compareReports } from '../../report/comparison.ts';
import { comparisonCsv, comparisonMarkdown, comparisonTerminal } from '../../report/comparison-formats.ts';
import { linewiseJson } from '../../report/json.ts';
import { refusalProblems } from '../../report/notifications.ts';
import type { Report } from '../../report/report.ts';
import { isSelective } from '../../report/selection.ts';
import { wrapped } from '../../report/terminal/layout.ts';
import { isHeldUp } from '../../report/withheld.ts';
import { run } from '../../run.ts';
import { terminalText } from '../../text/untrusted.ts';
import { EXIT, type ExitCode, type Io, messageOf, print, say, UsageError } from '../io.ts';
import { nextSteps } from '../next-steps.ts';
import type { Format, PlanOptions } from '../options.ts';
import { render, terminalOf } from '../render.ts';
import { type LoadedPolicy, type ReaderFor, readPolicy, withReader } from '../session.ts';

/** What a run over several Regions ends with: the first of these that any of them does. */
const WORST_FIRST = [EXIT.usage, EXIT.failed, EXIT.stopped, EXIT.due] as const;

/**
 * A dry run of these passes: prints what each would do, and why every other image stays. Of several Regions it prints one
 * report after the other, and `--out` has a directory for each.
 */
export async function planPasses(io: Io, passes: readonly PassName[], options: PlanOptions): Promise<ExitCode> {
  const regions = [...new Set(options.region?.split(','))];
  if (regions.length < 2) return planRegion(io, passes, options);
  if (options.recording !== undefined) throw new UsageError('a recording is of one Region; leave out --region');
  if (options.format !== 'table' && options.format !== 'markdown')
    throw new UsageError(`--format ${options.format} prints one Region; name one, or write all with --out`);
  const ended: ExitCode[] = [];
  for (const region of regions) {
    const out = options.out === undefined ? {} : { out: join(options.out, region) };
    ended.push(await planRegion(io, passes, { ...options, region, ...out }));
  }
  return WORST_FIRST.find((code) => ended.includes(code)) ?? EXIT.done;
}

async function planRegion(io: Io, passes: readonly PassName[], options: PlanOptions): Promise<ExitCode> {
  const report = await planReport(io, passes, options);
  await deliver(io, report, options);
  if (report.complete && report.images.length + report.snapshots.length === 0)
    say(
      io,
      `${report.target.region} has no images and no snapshots of this account; give the Regions that have: --region eu-west-1 --region us-east-1`,
    );
  const exitCode = exitCodeOf(report);
  return exitCode === EXIT.done && options.check === true && isChangeDue(report) ? EXIT.due : exitCode;
}

/** Whether anything is due to be done, now or, by a limit or for want of a Recycle Bin rule, later. */
function isChangeDue({ passes }: Report): boolean {
  return passes.some(({ actions, deferred, withheld = [] }) => actions.length + deferred.length + withheld.length > 0);
}

/** The report of a dry run of these passes. */
export async function planReport(
  io: Io,
  passes: readonly PassName[],
  options: PlanOptions,
  narrowed: (reader: AccountReader, policy: Policy) => AccountReader = (reader) => reader,
): Promise<Report> {
  const started = io.now();
  const loaded = await readPolicy(options.policy, options.inUse);
  const { policy } = loaded;
  return withReader(io, options, (readerFor) => {
    const reader = narrowed(readerFor(policy.references), policy);
    return run({ runId: newRunId(started), passes, ...loaded, reader, at: options.at ?? started });
  });
}

/**
 * Prints a report, and writes it where `--out` says, with what has changed since the report that is there. What
 * can't be written is said after the result is printed.
 * @param about `startedBy`: who started a run that acts: what it did goes to audit.jsonl there; `isSeen`: the table was
 * shown before
 */
export async function deliver(
  io: Io,
  made: Report,
  options: PlanOptions,
  { startedBy, isSeen = false }: { readonly startedBy?: StartedBy; readonly isSeen?: boolean } = {},
): Promise<void> {
  const { out } = options;
  // What was read and planned is not needed any more.
  collectGarbage();
  const report = out === undefined ? made : withChanges(made, await readFromDirectory(out));
  if (!isSeen || options.format !== 'table') await print(io, render(report, options, io));
  if (out !== undefined) {
    const paths = await publishToDirectory(report, out, startedBy).catch((error: unknown) => {
      throw new JanitorError(
        `the report can't be written to ${out} (${messageOf(error)}); name another directory with --out`,
      );
    });
    say(io, `wrote ${paths.join(', ')}`);
  }
  if (io.stderr.isTTY === true && !isSeen) sayNextSteps(io, report, options);
}

function sayNextSteps(io: Io, report: Report, options: PlanOptions): void {
  const steps = nextSteps(report, options, io.command).map(({ says, command }) => {
    const text = wrapped(terminalText(says), io.stderr.columns ?? 100, 2);
    return command === undefined ? text : `${text}\n    ${terminalText(command)}`;
  });
  if (steps.length > 0) say(io, `\nNext:\n${steps.join('\n')}`);
}

/**
 * Unread sources, failed actions and what is refused for good fail a run; so does, with a code of its own, a limit that
 * stopped it, or what an enforcing run withheld.
 */
export function exitCodeOf(report: Report): ExitCode {
  const { complete, outcomes, passes } = report;
  if (!complete || outcomes.some(({ status }) => status === 'failed')) return EXIT.failed;
  if (refusalProblems(report).length > 0) return EXIT.failed;
  return passes.some((pass) => isHeldUp(report, pass)) ? EXIT.stopped : EXIT.done;
}

/** Prints what two policies decide differently, and why; a dry run of each, over one account. */
export async function planAgainst(io: Io, against: string, options: PlanOptions): Promise<ExitCode> {
  const { format, out, recording, at } = options;
  if (isSelective(options) || options.details !== undefined || options.check !== undefined) {
    throw new UsageError(
      '--against compares two policies whole; leave out --owner, --rule, --action, --family, --details and --check',
    );
  }
  if (format === 'html') throw new UsageError('--against prints --format table, json, markdown or csv, not html');
  if (out !== undefined) {
    throw new UsageError(
      '--out writes the report of one policy; leave it out with --against, and redirect what is printed',
    );
  }
  const [ours, theirs] = [await readPolicy(options.policy), await readPolicy(against)];
  if (recording !== undefined && !haveSameReferences(ours.policy, theirs.policy)) {
    say(
      io,
      'warning: the policies look for references in different places, and a recording has only those that it was made with',
    );
  }
  const started = io.now();
  const comparison = await withReader(io, options, (readerFor) =>
    comparePolicies(ours, theirs, readerFor, { at: at ?? started, runId: newRunId(started) }),
  );
  await print(io, RENDERERS[format](comparison, io));
  return comparedExitCode(comparison);
}

/**
 * What two policies decide differently over one account. Both see the same images, snapshots and details; references
 * are read a second time only where the policies ask for other ones.
 */
async function comparePolicies(
  ours: LoadedPolicy,
  theirs: LoadedPolicy,
  readerFor: ReaderFor,
  { at, runId }: { readonly at: Date; readonly runId: string },
): Promise<Comparison> {
  const theirReader = readerFor(theirs.policy.references);
  const { account: first } = await readWithDetails(readerFor(ours.policy.references), ours.policy, at);
  const { references } = haveSameReferences(ours.policy, theirs.policy) ? first : await theirReader.account();
  const shared: AccountReader = { account: async () => ({ ...first, references }), details: theirReader.details };
  const { account: second } = await readWithDetails(shared, theirs.policy, at);
  const report = (policy: LoadedPolicy, account: Account) =>
    run({ runId, passes: PASSES, at, ...policy, reader: recordingReader(account) });
  return compareReports(await report(ours, { ...second, references: first.references }), await report(theirs, second));
}

/** Whether two policies look for references in the same places. What counts of them is decided later. */
function haveSameReferences(ours: Policy, theirs: Policy): boolean {
  const { sharedImages: _, ...oursAsked } = ours.references;
  const { sharedImages: __, ...theirsAsked } = theirs.references;
  return isDeepStrictEqual(oursAsked, theirsAsked);
}

const RENDERERS: Readonly<Record<Exclude<Format, 'html'>, (comparison: Comparison, io: Io) => string>> = {
  table: (comparison, io) => comparisonTerminal(comparison, terminalOf(io)),
  json: linewiseJson,
  markdown: comparisonMarkdown,
  csv: comparisonCsv,
};

/** As a plan's: what could not be read fails it, and a limit that stopped either policy has a code of its own. */
function comparedExitCode({ complete, policy, against }: Comparison): ExitCode {
  if (!complete) return EXIT.failed;
  const stopped = [policy, against].some(({ passes }) => Object.values(passes).some((pass) => pass.stopped));
  return stopped ? EXIT.stopped : EXIT.done;
}
