import type { Account } from '../../model/account.ts';
import type { SourceReading } from '../../model/reference.ts';
import { SOURCES } from '../../model/sources.ts';

/** The name under which a journal that can't be read is reported. */
const JOURNAL = 'journal';

/** Every reading of an account. A known source that was not read is as unknown as one that failed. */
export function sourceReadings(account: Account): SourceReading[] {
  const readings = [...account.inventory, ...account.references.sources, ...journalReading(account)];
  const names = new Set(readings.map(({ name }) => name));
  const missing = SOURCES.filter((name) => !names.has(name)).map(
    (name): SourceReading => ({ name, status: 'unreadable', references: 0, calls: 0, error: 'was not read' }),
  );
  return [...readings, ...missing];
}

/** A journal that can't be read keeps everything, as any source does; one that is not kept is no source. */
function journalReading({ inventory, journal }: Account): SourceReading[] {
  if (journal.status !== 'unreadable' || inventory.some(({ name }) => name === JOURNAL)) return [];
  return [{ name: JOURNAL, status: 'unreadable', references: 0, calls: 0, error: journal.error }];
}

/** The names of the sources that could not be read, each once. */
export function unreadableSources(account: Account): string[] {
  const unreadable = sourceReadings(account).filter(({ status }) => status === 'unreadable');
  return [...new Set(unreadable.map(({ name }) => name))].sort();
}
