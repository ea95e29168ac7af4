import type { InBin } from '../../inventory/recycle-bin.ts';
import type { JournalReader } from '../../journal/reader.ts';
import type { Target } from '../../model/account.ts';
import { type JournalReading, NO_JOURNAL } from '../../model/journal.ts';
import type { RemovalProof } from './restore-resource.ts';

/** Without a journal: a run ends within so long, and what entered the bin later was somebody else's doing. */
const RUN_HOURS = 48;
/** Clocks differ. */
const EARLIER_MINUTES = 10;
const HOUR = 3_600_000;

/**
 * What this tool recorded of its own acts.
 * @throws Error where there is a journal that can't be read: unknown is not restored by guess
 */
export async function readRecords(
  runId: string,
  journal: JournalReader | undefined,
  target: Target,
): Promise<JournalReading> {
  const reading = journal === undefined ? NO_JOURNAL : await journal.read(target);
  if (reading.status === 'unreadable')
    throw new Error(`what the run ${runId} removed can't be told, since the journal can't be read: ${reading.error}`);
  return reading;
}

/**
 * What tells the removals of a run from others': its own record of them in the journal. Where nobody keeps one, its
 * tags count for what entered the Recycle Bin while the run can have been at work.
 */
export function removalProof(runId: string, journal: JournalReading): RemovalProof {
  if (journal.status !== 'read') {
    const isOfItsTime = ({ since }: InBin<string>) => entered(since, startOf(runId));
    return { image: isOfItsTime, snapshot: isOfItsTime };
  }
  return {
    image: ({ id }) => journal.images.get(id)?.removing?.runId === runId,
    snapshot: ({ id }) => {
      const claimed = journal.snapshots.get(id)?.claimed;
      return claimed?.runId === runId && claimed.state !== 'held';
    },
  };
}

function entered(since: Date | undefined, start: number): boolean {
  if (since === undefined || Number.isNaN(start)) return true;
  return since.getTime() >= start - EARLIER_MINUTES * 60_000 && since.getTime() <= start + RUN_HOURS * HOUR;
}

/** When a run began, by its id: `20261121T020000Z-1a2b3c4d`. */
function startOf(runId: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(runId) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
