import { isDeepStrictEqual } from 'node:util';
import type { Account } from '../model/account.ts';
import { PASSES } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import { type AccountReader, readWithDetails, recordingReader } from '../observe/account-reader.ts';
import { type Comparison, compareReports } from '../report/comparison/comparison.ts';
import { type RunRequest, run } from '../run.ts';

/** One of two policies, and how to look at the account by its `references` section. */
export type ComparedSide = Pick<RunRequest, 'policy' | 'policySource' | 'reader'>;

/**
 * What two policies decide differently over one account. Both see the same images, snapshots and details; references
 * are looked for a second time only where the policies ask for other ones.
 */
export async function comparePolicies(
  ours: ComparedSide,
  theirs: ComparedSide,
  at: Date,
  runId: string,
): Promise<Comparison> {
  const { account: first } = await readWithDetails(ours.reader, ours.policy, at);
  const references = asksForTheSame(ours.policy, theirs.policy)
    ? first.references
    : (await theirs.reader.account()).references;
  const readTheirs = lookOn({ ...first, references }, theirs.reader);
  const { account: second } = await readWithDetails(readTheirs, theirs.policy, at);
  const report = (side: ComparedSide, account: Account) =>
    run({ runId, passes: PASSES, at, ...side, reader: recordingReader(account) });
  return compareReports(await report(ours, { ...second, references: first.references }), await report(theirs, second));
}

/** Whether two policies look for references in the same places. What counts of them is decided later. */
export function asksForTheSame(ours: Policy, theirs: Policy): boolean {
  const { sharedImages: _, ...oursAsked } = ours.references;
  const { sharedImages: __, ...theirsAsked } = theirs.references;
  return isDeepStrictEqual(oursAsked, theirsAsked);
}

function lookOn(account: Account, { details }: AccountReader): AccountReader {
  return { account: async () => account, details };
}
