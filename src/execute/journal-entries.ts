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
import type { Deregistration } from './passes/deregister.ts';

/** Whose actions are written down, and what was recorded before them. */
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
  const { imageId } = action;
  const act = { at, runId };
  if ('snapshotId' in action) {
    const { snapshotId } = action;
    if (action.action === 'delete-snapshot') return claims([[snapshotId, 'deleting']], imageId, recorded);
    const orphaned = snapshotRecordOf(journal, snapshotId)?.orphaned ?? null;
    return {
      before: [{ snapshotId, facts: { orphaned: { ...act, imageId } } }],
      undone: [{ snapshotId, facts: { orphaned } }],
      done: [],
    };
  }
  const record = imageRecordOf(journal, action.imageId);
  const image = (facts: Extract<JournalEntry, { imageId: unknown }>['facts']): JournalEntry => ({
    imageId: action.imageId,
    facts,
  });
  const accepted = record?.refused?.action === action.action ? [image({ refused: null })] : [];
  switch (action.action) {
    case 'deprecate':
      return {
        before: [image({ deprecated: act })],
        undone: [image({ deprecated: record?.deprecated ?? null })],
        done: accepted,
      };
    case 'disable':
      return {
        before: [image({ disabled: { ...act, launchPermissions: permissions ?? [] } })],
        undone: [image({ disabled: record?.disabled ?? null })],
        done: accepted,
      };
    case 'reinstate': {
      const unmarked = (action.unmarkSnapshots ?? []).map(
        (snapshotId): JournalEntry => ({ snapshotId, facts: { claimed: null, orphaned: null, refused: null } }),
      );
      // One that was not finished is resumed.
      return { before: [image({ reinstating: act })], undone: [], done: [image(givenBack(record)), ...unmarked] };
    }
    case 'deregister': {
      const { deleteSnapshots = [], claimSnapshots = [] } = order ?? {};
      const deleting = deleteSnapshots.map((id) => [id, 'deleting'] as const);
      const held = claimSnapshots.map((id) => [id, 'held'] as const);
      const { before, undone } = claims([...deleting, ...held], imageId, recorded);
      const removing = { ...act, ...(permissions && { launchPermissions: permissions }) };
      return {
        before: [image({ removing }), ...before],
        undone: [image({ removing: record?.removing ?? null }), ...undone],
        // How its snapshots ended is noted one by one.
        done: [],
      };
    }
  }
}

function claims(
  states: readonly (readonly [SnapshotId, 'held' | 'deleting'])[],
  imageId: Action['imageId'],
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

/** What AWS refused, each with how often that was by now. */
export function refusals(outcomes: readonly Outcome[], { at, journal }: Recorded): JournalEntry[] {
  return outcomes.flatMap((outcome): JournalEntry[] => {
    const { action, resourceId } = outcome;
    if (outcome.status === 'done' || outcome.refused !== true) return [];
    const refusal = (record: { readonly refused?: Refusal } | undefined) => {
      const earlier = record?.refused?.action === action ? record.refused : { firstAt: at, times: 0 };
      const { firstAt, times } = earlier;
      return { refused: { action, reason: outcome.reason, firstAt, lastAt: at, times: times + 1 } };
    };
    if (isImageId(resourceId)) return [{ imageId: resourceId, facts: refusal(imageRecordOf(journal, resourceId)) }];
    if (isSnapshotId(resourceId))
      return [{ snapshotId: resourceId, facts: refusal(snapshotRecordOf(journal, resourceId)) }];
    return [];
  });
}
