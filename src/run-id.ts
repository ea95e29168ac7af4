import { randomBytes } from 'node:crypto';

/** A run's id: its start in UTC and eight random hex digits, `20261121T020000Z-1a2b3c4d`. */
export function newRunId(now: Date): string {
  const start = `${now.toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length).replaceAll(/[-:]/g, '')}Z`;
  return `${start}-${randomBytes(4).toString('hex')}`;
}
