import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const succeeds = (command: string, ...rest: readonly string[]) => {
  return spawnSync(command, rest, { stdio: 'ignore' }).status === 0;
};

/** A Python 3 of at least this minor version, with venv: what `PYTHON` names, else the machine's; else nothing. */
export function pythonAtLeast(minor: number): string | undefined {
  const newer = [13, 14, 15].map((one) => `python3.${one}`);
  const names = [process.env.PYTHON ?? '', 'python3', 'python', ...newer].filter((name) => name !== '');
  return names.find((name) =>
    succeeds(name, '-c', `import sys, venv; sys.exit(sys.version_info < (3, ${String(minor)}))`),
  );
}

/**
 * A folder of its own for packages of PyPI in their pinned versions, installed when they were not before.
 * @returns the folder of its commands; nothing where there is no such Python, or PyPI is not reached
 */
export function installed(name: string, packages: readonly string[], minor = 8): string | undefined {
  const home = resolve('node_modules/.cache', name);
  const bin = join(home, 'bin');
  const stamp = join(home, `installed-${packages.join('+').replaceAll(/[^\w.=+-]/g, '_')}`);
  if (existsSync(stamp)) return bin;
  const python = pythonAtLeast(minor);
  if (python === undefined || !succeeds(python, '-m', 'venv', home)) return undefined;
  if (!succeeds(join(bin, 'pip'), 'install', '--quiet', ...packages)) return undefined;
  writeFileSync(stamp, '');
  return bin;
}

/** A server that was started, until it is stopped. */
export interface Started {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a server that listens on a free port of loopback, and waits until it answers.
 * @param log where what it prints goes
 * @throws Error where it ends, or does not answer in time
 */
export async function startServer(
  command: string,
  given: {
    readonly args?: (port: number) => readonly string[];
    readonly env?: (port: number) => Record<string, string>;
  },
  log: string,
): Promise<Started> {
  const port = await freePort();
  mkdirSync(join(log, '..'), { recursive: true });
  const out = openSync(log, 'w');
  const env = { ...process.env, ...given.env?.(port) };
  const child = spawn(command, given.args?.(port) ?? [], { env, stdio: ['ignore', out, out] });
  const url = `http://127.0.0.1:${String(port)}`;
  const stop = () => stopChild(child);
  for (let tries = 0; tries < 240; tries += 1) {
    if (child.exitCode !== null) throw new Error(`${command} ended at once: see ${log}`);
    if (await answers(url)) return { url, stop };
    await wait(500);
  }
  await stop();
  throw new Error(`${command} did not answer within two minutes: see ${log}`);
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill();
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(late);
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
