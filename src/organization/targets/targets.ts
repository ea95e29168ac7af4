import pLimit from 'p-limit';
import * as z from 'zod';
import type { RunRecord } from '../run.ts';
import { OBJECT, type RegionTarget } from '../s3-keys.ts';
import type { Store } from '../store.ts';

/** An account of the run, and its Regions: one row of the manifest that the state machine goes through. */
const targetRow = z.object({
  accountId: z.string(),
  name: z.string().exactOptional(),
  regions: z.array(z.string()),
});
export type TargetRow = Readonly<z.infer<typeof targetRow>>;
export const targetRows = z.array(targetRow);

/** What is left out of a run before it begins, and why. */
const skippedRow = z.object({
  accountId: z.string(),
  region: z.string().exactOptional(),
  reason: z.string(),
});
export type SkippedRow = Readonly<z.infer<typeof skippedRow>>;
export const skippedRows = z.array(skippedRow);

/** Every target of a manifest. */
export function targetsOf(rows: readonly TargetRow[]): RegionTarget[] {
  return rows.flatMap(({ accountId, regions }) => regions.map((region) => ({ accountId, region })));
}

/** Every target of the run, in the order of its manifest. */
export async function readTargets(store: Store, { sha256 }: Pick<RunRecord, 'sha256'>): Promise<RegionTarget[]> {
  return targetsOf(await store.needJson(OBJECT.targets, targetRows, sha256.targets));
}

const AT_A_TIME = 48;

/** What comes of each target, in their order; a few at a time, so that memory holds no more than those. */
export function forEachTarget<Result>(
  targets: readonly RegionTarget[],
  work: (target: RegionTarget) => Promise<Result>,
): Promise<Result[]> {
  return pLimit(AT_A_TIME).map(targets, work);
}

/**
 * How many of some accounts may fail before a run does: the share that the deployment says, and at least one, since a
 * share of few accounts would be none; 0 % means none. Safe, because tolerating decides only whether the run goes on: what
 * might be used by an account that was not read stays in any case.
 */
export function toleratedOf(percent: number, accounts: number): number {
  return percent === 0 ? 0 : Math.max(1, Math.floor((percent * accounts) / 100));
}
