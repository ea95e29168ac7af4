import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Figures } from '../../scripts/bench/figures.ts';

const runFile = promisify(execFile);
const PATIENCE = 300_000;

/** A small bench, of more due images than a run acts on, and without the waiting: the calls are the same with it. */
describe('npm run bench', { tags: ['long'] }, () => {
  let folder = '';
  let printed = '';
  let runs: Figures[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ami-janitor-bench-test-'));
    const json = join(folder, 'bench.json');
    const { stdout } = await runFile(process.execPath, [
      'scripts/bench.ts',
      '--sizes',
      '1500',
      '--fast',
      '--json',
      json,
    ]);
    printed = stdout;
    runs = JSON.parse(await readFile(json, 'utf8')).runs;
  }, PATIENCE);

  afterAll(() => rm(folder, { recursive: true }));

  test('measures a dry run and an enforced one', () => {
    expect(runs.map(({ mode, images }) => [mode, images])).toEqual([
      ['dry-run', 1500],
      ['enforced', 1500],
    ]);
    for (const run of runs) {
      expect(printed).toContain(`${run.mode} ${run.images}`);
      expect(run.wallSeconds).toBeGreaterThan(run.startSeconds);
      expect(run.cpuSeconds).toBeGreaterThan(0);
      expect(run.peakRssMB).toBeGreaterThan(0);
    }
  });

  test('finds at most a tenth more calls than the least', () => {
    for (const { totalCalls, leastCalls, calls } of runs) {
      expect(totalCalls, JSON.stringify(calls)).toBeLessThanOrEqual(1.1 * leastCalls);
    }
  });

  test('counts the acts of an enforced run', () => {
    const [dryRun, enforced] = runs;
    expect(enforced?.calls.DeregisterImage?.taken).toBeGreaterThan(10);
    expect(dryRun?.calls).not.toHaveProperty('DeregisterImage');
  });

  // What counts as the least must not be more than what it takes. An enforced run leaves less to look at as it goes on.
  test('takes no operation less often than what counts as the least of it', () => {
    const [dryRun] = runs;
    const fewer = Object.entries(dryRun?.calls ?? {}).filter(([, { taken, least }]) => taken < least);
    expect(fewer).toEqual([]);
    expect(dryRun?.calls).toHaveProperty('DescribeInstanceRefreshes', { taken: 60, least: 60 });
  });
});
