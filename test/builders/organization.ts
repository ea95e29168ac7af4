import { emptyAccountWide } from '../../sandbox/account-wide.ts';
import { newOrganization, type OrganizationState, organizationArn } from '../../sandbox/organizations/state.ts';
import type { SandboxOptions } from '../../sandbox/server.ts';
import { emptyAccount } from '../../sandbox/state.ts';
import { NOW, StoryAccount } from '../scenarios/account.ts';
import { type GoldenImages, tellGoldenStories } from './golden-stories.ts';
import { bearOut } from './seeded-journal.ts';

/** Where the janitor and the golden images live, and where copies of some of them stand. */
export const HOME = 'eu-west-1';
export const AWAY = 'eu-central-1';
const MANAGEMENT_ID = '100000000000';
const JANITOR_ID = '111111111111';
export const GOLDEN_ID = '222222222222';
/** Belongs to the organization, and is suspended. */
export const SUSPENDED_ID = '444444444444';
/** Does not belong to the organization. */
export const OUTSIDER_ID = '999999999999';

/** What each member account has for the janitor, as its template makes it. */
export const MEMBER = {
  readRole: 'ami-janitor/ami-janitor-read',
  actRole: 'ami-janitor/ami-janitor-act',
  restoreRole: 'ami-janitor/ami-janitor-restore',
  externalId: 'ami-janitor-example',
  templateParameter: '/ami-janitor/member-template',
  templateVersion: '2',
} as const;

const UNITS = {
  platform: 'ou-exmp-platform1',
  workloads: 'ou-exmp-workload1',
  prod: 'ou-exmp-workprod1',
  test: 'ou-exmp-worktest1',
};

/** One account in both Regions of the story. */
export interface Member {
  readonly accountId: string;
  readonly home: StoryAccount;
  readonly away: StoryAccount;
}

export interface OrganizationWish {
  /** How many accounts launch golden images; the first half belongs to production. */
  readonly consumers?: number;
  /** How many golden images are shared with all of them and used by none, besides those with a story of their own. */
  readonly unused?: number;
  /** Who may assume the roles in the members; the sandbox's default caller where left out. */
  readonly trusts?: readonly string[];
}

export interface SeededOrganization {
  readonly organization: OrganizationState;
  /** Units by what they are for; `prod` and `test` lie in `workloads`. */
  readonly units: typeof UNITS;
  /** A delegated administrator; its bucket takes the reports. */
  readonly janitor: Member;
  readonly golden: Member;
  /** The nth consumer, counted from 1; where there are fewer, the count begins anew. */
  readonly consumer: (number: number) => Member;
  readonly consumers: readonly Member[];
  readonly outsider: Member;
  readonly images: GoldenImages;
  /** What `startSandbox` needs; callers without a role are the janitor's account. */
  readonly sandbox: Pick<SandboxOptions, 'account' | 'otherAccounts' | 'organization'>;
}

/**
 * An organization whose golden images are launched everywhere: one account owns and shares them, many use them, each
 * image in a way of its own. Everything is the same each time, but for what tests change.
 */
export function seedOrganization({
  consumers: count = 40,
  unused = 3,
  ...wish
}: OrganizationWish = {}): SeededOrganization {
  const organization = newOrganization(MANAGEMENT_ID, NOW);
  const { rootId } = organization;
  organization.units.set(UNITS.platform, { name: 'Platform', parentId: rootId });
  organization.units.set(UNITS.workloads, { name: 'Workloads', parentId: rootId });
  organization.units.set(UNITS.prod, { name: 'Production', parentId: UNITS.workloads });
  organization.units.set(UNITS.test, { name: 'Test', parentId: UNITS.workloads });
  organization.delegatedAdministrators.add(JANITOR_ID);
  const ids = { last: 0 };
  const trusts = wish.trusts ?? [`arn:aws:iam::${JANITOR_ID}:user/sandbox`];
  const join = (accountId: string, name: string, parentId: string): Member => {
    const state = accountId === SUSPENDED_ID ? 'SUSPENDED' : 'ACTIVE';
    const email = `${name}@example.com`;
    organization.accounts.set(accountId, { name, email, state, parentId, joined: NOW });
    const member = newMember(accountId, ids);
    deployMemberTemplate(member, trusts);
    return member;
  };
  const janitor = join(JANITOR_ID, 'platform-tools', UNITS.platform);
  const golden = join(GOLDEN_ID, 'golden-images', UNITS.platform);
  const suspended = join(SUSPENDED_ID, 'left-behind', UNITS.test);
  const consumers = Array.from({ length: count }, (_, index) => {
    const name = `consumer-${index + 1}`;
    return join(String(300_000_000_001 + index), name, index < count / 2 ? UNITS.prod : UNITS.test);
  });
  const outsider = newMember(OUTSIDER_ID, ids);
  janitor.home.state.buckets.set('ami-janitor-reports', new Map());
  const consumer = (number: number): Member => {
    const found = consumers[(number - 1) % consumers.length];
    if (found === undefined) throw new RangeError(`There is no consumer ${number}.`);
    return found;
  };
  const arns = {
    organization: organizationArn(organization, 'organization'),
    prod: organizationArn(organization, 'ou', UNITS.prod),
  };
  const images = tellGoldenStories({ golden, consumer, consumers, outsider, arns, unused });
  for (const { home, away } of [janitor, golden, ...consumers]) {
    for (const { state } of [home, away]) bearOut(janitor.home.state.buckets, 'ami-janitor-reports', state);
  }
  const [first, ...others] = [janitor, golden, suspended, ...consumers, outsider].flatMap(({ home, away }) => [
    home,
    away,
  ]);
  const account = first?.state ?? janitor.home.state;
  const sandbox = { account, otherAccounts: others.map(({ state }) => state), organization };
  return { organization, units: UNITS, janitor, golden, consumer, consumers, outsider, images, sandbox };
}

function newMember(accountId: string, ids: { last: number }): Member {
  const everywhere = emptyAccountWide();
  const at = (region: string) => new StoryAccount(emptyAccount(accountId, region, everywhere), ids);
  return { accountId, home: at(HOME), away: at(AWAY) };
}

function deployMemberTemplate({ home }: Member, trusts: readonly string[]): void {
  const { roles } = home.state.everywhere;
  roles.set(MEMBER.readRole, { trusts, externalId: MEMBER.externalId, readOnly: true });
  for (const role of [MEMBER.actRole, MEMBER.restoreRole]) roles.set(role, { trusts, externalId: MEMBER.externalId });
  home.parameter(MEMBER.templateParameter, [MEMBER.templateVersion], { dataType: 'text' });
}
