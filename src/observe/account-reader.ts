import type { Account } from '../model/account.ts';
import type { Policy } from '../model/policy.ts';
import { type MissingDetails, missingDetails } from '../plan/missing-details.ts';
import { collectGarbage } from './memory.ts';
import { type ObserveRequest, observeAccount, observeDetails, observeMissing } from './read-account.ts';

/** Where a run gets the account from: AWS, or a recording of it. */
export interface AccountReader {
  readonly account: () => Promise<Account>;
  readonly details: (account: Account, wanted: MissingDetails) => Promise<Account>;
  /** Adds which named images are gone, for people to read; a look that decides anew over actions does without. */
  readonly missing?: (account: Account) => Promise<Account>;
}

/** Looks at the account itself. */
export function awsAccountReader(request: ObserveRequest): AccountReader {
  return {
    account: () => observeAccount(request).finally(collectGarbage),
    details: (account, wanted) => observeDetails(account, wanted, request).finally(collectGarbage),
    missing: (account) => observeMissing(account, request),
  };
}

/** Looks at a recording, which has all details that it will ever have. */
export function recordingReader(account: Account): AccountReader {
  return { account: async () => account, details: async (recorded) => recorded };
}

/** Details can show that a candidate stays (a shared image, say), and the next one moves up: ask again, so often. */
const ROUNDS = 5;
/** Across accounts each step takes two: whom an image is shared with, and then what AWS's usage reports say of it. */
const ROUNDS_ACROSS = 12;

/** The account, with the details that a plan for this time needs to act on. */
export async function readWithDetails(reader: AccountReader, policy: Policy, at: Date): Promise<Account> {
  let account = await reader.account();
  for (let round = 0; round < (account.crossAccountUsage === undefined ? ROUNDS : ROUNDS_ACROSS); round += 1) {
    const wanted = missingDetails(account, policy, at);
    if (Object.values(wanted).every(({ length }) => length === 0)) break;
    account = await reader.details(account, wanted);
  }
  return reader.missing?.(account) ?? account;
}
