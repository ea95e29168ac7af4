import type { JournalWriter } from '../journal/writer.ts';
import { actionKey } from '../model/action-ref.ts';
import type { JournalEntry, JournalReading } from '../model/journal.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Action } from '../model/plan.ts';
import type { ExecuteRequest } from './enforcement.ts';
import { deregistration } from './execute-action.ts';
import { type ActionEntries, entriesOf, type Recorded, refusals } from './journal-entries.ts';
import type { Check } from './last-check.ts';
import { readLaunchPermissions } from './passes/launch-permissions.ts';
import type { PassNotes } from './passes/pass.ts';

/** An action that is executed right after: as the plan had it, and as it was found a moment ago. */
export interface CheckedAction {
  readonly action: Action;
  readonly check: Extract<Check, { status: 'clear' }>;
}

/** What is written down of one action, and what its pass notes of it. */
interface Noted extends ActionEntries {
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
  readonly #request: ExecuteRequest;
  readonly #recorded: Recorded;
  readonly #noted = new Map<string, Noted>();

  private constructor(request: ExecuteRequest, writer: JournalWriter, journal: JournalReading) {
    const { options, runId } = request;
    this.#request = request;
    this.#writer = writer;
    this.#recorded = { at: options.clock(), runId, journal };
  }

  /**
   * Writes down what is about to be done; nothing where no journal is kept.
   * @throws what keeps it from being written: nothing may be done then
   */
  static async begin(
    request: ExecuteRequest,
    writer: JournalWriter | undefined,
    journal: JournalReading,
    checked: readonly CheckedAction[],
  ): Promise<ChunkJournal | undefined> {
    if (writer === undefined) return undefined;
    if (journal.status === 'unreadable') throw new Error(`the journal could not be read: ${journal.error}`);
    const begun = new ChunkJournal(request, writer, journal);
    await Promise.all(checked.map((one) => begun.#note(one)));
    await writer.write(checked.flatMap(({ action }) => begun.#noted.get(actionKey(action))?.before ?? []));
    return begun;
  }

  /** What the pass of an action is to know and to note. */
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

  async #note({ action, check }: CheckedAction): Promise<void> {
    const { fresh, revalidation, note } = check;
    const { imageId } = fresh;
    const image = revalidation.images.get(imageId);
    const order =
      fresh.action === 'deregister' && image ? deregistration(revalidation, image, action, fresh, note) : undefined;
    const { ec2 } = this.#request.options.clients;
    const takesPermissions = fresh.action === 'disable' || (order !== undefined && !order.isDisabled);
    const permissions = takesPermissions ? readLaunchPermissions(ec2, fresh.imageId) : undefined;
    // What keeps them from being read is the pass's to say, which asks for them.
    const known = await permissions?.catch(() => undefined);
    const noted: Noted = {
      ...entriesOf(fresh, this.#recorded, order, known),
      isUntouched: false,
      snapshots: [],
      notes: {
        permissions: async () => permissions ?? [],
        untouched: () => {
          noted.isUntouched = true;
        },
        snapshot: (snapshotId, state) => {
          const { at, runId } = this.#recorded;
          noted.snapshots.push({ snapshotId, facts: { claimed: { at, runId, imageId, state } } });
        },
      },
    };
    this.#noted.set(actionKey(action), noted);
  }
}
