import { Readable, Writable } from 'node:stream';
import { runCommandLine } from '../../src/cli/program.ts';
import type { Gateway } from './gateway.ts';
import { REGION } from './seed.ts';

/** What of report.json is looked at here. */
export interface Told {
  readonly images: readonly {
    readonly imageId: string;
    readonly decision: string;
    readonly reasons: readonly { readonly code: string }[];
    readonly references: readonly { readonly kind: string }[];
  }[];
  readonly sources: readonly { readonly name: string; readonly status: string; readonly error?: string }[];
  readonly outcomes: readonly { readonly resourceId: string; readonly status: string }[];
  readonly runId: string;
}

/** How a command ended; `told` where it printed a report. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly told: Told | undefined;
}

/** Runs a command line against what a gateway leads to, at a time. */
export async function command(gateway: Gateway, now: () => Date, ...args: readonly string[]): Promise<Ended> {
  const [stdout, stderr] = [collect(), collect()];
  gateway.now = now;
  const isOffline = args[0] === 'policy' || args.includes('--recording');
  const exitCode = await runCommandLine([...args, ...(isOffline ? [] : ['--region', REGION])], {
    stdin: Object.assign(Readable.from([]), { isTTY: false }),
    stdout: Object.assign(stdout.stream, { isTTY: false }),
    stderr: Object.assign(stderr.stream, { isTTY: false }),
    env: {},
    now,
    command: 'ami-janitor',
    connect: (region) => gateway.connect(region),
  });
  const text = stdout.text();
  const told: Told | undefined = args.includes('json') && text.startsWith('{') ? JSON.parse(text) : undefined;
  return { exitCode, stdout: text, stderr: stderr.text(), told };
}

/** The images that a plan does something with. */
export const dueOf = (told: Told | undefined): string[] =>
  (told?.images ?? []).flatMap(({ imageId, decision }) => (decision === 'keep' ? [] : [imageId])).sort();

/** Sources that could not be read, with why. */
export const unreadOf = (told: Told | undefined): Map<string, string> =>
  new Map(
    (told?.sources ?? []).flatMap(({ name, status, error }) => (status === 'unreadable' ? [[name, error ?? '']] : [])),
  );

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

/** A policy under which whatever nothing keeps is due. @param off sources that the endpoint can't be asked for */
export const policyText = (off: readonly string[]) => `version: 1
undo: none
references: { ssmParameters: [{ name: "/golden/*", mayBeEmpty: true }], off: [${off.join(', ')}] }
rules:
  - name: all
    select: {}
    keep: { youngerThan: 30d }
    deprecate: {}
    disable: { after: 1d }
    deregister: { after: 7d }
    snapshots: delete
limits: { perRun: 100, stopAbove: 100% }
`;
