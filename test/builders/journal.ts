import type { AccountState } from '../../sandbox/state.ts';
import { JournalReader } from '../../src/journal/reader.ts';
import { JournalWriter } from '../../src/journal/writer.ts';
import { type ImageId, isImageId, isSnapshotId, type SnapshotId } from '../../src/model/ids.ts';
import type { ImageRecord, JournalEntry, JournalReading, SnapshotRecord } from '../../src/model/journal.ts';
import { connect } from './in-process.ts';

/** The report bucket of every story that keeps a journal. */
export const BUCKET = 'ami-janitor-reports';
/** A run of some time ago, whose acts a journal proves. */
export const EARLIER_RUN = '20260922T020000Z-1a2b3c4d';

/** Makes the bucket, and writes entries there as an earlier run would have. */
export async function recorded(
  state: AccountState,
  entries: readonly JournalEntry[],
  at = new Date('2026-09-22T02:00:00Z'),
): Promise<void> {
  if (!state.buckets.has(BUCKET)) state.buckets.set(BUCKET, new Map());
  const { clients } = connect(state, { now: () => at });
  try {
    const reader = new JournalReader({ s3: clients.s3, bucket: BUCKET });
    await reader.read({ accountId: state.accountId, region: state.region });
    await new JournalWriter({ reader, runId: EARLIER_RUN, clock: () => at }).write(entries);
  } finally {
    clients.destroy();
  }
}

/** What the journal in the bucket says. */
export async function journalOf(state: AccountState): Promise<Extract<JournalReading, { status: 'read' }>> {
  const { clients } = connect(state, { now: () => new Date() });
  try {
    const reader = new JournalReader({ s3: clients.s3, bucket: BUCKET });
    const journal = await reader.read({ accountId: state.accountId, region: state.region });
    if (journal.status !== 'read') throw new Error(journal.error);
    return journal;
  } finally {
    clients.destroy();
  }
}

/** What it says of an image or a snapshot; nothing where it says nothing. */
export async function recordOf(state: AccountState, id: string): Promise<ImageRecord & SnapshotRecord> {
  const { images, snapshots } = await journalOf(state);
  return { ...(isImageId(id) && images.get(id)), ...(isSnapshotId(id) && snapshots.get(id)) };
}

/** An image's id, for an entry. */
export function imageNamed(id: string): ImageId {
  if (!isImageId(id)) throw new RangeError(id);
  return id;
}

/** A snapshot's id, for an entry. */
export function snapshotNamed(id: string): SnapshotId {
  if (!isSnapshotId(id)) throw new RangeError(id);
  return id;
}

/** An entry that says since when an image is deprecated by this tool. */
export function deprecatedAt(id: string, at: Date): JournalEntry {
  return { imageId: imageNamed(id), facts: { deprecated: { at, runId: EARLIER_RUN } } };
}
