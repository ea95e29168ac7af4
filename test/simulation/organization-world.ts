import type { StoredRole } from '../../sandbox/account-wide.ts';
import type { Call } from '../../sandbox/calls.ts';
import type { AccountState } from '../../sandbox/state.ts';
import type { Policy } from '../../src/model/policy.ts';
import { BUCKET } from '../builders/journal.ts';
import { MEMBER, type SeededOrganization, seedOrganization } from '../builders/organization.ts';
import { VirtualTime } from '../notify/virtual-time.ts';
import { NOW } from '../scenarios/account.ts';
import { act, letGoOfAll } from './people.ts';
import { USUAL_POLICY } from './policies.ts';
import type { Act, Story } from './story.ts';
import type { Scene } from './troubled.ts';
import { World } from './world.ts';

const CONSUMERS = 2;

/** An organization on a virtual clock: an account whose images two others use, each in two Regions. */
export class OrganizationWorld implements Scene {
  readonly seeded: SeededOrganization = seedOrganization({ consumers: CONSUMERS, unused: 0 });
  readonly time = new VirtualTime(NOW);
  /** Those of the golden account first, and of each account the home Region first. */
  readonly worlds: readonly World[];
  readonly #takenRoles = new Map<number, StoredRole>();

  constructor(story: Pick<Story, 'lingersSeconds'>) {
    const { golden, consumers, janitor } = this.seeded;
    const reports = new Map();
    janitor.home.state.buckets.set(BUCKET, reports);
    const members = [golden, ...consumers].map(({ home, away }) =>
      [home, away].map((account) => {
        empty(account.state);
        return new World(story, account, this.time, reports);
      }),
    );
    this.worlds = members.flat();
    for (const own of members)
      for (const [at, world] of own.entries()) {
        world.neighbors = members.filter((one) => one !== own).flatMap((one) => one[at] ?? []);
        world.otherRegion = own[1 - at];
      }
  }

  get policy(): Policy {
    return this.worlds[0]?.policy ?? USUAL_POLICY;
  }

  get isLockedOut(): boolean {
    return this.#takenRoles.size > 0;
  }

  goOn(milliseconds: number): void {
    for (const world of this.worlds) world.goOn(milliseconds);
  }

  /** Most is built in the golden account's home Region, and some everywhere. */
  act(does: Act): void {
    const everywhere = this.worlds[does.image % this.worlds.length];
    const builder = does.image % 4 === 0 ? everywhere : this.worlds[0];
    const world = does.do === 'build' ? builder : this.#worldOf(does.image);
    if (world !== undefined) act(world, does);
  }

  /** Below zero it is one of the golden account's. */
  #worldOf(image: number): World | undefined {
    return image < 0 ? this.worlds[0] : this.worlds.find(({ lives }) => lives.has(image));
  }

  numberOf(id: string | undefined): number | undefined {
    return this.worlds.map((world) => world.numberOf(id)).find((number) => number !== undefined);
  }

  remember(): void {
    for (const world of this.worlds) world.remember();
  }

  asOf(call: Call, seconds: number): AccountState {
    return this.of(call)?.asOf(seconds) ?? this.seeded.janitor.home.state;
  }

  /** Where a call goes to; the janitor's own account has no images. */
  of({ accountId, region }: { readonly accountId: string; readonly region: string }): World | undefined {
    return this.worlds.find(({ state }) => state.accountId === accountId && state.region === region);
  }

  /** The role by which an account is read is taken away, or made again. */
  lock(number: number, isOut: boolean): void {
    const roles = this.seeded.consumers[number - 1]?.home.state.everywhere.roles;
    const role = roles?.get(MEMBER.readRole);
    const taken = this.#takenRoles.get(number);
    if (isOut && role) {
      this.#takenRoles.set(number, role);
      roles?.delete(MEMBER.readRole);
    } else if (!isOut && taken) {
      this.#takenRoles.delete(number);
      roles?.set(MEMBER.readRole, taken);
    }
  }

  /** Everybody lets go of everything. */
  letGo(): void {
    for (let number = 1; number <= CONSUMERS; number += 1) this.lock(number, false);
    for (const world of this.worlds) letGoOfAll(world);
  }
}

/** The stories that every organization of the tests begins with are others'. */
function empty(state: AccountState): void {
  for (const all of [state.images, state.snapshots, state.instances, state.launchTemplates, state.autoScalingGroups])
    all.clear();
  for (const all of [state.launchConfigurations, state.launchPermissions, state.instanceRefreshes]) all.clear();
  for (const name of [...state.parameters.keys()]) if (name !== MEMBER.templateParameter) state.parameters.delete(name);
}
