import type { SlackServer } from '../notify/slack-server.ts';
import type { VirtualTime } from '../notify/virtual-time.ts';
import { Mailbox } from './mailbox.ts';
import { OrganizationRuns } from './organization-runs.ts';
import { OrganizationWorld } from './organization-world.ts';
import { act, letGoOfAll } from './people.ts';
import { press } from './press.ts';
import { Runs } from './runs.ts';
import type { Act, Step, Story, Trouble } from './story.ts';
import { Witness } from './witness.ts';
import { World } from './world.ts';

/** What other accounts use is read once for all, and acted on for as long again, an hour at the most. */
const OTHERS_READING = 5_400_000;

/** Where a story is played. */
export interface Stage {
  readonly worlds: readonly World[];
  readonly witnesses: readonly Witness[];
  readonly mailbox: Mailbox;
  readonly time: VirtualTime;
  /** Of each so many days of a rest. */
  readonly restNights: readonly number[];
  goOn(milliseconds: number): void;
  act(does: Act): void;
  lock(account: number, isOut: boolean): void;
  letGo(): void;
  press(step: Extract<Step, { do: 'press' }>): Promise<void>;
  morning(trouble: Trouble): Promise<void>;
  night(trouble: Trouble): Promise<void>;
  close(): Promise<void>;
}

/** One account. */
export function accountStage(story: Story, slack: SlackServer): Stage {
  const world = new World(story);
  const mailbox = new Mailbox();
  const witness = new Witness(world, mailbox);
  const runs = new Runs(world, witness, mailbox, slack);
  return {
    ...{ worlds: [world], witnesses: [witness], mailbox, time: world.time, restNights: [0] },
    goOn: (at) => world.goOn(at),
    act: (does) => act(world, does),
    lock: () => {},
    letGo: () => letGoOfAll(world),
    press: (step) => press(step, world, slack, witness),
    morning: (trouble) => runs.morning(trouble),
    night: (trouble) => runs.night(trouble),
    close: async () => {},
  };
}

/** An organization: its tool tells owners at the end of each run. */
export async function organizationStage(story: Story, slack: SlackServer): Promise<Stage> {
  const organization = new OrganizationWorld(story);
  const { worlds, time } = organization;
  const mailbox = new Mailbox();
  const witnesses = worlds.map((world) => new Witness(world, mailbox, { othersReading: OTHERS_READING }));
  const watching = new Map(worlds.map((world, at) => [world, witnesses[at] ?? new Witness(world, mailbox)]));
  const runs = await OrganizationRuns.open(organization, watching, mailbox, slack);
  return {
    // What AWS's usage report says, for which one run asks, the next one reads; it is too old two days later.
    ...{ worlds, witnesses, mailbox, time, restNights: [0, 1] },
    goOn: (at) => organization.goOn(at),
    act: (does) => organization.act(does),
    lock: (account, isOut) => organization.lock(account, isOut),
    letGo: () => organization.letGo(),
    press: async () => {},
    morning: async () => {},
    night: (trouble) => runs.night(trouble),
    close: () => runs.close(),
  };
}
