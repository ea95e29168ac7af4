import type { Account } from '../model/account.ts';
import { SOURCES, type SourceReading } from '../model/reference.ts';

/**
 * Every reading of an account: inventory and references, and for each known source that gave none an unreadable one.
 * A source that nobody looked at is as unknown as one that failed.
 */
export function sourceReadings(account: Account): SourceReading[] {
  const readings = [...account.inventory, ...account.references.sources];
  const names = new Set(readings.map(({ name }) => name));
  const missing = SOURCES.filter((name) => !names.has(name)).map(
    (name): SourceReading => ({ name, status: 'unreadable', references: 0, calls: 0, error: 'was not looked at' }),
  );
  return [...readings, ...missing];
}

/** The names of the sources that could not be read, each once. */
export function unreadableSources(account: Account): string[] {
  const unreadable = sourceReadings(account).filter(({ status }) => status === 'unreadable');
  return [...new Set(unreadable.map(({ name }) => name))].sort();
}
