import { expect, it } from 'vitest';
import { seedOrganization } from '../builders/organization.ts';
import { POLICY, Running } from './running.ts';

/** Fifty thousand in `npm run test:organization`; the sample takes two rounds. */
const IMAGES = Number(process.env.LARGE_IMAGES ?? 2200);
const DUE = Math.floor(IMAGES * 0.24);
/** What a call takes at least, beside waiting for AWS's limits. */
const MILLISECONDS_A_CALL = 30;
/** Of one function. */
const ROUND_MILLISECONDS = 13.5 * 60_000;

let running: Running;

it(`${IMAGES} images, ${DUE} of them due, are done over several rounds within the request limits`, {
  tags: ['long'],
  timeout: 7_200_000,
}, async () => {
  const seeded = seedOrganization({ consumers: 1, unused: 0 });
  const { home } = seeded.golden;
  const before = new Set(home.state.images.keys());
  const due = Array.from({ length: DUE }, (_, number) =>
    home.image(`old-${number}`, { ageDays: 400 + (number % 300) }),
  );
  for (let number = DUE; number < IMAGES; number += 1)
    home.image(`young-${number}`, { ageDays: 3, deprecatedDaysAgo: null });
  const policy = POLICY.replace('perRun: 100, stopAbove: 100%', 'perRun: 20000, stopAbove: 25%');
  running = await Running.start(seeded, { mode: 'enforce', policy, limited: true });
  await running.readAndJoin();
  running.intercept = () => {
    running.pass(MILLISECONDS_A_CALL);
    return undefined;
  };

  const lengths: number[] = [];
  for (let status = 'more'; status !== 'ended'; ) {
    if (status === 'waiting') await running.readAnew();
    const started = running.milliseconds;
    ({ status } = await running.round(running.golden));
    lengths.push(running.milliseconds - started);
  }
  const throttled = running.sandbox.calls.entries.filter(({ outcome }) => outcome === 'throttle').length;
  const minutes = lengths.map((length) => Math.round(length / 6000) / 10);
  if (IMAGES >= 50_000) process.stdout.write(`${lengths.length} rounds of ${minutes.join(', ')} minutes\n`);

  expect(lengths.length).toBeGreaterThan(2);
  expect(Math.max(...lengths)).toBeLessThan(ROUND_MILLISECONDS);
  expect(throttled).toBe(0);
  expect(due.filter((id) => home.state.images.has(id))).toEqual([]);
  const { outcomes, totals } = await running.report();
  expect(totals.outcomes.failed).toBe(0);
  const done = outcomes.filter(({ action, status }) => action === 'deregister' && status === 'done');
  expect(done.filter(({ resourceId }) => !before.has(resourceId))).toHaveLength(DUE);
});
