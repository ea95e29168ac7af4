import { emptyAccountWide } from '../../sandbox/account-wide.ts';
import { emptyAccount } from '../../sandbox/state.ts';
import { HOME, MEMBER } from '../builders/organization.ts';
import { bearOut } from '../builders/seeded-journal.ts';
import { StoryAccount } from '../scenarios/account.ts';
import { BUCKET, POLICY } from './running.ts';

const JANITOR = '111111111111';
/** Accounts that an image is shared with by their ids. */
const MOST_SHARES = 100;

/** What an organization of the benchmark is like. */
export interface Scale {
  readonly accounts: number;
  readonly regions: readonly string[];
  /** The first of the accounts own images. */
  readonly owners: number;
  /** Due in each Region of each owner, shared with the first hundred accounts. */
  readonly dueInEach: number;
  /** The deployment's parameters. */
  readonly accountsAtATime: number;
  readonly regionsAtATime: number;
}

/** Accounts that all use what some of them own, and what is due there; the janitor's home comes first. */
export function seed({ accounts, regions, owners, dueInEach }: Scale) {
  const ids = { last: 0 };
  const numbers = Array.from({ length: accounts }, (_, index) => String(300_000_000_001 + index));
  const members = [JANITOR, ...numbers].map((accountId) => {
    const everywhere = emptyAccountWide();
    const trusts = [`arn:aws:iam::${JANITOR}:user/sandbox`];
    const role = { trusts, externalId: MEMBER.externalId };
    everywhere.roles.set(MEMBER.readRole, { ...role, readOnly: true });
    everywhere.roles.set(MEMBER.actRole, role);
    const at = regions.map((region) => new StoryAccount(emptyAccount(accountId, region, everywhere), ids));
    at.find(({ state }) => state.region === HOME)?.parameter(MEMBER.templateParameter, [MEMBER.templateVersion], {
      dataType: 'text',
    });
    return at;
  });
  const janitor = members[0]?.find(({ state }) => state.region === HOME)?.state;
  // Tags hold nineteen account ids each, and ten of them what a removal must be able to give back.
  const permissions = numbers.slice(0, MOST_SHARES).map((UserId) => ({ UserId }));
  const used: Record<string, string[]> = {};
  const due = members.slice(1, owners + 1).flatMap((at) =>
    at.flatMap((account) => {
      const { state } = account;
      const golden = account.image('golden');
      used[state.region] = [...(used[state.region] ?? []), golden];
      const old = Array.from({ length: dueInEach }, (_, index) =>
        account.image(`old-${index}`, { ageDays: 400 + index }),
      );
      for (const id of [golden, ...old]) state.launchPermissions.set(id, permissions);
      if (janitor !== undefined) bearOut(janitor.buckets, BUCKET, state);
      return old.map((id) => ({ state, id }));
    }),
  );
  // Everybody runs what some owner has, in each Region.
  for (const [index, at] of members.slice(1).entries())
    for (const account of at) {
      const golden = used[account.state.region]?.[index % owners] ?? '';
      account.instance(golden);
      account.template('web', [golden]);
    }
  const states = members.flatMap((at) => at.map(({ state }) => state));
  return { states: [...states].sort((a, b) => Number(b === janitor) - Number(a === janitor)), due };
}

/** The policy that goes through all of them. */
export function policyOf({ accounts, regions }: Scale): string {
  const numbers = Array.from({ length: accounts }, (_, index) => `"${300_000_000_001 + index}"`);
  return POLICY.replace(
    'targets: { organizationalUnits: [r-exmp] }',
    `targets: { accounts: [${numbers.join(', ')}], regions: [${regions.join(', ')}] }`,
  ).replace('perRun: 100', 'perRun: 20000');
}
