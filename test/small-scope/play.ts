import { hash } from 'node:crypto';
import type { Call, Fault } from '../../sandbox/calls.ts';
import type { AccountState } from '../../sandbox/state.ts';
import type { Report } from '../../src/report/report.ts';
import { connect } from '../builders/in-process.ts';
import { BUCKET } from '../builders/journal.ts';
import { enforce } from '../crash/run.ts';
import { NOW } from '../scenarios/account.ts';
import type { RunSeen, Witness } from '../simulation/witness.ts';
import { DAY, type World } from '../simulation/world.ts';
import {
  ACTS,
  type ActName,
  leftBehind,
  letGo,
  type Standing,
  smallWorld,
  standingOf,
  Touches,
  worldAt,
} from './world.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;

/** What is about to happen to the image in the run that is looked at, and what happened before. */
const SCENES = {
  'the run deprecates it': { nights: [], at: 0 },
  'the run disables it': { nights: [0], at: 2 },
  'the run deregisters it': { nights: [0, 2], at: 4 },
  'the run deletes its orphaned snapshots': { nights: [0, 2], leave: 1, at: 7 },
} as const satisfies Readonly<
  Record<string, { readonly nights: readonly number[]; readonly leave?: number; readonly at: number }>
>;
export type Scene = keyof typeof SCENES;
export const SCENE_NAMES = Object.keys(SCENES).filter((name): name is Scene => name in SCENES);
/** Nights after everybody let go, until all that is due must be gone. */
const QUIET_NIGHTS = [1, 3, 5, 9, 14, 19];

/** One way that a night may go. Calls are counted from 1, on over the run after a crash. */
export interface Way {
  readonly scene: Scene;
  /** In order: each comes when so many calls have been answered. */
  readonly acts: readonly { readonly act: ActName; readonly after: number }[];
  /** So many calls were answered, and no more reach AWS; an hour later comes another run. */
  readonly crashAfter?: number;
}

/** A way as people tell it. */
export function wayText({ scene, acts, crashAfter }: Way): string {
  const told = acts.map(({ act, after }) => `${act} after call ${after}`);
  const crash = crashAfter === undefined ? [] : [`it crashes after call ${crashAfter}, and runs again an hour later`];
  return [scene, ...told, ...crash].join('; ');
}

/** A call as the account saw it. */
export interface Step {
  readonly operation: string;
  readonly writes: boolean;
  readonly touched: ReadonlySet<string>;
}

export interface Played {
  readonly steps: readonly Step[];
  readonly broken: readonly string[];
  /** Said by the last act: it changed nothing, or the account is one that was seen before. */
  readonly isKnown: boolean;
}

/** Says whether a state of the account after the last act, among ways that agree until then, was not seen before. */
export type IsNew = (key: string) => boolean;

/** Plays one way through the real code, and then nights without trouble. */
export async function play(way: Way, isNew: IsNew): Promise<Played> {
  const standing = standings.get(way.scene) ?? (await new Night({ ...way, acts: [] }, isNew, smallWorld()).before());
  standings.set(way.scene, standing);
  return await new Night(way, isNew, worldAt(standing)).play();
}

const standings = new Map<Scene, Standing>();

class Night {
  readonly #way: Way;
  readonly #isNew: IsNew;
  readonly #world: World;
  readonly #witness: Witness;
  readonly #touches: Touches;
  readonly #steps: Step[] = [];
  #looksAt = false;
  #next = 0;
  #isKnown = false;
  #runs = 0;

  constructor(way: Way, isNew: IsNew, { world, witness }: ReturnType<typeof smallWorld>) {
    this.#way = way;
    this.#isNew = isNew;
    this.#world = world;
    this.#witness = witness;
    this.#touches = new Touches(world.state);
  }

  /** What happens before: nights without trouble. */
  async before(): Promise<Standing> {
    const { nights, at, ...scene } = SCENES[this.#way.scene];
    const start = NOW.getTime();
    for (const night of nights) {
      if ('leave' in scene && night > scene.leave) ACTS['it is deregistered'].apply(this.#world);
      await this.#quietNight(start + night * DAY);
    }
    this.#world.goOn(start + at * DAY);
    return standingOf(this.#world);
  }

  async play(): Promise<Played> {
    const start = this.#world.time.milliseconds;
    this.#looksAt = true;
    this.#actsDue();
    if (!this.#isKnown) await this.#run();
    if (!this.#isKnown && this.#way.crashAfter !== undefined) {
      this.#world.goOn(this.#world.time.milliseconds + HOUR);
      this.#actsDue();
      if (!this.#isKnown) await this.#run();
    }
    this.#looksAt = false;
    if (!this.#isKnown && this.#isNew(`end ${this.#end()}`)) await this.#rest(start);
    return { steps: this.#steps, broken: this.#witness.broken, isKnown: this.#isKnown };
  }

  async #rest(from: number): Promise<void> {
    letGo(this.#world);
    for (const night of QUIET_NIGHTS) await this.#quietNight(from + night * DAY);
    for (const what of leftBehind(this.#world)) this.#witness.found('progress', what);
  }

  async #quietNight(at: number): Promise<void> {
    this.#world.goOn(at);
    const report = await this.#run();
    if (report?.complete !== true) this.#witness.found('undisturbed', 'a night fails, or could not read everything');
    this.#world.seeHolds(at, new Set());
  }

  async #run(): Promise<Report | undefined> {
    const { state, time, policy } = this.#world;
    this.#runs += 1;
    const stamp = time.now().toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
    const runId = `${stamp}Z-${this.#runs.toString(16).padStart(8, '0')}`;
    const seen: RunSeen = {
      ...{ runId, mayNotTake: undefined, mayNotWrite: undefined, faults: 0 },
      ...{ did: new Set<string>(), isOver: false },
    };
    const isFirst = this.#steps.length === 0;
    const isDead = () => this.#isKnown || (isFirst && this.#looksAt && this.#steps.length === this.#way.crashAfter);
    const intercept = (call: Call): Fault => {
      this.#world.goOn(time.milliseconds + SECOND);
      const after = isDead() ? undefined : this.#witness.before(call, seen);
      this.#touches.take();
      if (isDead()) return { kind: 'drop-before' };
      return {
        after: () => {
          after?.();
          if (this.#looksAt) this.#actsDue();
        },
      };
    };
    const { clients, calls } = connect(state, { now: time.now, intercept });
    calls.add = ({ operation, writes }) => {
      const touched = this.#touches.take();
      if (!this.#looksAt || isDead()) return;
      this.#steps.push({ operation, writes, touched });
    };
    try {
      return await enforce({ clients, calls }, { now: time.now, policy, bucket: BUCKET, runId });
    } catch {
      return undefined;
    } finally {
      seen.isOver = true;
      clients.destroy();
    }
  }

  /** What the person does now, which shows from the next call on. */
  #actsDue(): void {
    let untouched: string | undefined;
    for (let due = this.#way.acts[this.#next]; due?.after === this.#steps.length; due = this.#way.acts[this.#next]) {
      const before = partsOf(this.#world.state);
      untouched ??= JSON.stringify([...before]);
      ACTS[due.act].apply(this.#world);
      const parts = partsOf(this.#world.state);
      const changed = [...parts].filter(([name, text]) => before.get(name) !== text).map(([name]) => name);
      const declared: readonly string[] = ACTS[due.act].changes;
      const undeclared = changed.filter((name) => !declared.includes(name));
      if (undeclared.length > 0) throw new Error(`${due.act} changes ${undeclared.join(', ')}: say so where it stands`);
      this.#next += 1;
      if (this.#next < this.#way.acts.length) continue;
      const earlier = this.#way.acts.filter(({ after }) => after < due.after);
      const key = JSON.stringify([this.#way.scene, this.#way.crashAfter, earlier, due.after, this.#next, [...parts]]);
      const isUndone = JSON.stringify([...parts]) === untouched;
      this.#isKnown = changed.length === 0 || isUndone || !this.#isNew(hash('sha1', key));
    }
    this.#touches.take();
  }

  /** How the account stands, whatever the second: what the quiet nights after it start from. */
  #end(): string {
    const text = JSON.stringify([...partsOf(this.#world.state, true)]);
    const timeless = text.replaceAll(/T\d\d:?\d\d:?\d\d(\.\d+)?Z(-[0-9a-f]{8})?/g, '');
    return hash('sha1', JSON.stringify([this.#way.scene, timeless]));
  }
}

/** The account's parts as texts; what the tool keeps for itself only where it is asked for. */
function partsOf(state: AccountState, withBuckets = false): Map<string, string> {
  const parts = Object.entries(state).filter(([name]) => withBuckets || name !== 'buckets');
  return new Map(parts.map(([name, part]): [string, string] => [name, JSON.stringify(part, plainly)]));
}

function plainly(_: string, value: unknown): unknown {
  if (value instanceof Map) return [...value];
  if (value instanceof Set) return [...value];
  return value instanceof Uint8Array ? Buffer.from(value).toString() : value;
}
