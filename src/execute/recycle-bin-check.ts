import { setTimeout as sleepFor } from 'node:timers/promises';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { failureOf } from '../aws/errors.ts';
import { imagesInBin, snapshotsInBin } from '../inventory/recycle-bin.ts';
import type { MissingFromBin, RecyclableKind } from '../model/account.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Action } from '../model/plan.ts';
import type { ExecuteRequest } from './enforcement.ts';

/** The bin can show a moment late what it took: it is asked again after each of these. */
const WAITS_MILLISECONDS = [1_000, 2_000, 4_000];

/**
 * Checks whether the first image and the first snapshot that a run removes lie in the Recycle Bin. A rule that covers
 * them proves nothing; where they do not lie there, nothing more of their kind is removed.
 */
export class RecycleBinCheck {
  readonly #request: ExecuteRequest;
  readonly #checked = new Set<RecyclableKind>();
  readonly #missing: Map<RecyclableKind, string>;

  constructor(request: ExecuteRequest) {
    this.#request = request;
    this.#missing = new Map(request.options.ledger?.missingFromBin());
    if (request.policy.undo === 'none') for (const kind of ['image', 'snapshot'] as const) this.#checked.add(kind);
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

  /** An outcome as it is reported: a first removal that does not lie in the bin failed. */
  async verified(outcome: Outcome): Promise<Outcome> {
    const kind = removedKind(outcome);
    if (kind === undefined || this.#checked.has(kind)) return outcome;
    this.#checked.add(kind);
    const { action, resourceId } = outcome;
    const problem = await this.#problem(kind, resourceId);
    if (problem === undefined) return outcome;
    const why = `${resourceId}, the first ${kind} that this run removed, ${problem}: no more ${kind}s are removed`;
    this.#missing.set(kind, why);
    const reason = `it was removed, and it ${problem}, though a rule covers it: this run removes no more ${kind}s`;
    return { action, resourceId, status: 'failed', reason };
  }

  async #problem(kind: RecyclableKind, resourceId: string): Promise<string | undefined> {
    const { clients, sleep = sleepFor } = this.#request.options;
    try {
      for (const wait of [0, ...WAITS_MILLISECONDS]) {
        if (wait > 0) await sleep(wait);
        const bin = await (kind === 'image' ? imagesInBin : snapshotsInBin)(clients.ec2, [resourceId]);
        if (bin.has(resourceId)) return undefined;
      }
      return 'does not lie in the Recycle Bin';
    } catch (error) {
      return `could not be looked for in the Recycle Bin (${failureOf(error).sentence})`;
    }
  }
}

/** What was gone before is nobody's removal here. */
function removedKind(outcome: Outcome): RecyclableKind | undefined {
  if (outcome.status !== 'done' || outcome.alreadyGone) return undefined;
  if (outcome.action === 'deregister') return 'image';
  return outcome.action === 'delete-snapshot' ? 'snapshot' : undefined;
}

/**
 * Says for each image and snapshot that was removed whether the Recycle Bin holds it, and until when. A rule that
 * covers it proves nothing, so the bin itself is asked; where that fails, nothing is said.
 */
export async function withRecycleBin(ec2: EC2Client, outcomes: readonly Outcome[]): Promise<Outcome[]> {
  const removed = (action: Outcome['action']) =>
    outcomes.filter((one) => one.action === action && one.status === 'done').map(({ resourceId }) => resourceId);
  const unknown = () => undefined;
  const images = await imagesInBin(ec2, removed('deregister')).catch(unknown);
  const snapshots = await snapshotsInBin(ec2, removed('delete-snapshot')).catch(unknown);
  return outcomes.map((one) => {
    const bin = one.action === 'deregister' ? images : one.action === 'delete-snapshot' ? snapshots : undefined;
    if (bin === undefined || one.status !== 'done') return one;
    const held = bin.get(one.resourceId);
    const until = held === undefined ? null : held.until;
    return until === undefined ? one : { ...one, recoverableUntil: until };
  });
}
