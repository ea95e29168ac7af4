import { relative } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Clients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import { ClockError } from '../model/clock.ts';
import { JanitorError } from '../model/errors.ts';

/** What the command line is connected to. Results go to `stdout` and nothing else does. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** How this program is called here, so that commands in hints can be copied. */
  readonly command: string;
  /** Makes the AWS clients of a Region. */
  readonly connect: (region: string) => Clients;
}

/** What a process is connected to. */
export function processIo(connect: Io['connect']): Io {
  const { stdin, stdout, stderr, env, argv } = process;
  return { stdin, stdout, stderr, env, now: () => new Date(), command: calledAs(argv[1] ?? '', env), connect };
}

/** From the script that Node runs: in a checkout, by npx, by its path, or else as an installed command. */
export function calledAs(script: string, { npm_command }: Io['env']): string {
  if (script.endsWith('.ts')) return 'npm run -s janitor --';
  if (npm_command !== undefined || /node_modules[\\/]\.bin[\\/]/.test(script)) return 'npx ami-janitor';
  const isUnpacked = /[\\/]main\.js$/.test(script) && !/[\\/]node_modules[\\/]/.test(script);
  return isUnpacked ? `node ${relative(process.cwd(), script)}` : 'ami-janitor';
}

/** Writes a result to stdout, whole or piece by piece, and waits until it is through, so that the process may end. */
export async function print(io: Io, text: string | Iterable<string>): Promise<void> {
  if (typeof text === 'string') return written(io, text.endsWith('\n') ? text : `${text}\n`);
  for (const piece of text) await written(io, piece);
}

function written(io: Io, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    io.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** Says something beside the result. */
export function say(io: Io, text: string): void {
  io.stderr.write(`${text}\n`);
}

/** Exit codes, as people script against them. */
export const EXIT = { done: 0, failed: 1, usage: 2, stopped: 3, due: 4, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Something is wrong with what was asked for: the command line, the policy, the settings. */
export class UsageError extends JanitorError {
  override readonly name = 'UsageError';
}

/** The sentence for an error, and how to exit. */
export function explainError(error: unknown): { readonly sentence: string; readonly exitCode: ExitCode } {
  if (error instanceof UsageError || error instanceof ClockError)
    return { sentence: error.message, exitCode: EXIT.usage };
  return { sentence: failureOf(error).sentence, exitCode: EXIT.failed };
}

/** The words of an error, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
