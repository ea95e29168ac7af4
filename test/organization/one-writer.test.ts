import { describe, expect, it } from 'vitest';
import type { Call } from '../../sandbox/calls.ts';
import { seedOrganization } from '../builders/organization.ts';
import { AT_HOME, POLICY, Running } from './running.ts';

let running: Running;

const PER_RUN = 11;

/** An organization with a dozen images that are due and two more, of which a run may remove eleven. */
async function ready(): Promise<void> {
  const policy = POLICY.replace('perRun: 100', `perRun: ${PER_RUN}`);
  running = await Running.start(seedOrganization({ consumers: 1, unused: 12 }), { ...AT_HOME, policy });
  await running.readAndJoin();
}

const removed = () => running.sandbox.calls.writes().filter(({ operation }) => operation === 'DeregisterImage').length;
const keyIn = ({ input }: Call) => /organization\/[^"]+/.exec(JSON.stringify(input))?.[0] ?? '';
/** Objects of the ledger, as often as something was written to them. */
const ledgerWrites = () =>
  running.sandbox.calls.entries
    .filter((call) => call.operation === 'PutObject' && call.outcome === 'ok' && keyIn(call).includes('/acted/'))
    .map(keyIn);

/** A redrive while the invocation of a stopped execution lives on: `meanwhile` runs at its first call that `isMoment` takes. */
function redriven(isMoment: (call: Call) => boolean, meanwhile: () => Promise<void>): void {
  let isRedriven = false;
  running.intercept = (call) => {
    if (isRedriven || !isMoment(call)) return undefined;
    isRedriven = true;
    return { after: meanwhile };
  };
}

describe('an invocation of a stopped execution that lives on while the run is redriven', () => {
  it.each<[string, (call: Call) => boolean]>([
    [
      'has read what the run did',
      ({ operation, ...call }) => operation === 'ListObjectsV2' && JSON.stringify(call.input).includes('acted'),
    ],
    ['is about to begin', (call) => call.operation === 'PutObject' && keyIn(call).includes('/acted/')],
    ['is in the midst of removing', ({ operation }) => operation === 'DeregisterImage'],
  ])('is the only one that acts, where it %s; the limit holds, and the ledger is whole', async (_, isMoment) => {
    await ready();
    const refused: string[] = [];
    redriven(isMoment, async () => {
      await running.act().catch((error: unknown) => void refused.push(String(error)));
    });
    await running.act();
    expect(removed()).toBe(PER_RUN);
    expect(refused).toEqual([expect.stringContaining('another invocation of this run (20261121T020000Z-1a2b3c4d) is')]);
    const writes = ledgerWrites();
    expect(writes.length).toBeGreaterThan(1);
    expect(writes.length).toBe(new Set(writes).size);
    const { outcomes } = await running.report();
    expect(outcomes.filter(({ action, status }) => action === 'deregister' && status === 'done')).toHaveLength(PER_RUN);
  });
});
