/** Whether a run only says what it would do, or does it. */
export type Mode = 'dry-run' | 'enforce';

/** What identifies a run, in every report, log line and tag. */
export interface RunInfo {
  /** `20261121T020000Z-1a2b3c4d`: the start in UTC and eight random hex digits. */
  readonly runId: string;
  readonly mode: Mode;
  readonly policy: { readonly source: string; readonly sha256: string };
}

/** A run's id: its start in UTC and eight random hex digits, `20261121T020000Z-1a2b3c4d`. */
export function newRunId(now: Date): string {
  const start = `${now.toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length).replaceAll(/[-:]/g, '')}Z`;
  return `${start}-${Buffer.from(crypto.getRandomValues(new Uint8Array(4))).toString('hex')}`;
}
