import pLimit from 'p-limit';
import { failureOf } from '../../aws/errors.ts';
import type { Account } from '../../model/account.ts';
import type { CrossAccountUsage, UsageReading } from '../../model/cross-account-usage.ts';
import type { ImageId } from '../../model/ids.ts';
import type { Reference, References } from '../../model/reference.ts';
import type { AccountReader } from '../../observe/account-reader.ts';
import { sharedWith } from '../../policy/decision/sharing.ts';
import { withCrossAccountUsage, withReferences } from '../join/cross-account-usage.ts';
import { fromTarget, type Joined } from '../join/join.ts';
import type { JoinedIndex } from '../join/join-targets.ts';
import { ownedIds } from '../read/outgoing-references.ts';

/** What reading a target across accounts needs. */
export interface CrossAccountRequest {
  /** Reads the target itself. */
  readonly base: AccountReader;
  /** Stands in for the first reading, where it is recent enough: that one then rests on the join alone. */
  readonly recorded?: Account;
  readonly joined: Joined;
  readonly index: JoinedIndex;
  /** Reads the references of another account in the same Region, from AWS. */
  readonly references: (accountId: string) => Promise<References>;
  readonly usage: (imageIds: readonly ImageId[]) => Promise<ReadonlyMap<ImageId, UsageReading>>;
}

const ACCOUNTS_AT_A_TIME = 8;

/**
 * Reads a target with what other accounts use of it. From the second reading on, the accounts that the asked images are
 * shared with are read anew: what began to use an image since the join is seen. An account that can't be read then
 * counts as unread, and keeps what is shared with it.
 */
export function crossAccountReader(request: CrossAccountRequest): AccountReader {
  const { base, recorded, joined, index } = request;
  let readings = 0;
  let consumers = new Consumers(request);
  return {
    ...(base.missing !== undefined && { missing: base.missing }),
    account: async () => {
      readings += 1;
      consumers = new Consumers(request);
      const account = readings === 1 && recorded !== undefined ? recorded : await base.account();
      return withCrossAccountUsage(account, joined, index);
    },
    details: async (account, wanted) => {
      const [known, usage] = await Promise.all([base.details(account, wanted), request.usage(wanted.usage)]);
      const all = withUsage(known, usage);
      return readings === 1 && recorded !== undefined ? all : consumers.readFor(all);
    },
  };
}

/** The other accounts, each read once in a reading of the target. */
class Consumers {
  readonly #request: CrossAccountRequest;
  readonly #limit = pLimit(ACCOUNTS_AT_A_TIME);
  readonly #asked = new Set<string>();

  constructor(request: CrossAccountRequest) {
    this.#request = request;
  }

  /** Reads those that images are shared with, and brings in what they use. */
  async readFor(account: Account): Promise<Account> {
    const { crossAccountUsage } = account;
    if (crossAccountUsage === undefined) return account;
    const wanted = consumersOf(account, crossAccountUsage).filter((accountId) => !this.#asked.has(accountId));
    for (const accountId of wanted) this.#asked.add(accountId);
    const readings = await Promise.all(wanted.map((accountId) => this.#limit(() => this.#read(accountId))));
    return readings.reduce((all, withReading) => withReading(all), account);
  }

  /** Brings what an account uses, or that it could not be read, into the reading of the target. */
  async #read(accountId: string): Promise<(account: Account) => Account> {
    try {
      const references = await this.#request.references(accountId);
      return (account) => withReading(account, accountId, references);
    } catch (error) {
      return (account) => withUnread(account, accountId, failureOf(error).sentence);
    }
  }
}

/** The accounts that any image asked about is shared with, and that count as read so far. */
function consumersOf({ images, sharing, target }: Account, { read }: CrossAccountUsage): string[] {
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
  const { crossAccountUsage } = account;
  if (crossAccountUsage === undefined) return account;
  const read = new Set([...crossAccountUsage.read].filter((id) => id !== accountId));
  const unread = new Map([...crossAccountUsage.unread, [accountId, `read again: ${why}`] as const]);
  return { ...account, crossAccountUsage: { ...crossAccountUsage, read, unread } };
}

function withUsage(account: Account, usage: ReadonlyMap<ImageId, UsageReading>): Account {
  const { crossAccountUsage } = account;
  if (crossAccountUsage === undefined || usage.size === 0) return account;
  return {
    ...account,
    crossAccountUsage: { ...crossAccountUsage, usage: new Map([...crossAccountUsage.usage, ...usage]) },
  };
}
