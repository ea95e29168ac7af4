import { describe, expect, it } from 'vitest';
import { AWAY, HOME, MEMBER, seedOrganization } from '../builders/organization.ts';
import { bearOut } from '../builders/seeded-journal.ts';
import { runLine } from '../cli/command-line.ts';
import { BUCKET, Running } from './running.ts';

let running: Running;

const ids = (region: string) => {
  const { home, away } = running.seeded.golden;
  return [...(region === HOME ? home : away).state.images.keys()].sort();
};

/** A run that removed images in both Regions of the golden account and in one of a consumer; gives what was there. */
async function removed() {
  const seeded = seedOrganization({ consumers: 2, unused: 1 });
  const own = seeded.consumer(2).home.image('of-its-own');
  const away = seeded.golden.away.image('away-of-its-own');
  bearOut(seeded.janitor.home.state.buckets, BUCKET, seeded.consumer(2).home.state);
  running = await Running.start(seeded, { mode: 'enforce' });
  const before = [ids(HOME), ids(AWAY)];
  await running.readAll();
  await running.join();
  const consumer = { accountId: seeded.consumer(2).accountId, region: HOME };
  for (const place of [running.golden, { ...running.golden, region: AWAY }, consumer]) await running.act(place);
  expect(seeded.consumer(2).home.state.images.has(own)).toBe(false);
  expect(ids(AWAY)).not.toContain(away);
  return { own, away, before };
}

async function bringBack(...options: string[]) {
  const given = ['--region', HOME, '--bucket', BUCKET, '--organization', '--external-id', MEMBER.externalId];
  const { runId } = await running.run();
  return runLine(['restore', runId, ...given, ...options], { now: () => running.now });
}

describe('a run over an organization', () => {
  it('is undone by one command in every account and Region: first what would come back, then each with how it ended', async () => {
    const { own, away, before } = await removed();
    running.sandbox.calls.clear();
    const dry = await bringBack();
    expect(dry.exitCode).toBe(0);
    expect(dry.stdout).toContain(`${away} would come back`);
    expect(running.sandbox.calls.writes()).toEqual([]);
    const { exitCode, stdout } = await bringBack('--enforce', '--yes', '--format', 'json');
    const { targets } = JSON.parse(stdout);
    const { accountId } = running.seeded.golden;
    const consumer = running.seeded.consumer(2);
    expect(targets).toMatchObject([
      { accountId, region: AWAY },
      { accountId, region: HOME },
      {
        accountId: consumer.accountId,
        region: HOME,
        restored: expect.arrayContaining([{ resourceId: own, status: 'done', reason: expect.any(String) }]),
      },
    ]);
    expect(exitCode).toBe(0);
    expect([ids(HOME), ids(AWAY)]).toEqual(before);
    expect(consumer.home.state.images.has(own)).toBe(true);
    running.sandbox.calls.clear();
    expect((await bringBack('--enforce', '--yes')).stdout).toContain('is back already');
    expect(running.sandbox.calls.writes()).toEqual([]);
  });

  it('comes back everywhere else where one account lets nobody in, and that account is named', async () => {
    const { own, before } = await removed();
    const consumer = running.seeded.consumer(2);
    consumer.home.state.everywhere.roles.delete(MEMBER.restoreRole);
    const { exitCode, stdout } = await bringBack('--enforce', '--yes');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(new RegExp(`^${consumer.accountId} ${HOME}\\n {2}the role .+ could not be assumed`, 'm'));
    expect(consumer.home.state.images.has(own)).toBe(false);
    expect([ids(HOME), ids(AWAY)]).toEqual(before);
  });

  it('is not undone without a yes, or the external id', async () => {
    running = await Running.start(seedOrganization({ consumers: 1, unused: 0 }));
    running.sandbox.calls.clear();
    for (const options of [['--enforce'], ['--external-id', '']])
      expect((await bringBack(...options)).exitCode, options.join(' ')).toBe(2);
    expect(running.sandbox.calls.entries.filter(({ operation }) => operation !== 'GetObject')).toEqual([]);
  });
});
