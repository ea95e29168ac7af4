import { Course, type Position, type Scope, timeless } from './course.ts';
import { runsOf, type Scene, type Way } from './play.ts';
import { ACT_NAMES } from './world.ts';

export interface Explored {
  /** Ways that were told apart. */
  readonly ways: number;
  /** How it stood at the end of each, whatever the second. */
  readonly ends: ReadonlySet<string>;
  readonly broken: readonly { readonly way: Way; readonly broken: readonly string[] }[];
}

/** So many broken ways are enough to look at. */
const ENOUGH = 20;
/** A run has fewer. */
const MOST_CALLS = 80;
/**
 * Where a run died in the midst of it, or people brought back what it had taken and took it away at once, nobody can tell
 * whose doing something is. By what the run wrote down: what is used or kept is enabled again, whoever disabled it; and
 * snapshots that the run was about to delete, or could not delete yet, go by its rule, whoever deregistered their image.
 */
const UNTELLABLE = [
  { broken: /^people win: /, written: 'disabled|reinstating' },
  { broken: /^snapshots: .* people left it/, written: 'claimed|removing' },
] as const;

/**
 * Every way that one scene can go: each act of people after each call, and a crash before each.
 * @param isMerging whether ways that come to the same are gone on with once
 */
export function explore(scene: Scene, scope: Scope, isMerging = true): Promise<Explored> {
  return new Explorer(scene, scope, isMerging).explore();
}

class Explorer {
  readonly #course: Course;
  readonly #scope: Scope;
  readonly #isMerging: boolean;
  readonly #known = new Map<string, Position[]>();
  readonly #waiting = new Map<string, Position[]>();
  readonly #ends = new Set<string>();
  readonly #broken: { readonly way: Way; readonly broken: readonly string[] }[] = [];
  #ways = 0;

  constructor(scene: Scene, scope: Scope, isMerging: boolean) {
    this.#course = new Course(scene);
    this.#scope = scope;
    this.#isMerging = isMerging;
  }

  async explore(): Promise<Explored> {
    this.#wait(await this.#course.beginning(this.#scope));
    // Those with more left to come first: what others come to is then among what they come to.
    for (let acts = this.#scope.acts; acts >= 0; acts -= 1)
      for (const crashes of [1, 0]) {
        const waiting = this.#waiting.get(`${acts} ${crashes}`) ?? [];
        this.#waiting.delete(`${acts} ${crashes}`);
        waiting.sort((one, other) => one.heard.now - other.heard.now);
        for (const position of waiting) await this.#goOn(position);
      }
    return { ways: this.#ways, ends: this.#ends, broken: this.#broken };
  }

  async #goOn(from: Position): Promise<void> {
    if (this.#isKnown(from)) return;
    this.#ways += 1;
    for (let position = from; ; ) {
      this.#note(position);
      if (position.left.acts > 0) for (const act of ACT_NAMES) this.#wait(this.#course.acted(position, act));
      const step = await this.#course.called(position);
      if (step === undefined) return this.#end(position);
      if (position.left.crashes > 0) this.#wait(this.#course.crashed(position));
      if (step.broken.length > 0) return this.#found(position, step.broken);
      position = step.position;
      if (this.#isKnown(position)) return;
    }
  }

  #wait(position: Position): void {
    if (this.#isKnown(position)) return;
    push(this.#waiting, `${position.left.acts} ${position.left.crashes}`, position);
  }

  #note(position: Position): void {
    push(this.#known, placeOf(position), position);
  }

  /**
   * Whether a way that was gone on with had come to the same with as much left to come: the run had the same answers,
   * the account is the same, and people did what the witness goes by at the same time or before, so that it complains of
   * that way if it complains of this one.
   */
  #isKnown(position: Position): boolean {
    if (!this.#isMerging) return false;
    const { left, value } = position;
    return (this.#known.get(placeOf(position)) ?? []).some(
      (one) =>
        one.left.acts >= left.acts &&
        one.left.crashes >= left.crashes &&
        one.value.memory.stamps.every((at, index) => at <= (value.memory.stamps[index] ?? 0)),
    );
  }

  async #end(position: Position): Promise<void> {
    const end = timeless(position.value);
    if (this.#ends.has(end)) return;
    this.#ends.add(end);
    const broken = await this.#course.afterwards(position);
    if (broken.length > 0) await this.#found(position, broken);
  }

  async #found(position: Position, broken: readonly string[]): Promise<void> {
    if (this.#broken.length >= ENOUGH) return;
    const told = broken.filter((one) => !isUntellable(one, position));
    if (told.length > 0 && !(await this.#isTraceless(position))) this.#broken.push({ way: position.way, broken: told });
  }

  /** Whether no tool can know what happened: the same comes of a way with fewer acts, in which nothing is broken. */
  async #isTraceless({ heard, value, way }: Position): Promise<boolean> {
    const isThere = (other: Position) => other.heard === heard && other.value.account === value.account;
    const crashes =
      way.crashAfter === undefined ? [{}] : Array.from({ length: MOST_CALLS }, (_, crashAfter) => ({ crashAfter }));
    for (const acts of fewerOf(way.acts))
      for (const crash of crashes) {
        const { position, broken } = await this.#course.follow({ scene: way.scene, acts, ...crash }, isThere);
        if (isThere(position) && broken.length === 0) return true;
      }
    return false;
  }
}

function isUntellable(broken: string, { value, way }: Position): boolean {
  const journal = value.account.parts.get('buckets')?.text ?? '';
  return UNTELLABLE.some(
    (one) =>
      one.broken.test(broken) &&
      runsOf(way.scene).some(({ runId }) => new RegExp(`(${one.written})[^{}]*{[^{}]*${runId}`).test(journal)),
  );
}

function placeOf({ heard, value: { account, memory } }: Position): string {
  return `${heard.id} ${account.id} ${memory.shapeId}`;
}

function push<Thing>(all: Map<string, Thing[]>, key: string, thing: Thing): void {
  const known = all.get(key);
  if (known === undefined) all.set(key, [thing]);
  else known.push(thing);
}

/** Some of what there is, in order, but not all; those that lack least first. */
function fewerOf<Thing>(all: readonly Thing[]): Thing[][] {
  const some = Array.from({ length: 2 ** all.length - 1 }, (_, bits) => all.filter((__, index) => bits & (1 << index)));
  return some.sort((one, other) => other.length - one.length);
}
