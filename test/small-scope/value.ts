import { ImageMap } from '../../sandbox/image-map.ts';
import { type AccountState, emptyAccount } from '../../sandbox/state.ts';
import { VirtualTime } from '../notify/virtual-time.ts';
import { StoryAccount } from '../scenarios/account.ts';
import { Mailbox } from '../simulation/mailbox.ts';
import { Witness } from '../simulation/witness.ts';
import { type Life, World } from '../simulation/world.ts';
import { frozen } from './tool.ts';
import { POLICY } from './world.ts';

// Worlds as values, so that ways can be told to have come to the same: equal ones are one object.

/** A part of an account, and how it reads. */
interface Part {
  readonly id: number;
  readonly value: unknown;
  readonly text: string;
}

interface Account {
  readonly id: number;
  readonly parts: ReadonlyMap<string, Part>;
}

/** What a witness has seen of people and of the run. */
export interface Memory {
  readonly id: number;
  /** All of it but for times of what people did. */
  readonly shape: string;
  readonly shapeId: number;
  readonly stamps: readonly number[];
}

export interface Value {
  readonly account: Account;
  readonly memory: Memory;
}

/** A world with its witness, in which something is about to happen. */
export interface Stage {
  readonly world: World;
  readonly witness: Witness;
  /** What the run did, as its witness has it. */
  readonly did: Set<string>;
  readonly ids: { last: number };
}

const parts = new Map<string, Part>();
const accounts = new Map<string, Account>();
const shapes = new Map<string, number>();
const memories = new Map<string, Memory>();

function oneOf<Thing>(all: Map<string, Thing>, key: string, make: (id: number) => Thing): Thing {
  const thing = all.get(key) ?? make(all.size);
  all.set(key, thing);
  return thing;
}

/** A world as it is now. */
export function asValue(stage: Stage): Value {
  return { account: accountOf(stage.world.state), memory: memoryOf(stage) };
}

/** An account as it is now. @param base what it was, where only what was touched since may be other */
export function accountOf(state: AccountState, base?: Account, touched?: ReadonlySet<string>): Account {
  const all = new Map(base?.parts);
  for (const name of touched ?? Object.keys(state)) {
    const value: unknown = Reflect.get(state, name);
    const text = textOf(value);
    if (text !== all.get(name)?.text)
      all.set(
        name,
        oneOf(parts, `${name} ${text}`, (id) => ({ id, value: copyOf(value), text })),
      );
  }
  const key = [...all.values()].map(({ id }) => id).join();
  return oneOf(accounts, key, (id) => ({ id, parts: all }));
}

const texts = new WeakMap<object, string>();

/** What holds things is written out each time, a thing once: it is replaced, never changed. */
function textOf(value: unknown): string {
  if (value instanceof Map) return `{${[...value].map(([key, one]) => `${key}:${textOf(one)}`).join()}}`;
  if (value instanceof Set) return `{${[...value].join()}}`;
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  if (holds(value)) return `{${Object.entries(value).map(([name, one]) => `${name}:${textOf(one)}`)}}`;
  const known = texts.get(value) ?? JSON.stringify(frozen(value), readably);
  texts.set(value, known);
  return known;
}

function readably(this: unknown, name: string, given: unknown): unknown {
  const value: unknown = Reflect.get(Object(this), name);
  return value instanceof Uint8Array ? Buffer.from(value).toString() : given;
}

function holds(value: object): boolean {
  return Object.values(value).some((one) => one instanceof Map);
}

/** Holds the same things. */
function copyOf(value: unknown): unknown {
  if (value instanceof Map) {
    const copy = value instanceof ImageMap ? new ImageMap() : new Map<unknown, unknown>();
    for (const [key, one] of value) copy.set(key, copyOf(one));
    return copy;
  }
  if (value instanceof Set) return new Set(value);
  if (Array.isArray(value)) return [...value];
  if (typeof value !== 'object' || value === null || !holds(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, copyOf(one)]));
}

/** Puts an account where something may change it. @returns the names of the parts that were looked at since */
export function putInto(state: AccountState, account: Account): ReadonlySet<string> {
  const touched = new Set<string>();
  for (const [name, part] of account.parts) {
    let own: unknown;
    const get = () => {
      if (!touched.has(name)) own = copyOf(part.value);
      touched.add(name);
      return own;
    };
    Object.defineProperty(state, name, { enumerable: true, configurable: true, get });
  }
  return touched;
}

/**
 * When people did what a witness holds a run to. It complains of what the run could have known for long enough, so that
 * of two ways that are the same but for these it complains rather of the one in which they are earlier.
 */
const BY_PEOPLE = ['touchedAt', 'keptSince', 'putBackAt', 'leftAt'] as const;

/** How a life is kept in a text. */
type Kept = Omit<Life, 'uses' | 'sharedWith'> & {
  readonly uses: readonly { readonly by: 'group'; readonly templateId: string; readonly group: string }[];
  readonly sharedWith: readonly string[];
};

interface Shape {
  readonly lives: readonly (readonly [number, Kept])[];
  readonly did: readonly string[];
  readonly last: number;
}

/** What the witness of a world knows. */
export function memoryOf({ world, did, ids }: Pick<Stage, 'world' | 'did' | 'ids'>): Memory {
  const stamps: number[] = [];
  const lives = [...world.lives].map(([image, life]) => {
    stamps.push(...BY_PEOPLE.map((name) => life[name] ?? 0), ...[...life.uses.values()].map(({ since }) => since));
    const when = Object.fromEntries(BY_PEOPLE.map((name) => [name, life[name] && 1]));
    const uses = [...life.uses].map(([by, { templateId, group }]) => ({ by, templateId, group }));
    const kept = { ...life, ...when, uses, sharedWith: [...life.sharedWith].sort() };
    return [image, Object.fromEntries(Object.entries(kept).sort())];
  });
  return memory(JSON.stringify({ lives, did: [...did].sort(), last: ids.last }), stamps);
}

export function memory(shape: string, stamps: readonly number[]): Memory {
  const shapeId = oneOf(shapes, shape, (id) => id);
  return oneOf(memories, `${shapeId} ${stamps.join()}`, (id) => ({ id, shape, shapeId, stamps }));
}

/** What is remembered when another run begins. */
export function ofNewRun({ shape, stamps }: Memory): Memory {
  const { lives, last }: Shape = JSON.parse(shape);
  return memory(JSON.stringify({ lives, did: [], last }), stamps);
}

/** A world as it was. @returns beside it the names of the account's parts that were looked at since */
export function stageOf({ account, memory: { shape, stamps } }: Value, now: number) {
  const { lives, did, last }: Shape = JSON.parse(shape);
  const ids = { last };
  const world = new World({ lingersSeconds: 0 }, new StoryAccount(emptyAccount(), ids), new VirtualTime(new Date(now)));
  world.edit(POLICY);
  // No run has gone undisturbed since people did anything.
  world.seenAt = Number.NEGATIVE_INFINITY;
  const { state } = world;
  const touched = putInto(state, account);
  const noted = stamps.values();
  const stamp = () => noted.next().value ?? 0;
  for (const [image, { uses, sharedWith, ...life }] of lives) {
    const when = BY_PEOPLE.map((name) => ({ name, at: stamp() })).filter(({ name }) => life[name] !== undefined);
    const whens = Object.fromEntries(when.map(({ name, at }) => [name, at]));
    const used = uses.map(({ by, templateId, group }) => {
      const stop = () => {
        state.autoScalingGroups.delete(group);
        state.instanceRefreshes.delete(group);
        state.launchTemplates.delete(templateId);
      };
      return [by, { since: stamp(), stop, templateId, group }] as const;
    });
    world.lives.set(image, { ...life, ...whens, uses: new Map(used), sharedWith: new Set(sharedWith) });
  }
  return { world, witness: new Witness(world, new Mailbox(), { isExact: true }), did: new Set(did), ids, touched };
}
