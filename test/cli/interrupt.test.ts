import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sandboxEnvironment } from '../../sandbox/environment.ts';
import { seedAccount } from '../../sandbox/seed/seed-account.ts';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { temporaryFolder } from '../builders/temporary-folder.ts';

const POLICY = `version: 1
rules:
  - name: all
    select: { tags: { Family: "*" } }
    keep: { youngerThan: 60d }
    deprecate: {}
limits: { perRun: 20, stopAbove: 100% }
`;
const folder = temporaryFolder();
let sandbox: Sandbox;
let onCall: (operation: string) => void = () => {};

beforeEach(async () => {
  await writeFile(join(folder, 'policy.yml'), POLICY);
  sandbox = await startSandbox({
    account: seedAccount({ now: new Date() }),
    now: () => new Date(),
    intercept: ({ operation }) => ({ after: () => onCall(operation) }),
    latencyMilliseconds: ({ operation }) => (operation === 'EnableImageDeprecation' ? 100 : 0),
  });
});
afterEach(() => sandbox.close());

/** Runs `deprecate --enforce --yes`, and presses Ctrl-C once, at the first call of an operation. */
async function interruptedAt(operation: string) {
  const args = ['src/cli/main.ts', 'deprecate', '--policy', join(folder, 'policy.yml'), '--enforce', '--yes'];
  const env = { ...process.env, ...sandboxEnvironment(sandbox.url, sandbox.state.region) };
  const child = spawn(process.execPath, [...args, '--out', folder], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (piece) => {
    said.stdout += String(piece);
  });
  child.stderr.on('data', (piece) => {
    said.stderr += String(piece);
  });
  let interrupted = false;
  onCall = (called) => {
    if (called !== operation || interrupted) return;
    interrupted = true;
    child.kill('SIGINT');
  };
  const [code, signal] = await once(child, 'close');
  return { ...said, code, signal };
}

it('Ctrl-C while the account is read says that nothing was done, and exits 130', async () => {
  const { code, signal, stdout, stderr } = await interruptedAt('DescribeImages');
  expect([code, signal]).toEqual([130, null]);
  expect(stdout).toBe('');
  expect(stderr).toContain('Nothing was done.');
  expect(sandbox.calls.writes()).toEqual([]);
});

it('Ctrl-C ends a run between two actions, and the report still tells all of it', async () => {
  const { code, signal, stderr } = await interruptedAt('EnableImageDeprecation');
  expect(signal).toBeNull();
  expect(stderr).toContain('Stopping after this action');
  expect(stderr).not.toContain('Nothing was done.');
  const { outcomes } = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));
  const done = outcomes.filter(({ status }: { status: string }) => status === 'done').length;
  const skipped = outcomes.filter(({ reason }: { reason?: string }) => reason?.startsWith('interrupted')).length;
  expect(done).toBeGreaterThan(0);
  expect(skipped).toBeGreaterThan(0);
  expect(done + skipped).toBe(20);
  expect(sandbox.calls.count('EnableImageDeprecation')).toBeLessThanOrEqual(done);
  expect((await readFile(join(folder, 'audit.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(20);
  expect([0, 1]).toContain(code);
});
