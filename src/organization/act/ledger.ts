import * as z from 'zod';
import type { Ledger } from '../../execute/enforcement.ts';
import { type MissingFromBin, RECYCLABLE } from '../../model/account.ts';
import { type ActionRef, actionKey } from '../../model/action-ref.ts';
import { OUTCOME_ACTIONS, type Outcome } from '../../model/outcome.ts';
import { type Action, PASSES, type PassName } from '../../model/plan.ts';
import { OBJECT, type RegionTarget } from '../s3-keys.ts';
import { date, type Store } from '../store.ts';

const facts = {
  action: z.enum(OUTCOME_ACTIONS),
  resourceId: z.string(),
  requestId: z.string().exactOptional(),
  othersReadAt: date.exactOptional(),
};

/** How an action ended, as an object of the run holds it. */
const outcomeSchema = z.discriminatedUnion('status', [
  z.object({
    ...facts,
    status: z.literal('done'),
    reason: z.string().exactOptional(),
    alreadyGone: z.literal(true).exactOptional(),
    recoverableUntil: z.union([date, z.null()]).exactOptional(),
  }),
  z.object({
    ...facts,
    status: z.enum(['skipped', 'failed']),
    reason: z.string(),
    refused: z.boolean().exactOptional(),
  }),
]);

/** What a batch counts for: a pass, or giving up what others share. */
export type Counted = PassName | 'shared-with-account';

const batchSchema = z.object({
  pass: z.enum([...PASSES, 'shared-with-account']),
  /** By `actionKey`. */
  attempted: z.array(z.string()),
  /** Absent: begun, and the iteration ended before it could say how. */
  outcomes: z.array(outcomeSchema).exactOptional(),
  missingFromBin: z.array(z.tuple([z.enum(RECYCLABLE), z.string()])).exactOptional(),
});
type Batch = z.output<typeof batchSchema>;

const JSON_NAME = '.json';
/** What a batch came to, beside the object that says that it began. */
const ENDED = '-ended.json';

/**
 * What a run has attempted in a target, iteration after iteration: written down before a batch and again after it. An
 * iteration that is killed so counts against the limits with all that it may have done.
 */
export class RunLedger implements Ledger {
  readonly #store: Store;
  readonly #target: RegionTarget;
  /** 1 for the first. */
  readonly iteration: number;
  readonly #earlier: readonly Batch[];
  /** This iteration's own, in the order of their objects. */
  readonly #own: Batch[] = [];

  private constructor(store: Store, target: RegionTarget, iteration: number, earlier: readonly Batch[]) {
    this.#store = store;
    this.#target = target;
    this.iteration = iteration;
    this.#earlier = earlier;
  }

  /** Opens the next iteration over what earlier ones wrote; where the run acts, by who holds the target's lock. */
  static async open(store: Store, target: RegionTarget): Promise<RunLedger> {
    const folder = OBJECT.acted(target);
    const all = await store.list(folder);
    const ended = new Set(all.filter((name) => name.endsWith(ENDED)));
    const names = all.filter((name) => !ended.has(name));
    const batches = await Promise.all(
      names.map((name) => {
        const end = name.replace(JSON_NAME, ENDED);
        return store.needJson(ended.has(end) ? end : name, batchSchema);
      }),
    );
    const iterations = names.map((name) => Number.parseInt(name.slice(folder.length), 10));
    return new RunLedger(store, target, Math.max(0, ...iterations) + 1, batches);
  }

  /** What a pass has attempted in this run, by `actionKey`. */
  attempted(pass: Counted): Set<string> {
    return new Set(this.#batches.filter((batch) => batch.pass === pass).flatMap((batch) => batch.attempted));
  }

  /** What ended, however; it is not tried again in this run. */
  settled(): Set<string> {
    return new Set(this.outcomes().map(actionKey));
  }

  /** What was begun and of which nobody knows how it ended. */
  unsettled(): { readonly pass: Counted; readonly key: string }[] {
    const settled = this.settled();
    const open = this.#batches.flatMap(({ pass, attempted }) => attempted.map((key) => ({ pass, key })));
    return [...new Map(open.filter(({ key }) => !settled.has(key)).map((one) => [one.key, one])).values()];
  }

  /** Every outcome so far, in the order in which they came. */
  outcomes(): Outcome[] {
    return this.#batches.flatMap(({ outcomes = [] }) => outcomes);
  }

  missingFromBin(): MissingFromBin {
    return new Map(this.#batches.flatMap(({ missingFromBin = [] }) => missingFromBin));
  }

  async begin(pass: Counted, batch: readonly (Action | ActionRef)[]): Promise<void> {
    const index = this.#own.push({ pass, attempted: batch.map(actionKey) }) - 1;
    await this.#add(index, JSON_NAME);
  }

  async end(
    tried: readonly (Action | ActionRef)[],
    outcomes: readonly Outcome[],
    missing: MissingFromBin = new Map(),
  ): Promise<void> {
    const begun = this.#own.at(-1);
    // Where there was no time left, nothing was begun.
    if (begun === undefined || begun.outcomes !== undefined) return;
    this.#own[this.#own.length - 1] = {
      pass: begun.pass,
      attempted: tried.map(actionKey),
      outcomes: [...outcomes],
      ...(missing.size > 0 && { missingFromBin: [...missing] }),
    };
    await this.#add(this.#own.length - 1, ENDED);
  }

  /** Writes down what became of what an earlier iteration began. */
  async settle(pass: Counted, outcome: Outcome): Promise<void> {
    const index = this.#own.push({ pass, attempted: [actionKey(outcome)], outcomes: [outcome] }) - 1;
    await this.#add(index, JSON_NAME);
  }

  get #batches(): Batch[] {
    return [...this.#earlier, ...this.#own];
  }

  /** Objects are only ever added: what one invocation wrote down, no other writes over. */
  async #add(index: number, ending: string): Promise<void> {
    const name = [this.iteration, index + 1].map((number) => String(number).padStart(4, '0')).join('-');
    await this.#store.addJson(`${OBJECT.acted(this.#target)}${name}${ending}`, this.#own[index]);
  }
}
