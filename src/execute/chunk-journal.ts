import type { JournalWriter } from '../journal/writer.ts';
import { actionKey } from '../model/action-ref.ts';
import { isImageId, isSnapshotId, type SnapshotId } from '../model/ids.ts';
import {
  givenBack,
  imageRecordOf,
  type JournalEntry,
  type JournalReading,
  type Refusal,
  snapshotRecordOf,
} from '../model/journal.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Action } from '../model/plan.ts';
import type { ExecuteRequest } from './enforcement.ts';
import { type ClearCheck, deregistration } from './last-check.ts';
import { readLaunchPermissions } from './passes/launch-permissions.ts';
import type { PassNotes } from './passes/pass.ts';

/** What is written down of one action, and what its pass notes of it. */
interface Noted {
  readonly planned: Action;
  readonly fresh: Action;
  /** Written before it is done, so that what is done is proved whenever the run is killed. */
  readonly before: readonly JournalEntry[];
  readonly notes: PassNotes;
}

/**
 * What is written down of the actions of one chunk, ten at the most in one object: before the first is done, and how
 * they ended after the last. A run that is killed in between leaves what it began, which counts as put back by people.
 * Without a writer nothing is written down.
 */
export class ChunkJournal {
  readonly #request: ExecuteRequest;
  readonly #writer: JournalWriter | undefined;
  readonly #earlier: JournalReading;
  /** Whose acts are written down. */
  readonly #act: { readonly at: Date; readonly runId: string };
  readonly #noted = new Map<string, Noted>();

  /** @param earlier what was recorded before */
  constructor(request: ExecuteRequest, writer: JournalWriter | undefined, earlier: JournalReading) {
    this.#request = request;
    this.#writer = writer;
    this.#earlier = earlier;
    this.#act = { at: request.options.clock(), runId: request.runId };
  }

  /**
   * Writes down what is about to be done.
   * @returns each action with what its pass is to know and to note
   * @throws what keeps it from being written: nothing may be done then
   */
  async begin(checks: readonly ClearCheck[]): Promise<readonly (readonly [Action, PassNotes])[]> {
    if (this.#writer !== undefined && this.#earlier.status === 'unreadable')
      throw new Error(`the journal could not be read: ${this.#earlier.error}`);
    const noted = await Promise.all(checks.map((check) => this.#note(check)));
    for (const one of noted) this.#noted.set(actionKey(one.fresh), one);
    await this.#writer?.write(noted.flatMap(({ before }) => before));
    return noted.map(({ planned, notes }) => [planned, notes]);
  }

  /** Writes down how the chunk ended. @param outcomes of all its actions that were tried or refused before */
  async end(outcomes: readonly Outcome[]): Promise<void> {
    const statuses = new Map(outcomes.map((one) => [actionKey(one), one.status]));
    const entries = [...this.#noted].flatMap(([key, { fresh, before, notes }]): JournalEntry[] => {
      const status = statuses.get(key);
      // A reinstatement that was not finished is resumed.
      if (status === undefined || notes.isUntouched)
        return fresh.action === 'reinstate' ? [] : before.map((entry) => this.#undone(entry));
      const snapshots = [...notes.snapshots].map(([id, state]) => this.#claim(fresh, id, state));
      return [...(status === 'done' ? this.#done(fresh) : []), ...snapshots];
    });
    await this.#writer?.write([...entries, ...this.#refusals(outcomes)]);
  }

  async #note(check: ClearCheck): Promise<Noted> {
    const { planned, fresh } = check;
    const takesPermissions =
      fresh.action === 'disable' || (fresh.action === 'deregister' && !deregistration(check, fresh).isDisabled);
    const { ec2 } = this.#request.options.clients;
    const permissions =
      takesPermissions && this.#writer !== undefined ? readLaunchPermissions(ec2, fresh.imageId) : undefined;
    // What keeps them from being read is the pass's to say, which asks for them.
    const before = this.#before(check, await permissions?.catch(() => undefined));
    return { planned, fresh, before, notes: { permissions, isUntouched: false, snapshots: new Map() } };
  }

  /** @param launchPermissions whom the image is shared with, where the action takes that away */
  #before(check: ClearCheck, launchPermissions: readonly string[] | undefined): JournalEntry[] {
    const act = this.#act;
    const { fresh: action } = check;
    switch (action.action) {
      case 'protect':
        return [{ imageId: action.imageId, facts: { protected: { ...act, state: 'changing' } } }];
      case 'unprotect': {
        const record = imageRecordOf(this.#earlier, action.imageId)?.protected ?? act;
        return [{ imageId: action.imageId, facts: { protected: { ...record, state: 'changing' } } }];
      }
      case 'deprecate':
        return [{ imageId: action.imageId, facts: { deprecated: act } }];
      case 'disable':
        return [
          { imageId: action.imageId, facts: { disabled: { ...act, launchPermissions: launchPermissions ?? [] } } },
        ];
      case 'reinstate':
        return [{ imageId: action.imageId, facts: { reinstating: act } }];
      case 'deregister': {
        const removing = { ...act, ...(launchPermissions && { launchPermissions }) };
        const { deleteSnapshots, claimSnapshots } = deregistration(check, action);
        return [
          { imageId: action.imageId, facts: { removing } },
          ...deleteSnapshots.map((id) => this.#claim(action, id, 'deleting')),
          ...claimSnapshots.map((id) => this.#claim(action, id, 'held')),
        ];
      }
      case 'archive':
        return action.archiveSnapshots.map((snapshotId): JournalEntry => {
          return { snapshotId, facts: { archived: { ...act, imageId: action.imageId } } };
        });
      case 'mark-orphan':
        return [{ snapshotId: action.snapshotId, facts: { orphaned: { ...act, imageId: action.imageId } } }];
      case 'delete-snapshot':
        return [this.#claim(action, action.snapshotId, 'deleting')];
    }
  }

  #claim({ imageId }: Action, snapshotId: SnapshotId, state: 'held' | 'deleting' | 'deleted'): JournalEntry {
    return { snapshotId, facts: { claimed: { ...this.#act, imageId, state } } };
  }

  /** What was on record of the same facts before. */
  #undone(entry: JournalEntry): JournalEntry {
    if ('imageId' in entry)
      return { ...entry, facts: sameFacts(entry.facts, imageRecordOf(this.#earlier, entry.imageId)) };
    return { ...entry, facts: sameFacts(entry.facts, snapshotRecordOf(this.#earlier, entry.snapshotId)) };
  }

  /** What is recorded of an action that was done, beside what was before; how snapshots ended is noted one by one. */
  #done(action: Action): JournalEntry[] {
    if ('snapshotId' in action || action.action === 'deregister') return [];
    const { imageId } = action;
    const record = imageRecordOf(this.#earlier, imageId);
    if (action.action !== 'reinstate') {
      const facts = {
        ...(action.action === 'protect' && { protected: { ...this.#act, state: 'on' } as const }),
        ...(action.action === 'unprotect' && { protected: null }),
        ...(record?.refused?.action === action.action && { refused: null }),
      };
      return Object.keys(facts).length === 0 ? [] : [{ imageId, facts }];
    }
    const unmarked = (action.unmarkSnapshots ?? []).map(
      (snapshotId): JournalEntry => ({
        snapshotId,
        facts: { claimed: null, orphaned: null, archived: null, refused: null },
      }),
    );
    return [{ imageId, facts: givenBack(record) }, ...unmarked];
  }

  /** What AWS refused, each with how often that was by now. */
  #refusals(outcomes: readonly Outcome[]): JournalEntry[] {
    const { at } = this.#act;
    return outcomes.flatMap((outcome): JournalEntry[] => {
      const { action, resourceId: id } = outcome;
      if (outcome.status === 'done' || outcome.refused !== true) return [];
      const refusal = (record: { readonly refused?: Refusal } | undefined) => {
        const { firstAt, times } = record?.refused?.action === action ? record.refused : { firstAt: at, times: 0 };
        return { refused: { action, reason: outcome.reason, firstAt, lastAt: at, times: times + 1 } };
      };
      const of = [id];
      return [
        ...of.filter(isImageId).map((imageId) => ({ imageId, facts: refusal(imageRecordOf(this.#earlier, imageId)) })),
        ...of
          .filter(isSnapshotId)
          .map((snapshotId) => ({ snapshotId, facts: refusal(snapshotRecordOf(this.#earlier, snapshotId)) })),
      ];
    });
  }
}

/** Each of some facts as a record has it; null where it has none of that name. */
function sameFacts(facts: object, record: object = {}) {
  const known = new Map(Object.entries(record));
  return Object.fromEntries(Object.keys(facts).map((name) => [name, known.get(name) ?? null]));
}
