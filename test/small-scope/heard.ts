import type { Reply } from './steps.ts';
import { type Ended, type Question, type Start, ToolRun } from './tool.ts';

export const SECOND = 1000;

/** The run that was let go on last, and what it has heard. */
let latest: { readonly run: ToolRun; heard: Heard } | undefined;

/**
 * What a run has heard so far: all that it goes by. After the same answers it asks the same, so that it is played once
 * for each row of answers; that it does so is checked whenever it is played again.
 */
export class Heard {
  static count = 0;
  readonly id = Heard.count++;
  readonly start: Start;
  readonly #before: { readonly heard: Heard; readonly reply: Reply } | undefined;
  readonly #next = new Map<string, Heard>();
  #asks: Question | Ended | undefined;
  /** How many calls were answered. */
  readonly calls: number;

  constructor(start: Start, before?: { readonly heard: Heard; readonly reply: Reply }) {
    this.start = start;
    this.#before = before;
    this.calls = before === undefined ? 0 : before.heard.calls + 1;
  }

  /** What time it is then: a second a call. */
  get now(): number {
    return this.start.milliseconds + this.calls * SECOND;
  }

  /** The same and one answer more. */
  and(reply: Reply): Heard {
    const next = this.#next.get(reply.key) ?? new Heard(this.start, { heard: this, reply });
    this.#next.set(reply.key, next);
    return next;
  }

  /** What the run asks then, or how it ended. */
  async asks(): Promise<Question | Ended> {
    this.#asks ??= await this.#ask();
    return this.#asks;
  }

  async #ask(): Promise<Question | Ended> {
    const run = latest !== undefined && latest.heard === this.#before?.heard ? latest.run : await this.#replay();
    const asked = await this.#tell(run);
    latest = { run, heard: this };
    return asked;
  }

  /** A run that has heard all but the last. */
  async #replay(): Promise<ToolRun> {
    latest?.run.abandon();
    const run = new ToolRun(this.start);
    const path: Heard[] = [];
    for (let one = this.#before?.heard; one !== undefined; one = one.#before?.heard) path.unshift(one);
    for (const one of path) {
      const [asked, then] = [await one.#tell(run), one.#asks];
      if (!('key' in asked && then !== undefined && 'key' in then && asked.key === then.key))
        throw new Error(`after the same answers it goes on otherwise, at call ${one.calls + 1}`);
    }
    return run;
  }

  async #tell(run: ToolRun): Promise<Question | Ended> {
    if (this.#before !== undefined) await run.answer(this.#before.reply.wire, this.#before.reply.key, this.now);
    return run.next();
  }
}
