import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { z } from 'zod';
import { COMMAND_LINE } from '../bundle.ts';
import { type EndpointOptions, type Metered, metered, ready, seen } from './messages.ts';

const POLICY = fileURLToPath(new URL('policy.yml', import.meta.url));
const ENDPOINT = fileURLToPath(new URL('endpoint.ts', import.meta.url));

/** A dry run reads and reports; an enforced one acts on what is due, too. */
export type Mode = 'dry-run' | 'enforced';

/** What one run cost, as seen from both ends of the wire. */
export type Measured = Awaited<ReturnType<typeof measureRun>>;

/** A folder of one bench's own, in the checkout so that the dependencies are found. */
export async function benchFolder(): Promise<string> {
  await mkdir('out', { recursive: true });
  return mkdtemp('out/bench-');
}

/** Bundles the command line as it is shipped, and the meter that watches it from outside. */
export async function buildProgram(folder: string): Promise<void> {
  const entryPoints = { main: 'src/cli/main.ts', unpaced: 'scripts/bench/unpaced.ts', meter: 'scripts/bench/meter.ts' };
  await build({ ...COMMAND_LINE, entryPoints, outdir: join(folder, 'program') });
}

/** Starts an endpoint over a new account, and one run against it in a fresh process. */
export async function measureRun(folder: string, mode: Mode, options: EndpointOptions) {
  const out = join(folder, `${mode}-${options.images}`);
  const program = resolve(folder, 'program', options.buckets ? 'main.js' : 'unpaced.js');
  const endpoint = fork(ENDPOINT, [JSON.stringify(options)]);
  try {
    const { environment, least } = await hear(endpoint, ready);
    const started = performance.now();
    const usage = await runProgram({ folder, mode, out, environment, program });
    const wallSeconds = (performance.now() - started) / 1000;
    endpoint.send('what was seen?');
    const report = join(out, 'report.json');
    // Wall time is from the start of the process to its end.
    return { leastToRead: least, seen: await hear(endpoint, seen), metered: usage, wallSeconds, report };
  } finally {
    endpoint.kill();
  }
}

interface ProgramRun {
  readonly folder: string;
  readonly mode: Mode;
  readonly out: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly program: string;
}

async function runProgram({ folder, mode, out, environment, program }: ProgramRun): Promise<Metered> {
  const meterFile = resolve(folder, 'meter.json');
  const meter = pathToFileURL(resolve(folder, 'program/meter.js')).href;
  const command = mode === 'enforced' ? ['run', '--enforce', '--yes'] : ['plan'];
  const { PATH, NODE_OPTIONS } = process.env;
  const child = spawn(process.execPath, ['--import', meter, program, ...command, '--policy', POLICY, '--out', out], {
    env: { PATH, NODE_OPTIONS, ...environment, AMI_JANITOR_METER: meterFile },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => {
    said += String(text);
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the ${mode} ended with exit code ${code}: ${said}`);
  return metered.parse(JSON.parse(await readFile(meterFile, 'utf8')));
}

async function hear<Schema extends z.ZodType>(child: ChildProcess, schema: Schema): Promise<z.infer<Schema>> {
  const heard = new AbortController();
  const { signal } = heard;
  const gone = once(child, 'exit', { signal }).then(
    () => {
      throw new Error('the endpoint ended before it answered');
    },
    () => new Promise<never>(() => {}),
  );
  const [message] = await Promise.race([once(child, 'message'), gone]);
  heard.abort();
  return schema.parse(message);
}
