import ora from 'ora';
import { actionKey } from '../model/action-ref.ts';
import type { Outcome } from '../model/outcome.ts';
import { mayBeOff, SOURCES } from '../model/sources.ts';
import type { GatherObserver } from '../references/gather.ts';
import type { Report } from '../report/report.ts';
import { count, counted, listed } from '../text/format.ts';
import { terminalText } from '../text/untrusted.ts';
import { type Io, say } from './io.ts';

/** Shows how far a run is on a terminal; in a pipe what could not be read, and from time to time what it waits for. */
export interface Progress extends GatherObserver {
  /** From here on the run acts, on what this report says it would do. */
  readonly onActing: (intended: Report) => void;
  readonly onOutcome: (outcome: Outcome) => void;
  readonly stop: () => void;
}

const USUAL_WIDTH = 80;
/** In a pipe a line is said so often, so that nobody takes a slow run for one that hangs. */
const LINE_MILLISECONDS = 15_000;

/** Starts the display on stderr. */
export function startProgress(io: Io, what: string): Progress {
  const isSilent = io.stderr.isTTY !== true;
  const color = (io.env.NO_COLOR ?? '') === '' ? 'cyan' : false;
  const spinner = ora({ text: what, stream: process.stderr, isSilent, color, discardStdin: false }).start();
  const planned = new Set<string>();
  const waitedFor = new Set<string>(['images', 'snapshots', ...SOURCES]);
  let standing: Standing = { what, requests: 0, sources: { read: 0, of: waitedFor.size } };
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
        const { name, error } = reading;
        const off = mayBeOff(name)
          ? `; if this account surely doesn't use it, the policy may say references: { off: [${name}] }`
          : '';
        say(io, `warning: ${name} could not be read, so every image is kept: ${terminalText(error)}${off}`);
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

/** How far a run is. */
export interface Standing {
  readonly what: string;
  /** Requests sent, pages of lists among them. */
  readonly requests: number;
  readonly sources: { readonly read: number; readonly of: number };
  readonly acting?: {
    readonly ended: number;
    readonly of: number;
    readonly startedAt: Date;
    /** The last action that ended: `deregister ami-…: done`. */
    readonly last?: string;
  };
}

const NARROWEST = 20;
/** The spinner and a space. */
const SIGN_WIDTH = 3;

/** How far a run is, in one line that does not wrap. */
export function progressText(standing: Standing, now: Date, columns: number): string {
  const parts = partsOf(standing, now);
  const room = Math.max(NARROWEST, columns) - SIGN_WIDTH;
  // The last parts say the least: they go first where there is no room.
  for (let kept = parts.length; kept > 1; kept -= 1) {
    const line = parts.slice(0, kept).join(', ');
    if (line.length <= room) return line;
  }
  return (parts[0] ?? '').slice(0, room);
}

const MOST_NAMES = 5;

/** How far a run is, in a line of its own that may be longer, with what it waits for. */
export function lineText(standing: Standing, now: Date, waitedFor: ReadonlySet<string>): string {
  const line = partsOf(standing, now).join(', ');
  const { read, of } = standing.sources;
  if (standing.acting !== undefined || read >= of || waitedFor.size === 0) return line;
  return `${line}; waiting for ${listed([...waitedFor], MOST_NAMES)}`;
}

/** What there is to say, the most telling first. */
function partsOf({ what, requests, sources, acting }: Standing, now: Date): string[] {
  if (acting === undefined) {
    const { read, of } = sources;
    const phase = read < of ? `${count(read)} of ${count(of)} sources` : 'looking closer';
    return [`${what}: ${phase}`, counted(requests, 'request')];
  }
  const { ended, of, startedAt, last } = acting;
  const left = timeLeft(ended, of, now.getTime() - startedAt.getTime());
  const parts = [`Acting: ${count(ended)} of ${counted(of, 'action')}`, left, last];
  return parts.filter((part) => part !== undefined);
}

/** By how long the actions took so far; nothing where too few have ended to tell. */
function timeLeft(ended: number, of: number, milliseconds: number): string | undefined {
  if (ended < 3 || ended >= of) return undefined;
  const seconds = Math.ceil(((milliseconds / ended) * (of - ended)) / 1000);
  return seconds <= 90
    ? `about ${counted(seconds, 'second')} left`
    : `about ${count(Math.round(seconds / 60))} minutes left`;
}
