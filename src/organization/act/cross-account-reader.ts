import type { Account } from '../../model/account.ts';
import type { ImageId } from '../../model/ids.ts';
import type { AccountReader } from '../../observe/account-reader.ts';
import { withCrossAccountUsage } from '../join/cross-account-usage.ts';
import type { JoinedIndex, JoinedLists } from '../join/joined.ts';
import type { SharedSince } from './shared-since.ts';
import type { readUsage } from './usage-reports.ts';

/** What reading a target across accounts needs. */
interface CrossAccountRequest {
  /** Reads the target itself. */
  readonly base: AccountReader;
  readonly joined: JoinedLists;
  readonly index: JoinedIndex;
  readonly usage: (imageIds: readonly ImageId[]) => ReturnType<typeof readUsage>;
  readonly sharedSince: SharedSince;
  readonly clock: () => Date;
}

/** Reads a target with what other accounts use of it, as the join found that. */
export function crossAccountReader(request: CrossAccountRequest): AccountReader {
  const { base, joined, index, sharedSince, clock } = request;
  return {
    ...base,
    account: async () => withCrossAccountUsage(await base.account(), joined, index),
    details: async (account, wanted) => {
      const [known, usage] = await Promise.all([base.details(account, wanted), request.usage(wanted.usage)]);
      return withUsage(known, usage, sharedSince.seen(known, clock()));
    },
  };
}

function withUsage(
  account: Account,
  usage: Awaited<ReturnType<typeof readUsage>>,
  sharedSince: ReadonlyMap<ImageId, Date>,
): Account {
  const { crossAccountUsage: known } = account;
  if (known === undefined) return account;
  return { ...account, crossAccountUsage: { ...known, usage: new Map([...known.usage, ...usage]), sharedSince } };
}
