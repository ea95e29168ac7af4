import { hash } from 'node:crypto';
import { Heard, SECOND } from './heard.ts';
import { beginningOf, NOT_QUIET, quietRunsOf, runsOf, type Scene, type Way } from './play.ts';
import { Steps } from './steps.ts';
import { accountOf, memoryOf, ofNewRun, stageOf, type Value } from './value.ts';
import { type ActName, leftBehind, letGo } from './world.ts';

/** How much may happen in one way. */
export interface Scope {
  readonly acts: number;
  readonly crashes: 0 | 1;
}

/** Where a way has come to: what comes of it hangs on nothing but what the run has heard, the value and what is left. */
export interface Position {
  readonly heard: Heard;
  readonly value: Value;
  readonly left: Scope;
  readonly way: Way;
}

/** How the ways of a scene go on. The tool itself is only asked where no way before had the same answers. */
export class Course {
  readonly scene: Scene;
  readonly #first: Heard;
  readonly #second: Heard;
  readonly #quiet: readonly Heard[];
  readonly #steps = new Steps();
  readonly #nights = new Set<string>();

  constructor(scene: Scene) {
    const [first, second] = runsOf(scene);
    this.scene = scene;
    this.#first = new Heard(first);
    this.#second = new Heard(second);
    this.#quiet = quietRunsOf(scene).map((start) => new Heard(start));
  }

  async beginning(left: Scope): Promise<Position> {
    return { heard: this.#first, value: await beginningOf(this.scene), left, way: { scene: this.scene, acts: [] } };
  }

  /** Where a way comes to by an act. */
  acted({ heard, value, left, way }: Position, act: ActName): Position {
    const at = { isInSecond: heard.start === this.#second.start, after: heard.calls };
    return {
      ...{ heard, value: this.#steps.act(act, value, heard.now), left: { ...left, acts: left.acts - 1 } },
      way: { ...way, acts: [...way.acts, { act, ...at }] },
    };
  }

  /** Where it comes to by a crash. */
  crashed({ heard, value: { account, memory }, left, way }: Position): Position {
    const value = { account, memory: ofNewRun(memory) };
    return { heard: this.#second, value, left: { ...left, crashes: 0 }, way: { ...way, crashAfter: heard.calls } };
  }

  /** Where it comes to by the next call, and what that breaks; nothing where the run has ended. */
  async called(position: Position) {
    const { heard, value } = position;
    const asked = await heard.asks();
    if (!('key' in asked)) return undefined;
    const at = { runId: heard.start.runId, now: heard.now + SECOND };
    const { reply, after, broken } = await this.#steps.call(asked, value, at);
    return { position: { ...position, heard: heard.and(reply), value: after }, broken };
  }

  /** Where a whole way comes to, and what it breaks. @param isThere said of each position: it need go no further */
  async follow(way: Way, isThere: (position: Position) => boolean = () => false) {
    let position = await this.beginning({ acts: way.acts.length, crashes: 1 });
    for (;;) {
      const isInSecond = position.heard.start === this.#second.start;
      for (const { act, ...at } of way.acts)
        if (at.isInSecond === isInSecond && at.after === position.heard.calls) position = this.acted(position, act);
      if (isThere(position)) return { position, broken: [] };
      const isCrashing = !isInSecond && position.heard.calls === way.crashAfter;
      const step = isCrashing ? { position: this.crashed(position), broken: [] } : await this.called(position);
      if (step === undefined || step.broken.length > 0) return { position, broken: step?.broken ?? [] };
      position = step.position;
    }
  }

  /** What breaks after the end of a way, where nobody does anything more and has let go of everything. */
  async afterwards(end: Position): Promise<readonly string[]> {
    const stage = stageOf(end.value, end.heard.now);
    letGo(stage.world);
    let value = { account: accountOf(stage.world.state, end.value.account, stage.touched), memory: memoryOf(stage) };
    for (const first of this.#quiet) {
      const night = `${first.id} ${timeless(value)}`;
      if (this.#nights.has(night)) return [];
      this.#nights.add(night);
      let position = { ...end, heard: first, value: { ...value, memory: ofNewRun(value.memory) } };
      for (let step = await this.called(position); step !== undefined; step = await this.called(position)) {
        if (step.broken.length > 0) return step.broken;
        position = step.position;
      }
      const ended = await position.heard.asks();
      if (!('complete' in ended) || ended.complete !== true) return [NOT_QUIET];
      const then = stageOf(position.value, first.now);
      then.world.seeHolds(first.now, new Set());
      value = { account: position.value.account, memory: memoryOf(then) };
    }
    return leftBehind(stageOf(value, end.heard.now).world);
  }
}

/** How things stand, whatever the second. */
export function timeless({ account, memory }: Value): string {
  const text = JSON.stringify([memory.shape, ...[...account.parts.values()].map((part) => part.text)]);
  return hash('sha1', text.replaceAll(/T\d\d:?\d\d:?\d\d(\.\d+)?Z|\\+"[0-9a-f]{32}\\+"/g, ''));
}
