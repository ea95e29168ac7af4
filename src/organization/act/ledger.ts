import * as z from 'zod';
import type { Ledger } from '../../execute/enforcement.ts';
import { actionKey } from '../../model/action-ref.ts';
import { OUTCOME_ACTIONS, type Outcome } from '../../model/outcome.ts';
import { type Action, PASSES, type PassName } from '../../model/plan.ts';
import { type MissingFromBin, RECYCLABLE } from '../../model/retention-rule.ts';
import { date } from '../../recording/schema.ts';
import { OBJECT, type RegionTarget } from '../s3-keys.ts';
import type { Store } from '../store.ts';

const facts = {
  action: z.enum(OUTCOME_ACTIONS),
  resourceId: z.string(),
  requestId: z.string().exactOptional(),
};

/** How an action ended, as an object of the run holds it. */
const outcomeSchema = z.discriminatedUnion('status', [
  z.object({
    ...facts,
    status: z.literal('done'),
    reason: z.string().exactOptional(),
    recoverableUntil: z.union([date, z.null()]).exactOptional(),
  }),
  z.object({
    ...facts,
    status: z.enum(['skipped', 'failed']),
    reason: z.string(),
    refused: z.boolean().exactOptional(),
  }),
]);

/** What a batch counts for: a pass, or letting go of what others share. */
export type Counted = PassName | 'shared-with-account';

const batchSchema = z.object({
  pass: z.enum([...PASSES, 'shared-with-account']),
  /** By `actionKey`. */
  attempted: z.array(z.string()),
  /** Absent: begun, and the round ended before it could say how. */
  outcomes: z.array(outcomeSchema).exactOptional(),
  missingFromBin: z.array(z.tuple([z.enum(RECYCLABLE), z.string()])).exactOptional(),
});
type Batch = z.output<typeof batchSchema>;

/**
 * What a run has attempted in a place, round after round: written down before a batch and again after it. A round that
 * is killed so counts against the limits with all that it may have done.
 */
export class RunLedger implements Ledger {
  readonly #store: Store;
  readonly #place: RegionTarget;
  readonly #round: number;
  readonly #batches: Batch[];
  #begun: { readonly number: number; readonly batch: Batch } | undefined;
  #number = 0;

  private constructor(store: Store, place: RegionTarget, round: number, batches: readonly Batch[]) {
    this.#store = store;
    this.#place = place;
    this.#round = round;
    this.#batches = [...batches];
  }

  /** Opens the next round over what earlier ones wrote. */
  static async open(store: Store, place: RegionTarget): Promise<RunLedger> {
    const folder = OBJECT.acted(place);
    const names = await store.list(folder);
    const batches = await Promise.all(names.map((name) => store.needJson(name, batchSchema)));
    const rounds = names.map((name) => Number.parseInt(name.slice(folder.length), 10));
    return new RunLedger(store, place, Math.max(0, ...rounds) + 1, batches);
  }

  /** 1 for the first. */
  get round(): number {
    return this.#round;
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

  async begin(pass: PassName, batch: readonly Action[]): Promise<void> {
    await this.beginKeys(pass, batch.map(actionKey));
  }

  async end(tried: readonly Action[], outcomes: readonly Outcome[], missing: MissingFromBin): Promise<void> {
    await this.endKeys(tried.map(actionKey), outcomes, missing);
  }

  missingFromBin(): MissingFromBin {
    return new Map(this.#batches.flatMap(({ missingFromBin = [] }) => missingFromBin));
  }

  /** The same, by keys. */
  async beginKeys(pass: Counted, attempted: readonly string[]): Promise<void> {
    this.#number += 1;
    const begun = { pass, attempted: [...attempted] };
    await this.#write(this.#number, begun);
    this.#begun = { number: this.#number, batch: begun };
    this.#batches.push(begun);
  }

  async endKeys(
    attempted: readonly string[],
    outcomes: readonly Outcome[],
    missing: MissingFromBin = new Map(),
  ): Promise<void> {
    if (this.#begun === undefined) return;
    const { number, batch } = this.#begun;
    const ended = {
      pass: batch.pass,
      attempted: [...attempted],
      outcomes: [...outcomes],
      ...(missing.size > 0 && { missingFromBin: [...missing] }),
    };
    this.#begun = undefined;
    this.#batches[this.#batches.indexOf(batch)] = ended;
    await this.#write(number, ended);
  }

  /** Writes down what became of what an earlier round began. */
  async settle(pass: Counted, outcomes: readonly Outcome[]): Promise<void> {
    if (outcomes.length === 0) return;
    this.#number += 1;
    const attempted = outcomes.map(actionKey);
    const batch = { pass, attempted, outcomes: [...outcomes] };
    this.#batches.push(batch);
    await this.#write(this.#number, batch);
  }

  async #write(number: number, batch: Batch): Promise<void> {
    const name = `${String(this.#round).padStart(4, '0')}-${String(number).padStart(4, '0')}.json`;
    await this.#store.writeJson(`${OBJECT.acted(this.#place)}${name}`, batch);
  }
}
