import { isDeepStrictEqual } from 'node:util';
import type { Account } from '../../model/account.ts';
import { PASSES } from '../../model/plan.ts';
import type { Policy } from '../../model/policy.ts';
import { newRunId } from '../../model/run.ts';
import { type AccountReader, readWithDetails, recordingReader } from '../../observe/account-reader.ts';
import { type Comparison, compareReports } from '../../report/comparison.ts';
import { comparisonCsv, comparisonMarkdown, comparisonTerminal } from '../../report/comparison-formats.ts';
import { linewiseJson } from '../../report/json.ts';
import { isSelective } from '../../report/selection.ts';
import { run } from '../../run.ts';
import { EXIT, type ExitCode, UsageError } from '../errors.ts';
import { type Io, print, say } from '../io.ts';
import type { Format, PlanOptions } from '../options.ts';
import { type LoadedPolicy, readPolicy } from '../read-policy.ts';
import { terminalOf } from '../render.ts';
import { type ReaderFor, withReader } from '../session.ts';

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
  return exitCodeOf(comparison);
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
function exitCodeOf({ complete, policy, against }: Comparison): ExitCode {
  if (!complete) return EXIT.failed;
  const stopped = [policy, against].some(({ passes }) => Object.values(passes).some((pass) => pass.stopped));
  return stopped ? EXIT.stopped : EXIT.done;
}
