import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { retryAtOnce } from '../builders/pass-waits.ts';
import { silenceConsole } from '../builders/silence-console.ts';
import { runAtScale, type ScaleResult } from './at-scale.ts';

const REGIONS = ['eu-west-1', 'eu-central-1', 'us-east-1', 'us-west-2', 'ap-southeast-2'];
/** `BENCH_ACCOUNTS=80,200 npm run bench:organization`; without it a sample. */
const ACCOUNTS = process.env.BENCH_ACCOUNTS?.split(',').map(Number) ?? [];
/** As many of them as are asked for, so that pieces can be measured. */
const REGIONS_READ = Number(process.env.BENCH_REGIONS ?? REGIONS.length);
const owners = (accounts: number) => Number(process.env.BENCH_OWNERS ?? Math.ceil(accounts / 20));

beforeEach(() => {
  silenceConsole();
  retryAtOnce();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

/** No call is refused, everything due goes, and nothing rests on more than an iteration. */
function expectDone(result: ScaleResult): void {
  expect(result.ended.status, JSON.stringify(result.ended)).toBe('succeeded');
  expect(result.left).toBe(0);
  expect(result.busiest.filter(({ short }) => short > 0)).toEqual([]);
  expect(result.wallSeconds).toBeLessThan(24 * 3600);
}

it('an organization in which every owner has something due is done, within every limit', {
  timeout: 120_000,
}, async () => {
  const result = await runAtScale({
    accounts: 6,
    regions: REGIONS.slice(0, 2),
    owners: 2,
    dueInEach: 3,
    accountsAtATime: 4,
    regionsAtATime: 2,
  });
  expectDone(result);
  expect(result.iterations).toBe(1);
  expect(result.calls['ec2 DeregisterImage']).toBe(result.due);
});

it.runIf(ACCOUNTS.length > 0).each(ACCOUNTS)(
  '%i accounts in five Regions',
  { timeout: 7_200_000 },
  async (accounts) => {
    const given = {
      accounts,
      regions: REGIONS.slice(0, REGIONS_READ),
      owners: owners(accounts),
      dueInEach: 48,
      accountsAtATime: Number(process.env.BENCH_ACCOUNTS_AT_A_TIME ?? 4),
      regionsAtATime: 2,
    };
    const result = await runAtScale(given);
    process.stdout.write(`${JSON.stringify({ ...given, ...result, ended: result.ended.status })}\n`);
    expectDone(result);
  },
);
