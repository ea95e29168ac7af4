import ora from 'ora';
import { actionKey } from '../model/action-ref.ts';
import type { Outcome } from '../model/outcome.ts';
import { SOURCES, type SourceReading } from '../model/reference.ts';
import type { GatherObserver } from '../references/gather.ts';
import type { Report } from '../report/report.ts';
import { terminalText } from '../text/untrusted.ts';
import { type Io, say } from './io.ts';
import { lineText, progressText, type Standing } from './progress-text.ts';

/** Shows how far a run is on a terminal; in a pipe what could not be read, and from time to time what it waits for. */
export interface Progress extends GatherObserver {
  /** From here on the run acts, on what this report says it would do. */
  readonly onActing: (intended: Report) => void;
  readonly onOutcome: (outcome: Outcome) => void;
  readonly stop: () => void;
}

/** The images and snapshots are sources too. */
const INVENTORY = 2;
const USUAL_WIDTH = 80;
/** In a pipe a line is said so often, so that nobody takes a slow run for one that hangs. */
const LINE_MILLISECONDS = 15_000;

/** Starts the display on stderr. */
export function startProgress(io: Io, what: string): Progress {
  const isSilent = io.stderr.isTTY !== true;
  const color = (io.env.NO_COLOR ?? '') === '' ? 'cyan' : false;
  const spinner = ora({ text: what, stream: process.stderr, isSilent, color, discardStdin: false }).start();
  const planned = new Set<string>();
  let standing: Standing = { what, requests: 0, sources: { read: 0, of: SOURCES.length + INVENTORY } };
  const waitedFor = new Set<string>(['images', 'snapshots', ...SOURCES]);
  const line = () => say(io, lineText(standing, io.now(), waitedFor));
  const lines = isSilent ? setInterval(line, LINE_MILLISECONDS).unref() : undefined;
  const show = (next: Partial<Standing>) => {
    standing = { ...standing, ...next };
    spinner.text = progressText(standing, io.now(), io.stderr.columns ?? USUAL_WIDTH);
  };
  return {
    onCall: () => show({ requests: standing.requests + 1 }),
    onSource: (reading) => {
      const { read, of } = standing.sources;
      waitedFor.delete(reading.name);
      if (reading.status === 'unreadable') {
        spinner.clear();
        sayUnreadable(io, reading);
      }
      show({ sources: { read: read + 1, of } });
    },
    onActing: ({ passes }) => {
      for (const action of passes.flatMap(({ actions }) => actions)) planned.add(actionKey(action));
      show({ acting: { ended: 0, of: planned.size, startedAt: io.now() } });
      spinner.start();
    },
    onOutcome: (outcome) => {
      const { acting } = standing;
      // Deregistering an image ends its snapshots too, which were not counted as actions of their own.
      const ended = planned.delete(actionKey(outcome)) ? 1 : 0;
      const last = `${actionKey(outcome)}: ${outcome.status}`;
      if (acting !== undefined) show({ acting: { ...acting, ended: acting.ended + ended, last } });
    },
    stop: () => {
      clearInterval(lines);
      spinner.stop();
    },
  };
}

function sayUnreadable(io: Io, { name, error }: Extract<SourceReading, { status: 'unreadable' }>): void {
  say(io, `warning: ${name} could not be read, so every image is kept: ${terminalText(error)}`);
}
