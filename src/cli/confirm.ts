import { createInterface } from 'node:readline/promises';
import { EXIT, type Io, say, UsageError } from './io.ts';

/** The options of every command that asks before it acts. */
export interface ConfirmOptions {
  readonly enforce?: boolean;
  /** Answers the question. */
  readonly yes?: boolean;
}

/** @throws UsageError where a question would find nobody to answer it */
export function mustBeAnswerable(io: Io, { yes }: ConfirmOptions): void {
  if (yes !== true && (io.stdin.isTTY !== true || io.stderr.isTTY !== true)) {
    throw new UsageError('--enforce asks before it acts, and there is no terminal to ask on; answer with --yes');
  }
}

type Agreement = 'y' | 'yes';

const ANSWERS: Readonly<Record<Agreement, readonly [hint: string, agreed: RegExp]>> = {
  y: ['[y/N]', /^y(es)?$/i],
  yes: ['Type yes in full:', /^yes$/i],
};

/** Asks a yes-or-no question on the terminal, unless `--yes` answers it; anything but a clear yes is a no. */
export async function agrees(
  io: Io,
  { yes }: ConfirmOptions,
  question: string,
  agreement: Agreement = 'y',
): Promise<boolean> {
  if (yes === true) return true;
  const terminal = createInterface({ input: io.stdin, output: io.stderr });
  try {
    // Ctrl-C and Ctrl-D at the question are a no as well.
    const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
    const [hint, agreed] = ANSWERS[agreement];
    const answer = await Promise.race([terminal.question(`${question} ${hint} `), closed]);
    return agreed.test(answer.trim());
  } finally {
    terminal.close();
  }
}

/** How a person ends work between two of its parts. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** From here on the work acts: Ctrl-C ends it after its present part, and pressed again at once. */
  readonly listen: () => void;
}

/** Does work that a person may end; until it listens it only reads, and Ctrl-C leaves at once. */
export async function interruptible<Result>(
  io: Io,
  part: 'action' | 'step',
  work: (interrupt: Interrupt) => Promise<Result>,
): Promise<Result> {
  const interrupt = new AbortController();
  const leave = () => {
    say(io, '\nNothing was done.');
    process.exit(EXIT.interrupted);
  };
  const stop = () => {
    say(io, `Stopping after this ${part}; press Ctrl-C again to end at once.`);
    interrupt.abort();
  };
  const listen = () => {
    process.off('SIGINT', leave);
    process.once('SIGINT', stop);
  };
  process.once('SIGINT', leave);
  try {
    return await work({ signal: interrupt.signal, listen });
  } finally {
    process.off('SIGINT', leave);
    process.off('SIGINT', stop);
  }
}
