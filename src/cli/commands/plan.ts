import type { PassName } from '../../model/plan.ts';
import { publishToDirectory } from '../../publish/directory.ts';
import type { Report } from '../../report/report.ts';
import { run } from '../../run.ts';
import { newRunId } from '../../run-id.ts';
import { DeliveryError, EXIT, type ExitCode } from '../errors.ts';
import { type Io, print, say } from '../io.ts';
import type { PlanOptions } from '../options.ts';
import { readPolicy } from '../read-policy.ts';
import { render } from '../render.ts';
import { withLook } from '../session.ts';

/** A dry run of these passes: prints what each would do, and why every other image stays. */
export async function planPasses(io: Io, passes: readonly PassName[], options: PlanOptions): Promise<ExitCode> {
  const report = await planReport(io, passes, options);
  await deliver(io, report, options);
  return exitCodeOf(report);
}

/** The report of a dry run of these passes. */
export async function planReport(io: Io, passes: readonly PassName[], options: PlanOptions): Promise<Report> {
  const started = io.now();
  const { policy, policySource } = await readPolicy(options.policy);
  return withLook(io, options, policy.references, (look) =>
    run({
      runId: newRunId(started),
      mode: 'dry-run',
      passes,
      policy,
      policySource,
      look,
      at: options.at ?? started,
    }),
  );
}

/** Prints a report, and writes it where `--out` says. What can't be written is said after the result is through. */
async function deliver(io: Io, report: Report, { format, out }: PlanOptions): Promise<void> {
  await print(io, render(report, format, io));
  if (out === undefined) return;
  const paths = await publishToDirectory(report, out).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new DeliveryError(`the report can't be written to ${out} (${why}); name another directory with --out`);
  });
  say(io, `wrote ${paths.join(', ')}`);
}

/** Unread sources and failed actions fail a run; so does, with a code of its own, a limit that stopped it. */
export function exitCodeOf({ complete, outcomes, passes }: Report): ExitCode {
  if (!complete || outcomes.some(({ status }) => status === 'failed')) return EXIT.failed;
  return passes.some(({ stopped }) => stopped !== undefined) ? EXIT.stopped : EXIT.done;
}
