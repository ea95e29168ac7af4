import { executePlan } from '../../execute/execute-plan.ts';
import { readCallerArn } from '../../inventory/identity.ts';
import type { PassName } from '../../model/plan.ts';
import { newRunId } from '../../model/run.ts';
import type { StartedBy } from '../../report/audit.ts';
import { refusalProblems } from '../../report/refused.ts';
import type { Report } from '../../report/report.ts';
import { run } from '../../run.ts';
import { terminalText } from '../../text/untrusted.ts';
import { agrees } from '../confirm.ts';
import { EXIT, type ExitCode, UsageError } from '../errors.ts';
import { type Io, say } from '../io.ts';
import type { PlanOptions } from '../options.ts';
import { readPolicy } from '../read-policy.ts';
import { renderTable } from '../render.ts';
import { type AccountSource, withReaderAndClients } from '../session.ts';
import { deliver, exitCodeOf, planPasses } from './plan.ts';

/** The options of the commands that can act. */
export interface EnforceOptions extends PlanOptions {
  readonly enforce?: boolean;
  readonly yes?: boolean;
}

/** Runs these passes: a dry run, unless `--enforce` says otherwise and a person or `--yes` agrees. */
export async function runPasses(
  io: Io,
  passes: readonly PassName[],
  options: EnforceOptions,
  afterwards: (report: Report) => Promise<ExitCode> = async () => EXIT.done,
): Promise<ExitCode> {
  if (options.enforce !== true) return planPasses(io, passes, options);
  refuseWhatCannotBeEnforced(io, options);
  warnWithoutJournal(io, options);
  const { report, startedBy } = await enforcePasses(io, passes, options);
  await deliver(io, report, options, startedBy);
  for (const problem of refusalProblems(report)) say(io, `ami-janitor: ${terminalText(problem)}`);
  const then = report.mode === 'enforce' ? await afterwards(report) : EXIT.done;
  return exitCodeOf(report) === EXIT.done ? then : exitCodeOf(report);
}

function refuseWhatCannotBeEnforced(io: Io, { at, account, yes }: EnforceOptions): void {
  if (at !== undefined)
    throw new UsageError('--at plans for another time, so it goes with a dry run; leave out --enforce');
  if (account !== undefined)
    throw new UsageError('--account decides over a recording, so it goes with a dry run; leave out --enforce');
  mustBeAnswerable(io, yes);
}

/** @throws UsageError where a question would find nobody to answer it */
export function mustBeAnswerable(io: Io, yes: boolean | undefined): void {
  if (yes !== true && (io.stdin.isTTY !== true || io.stderr.isTTY !== true)) {
    throw new UsageError('--enforce asks before it acts, and there is no terminal to ask on; answer with --yes');
  }
}

/** Says once what an act without a journal means for later runs. */
export function warnWithoutJournal({ env, stderr }: Io, { bucket }: AccountSource): void {
  if (bucket !== undefined || env.REPORT_BUCKET) return;
  stderr.write(`warning: ${NO_JOURNAL_WARNING}\n`);
}

const NO_JOURNAL_WARNING =
  'without --bucket (or REPORT_BUCKET) nothing proves later what this run did: launch permissions are not given back, announcements do not count, and snapshots that are left behind stay; name the report bucket';

interface Enforced {
  readonly report: Report;
  readonly startedBy: StartedBy;
}

async function enforcePasses(io: Io, passes: readonly PassName[], options: EnforceOptions): Promise<Enforced> {
  const { policy, policySource } = await readPolicy(options.policy);
  const interrupt = new AbortController();
  const stop = () => {
    say(io, 'Stopping after this action; press Ctrl-C again to end at once.');
    interrupt.abort();
  };
  try {
    return await withReaderAndClients(io, options, policy.references, async (look, { clients, progress, journal }) => {
      const startedBy: StartedBy = { kind: 'command-line', callerArn: await readCallerArn(clients) };
      const confirm = async (intended: Report) => {
        const actions = intended.passes.reduce((sum, pass) => sum + pass.actions.length, 0);
        if (actions === 0) return true;
        if (options.yes !== true) {
          progress.stop();
          say(io, renderTable(intended, io));
          const things = actions === 1 ? 'this 1 action' : `these ${actions} actions`;
          if (
            !(await agrees(io, `Take ${things} in account ${intended.target.accountId}, ${intended.target.region}?`))
          ) {
            say(io, 'Nothing was done.');
            return false;
          }
        }
        process.once('SIGINT', stop);
        progress.onActing(intended);
        return true;
      };
      const { onOutcome } = progress;
      const onWarning = (sentence: string) => say(io, `warning: ${sentence}`);
      // Who was asked agreed to what was shown, and to nothing else.
      const fillsUp = options.yes === true;
      const shown = { fillsUp, signal: interrupt.signal, onOutcome, onWarning };
      const enforcement = { executePlan, clients, clock: io.now, journal, ...shown };
      const now = io.now();
      const report = await run({
        runId: newRunId(now),
        passes,
        policy,
        policySource,
        reader: look,
        at: now,
        enforcement,
        confirm,
      });
      return { report, startedBy };
    });
  } finally {
    process.off('SIGINT', stop);
  }
}
