import { describe, expect, it } from 'vitest';
import { HOME, seedOrganization } from '../builders/organization.ts';
import { AT_HOME, POLICY, Running, type RunningOptions } from './running.ts';

let running: Running;

const DAY = 86_400_000;
const LETS_GO = `${POLICY}\nsharedWithAccount: { cancelUnusedAfter: 90d }\n`;
let runs = 0;

type Seeded = ReturnType<typeof seedOrganization>;

/** A run, so many days later, over the first consumer alone; gives what is said of each shared image. */
async function dayOf(days: number, seeded: Seeded, options: RunningOptions = {}): Promise<Map<string, string>> {
  runs += 1;
  const runId = `20261121T020000Z-${String(runs).padStart(8, '0')}`;
  const laterMilliseconds = days * DAY;
  running = await Running.start(seeded, { ...AT_HOME, policy: LETS_GO, runId, laterMilliseconds, ...options });
  await running.readAndJoin();
  await running.act(consumer(seeded));
  const text = await running.store.readText(`shared/${seeded.consumer(1).accountId}/${HOME}.json`);
  const shared: { imageId: string; verdict: string }[] = JSON.parse(text ?? '[]');
  return new Map(shared.map(({ imageId, verdict }) => [imageId, verdict]));
}

const consumer = (seeded: Seeded) => ({ accountId: seeded.consumer(1).accountId, region: HOME });
const permissions = (seeded: Seeded, imageId: string) =>
  (seeded.golden.home.state.launchPermissions.get(imageId) ?? []).map(({ UserId }) => UserId);
const cancelled = () =>
  running.sandbox.calls
    .writes()
    .filter(({ operation }) => operation === 'CancelImageLaunchPermission')
    .map(({ input }) => JSON.stringify(input));

describe('an image that others share with an account', () => {
  it('is let go once nothing there has used it for as long as the policy says', async () => {
    const seeded = seedOrganization({ consumers: 2, unused: 1 });
    const { images } = seeded;
    const [unused = ''] = images.unused;
    const self = seeded.consumer(1).accountId;
    expect((await dayOf(0, seeded)).get(unused)).toBe('waiting');
    expect(cancelled()).toEqual([]);
    expect((await dayOf(60, seeded)).get(unused)).toBe('waiting');
    const verdicts = await dayOf(91, seeded);
    expect(verdicts.get(unused)).toBe('due');
    expect(verdicts.get(images.current)).toBe('used');
    expect(permissions(seeded, unused)).toEqual([seeded.consumer(2).accountId]);
    expect(permissions(seeded, images.current)).toContain(self);
    const { outcomes } = await running.report(consumer(seeded));
    expect(outcomes.filter(({ resourceId }) => resourceId === unused)).toEqual([
      expect.objectContaining({ action: 'cancel-launch-permission', status: 'done' }),
    ]);
    // By the whole organization, or a unit of it: that is not the account's to give up.
    expect(outcomes.find(({ resourceId }) => resourceId === images.organizationWide)).toMatchObject({
      status: 'skipped',
      reason: expect.stringContaining('organization'),
    });
  });

  it('begins anew once it was used in between', async () => {
    const seeded = seedOrganization({ consumers: 1, unused: 1 });
    const [unused = ''] = seeded.images.unused;
    await dayOf(0, seeded);
    const id = seeded.consumer(1).home.instance(unused);
    expect((await dayOf(60, seeded)).get(unused)).toBe('used');
    seeded.consumer(1).home.state.instances.delete(id);
    expect((await dayOf(91, seeded)).get(unused)).toBe('waiting');
    expect(cancelled().join()).not.toContain(unused);
  });

  it('is read again before it goes', async () => {
    const seeded = seedOrganization({ consumers: 1, unused: 1 });
    const [unused = ''] = seeded.images.unused;
    await dayOf(0, seeded);
    await dayOf(91, seeded, {
      intercept: ({ operation, input }) =>
        operation === 'DescribeImages' && JSON.stringify(input).includes('ExecutableUsers')
          ? { after: () => void seeded.consumer(1).home.template('brand-new', [unused]) }
          : undefined,
    });
    expect(permissions(seeded, unused)).toEqual([seeded.consumer(1).accountId]);
    const { outcomes } = await running.report(consumer(seeded));
    expect(outcomes.find(({ resourceId }) => resourceId === unused)).toMatchObject({
      status: 'skipped',
      reason: 'read again, something uses it',
    });
  });

  it.each<[string, Partial<RunningOptions>, string]>([
    ['is only told of by a dry run', { mode: 'dry-run' }, 'due'],
    [
      'stays where a source could not be read',
      { intercept: ({ operation }) => (operation === 'DescribeFleets' ? { kind: 'access-denied' } : undefined) },
      'unknown',
    ],
    [
      'stays where the policy protects it',
      { policy: LETS_GO.replace('rules:', 'protect: { images: [UNUSED] }\nrules:') },
      'protected',
    ],
    ['stays where nothing may be done in a run', { policy: LETS_GO.replace('perRun: 100', 'perRun: 0') }, 'due'],
  ])('%s', async (_, options, verdict) => {
    const seeded = seedOrganization({ consumers: 1, unused: 1 });
    const [unused = ''] = seeded.images.unused;
    await dayOf(0, seeded);
    const policy = (options.policy ?? LETS_GO).replace('UNUSED', unused);
    expect((await dayOf(91, seeded, { ...options, policy })).get(unused)).toBe(verdict);
    expect(cancelled().join()).not.toContain(unused);
    expect(permissions(seeded, unused)).toEqual([seeded.consumer(1).accountId]);
  });

  it('is not given up where more is due than limits.stopAbove allows, and the run says so', async () => {
    const seeded = seedOrganization({ consumers: 1, unused: 28 });
    const policy = LETS_GO.replace('stopAbove: 100%', 'stopAbove: 1%');
    await dayOf(0, seeded, { policy });
    const verdicts = await dayOf(91, seeded, { policy });
    expect([...verdicts.values()].filter((verdict) => verdict === 'due').length).toBeGreaterThan(27);
    expect(cancelled()).toEqual([]);
    const ended = await running.store.readText(`ended/${seeded.consumer(1).accountId}/${HOME}.json`);
    const { notes } = JSON.parse(ended ?? '');
    expect(notes.shared).toMatchObject({ cancelled: 0, stopped: true });
    expect(notes.stopped).toEqual([
      expect.stringMatching(/^\d+ launch permissions of \d+ .* limits\.stopAbove \(1 %\)/),
    ]);
  });

  it('leaves no trace in a what-if question, and is not looked at where the policy does not ask', async () => {
    const seeded = seedOrganization({ consumers: 1, unused: 1 });
    expect((await dayOf(0, seeded, { policy: POLICY })).size).toBe(0);
    const keys = [...(seeded.janitor.home.state.buckets.get('ami-janitor-reports')?.keys() ?? [])];
    expect(keys.filter((key) => key.startsWith('organization/unused/'))).toEqual([]);
  });
});
