import type { SnapshotId } from '../model/ids.ts';
import {
  givenBack,
  imageRecordOf,
  type JournalEntry,
  type JournalReading,
  snapshotRecordOf,
} from '../model/journal.ts';
import type { Action } from '../model/plan.ts';
import type { Deregistration } from './passes/deregister.ts';

/** Whose act it is, and what was recorded before it. */
export interface Recorded {
  readonly at: Date;
  readonly runId: string;
  readonly journal: JournalReading;
}

/** What is to be written down of one action. */
export interface ActionEntries {
  /** Before it is done, so that what is done is proved whenever the run is killed. */
  readonly before: readonly JournalEntry[];
  /** Where it was certainly not done: what was recorded before. */
  readonly undone: readonly JournalEntry[];
  /** Where it was done. */
  readonly done: readonly JournalEntry[];
}

/**
 * What is to be written down of an action.
 * @param order of a deregistration: what becomes of its snapshots
 * @param permissions whom the image is shared with, where the action takes that away
 */
export function entriesOf(
  action: Action,
  recorded: Recorded,
  order: Deregistration | undefined,
  permissions: readonly string[] | undefined,
): ActionEntries {
  const { at, runId, journal } = recorded;
  const act = { at, runId };
  switch (action.action) {
    case 'mark-orphan':
      return ofOrphan(action, recorded);
    case 'delete-snapshot':
      return ofClaims([[action.snapshotId, 'deleting']], action, recorded);
    case 'deregister':
      return ofDeregistration(action, recorded, order, permissions);
    default: {
      const { imageId } = action;
      const record = imageRecordOf(journal, imageId);
      const accepted: JournalEntry = { imageId, facts: { refused: null } };
      const done = record?.refused?.action === action.action ? [accepted] : [];
      if (action.action === 'deprecate')
        return {
          before: [{ imageId, facts: { deprecated: act } }],
          undone: [{ imageId, facts: { deprecated: record?.deprecated ?? null } }],
          done,
        };
      if (action.action === 'disable')
        return {
          before: [{ imageId, facts: { disabled: { ...act, launchPermissions: permissions ?? [] } } }],
          undone: [{ imageId, facts: { disabled: record?.disabled ?? null } }],
          done,
        };
      return {
        before: [{ imageId, facts: { reinstating: act } }],
        // It is gone on with.
        undone: [],
        done: [
          { imageId, facts: givenBack(record) },
          ...(action.unmarkSnapshots ?? []).map(
            (snapshotId): JournalEntry => ({ snapshotId, facts: { claimed: null, orphaned: null, refused: null } }),
          ),
        ],
      };
    }
  }
}

type ActionOf<Kind extends Action['action']> = Extract<Action, { action: Kind }>;

function ofOrphan({ snapshotId, imageId }: ActionOf<'mark-orphan'>, { at, runId, journal }: Recorded): ActionEntries {
  const before = snapshotRecordOf(journal, snapshotId)?.orphaned ?? null;
  return {
    before: [{ snapshotId, facts: { orphaned: { at, runId, imageId } } }],
    undone: [{ snapshotId, facts: { orphaned: before } }],
    done: [],
  };
}

function ofDeregistration(
  { imageId }: ActionOf<'deregister'>,
  recorded: Recorded,
  order: Deregistration | undefined,
  launchPermissions: readonly string[] | undefined,
): ActionEntries {
  const { at, runId, journal } = recorded;
  const claims = ofClaims(
    [
      ...(order?.deleteSnapshots ?? []).map((id) => [id, 'deleting'] as const),
      ...(order?.claimSnapshots ?? []).map((id) => [id, 'held'] as const),
    ],
    { imageId },
    recorded,
  );
  const removing = { at, runId, ...(launchPermissions && { launchPermissions }) };
  const before = imageRecordOf(journal, imageId)?.removing ?? null;
  return {
    before: [{ imageId, facts: { removing } }, ...claims.before],
    undone: [{ imageId, facts: { removing: before } }, ...claims.undone],
    // How its snapshots ended is told one by one.
    done: [],
  };
}

function ofClaims(
  states: readonly (readonly [SnapshotId, 'held' | 'deleting'])[],
  { imageId }: Pick<ActionOf<'deregister'>, 'imageId'>,
  { at, runId, journal }: Recorded,
): ActionEntries {
  return {
    before: states.map(([snapshotId, state]) => ({
      snapshotId,
      facts: { claimed: { at, runId, imageId, state } },
    })),
    undone: states.map(([snapshotId]) => ({
      snapshotId,
      facts: { claimed: snapshotRecordOf(journal, snapshotId)?.claimed ?? null },
    })),
    done: [],
  };
}
