import { readFile, writeFile } from 'node:fs/promises';
import { Readable, Writable } from 'node:stream';
import { sandboxEnvironment } from '../../sandbox/environment.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { createClients } from '../../src/aws/clients.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import type { Account } from '../../src/model/account.ts';
import { parseRecording } from '../../src/recording/read.ts';
import { recordingText } from '../../src/recording/write.ts';
import { EXAMPLES_AT, type Example, exampleAccount } from './examples.ts';
import { withJournal } from './journal.ts';

/**
 * Records an example's account through the embedded endpoint, as `record` would an account of AWS.
 * The process's AWS settings point at the endpoint afterwards.
 */
export async function recordExample(example: Example, file: string): Promise<void> {
  const sandbox = await startSandbox({ account: exampleAccount(example), now: () => EXAMPLES_AT });
  try {
    delete process.env.AWS_PROFILE;
    Object.assign(process.env, sandboxEnvironment(sandbox.url, example.region));
    await commandLine('record', file, '--policy', `examples/${example.name}/policy.yml`);
    await rewrite(file, (account) => withJournal(example.across ? example.across(account) : account));
  } finally {
    await sandbox.close();
  }
}

async function rewrite(file: string, change: (account: Account) => Account): Promise<void> {
  const recorded = parseRecording(await readFile(file, 'utf8'));
  if (!recorded.ok) throw new Error(`${file}: ${recorded.problem}`);
  await writeFile(file, recordingText(change(recorded.account)));
}

/** What `plan` prints over an example's recording. */
export function planExample({ name }: Example, format: 'markdown' | 'json'): Promise<string> {
  return commandLine(...planArguments(name), '--format', format);
}

/** What `plan --against` prints for another policy of the example. */
export function compareExample({ name }: Example, against: string): Promise<string> {
  return commandLine(...planArguments(name), '--against', `examples/${name}/${against}`, '--format', 'markdown');
}

function planArguments(name: string): string[] {
  const at = EXAMPLES_AT.toISOString();
  return ['plan', '--account', `examples/${name}/account.json`, '--policy', `examples/${name}/policy.yml`, '--at', at];
}

/** Runs a command line at the examples' time; no run is named in what it prints, since that differs each time. */
async function commandLine(...args: readonly string[]): Promise<string> {
  const stdout = collected();
  const stderr = collected();
  const exitCode = await runCommandLine(args, {
    stdin: Readable.from([]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: {},
    now: () => EXAMPLES_AT,
    connect: (region) => createClients(region, { pace: 'off' }),
  });
  if (exitCode !== 0 && exitCode !== 3) throw new Error(`${args.join(' ')} exits ${exitCode}: ${stderr.text()}`);
  return stdout.text().replaceAll(/\d{8}T\d{6}Z-[0-9a-f]{8}/g, 'RUN_ID');
}

function collected(): { readonly stream: Writable; readonly text: () => string } {
  const pieces: string[] = [];
  const stream = new Writable({
    write(piece, _encoding, done) {
      pieces.push(String(piece));
      done();
    },
  });
  return { stream, text: () => pieces.join('') };
}
