import type { AccountState } from '../../sandbox/state.ts';
import { StoryAccount } from '../../test/scenarios/account.ts';
import { EVERY_KIND } from '../../test/scenarios/every-kind.ts';

/** An account of which it is known by its making what is used. */
export interface Known {
  readonly state: AccountState;
  /** Image ids that something uses, with what. */
  readonly used: ReadonlyMap<string, string>;
  /** Old images that nothing uses. */
  readonly unused: ReadonlySet<string>;
  /** Images younger than the sixty days of every policy here. */
  readonly young: ReadonlySet<string>;
  /** Snapshots whose image is gone. */
  readonly left: ReadonlySet<string>;
}

/** One image for each way in which something can use one, and others that nothing does. All are named web-…. */
export function knownAccount(unused: number): Known {
  const account = new StoryAccount();
  const { state } = account;
  const ids = (count: number, ageDays: number, what: string) =>
    Array.from({ length: count }, (_, index) =>
      account.image(`web-${what}-${String(index)}`, { deprecatedDaysAgo: null, ageDays, tags: { Family: 'web' } }),
    );
  const used = new Map<string, string>();
  for (const [kind, add] of Object.entries(EVERY_KIND)) {
    const [imageId = ''] = ids(1, 400, `used-${String(used.size)}`);
    add(account, imageId);
    used.set(imageId, kind);
  }
  const [shared = ''] = ids(1, 400, 'shared');
  state.launchPermissions.set(shared, [{ UserId: '999988887777' }]);
  used.set(shared, 'shared with another account');
  const left = Array.from({ length: 10 }, () =>
    account.snapshot('Created by CreateImage(i-0123456789abcdef0) for ami-0fffffffffffffff0'),
  );
  return {
    state,
    used,
    unused: new Set(ids(unused, 400, 'unused')),
    young: new Set(ids(10, 10, 'young')),
    left: new Set(left),
  };
}
