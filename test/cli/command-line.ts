import { Readable, Writable } from 'node:stream';
import { createClients } from '../../src/aws/clients.ts';
import type { ExitCode } from '../../src/cli/io.ts';
import { runCommandLine } from '../../src/cli/program.ts';

/** What one command line gave. */
export interface Ended {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, in a pipe rather than on a terminal. */
export function janitor(...args: readonly string[]): Promise<Ended> {
  return runLine(args);
}

/** Runs a command line in this process, on a terminal at which someone types. */
export function onTerminal(typed: string, ...args: readonly string[]): Promise<Ended> {
  return runLine(args, { on: 'terminal', typed });
}

/** Runs a command line in this process, on a terminal or in a pipe of a width. */
export async function runLine(
  args: readonly string[],
  {
    on = 'pipe',
    typed,
    columns,
    now = () => new Date(),
  }: {
    readonly on?: 'terminal' | 'pipe';
    readonly typed?: string;
    readonly columns?: number;
    readonly now?: () => Date;
  } = {},
): Promise<Ended> {
  const width = columns === undefined ? {} : { columns };
  const isTTY = on === 'terminal';
  const stdout = collect();
  const stderr = collect();
  const exitCode = await runCommandLine(args, {
    stdin: Object.assign(Readable.from(typed === undefined ? [] : [typed]), { isTTY }),
    stdout: Object.assign(stdout.stream, { isTTY, ...width }),
    stderr: Object.assign(stderr.stream, { isTTY, ...width }),
    env: { SLACK_API_URL: process.env.SLACK_API_URL },
    now,
    command: 'ami-janitor',
    // The embedded account has no request limits to keep to.
    connect: (region) => createClients(region, { pace: 'off' }),
  });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

function collect(): { readonly stream: Writable; readonly text: () => string } {
  const pieces: string[] = [];
  const stream = new Writable({
    write(piece, _encoding, done) {
      pieces.push(String(piece));
      done();
    },
  });
  return { stream, text: () => pieces.join('') };
}
