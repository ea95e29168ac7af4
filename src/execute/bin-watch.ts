import { setTimeout as sleepFor } from 'node:timers/promises';
import { failureOf } from '../aws/errors.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Action } from '../model/plan.ts';
import type { MissingFromBin, RecyclableKind } from '../model/retention-rule.ts';
import type { ExecuteRequest } from './enforcement.ts';
import { liesInBin } from './passes/recycle-bin.ts';

/** The bin can show a moment late what it took; so often it is looked at, with these waits between. */
const WAITS_MILLISECONDS = [1_000, 2_000, 4_000];

/**
 * Looks whether the first image and the first snapshot that a run removes lie in the Recycle Bin. A rule that covers
 * them proves nothing; where they do not lie there, nothing more of their kind is removed.
 */
export class BinWatch {
  readonly #request: ExecuteRequest;
  readonly #seen = new Set<RecyclableKind>();
  readonly #missing: Map<RecyclableKind, string>;

  constructor(request: ExecuteRequest) {
    this.#request = request;
    this.#missing = new Map(request.options.ledger?.missingFromBin());
    if (request.policy.undo === 'none') for (const kind of ['image', 'snapshot'] as const) this.#seen.add(kind);
  }

  get missing(): MissingFromBin {
    return this.#missing;
  }

  /** Why an action is left alone, if what was removed before it did not lie in the bin. */
  objection(action: Action): string | undefined {
    if (action.action === 'delete-snapshot') return this.#missing.get('snapshot');
    if (action.action !== 'deregister') return undefined;
    const snapshots = action.deleteSnapshots.length > 0 ? this.#missing.get('snapshot') : undefined;
    return this.#missing.get('image') ?? snapshots;
  }

  /** Some outcomes as they are to be told: a first removal that does not lie in the bin failed. */
  async told(outcomes: readonly Outcome[]): Promise<Outcome[]> {
    const told: Outcome[] = [];
    for (const outcome of outcomes) {
      const kind = removedKind(outcome);
      const why = kind === undefined || this.#seen.has(kind) ? undefined : await this.#look(kind, outcome.resourceId);
      const { action, resourceId } = outcome;
      told.push(why === undefined ? outcome : { action, resourceId, status: 'failed', reason: why });
    }
    return told;
  }

  async #look(kind: RecyclableKind, resourceId: string): Promise<string | undefined> {
    this.#seen.add(kind);
    const problem = await this.#problem(kind, resourceId);
    if (problem === undefined) return undefined;
    this.#missing.set(
      kind,
      `${resourceId}, the first ${kind} that this run removed, ${problem}: no more ${kind}s are removed`,
    );
    return `it was removed, and it ${problem}, though a rule covers it: this run removes no more ${kind}s`;
  }

  async #problem(kind: RecyclableKind, resourceId: string): Promise<string | undefined> {
    const { clients, sleep = sleepFor } = this.#request.options;
    try {
      for (const wait of [0, ...WAITS_MILLISECONDS]) {
        if (wait > 0) await sleep(wait);
        if (await liesInBin(clients.ec2, kind, resourceId)) return undefined;
      }
      return 'does not lie in the Recycle Bin';
    } catch (error) {
      return `could not be looked for in the Recycle Bin (${failureOf(error).sentence})`;
    }
  }
}

/** What was gone before is nobody's removal here. */
function removedKind({ action, status, reason }: Outcome): RecyclableKind | undefined {
  if (status !== 'done' || reason === 'it was already gone') return undefined;
  if (action === 'deregister') return 'image';
  return action === 'delete-snapshot' ? 'snapshot' : undefined;
}
