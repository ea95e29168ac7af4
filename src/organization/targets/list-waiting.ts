import * as z from 'zod';
import { type RunRecord, whyTooLate } from '../run.ts';
import { OBJECT, regionTargetOf } from '../s3-keys.ts';
import { date, type Store } from '../store.ts';
import { forEachTarget, type TargetRow } from './targets.ts';

const waitingTarget = z.object({
  /** So many actions of it were tried so far. */
  tried: z.number(),
});
/** A target with work left, for which what is known of the others is too old. */
export type WaitingTarget = Readonly<z.output<typeof waitingTarget>>;

/** An iteration of the organization, as it passes between the states of a run. */
export const iterationSchema = z.object({
  number: z.int().positive(),
  /** When its reading began. */
  startedAt: date,
  /** The targets that it acts on, and how many actions of them had been tried before it. */
  targets: z.int(),
  tried: z.int(),
  /** No other follows. */
  isLast: z.boolean(),
});
export type OrganizationIteration = Readonly<z.output<typeof iterationSchema>>;

/** What follows an iteration. */
export interface NextIteration extends OrganizationIteration {
  /** `read`: all targets anew; `close`: those that wait are closed as they are; `tell`: none waits. */
  readonly next: 'read' | 'close' | 'tell';
  /** The list of those that wait, in the report bucket. */
  readonly key: string;
}

/**
 * Finds the targets that wait for another iteration, and writes down the list that it goes through. None follows where the
 * last one got nobody any further, or where it would end after the time in which the run may act.
 */
export async function listWaiting(
  { store, run, clock }: { readonly store: Store; readonly run: RunRecord; readonly clock: () => Date },
  last: OrganizationIteration,
): Promise<NextIteration> {
  const now = clock();
  const names = last.isLast ? [] : await store.list(OBJECT.waitingAfter(last.number));
  const rows = await readWaiting(store, OBJECT.waitingAfter(last.number), names);
  const tried = rows.reduce((sum, row) => sum + row.tried, 0);
  const isFurther = rows.length < last.targets || tried > last.tried;
  const end = new Date(now.getTime() + (now.getTime() - last.startedAt.getTime()));
  const isLast = !isFurther || whyTooLate(run, end) !== undefined;
  const number = last.number + 1;
  const key = OBJECT.iteration(number);
  await store.writeJson(key, rowsOf(rows.map(({ name }) => name)));
  const next = rows.length === 0 ? 'tell' : isLast ? 'close' : 'read';
  return { number, startedAt: now, targets: rows.length, tried, isLast, next, key: store.keyOf(key) };
}

async function readWaiting(store: Store, folder: string, names: readonly string[]) {
  const targets = names.map((name) => regionTargetOf(name.slice(folder.length, -'.json'.length)));
  return forEachTarget(targets, async (target) => {
    const name = `${target.accountId}/${target.region}`;
    return { name, ...(await store.needJson(`${folder}${name}.json`, waitingTarget)) };
  });
}

/** Accounts with their Regions, as the state machine goes through them. */
function rowsOf(names: readonly string[]): TargetRow[] {
  const regions = Map.groupBy(names.map(regionTargetOf), ({ accountId }) => accountId);
  return [...regions].map(([accountId, targets]) => ({ accountId, regions: targets.map(({ region }) => region) }));
}
