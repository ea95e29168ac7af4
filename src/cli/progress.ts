import ora from 'ora';
import type { SourceReading } from '../model/reference.ts';
import type { GatherObserver } from '../references/gather.ts';
import { terminalText } from '../report/text.ts';
import { type Io, say } from './io.ts';

/** Shows a run's reading on a terminal; in a pipe only what could not be read is said. */
export interface Progress extends GatherObserver {
  readonly stop: () => void;
}

/** Starts the display on stderr. */
export function startProgress(io: Io, what: string): Progress {
  const isSilent = io.stderr.isTTY !== true;
  const spinner = ora({ text: what, stream: process.stderr, isSilent, discardStdin: false }).start();
  let calls = 0;
  let read = 0;
  const show = (source: string) => {
    spinner.text = `${what}: ${read} sources read, ${calls} requests (${source})`;
  };
  return {
    onCall: (source) => {
      calls += 1;
      show(source);
    },
    onSource: (reading) => {
      read += 1;
      if (reading.status === 'unreadable') sayUnreadable(io, reading);
      show(reading.name);
    },
    stop: () => spinner.stop(),
  };
}

function sayUnreadable(io: Io, { name, error }: Extract<SourceReading, { status: 'unreadable' }>): void {
  say(io, `warning: ${name} could not be read, so every image is kept: ${terminalText(error)}`);
}
