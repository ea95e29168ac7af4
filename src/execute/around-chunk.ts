import type { ActRequest } from '../enforcement.ts';
import type { FreshLook } from '../look-again.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Action } from '../model/plan.ts';

/** Up to ten actions that are done right after, one by one: called for by a look, and checked a moment ago. */
export interface ReadyChunk {
  readonly request: ActRequest;
  readonly look: FreshLook;
  /** As the look has them. */
  readonly actions: readonly Action[];
}

/**
 * Runs before anything of a chunk is done. What it throws ends the run.
 * @returns why nothing of the chunk may be done, where that is so
 */
export async function beforeChunk(_chunk: ReadyChunk): Promise<string | undefined> {
  return undefined;
}

/**
 * Runs after a chunk, however it ended.
 * @param outcomes of what was tried, each with its snapshots'; an action of the chunk without one was left alone
 */
export async function afterChunk(_chunk: ReadyChunk, _outcomes: readonly Outcome[]): Promise<void> {}
