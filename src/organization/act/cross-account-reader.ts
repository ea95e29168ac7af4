import pLimit from 'p-limit';
import { failureOf } from '../../aws/errors.ts';
import type { Account, CrossAccountUsage, UsageReading } from '../../model/account.ts';
import type { ImageId } from '../../model/ids.ts';
import type { Reference, References } from '../../model/reference.ts';
import type { AccountReader } from '../../observe/account-reader.ts';
import { sharedWith } from '../../policy/decision/sharing.ts';
import { withCrossAccountUsage, withReferences } from '../join/cross-account-usage.ts';
import { fromTarget } from '../join/join.ts';
import type { JoinedIndex, JoinedLists } from '../join/joined.ts';
import { ownedIds } from '../read/outgoing-references.ts';

/** What reading a target across accounts needs. */
interface CrossAccountRequest {
  /** Reads the target itself. */
  readonly base: AccountReader;
  /** Stands in for the first reading, where it is recent enough: that one then rests on the join alone. */
  readonly recorded: Account | undefined;
  readonly joined: JoinedLists;
  readonly index: JoinedIndex;
  /** Reads the references of another account in the same Region, from AWS. */
  readonly references: (accountId: string) => Promise<References>;
  readonly usage: (imageIds: readonly ImageId[]) => Promise<ReadonlyMap<ImageId, UsageReading>>;
  /** Since when images are shared as they are. */
  readonly sharedSince: (account: Account) => ReadonlyMap<ImageId, Date>;
}

const ACCOUNTS_AT_A_TIME = 8;

/**
 * Reads a target with what other accounts use of it. From the second reading on, the accounts that the asked images are
 * shared with are read anew, each once in a reading: what began to use an image since the join is seen. An account that
 * can't be read then counts as unread, and keeps what is shared with it.
 */
export function crossAccountReader(request: CrossAccountRequest): AccountReader {
  const { base, joined, index } = request;
  let { recorded } = request;
  let isRecorded = false;
  let asked = new Set<string>();
  const readConsumers = async (account: Account): Promise<Account> => {
    const limit = pLimit(ACCOUNTS_AT_A_TIME);
    const consumers = consumersOf(account).filter((accountId) => !asked.has(accountId));
    asked = asked.union(new Set(consumers));
    const changes = consumers.map((accountId) =>
      limit(() => request.references(accountId)).then(
        (references) => (all: Account) => withReading(all, accountId, references),
        (error: unknown) => (all: Account) => withUnread(all, accountId, failureOf(error).sentence),
      ),
    );
    return (await Promise.all(changes)).reduce((all, change) => change(all), account);
  };
  return {
    ...base,
    account: async () => {
      const recording = recorded;
      isRecorded = recording !== undefined;
      recorded = undefined;
      asked = new Set();
      return withCrossAccountUsage(recording ?? (await base.account()), joined, index);
    },
    details: async (account, wanted) => {
      const [known, usage] = await Promise.all([base.details(account, wanted), request.usage(wanted.usage)]);
      const sharedSince = request.sharedSince(known);
      const all = withUsage(known, (before) => ({ usage: new Map([...before.usage, ...usage]), sharedSince }));
      return isRecorded ? all : readConsumers(all);
    },
  };
}

/** The accounts that any image asked about is shared with, and that count as read so far. */
function consumersOf({ images, sharing, target, crossAccountUsage }: Account): string[] {
  const read = crossAccountUsage?.read ?? new Set();
  const shared = images.flatMap((image) => {
    const one = sharing.get(image.imageId);
    return one?.status === 'read' ? sharedWith(image, one) : [];
  });
  // Who belongs to an organization or a unit is not looked up: every target may.
  const everyone = shared.some(({ organizations }) => organizations.length > 0);
  const named = everyone ? read : new Set(shared.flatMap(({ accounts }) => accounts));
  return [...named].filter((accountId) => accountId !== target.accountId && read.has(accountId));
}

function withReading(account: Account, accountId: string, references: References): Account {
  const from = { accountId, region: account.target.region };
  const own = new Set(ownedIds(account));
  const ofOwn = <Id extends string>(lists: ReadonlyMap<Id, readonly Reference[]>) =>
    new Map(
      [...lists].flatMap(([id, list]) =>
        own.has(id) ? [[id, list.map((reference) => fromTarget(from, reference))] as const] : [],
      ),
    );
  const used = { images: ofOwn(references.images), snapshots: ofOwn(references.snapshots) };
  const all = { ...account, references: withReferences(account.references, used) };
  const unread = references.sources.find(({ status }) => status === 'unreadable');
  return unread?.status === 'unreadable' ? withUnread(all, accountId, `${unread.name}: ${unread.error}`) : all;
}

function withUnread(account: Account, accountId: string, why: string): Account {
  return withUsage(account, ({ read, unread }) => ({
    read: read.difference(new Set([accountId])),
    unread: new Map([...unread, [accountId, `read again: ${why}`]]),
  }));
}

function withUsage(account: Account, change: (known: CrossAccountUsage) => Partial<CrossAccountUsage>): Account {
  const { crossAccountUsage: known } = account;
  return known === undefined ? account : { ...account, crossAccountUsage: { ...known, ...change(known) } };
}
