/** Whether a run only says what it would do, or does it. */
export type Mode = 'dry-run' | 'enforce';

/** What identifies a run, in every report, log line and tag. */
export interface RunInfo {
  /** `20261121T020000Z-1a2b3c4d`: the start in UTC and eight random hex digits. */
  readonly runId: string;
  readonly mode: Mode;
  readonly policy: { readonly source: string; readonly sha256: string };
}
