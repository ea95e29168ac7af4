import type { Readable, Writable } from 'node:stream';
import type { Clients } from '../aws/clients.ts';

/** What the command line is connected to. Results go to `stdout` and nothing else does. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** Makes the AWS clients of a Region. */
  readonly connect: (region: string) => Clients;
}

/** What a process is connected to. */
export function processIo(connect: Io['connect']): Io {
  const { stdin, stdout, stderr, env } = process;
  return { stdin, stdout, stderr, env, now: () => new Date(), connect };
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
