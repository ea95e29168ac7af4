import type { Account, AncestryReading } from '../model/account.ts';
import type { ImageId } from '../model/ids.ts';
import type { Policy } from '../model/policy.ts';
import { isNothing, type MissingDetails } from '../plan/candidate.ts';
import { type Evaluation, evaluate } from '../plan/evaluate.ts';
import { missingDetails } from '../plan/missing-details.ts';
import { readBackground } from './background.ts';
import { collectGarbage } from './memory.ts';
import { type ObserveRequest, observeAccount, observeDetails } from './read-account.ts';

/** Where a run gets the account from: AWS, or a recording of it. */
export interface AccountReader {
  readonly account: () => Promise<Account>;
  readonly details: (account: Account, missing: MissingDetails) => Promise<Account>;
  /** Adds what people want to know and no decision rests on; revalidation does without. */
  readonly background?: (account: Account, policy: Policy) => Promise<Account>;
}

/** Reads the account from AWS; what images were made from never changes, so that it is asked once. */
export function awsAccountReader(request: ObserveRequest): AccountReader {
  const ancestry = new Map<ImageId, AncestryReading>();
  return {
    account: async () => {
      const account = await observeAccount(request).finally(collectGarbage);
      return { ...account, ancestry: new Map(ancestry) };
    },
    details: async (account, missing) => {
      const detailed = await observeDetails(account, missing, request).finally(collectGarbage);
      for (const [source, reading] of detailed.ancestry) if (reading.status === 'read') ancestry.set(source, reading);
      return detailed;
    },
    background: (account, policy) => readBackground(account, policy, request),
  };
}

/** Gives a recording, which has all details that it will ever have. */
export function recordingReader(account: Account): AccountReader {
  return { account: async () => account, details: async (recorded) => recorded };
}

/** Details can show that a candidate stays (a shared image, say), and the next one moves up: ask again, so often. */
const ITERATIONS = 5;
/** Across accounts each step takes two: whom an image is shared with, and then what AWS's usage reports say of it. */
const ITERATIONS_ACROSS = 12;

/**
 * Reads the account with the details that a plan needs to act on, and evaluates it.
 * @param at the time to plan for; absent: when the account was read
 */
export async function readWithDetails(reader: AccountReader, policy: Policy, at?: Date): Promise<Evaluation> {
  const account = await reader.account();
  const evaluation = await evaluateWithDetails(account, {
    reader,
    policy,
    at: at ?? account.observedAt,
    missingDetails,
    iterations: account.crossAccountUsage === undefined ? ITERATIONS : ITERATIONS_ACROSS,
  });
  return { ...evaluation, account: (await reader.background?.(evaluation.account, policy)) ?? evaluation.account };
}

/** Evaluates an account once for each reading, and reads what is missing until nothing is or it was asked often enough. */
export async function evaluateWithDetails(
  read: Account,
  request: {
    readonly reader: AccountReader;
    readonly policy: Policy;
    readonly at: Date;
    readonly missingDetails: (evaluation: Evaluation) => MissingDetails;
    readonly iterations?: number;
  },
): Promise<Evaluation> {
  const { reader, policy, at, iterations = ITERATIONS } = request;
  let account = read;
  for (let left = iterations; ; left -= 1) {
    const evaluation = evaluate(account, policy, at);
    const missing = request.missingDetails(evaluation);
    if (left === 0 || isNothing(missing)) return evaluation;
    const more = await reader.details(account, missing);
    // A recording has no more.
    if (more === account) return evaluation;
    account = more;
  }
}
