import type { JournalWriter } from '../journal/writer.ts';
import { actionKey } from '../model/action-ref.ts';
import { isImageId, isSnapshotId } from '../model/ids.ts';
import {
  imageRecordOf,
  type JournalEntry,
  type JournalReading,
  type Refusal,
  snapshotRecordOf,
} from '../model/journal.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Action } from '../model/plan.ts';
import type { ExecuteContext } from './context.ts';
import { deregistration } from './execute-action.ts';
import { type ActionEntries, entriesOf, type Recorded } from './journal-entries.ts';
import type { Checked } from './last-check.ts';
import { readLaunchPermissions } from './passes/launch-permissions.ts';
import type { PassNotes } from './passes/pass.ts';

/** An action that is done right after: as the first plan had it, and as it was found a moment ago. */
export interface Order {
  readonly action: Action;
  readonly checked: Extract<Checked, { status: 'clear' }>;
}

/** What is written down of one action, and what its pass tells of it. */
interface Noted extends ActionEntries {
  readonly action: Action;
  readonly notes: PassNotes;
  isUntouched: boolean;
  readonly snapshots: JournalEntry[];
}

/**
 * What is written down of the actions of one chunk, ten at the most in one object: before the first is done, and how
 * they ended after the last. A run that is killed in between leaves what it began, which counts as put back by people.
 */
export class ChunkJournal {
  readonly #writer: JournalWriter;
  readonly #context: ExecuteContext;
  readonly #recorded: Recorded;
  readonly #noted = new Map<string, Noted>();

  private constructor(context: ExecuteContext, writer: JournalWriter, journal: JournalReading) {
    this.#context = context;
    this.#writer = writer;
    const { request } = context;
    this.#recorded = { at: request.options.clock(), runId: request.runId, journal };
  }

  /**
   * Writes down what is about to be done; nothing where no journal is kept.
   * @throws what keeps it from being written: nothing may be done then
   */
  static async begin(
    context: ExecuteContext,
    journal: JournalReading,
    orders: readonly Order[],
  ): Promise<ChunkJournal | undefined> {
    const { writer } = context;
    if (writer === undefined) return undefined;
    if (journal.status === 'unreadable') throw new Error(`the journal could not be read: ${journal.error}`);
    const begun = new ChunkJournal(context, writer, journal);
    await Promise.all(orders.map((order) => begun.#note(order)));
    await writer.write(orders.flatMap(({ action }) => begun.#noted.get(actionKey(action))?.before ?? []));
    return begun;
  }

  /** What the pass of an action is to know and to tell. */
  notesOf(action: Action): PassNotes | undefined {
    return this.#noted.get(actionKey(action))?.notes;
  }

  /** Writes down how the chunk ended. @param outcomes of all its actions that were tried or refused before */
  async end(outcomes: readonly Outcome[]): Promise<void> {
    const ended = new Map(outcomes.map((one) => [actionKey(one), one]));
    const entries = [...this.#noted].flatMap(([key, noted]) => {
      const outcome = ended.get(key);
      if (outcome === undefined || noted.isUntouched) return noted.undone;
      return outcome.status === 'done' ? [...noted.done, ...noted.snapshots] : noted.snapshots;
    });
    await this.#writer.write([...entries, ...refusals(outcomes, this.#recorded)]);
  }

  async #note({ action, checked }: Order): Promise<void> {
    const { request } = this.#context;
    const { fresh, revalidation: look, note } = checked;
    const image = 'snapshotId' in fresh ? undefined : look.images.get(fresh.imageId);
    const order = fresh.action === 'deregister' && image ? deregistration(look, image, action, fresh, note) : undefined;
    const takesPermissions = fresh.action === 'disable' || (order !== undefined && !order.isDisabled);
    const permissions =
      takesPermissions && !('snapshotId' in fresh)
        ? await settled(readLaunchPermissions(request.options.clients.ec2, fresh.imageId))
        : undefined;
    const entries = entriesOf(fresh, this.#recorded, order, permissions?.value);
    const noted: Noted = {
      ...entries,
      action: fresh,
      isUntouched: false,
      snapshots: [],
      notes: {
        permissions: async () => permissions?.get() ?? [],
        untouched: () => {
          noted.isUntouched = true;
        },
        snapshot: (snapshotId, state) => {
          const { at, runId } = this.#recorded;
          noted.snapshots.push({ snapshotId, facts: { claimed: { at, runId, imageId: fresh.imageId, state } } });
        },
      },
    };
    this.#noted.set(actionKey(action), noted);
  }
}

/** What AWS refused, each with how often that was by now. */
function refusals(outcomes: readonly Outcome[], { at, journal }: Recorded): JournalEntry[] {
  return outcomes.flatMap((outcome): JournalEntry[] => {
    const { action, resourceId } = outcome;
    if (outcome.status === 'done' || outcome.refused !== true) return [];
    const refusal = (earlier: Refusal | undefined): Refusal => ({
      action,
      reason: outcome.reason,
      firstAt: earlier?.action === action ? earlier.firstAt : at,
      lastAt: at,
      times: (earlier?.action === action ? earlier.times : 0) + 1,
    });
    if (isImageId(resourceId)) {
      const { refused } = imageRecordOf(journal, resourceId) ?? {};
      return [{ imageId: resourceId, facts: { refused: refusal(refused) } }];
    }
    if (!isSnapshotId(resourceId)) return [];
    const { refused } = snapshotRecordOf(journal, resourceId) ?? {};
    return [{ snapshotId: resourceId, facts: { refused: refusal(refused) } }];
  });
}

/** What a request gave, or what it failed with where that is asked for. */
interface Settled<Value> {
  readonly value?: Value;
  readonly get: () => Value;
}

function settled<Value>(request: Promise<Value>): Promise<Settled<Value>> {
  return request.then(
    (value) => ({ value, get: () => value }),
    (error: unknown) => ({
      get: () => {
        throw error;
      },
    }),
  );
}
