import { sum } from 'd3-array';
import { executePlan } from '../../execute/execute-plan.ts';
import { readCallerArn } from '../../inventory/identity.ts';
import type { PassName } from '../../model/plan.ts';
import { newRunId } from '../../model/run.ts';
import type { StartedBy } from '../../report/audit.ts';
import { refusalProblems } from '../../report/refused.ts';
import type { Report } from '../../report/report.ts';
import { reportTerminal } from '../../report/terminal/terminal.ts';
import { run } from '../../run.ts';
import { terminalText } from '../../text/untrusted.ts';
import { agrees, type ConfirmOptions, interruptible, mustBeAnswerable } from '../confirm.ts';
import { EXIT, type ExitCode, UsageError } from '../errors.ts';
import { type Io, say } from '../io.ts';
import type { PlanOptions } from '../options.ts';
import { readPolicy } from '../read-policy.ts';
import { terminalOf } from '../render.ts';
import { type AccountSource, withSession } from '../session.ts';
import { deliver, exitCodeOf, planPasses } from './plan.ts';

/** The options of the commands that can act. */
export interface EnforceOptions extends PlanOptions, ConfirmOptions {}

/** Runs these passes: a dry run, unless `--enforce` says otherwise and a person or `--yes` agrees. */
export async function runPasses(
  io: Io,
  passes: readonly PassName[],
  options: EnforceOptions,
  afterwards: (report: Report) => Promise<ExitCode> = async () => EXIT.done,
): Promise<ExitCode> {
  if (options.enforce !== true) return planPasses(io, passes, options);
  if (options.at !== undefined)
    throw new UsageError('--at plans for another time, so it goes with a dry run; leave out --enforce');
  if (options.account !== undefined)
    throw new UsageError('--account decides over a recording, so it goes with a dry run; leave out --enforce');
  mustBeAnswerable(io, options);
  warnWithoutJournal(io, options);
  const { report, startedBy } = await enforcePasses(io, passes, options);
  await deliver(io, report, options, startedBy);
  for (const problem of refusalProblems(report)) say(io, `ami-janitor: ${terminalText(problem)}`);
  const then = report.mode === 'enforce' ? await afterwards(report) : EXIT.done;
  return exitCodeOf(report) === EXIT.done ? then : exitCodeOf(report);
}

/** Says once what an act without a journal means for later runs. */
export function warnWithoutJournal({ env, stderr }: Io, { bucket }: AccountSource): void {
  if (bucket !== undefined || env.REPORT_BUCKET) return;
  stderr.write(`warning: ${NO_JOURNAL_WARNING}\n`);
}

const NO_JOURNAL_WARNING =
  'without --bucket (or REPORT_BUCKET) nothing proves later what this run did: launch permissions are not given back, announcements do not count, and snapshots that are left behind stay; name the report bucket';

async function enforcePasses(io: Io, passes: readonly PassName[], options: EnforceOptions) {
  const loaded = await readPolicy(options.policy);
  return interruptible(io, 'action', ({ signal, listen }) =>
    withSession(io, options, async ({ clients, progress, readerFor, journal }) => {
      const startedBy: StartedBy = { kind: 'command-line', callerArn: await readCallerArn(clients) };
      const confirm = async (intended: Report) => {
        const actions = sum(intended.passes, (pass) => pass.actions.length);
        if (actions === 0) return true;
        if (options.yes !== true) {
          progress.stop();
          say(io, reportTerminal(intended, terminalOf(io)));
        }
        const things = actions === 1 ? 'this 1 action' : `these ${actions} actions`;
        const { accountId, region } = intended.target;
        if (!(await agrees(io, options, `Take ${things} in account ${accountId}, ${region}?`))) {
          say(io, 'Nothing was done.');
          return false;
        }
        listen();
        progress.onActing(intended);
        return true;
      };
      const { onOutcome } = progress;
      const onWarning = (sentence: string) => say(io, `warning: ${sentence}`);
      // Who was asked agreed to what was shown, and to nothing else.
      const shown = { fillsUp: options.yes === true, signal, onOutcome, onWarning };
      const enforcement = { executePlan, clients, clock: io.now, journal, ...shown };
      const at = io.now();
      const reader = readerFor(loaded.policy.references);
      const report = await run({ runId: newRunId(at), passes, ...loaded, reader, at, enforcement, confirm });
      return { report, startedBy };
    }),
  );
}
