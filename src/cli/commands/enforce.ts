import { executePlan } from '../../execute/execute-plan.ts';
import { readCallerArn } from '../../inventory/identity.ts';
import type { PassName } from '../../model/plan.ts';
import type { Policy } from '../../model/policy.ts';
import { newRunId } from '../../model/run.ts';
import { type Act, actsOf } from '../../report/acts.ts';
import type { StartedBy } from '../../report/audit.ts';
import { refusalProblems } from '../../report/notifications.ts';
import type { Report } from '../../report/report.ts';
import { briefTerminal } from '../../report/terminal/brief.ts';
import { run } from '../../run.ts';
import { accountText } from '../../text/format.ts';
import { terminalText } from '../../text/untrusted.ts';
import { agrees, type ConfirmOptions, interruptible, mustBeAnswerable } from '../confirm.ts';
import { EXIT, type ExitCode, type Io, say, UsageError } from '../io.ts';
import type { PlanOptions } from '../options.ts';
import { terminalOf } from '../render.ts';
import { type AccountSource, readPolicy, withSession } from '../session.ts';
import { deliver, exitCodeOf, planPasses } from './plan.ts';

/** The options of the commands that can act. */
export interface EnforceOptions extends PlanOptions, ConfirmOptions {}

const CHOOSES = 'chooses what is printed, never what is done';
const DRY_ONLY = [
  ['at', 'plans for another time'],
  ['recording', 'decides over a recording'],
  ...(['owner', 'rule', 'action', 'family'] as const).map((name) => [name, CHOOSES] as const),
  ['check', 'tells whether changes are due'],
] as const;

/** Runs these passes: a dry run, unless `--enforce` says otherwise and a person or `--yes` agrees. */
export async function runPasses(
  io: Io,
  passes: readonly PassName[],
  options: EnforceOptions,
  afterwards: (report: Report) => Promise<ExitCode> = async () => EXIT.done,
): Promise<ExitCode> {
  if (options.enforce !== true) return planPasses(io, passes, options);
  const dryOnly = DRY_ONLY.find(([name]) => options[name] !== undefined);
  if (dryOnly !== undefined) {
    const [name, does] = dryOnly;
    throw new UsageError(`--${name} ${does}, so it goes with a dry run; leave out --enforce`);
  }
  mustBeAnswerable(io, options);
  warnWithoutJournal(io, options);
  const { report, startedBy } = await enforcePasses(io, passes, options);
  // Who said no has seen the plan.
  const isSeen = report.mode === 'dry-run' && options.yes !== true && hasActions(report);
  await deliver(io, report, options, { ...(startedBy && { startedBy }), isSeen });
  for (const problem of refusalProblems(report)) say(io, `ami-janitor: ${terminalText(problem)}`);
  const then = report.mode === 'enforce' ? await afterwards(report) : EXIT.done;
  return exitCodeOf(report) === EXIT.done ? then : exitCodeOf(report);
}

function hasActions({ passes }: Report): boolean {
  return passes.some(({ actions }) => actions.length > 0);
}

/** What a person is asked: how many of each kind of act, where, and which of them can be undone. */
function asked(intended: Report, { undo }: Policy, hasJournal: boolean, command: string) {
  const { target } = intended;
  const acts = actsOf(intended);
  const width = Math.max(...acts.map(({ says }) => says.length));
  const lines = acts.map((act) => `  ${act.says.padEnd(width)}  ${undoOf(act, undo, hasJournal, command)}`);
  const question = `In account ${terminalText(accountText(target))}, ${terminalText(target.region)}:\n${lines.join('\n')}\nGo ahead?`;
  return { question, agreement: acts.some(({ isRemoval }) => isRemoval) ? 'yes' : 'y' } as const;
}

function undoOf({ action, isRemoval }: Act, undo: Policy['undo'], hasJournal: boolean, command: string): string {
  if (isRemoval && undo === 'none') return "can't be undone (undo: none)";
  if (isRemoval) return `can't be undone, but while the Recycle Bin holds it (${command} restore)`;
  if (action === 'disable' && !hasJournal) return 'can be undone, but for its launch permissions (no --bucket)';
  if (action === 'archive') return 'can be undone within 72 hours, for what AWS bills per GiB restored';
  return 'can be undone';
}

/** Says once what an act without a journal means for later runs. */
export function warnWithoutJournal({ env, stderr }: Io, { bucket }: AccountSource): void {
  if (bucket !== undefined || env.REPORT_BUCKET) return;
  stderr.write(`warning: ${NO_JOURNAL_WARNING}\n`);
}

const NO_JOURNAL_WARNING =
  'without --bucket (or REPORT_BUCKET) nothing proves later what this run did: launch permissions are not given back, protection is not turned off again, announcements do not count, and snapshots that are left behind stay; name the report bucket';

async function enforcePasses(io: Io, passes: readonly PassName[], options: EnforceOptions) {
  const loaded = await readPolicy(options.policy, options.inUse);
  return interruptible(io, 'action', ({ signal, listen }) =>
    withSession(io, options, async ({ clients, progress, readerFor, journal }) => {
      const startedBy: StartedBy = { kind: 'command-line', callerArn: await readCallerArn(clients) };
      const confirm = async (intended: Report) => {
        if (!hasActions(intended)) {
          listen();
          return true;
        }
        if (options.yes !== true) {
          progress.stop();
          say(io, briefTerminal(intended, terminalOf(io)));
        }
        const { question, agreement } = asked(intended, loaded.policy, journal !== undefined, io.command);
        if (!(await agrees(io, options, question, agreement))) {
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
