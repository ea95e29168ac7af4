import { JanitorError } from '../../model/errors.ts';
import type { PassName } from '../../model/plan.ts';
import type { Policy } from '../../model/policy.ts';
import { newRunId } from '../../model/run.ts';
import type { AccountReader } from '../../observe/account-reader.ts';
import { collectGarbage } from '../../observe/memory.ts';
import { publishToDirectory, readFromDirectory } from '../../publish/directory.ts';
import type { StartedBy } from '../../report/audit.ts';
import { withChanges } from '../../report/changes.ts';
import { refusalProblems } from '../../report/refused.ts';
import type { Report } from '../../report/report.ts';
import { wrapped } from '../../report/terminal/layout.ts';
import { isHeldUp } from '../../report/withheld.ts';
import { run } from '../../run.ts';
import { terminalText } from '../../text/untrusted.ts';
import { EXIT, type ExitCode, messageOf } from '../errors.ts';
import { type Io, print, say } from '../io.ts';
import { nextSteps } from '../next-steps.ts';
import type { PlanOptions } from '../options.ts';
import { readPolicy } from '../read-policy.ts';
import { render } from '../render.ts';
import { withReader } from '../session.ts';

/** A dry run of these passes: prints what each would do, and why every other image stays. */
export async function planPasses(io: Io, passes: readonly PassName[], options: PlanOptions): Promise<ExitCode> {
  const report = await planReport(io, passes, options);
  await deliver(io, report, options);
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
  const loaded = await readPolicy(options.policy);
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
