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
let onDeprecation: () => void = () => {};

beforeEach(async () => {
  await writeFile(join(folder, 'policy.yml'), POLICY);
  sandbox = await startSandbox({
    account: seedAccount({ now: new Date() }),
    now: () => new Date(),
    intercept: ({ operation }) =>
      operation === 'EnableImageDeprecation' ? { after: () => onDeprecation() } : undefined,
    latencyMilliseconds: ({ operation }) => (operation === 'EnableImageDeprecation' ? 100 : 0),
  });
});
afterEach(() => sandbox.close());

it('Ctrl-C ends a run between two actions, and the report still tells all of it', async () => {
  const args = ['src/cli/main.ts', 'deprecate', '--policy', join(folder, 'policy.yml'), '--enforce', '--yes'];
  const env = { ...process.env, ...sandboxEnvironment(sandbox.url, sandbox.state.region) };
  const child = spawn(process.execPath, [...args, '--out', folder], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', (piece) => said.push(String(piece)));
  let interrupted = false;
  onDeprecation = () => {
    if (!interrupted) child.kill('SIGINT');
    interrupted = true;
  };
  const [code, signal] = await once(child, 'close');
  expect(signal).toBeNull();
  expect(said.join('')).toContain('Stopping after this action');
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
