import { newRunId } from '../../model/run.ts';
import type { Comparison } from '../../report/comparison/comparison.ts';
import { comparisonCsv } from '../../report/comparison/csv.ts';
import { comparisonMarkdown } from '../../report/comparison/markdown.ts';
import { comparisonTerminal } from '../../report/comparison/terminal.ts';
import { linewiseJson } from '../../report/json.ts';
import { asksForTheSame, comparePolicies } from '../compare-policies.ts';
import { EXIT, type ExitCode, UsageError } from '../errors.ts';
import { type Io, print, say } from '../io.ts';
import type { Format, PlanOptions } from '../options.ts';
import { type LoadedPolicy, readPolicy } from '../read-policy.ts';
import { paletteFor, widthOf } from '../render.ts';
import { withReader } from '../session.ts';

/** Prints what two policies decide differently, and why; a dry run of each, over one account. */
export async function planAgainst(io: Io, against: string, options: PlanOptions): Promise<ExitCode> {
  const { format } = options;
  if (format === 'html') throw new UsageError('--against prints --format table, json, markdown or csv, not html');
  if (options.out !== undefined) {
    throw new UsageError(
      '--out writes the report of one policy; leave it out with --against, and redirect what is printed',
    );
  }
  const [ours, theirs] = [await readPolicy(options.policy), await readPolicy(against)];
  if (options.account !== undefined && !asksForTheSame(ours.policy, theirs.policy)) {
    say(
      io,
      'warning: the policies look for references in different places, and a recording has only those that it was made with',
    );
  }
  const comparison = await compare(io, ours, theirs, options);
  await print(io, render(comparison, format, io));
  return exitCodeOf(comparison);
}

async function compare(io: Io, ours: LoadedPolicy, theirs: LoadedPolicy, options: PlanOptions): Promise<Comparison> {
  const started = io.now();
  return withReader(io, options, ours.policy.references, (look, lookBy) =>
    comparePolicies(
      { ...ours, reader: look },
      { ...theirs, reader: lookBy(theirs.policy.references) },
      options.at ?? started,
      newRunId(started),
    ),
  );
}

function render(comparison: Comparison, format: Exclude<Format, 'html'>, io: Io): string {
  switch (format) {
    case 'table':
      return comparisonTerminal(comparison, { width: widthOf(io), palette: paletteFor(io) });
    case 'json':
      return linewiseJson(comparison);
    case 'markdown':
      return comparisonMarkdown(comparison);
    case 'csv':
      return comparisonCsv(comparison);
  }
}

/** As a plan's: what could not be read fails it, and a limit that stopped either policy has a code of its own. */
function exitCodeOf({ complete, policy, against }: Comparison): ExitCode {
  if (!complete) return EXIT.failed;
  const stopped = [policy, against].some(({ passes }) => Object.values(passes).some((pass) => pass.stopped));
  return stopped ? EXIT.stopped : EXIT.done;
}
