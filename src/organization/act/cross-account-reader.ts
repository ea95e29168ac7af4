import pLimit from 'p-limit';
import type { Account } from '../../model/account.ts';
import type { CrossAccountUsage, UsageReading } from '../../model/cross-account-usage.ts';
import type { ImageId } from '../../model/ids.ts';
import type { References } from '../../model/reference.ts';
import type { AccountReader } from '../../observe/account-reader.ts';
import { sharedWith } from '../../policy/decision/sharing.ts';
import { withCrossAccountUsage, withReferences } from '../join/cross-account-usage.ts';
import { fromPlace, type Joined } from '../join/join.ts';
import type { JoinedIndex } from '../join/join-targets.ts';
import { sentenceOf } from '../targets/member.ts';

/** What looking at a place across accounts needs. */
export interface AcrossRequest {
  /** Looks at the place itself. */
  readonly base: AccountReader;
  /** Stands in for the first look at the place, where it is recent enough. */
  readonly recorded?: Account;
  readonly joined: Joined;
  readonly index: JoinedIndex;
  /** Reads the references of another account in the same Region, from AWS. */
  readonly references: (accountId: string) => Promise<References>;
  readonly usage: (imageIds: readonly ImageId[]) => Promise<ReadonlyMap<ImageId, UsageReading>>;
  /** Whether the first look may rest on the join alone; every later one reads other accounts anew. */
  readonly trustsJoinAtFirst: boolean;
}

const ACCOUNTS_AT_A_TIME = 8;

/**
 * Looks at a place with what other accounts use of it. From the second look on, the accounts that the asked images are
 * shared with are read anew: what began to use an image since the join is seen. An account that can't be read then
 * counts as unread, and keeps what is shared with it.
 */
export function crossAccountReader(request: AcrossRequest): AccountReader {
  const { base, recorded, joined, index } = request;
  let looks = 0;
  let again = new Consumers(request);
  return {
    ...(base.missing !== undefined && { missing: base.missing }),
    account: async () => {
      looks += 1;
      again = new Consumers(request);
      const account = looks === 1 && recorded !== undefined ? recorded : await base.account();
      return withCrossAccountUsage(account, joined, index);
    },
    details: async (account, wanted) => {
      const [known, usage] = await Promise.all([base.details(account, wanted), request.usage(wanted.usage)]);
      const all = withUsage(known, usage);
      return looks === 1 && request.trustsJoinAtFirst ? all : again.readFor(all);
    },
  };
}

/** The other accounts, each read once in a look. */
class Consumers {
  readonly #request: AcrossRequest;
  readonly #limit = pLimit(ACCOUNTS_AT_A_TIME);
  readonly #asked = new Set<string>();

  constructor(request: AcrossRequest) {
    this.#request = request;
  }

  /** Reads those that images are shared with, and brings in what they use. */
  async readFor(account: Account): Promise<Account> {
    const { crossAccountUsage } = account;
    if (crossAccountUsage === undefined) return account;
    const wanted = consumersOf(account, crossAccountUsage).filter((accountId) => !this.#asked.has(accountId));
    for (const accountId of wanted) this.#asked.add(accountId);
    const readings = await Promise.all(
      wanted.map((accountId) => this.#limit(async () => ({ accountId, reading: await this.#read(accountId) }))),
    );
    let all = account;
    for (const { accountId, reading } of readings) {
      if (typeof reading === 'string') all = withUnread(all, accountId, reading);
      else all = withReading(all, accountId, reading);
    }
    return all;
  }

  async #read(accountId: string): Promise<References | string> {
    try {
      return await this.#request.references(accountId);
    } catch (error) {
      return sentenceOf(error);
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
  const place = { accountId, region: account.target.region };
  const own = new Set<string>([
    ...account.images.map((image) => image.imageId),
    ...account.snapshots.map((snapshot) => snapshot.snapshotId),
  ]);
  const used = {
    images: new Map(
      [...references.images]
        .filter(([id]) => own.has(id))
        .map(([id, list]) => [id, list.map((one) => fromPlace(place, one))]),
    ),
    snapshots: new Map(
      [...references.snapshots]
        .filter(([id]) => own.has(id))
        .map(([id, list]) => [id, list.map((one) => fromPlace(place, one))]),
    ),
  };
  const all = { ...account, references: withReferences(account.references, used) };
  const unread = references.sources.find(({ status }) => status === 'unreadable');
  return unread?.status === 'unreadable' ? withUnread(all, accountId, `${unread.name}: ${unread.error}`) : all;
}

function withUnread(account: Account, accountId: string, why: string): Account {
  const { crossAccountUsage } = account;
  if (crossAccountUsage === undefined) return account;
  const read = new Set([...crossAccountUsage.read].filter((id) => id !== accountId));
  const unread = new Map([...crossAccountUsage.unread, [accountId, `looked at again: ${why}`] as const]);
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
