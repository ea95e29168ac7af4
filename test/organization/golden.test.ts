import { describe, expect, it } from 'vitest';
import { AWAY, GOLDEN_ID, HOME, MEMBER, type OrganizationWish, seedOrganization } from '../builders/organization.ts';
import { IS_SAMPLE, sweep } from '../builders/runs.ts';
import { Running, type RunningOptions } from './running.ts';

/** In `npm test` several stories fall to one consumer. */
const CONSUMERS = IS_SAMPLE ? 4 : 40;

let running: Running;

/** Read and joined, ready to act. */
async function joined(wish: OrganizationWish, options: RunningOptions = {}) {
  const seeded = seedOrganization(wish);
  running = await Running.start(seeded, options);
  await running.readAndJoin();
  return seeded;
}

/** What the report says of an image: its decision and the reasons' codes. */
async function decisionOf(imageId: string): Promise<string | undefined> {
  const image = (await running.report()).images.find((one) => one.imageId === imageId);
  return image && `${image.decision}: ${image.reasons.map(({ code }) => code).join(', ')}`;
}

const goldenImages = () => running.seeded.golden.home.state.images;

describe('a golden account with forty consumers', () => {
  it('loses what nobody uses, and nothing that is used in one of them, by a copy, or by who knows whom', async () => {
    const { images, golden } = await joined({ consumers: CONSUMERS }, { mode: 'enforce' });
    await running.act();
    const gone = [...images.unused, images.unshared, images.mapped15];
    for (const id of gone) expect(goldenImages().has(id)).toBe(false);
    const used = [
      images.inTemplate37,
      images.inGroup12,
      images.onInstance5,
      images.inParameter20,
      images.copied,
      images.copiedOnward,
      images.inUnit3,
      images.outside,
      images.outsideLately,
      images.organizationWide,
      images.current,
    ];
    for (const id of used) expect(goldenImages().has(id)).toBe(true);
    // Its image is gone, but a template of consumer 15 maps the snapshot itself.
    const left = golden.home.state.snapshots;
    expect([...left.values()].some(({ Description }) => Description?.includes(images.mapped15))).toBe(true);

    const report = await running.report();
    const [reference] = report.images.find(({ imageId }) => imageId === images.inTemplate37)?.references ?? [];
    expect(reference).toMatchObject({
      kind: 'ec2:LaunchTemplate',
      accountId: running.seeded.consumer(37).accountId,
      region: HOME,
    });
    const [copy] = report.images.find(({ imageId }) => imageId === images.copied)?.references ?? [];
    expect(copy).toMatchObject({ kind: 'ec2:Image', resource: images.copy, region: AWAY });
    expect(report.totals.outcomes).toMatchObject({ failed: 0 });
    expect(report.outcomes.filter(({ action, status }) => action === 'deregister' && status === 'done')).toHaveLength(
      gone.length,
    );
  }, 120_000);
});

describe('without the join', () => {
  it.each(sweep(['inTemplate37', 'copied', 'copiedOnward'] as const, 1))('the image %s would go', async (name) => {
    const { images } = await joined({ consumers: 2 });
    await running.act();
    expect(await decisionOf(images[name])).toBe('reinstate: referenced');

    running = await Running.start(seedOrganization({ consumers: 2 }));
    await running.readAll();
    for (const { accountId, regions } of running.rows)
      for (const region of regions) {
        const uses = JSON.parse((await running.store.readText(`uses/1/${accountId}/${region}.json`)) ?? '');
        await running.store.writeJson(`uses/1/${accountId}/${region}.json`, {
          ...uses,
          images: [],
          snapshots: [],
          copies: [],
        });
      }
    await running.join();
    await running.act();
    expect(await decisionOf(images[name])).toMatch(/^deregister/);
  });
});

describe('a consumer that could not be read', () => {
  it.each<[string, (seeded: ReturnType<typeof seedOrganization>) => void, string]>([
    ['has no role', ({ consumer }) => void consumer(3).home.state.everywhere.roles.clear(), 'could not be assumed'],
    [
      'has a member template of an older version',
      ({ consumer }) => consumer(3).home.parameter(MEMBER.templateParameter, ['0'], { dataType: 'text' }),
      'update the StackSet',
    ],
    [
      'has no member template',
      ({ consumer }) => void consumer(3).home.state.parameters.delete(MEMBER.templateParameter),
      'update the StackSet',
    ],
  ])('keeps every image shared with it, since it %s', async (_, change, why) => {
    const seeded = seedOrganization({ consumers: 3 });
    // What it used when an earlier run read it is remembered.
    running = await Running.start(seeded, { runId: '20261120T020000Z-1a2b3c4d' });
    await running.readAll();
    change(seeded);
    running = await Running.start(seeded, { mode: 'enforce' });
    const failed = await running.readAll();
    expect([...failed.keys()]).toEqual([HOME, AWAY].map((region) => `${seeded.consumer(3).accountId}/${region}`));
    for (const sentence of failed.values()) expect(sentence).toContain(why);
    expect(await running.join()).toEqual({ targets: 8, unread: 2 });
    await running.act();
    const { images } = seeded;
    expect(await decisionOf(images.unused[0] ?? '')).toBe('keep: consumer-unread');
    expect(await decisionOf(images.unshared)).toMatch(/^deregister/);
    for (const id of images.unused) expect(goldenImages().has(id)).toBe(true);
    expect(goldenImages().has(images.unshared)).toBe(false);
  });

  it('keeps them too where one source alone could not be read', async () => {
    const seeded = seedOrganization({ consumers: 3 });
    const { accountId } = seeded.consumer(2);
    running = await Running.start(seeded, {
      intercept: (call) =>
        call.operation === 'DescribeFleets' && call.accountId === accountId ? { kind: 'access-denied' } : undefined,
    });
    expect((await running.readAll()).size).toBe(0);
    expect(await running.join()).toEqual({ targets: 8, unread: 2 });
    await running.act();
    expect(await decisionOf(seeded.images.unused[0] ?? '')).toBe('keep: consumer-unread');
  });

  it('is read after all by a second try, and what was read is not read again', async () => {
    const seeded = seedOrganization({ consumers: 2 });
    const { accountId } = seeded.consumer(2);
    running = await Running.start(seeded, {
      intercept: (call) =>
        call.operation === 'DescribeImages' && call.accountId === accountId ? { kind: 'access-denied' } : undefined,
    });
    expect((await running.readAll()).size).toBe(2);
    running.intercept = undefined;
    running.sandbox.calls.clear();
    expect((await running.readAll()).size).toBe(0);
    expect(
      new Set(running.sandbox.calls.entries.filter(({ service }) => service === 'ec2').map((call) => call.accountId)),
    ).toEqual(new Set([accountId]));
    expect(await running.join()).toEqual({ targets: 6, unread: 0 });
  });

  it('stops the run where too many are so', async () => {
    const seeded = seedOrganization({ consumers: 3 });
    for (const number of [1, 2]) seeded.consumer(number).home.state.everywhere.roles.clear();
    running = await Running.start(seeded);
    await running.readAll();
    await expect(running.join(49)).rejects.toThrow('2 of 4 accounts could not be read, and 1 (49 %) may');
    await expect(running.join(50)).resolves.toEqual({ targets: 8, unread: 4 });
  });

  it('is tolerated where it is the only one, however few accounts there are; none is where the deployment says 0', async () => {
    const seeded = seedOrganization({ consumers: 1 });
    seeded.consumer(1).home.state.everywhere.roles.clear();
    running = await Running.start(seeded);
    await running.readAll();
    await expect(running.join(5)).resolves.toEqual({ targets: 4, unread: 2 });
    await expect(running.join(0)).rejects.toThrow('1 of 2 accounts could not be read, and 0 (0 %) may');
  });
});

describe('a Region in which one source fails in every account', () => {
  it('holds itself, what is shared there, and the sources of every copy that lies there; no other Region', async () => {
    const seeded = seedOrganization({ consumers: 3 });
    const there = seeded.golden.away.image('old there');
    const source = seeded.golden.home.image('its copy is not used');
    seeded.golden.away.image('copy', { with: { SourceImageId: source, SourceImageRegion: HOME } });
    running = await Running.start(seeded, {
      mode: 'enforce',
      intercept: (call) =>
        call.operation === 'DescribeFleets' && call.region === AWAY ? { kind: 'access-denied' } : undefined,
    });
    await running.readAll();
    expect(await running.join(5)).toEqual({ targets: 8, unread: 4 });
    await running.act();
    const { images } = seeded;
    for (const id of [images.unshared, ...images.unused]) expect(goldenImages().has(id), id).toBe(false);
    for (const id of [images.copied, source]) expect(goldenImages().has(id), id).toBe(true);
    expect(seeded.golden.away.state.images.has(there)).toBe(true);
  });
});

describe('another Region of the golden account that could not be read', () => {
  it('keeps everything, since used copies may lie there', async () => {
    const seeded = seedOrganization({ consumers: 2 });
    const { accountId } = seeded.golden;
    running = await Running.start(seeded, {
      mode: 'enforce',
      intercept: (call) =>
        call.operation === 'DescribeImages' && call.accountId === accountId && call.region === AWAY
          ? { kind: 'access-denied' }
          : undefined,
    });
    await running.readAndJoin();
    await running.act();
    const { complete, sources, outcomes } = await running.report();
    expect(complete).toBe(false);
    expect(sources.find(({ name }) => name === 'other-regions')).toMatchObject({ status: 'unreadable' });
    // What is certainly used gets back what deprecating took; nothing else happens.
    expect(new Set(outcomes.map(({ action }) => action))).toEqual(new Set(['reinstate']));
    expect(goldenImages().has(seeded.images.unshared)).toBe(true);
  });

  it('is left out, and decided over nothing', async () => {
    const seeded = seedOrganization({ consumers: 1 });
    running = await Running.start(seeded, {
      mode: 'enforce',
      intercept: (call) => (call.operation === 'DescribeImages' ? { kind: 'access-denied' } : undefined),
    });
    await running.readAndJoin();
    expect(await running.act()).toBe(1);
    expect(running.sandbox.calls.writes().filter(({ service }) => service === 'ec2')).toEqual([]);
    await expect(running.report()).rejects.toThrow();
  });
});

describe('a target that leaves the organization during the run', () => {
  it.each<[string, (seeded: ReturnType<typeof seedOrganization>) => string]>([
    ['after it was read: nothing is done there', ({ golden }) => golden.accountId],
    ['before its images are acted on: what is shared with it stays', ({ consumer }) => consumer(2).accountId],
  ])('%s', async (_, leaves) => {
    const seeded = await joined({ consumers: 2, unused: 2 }, { mode: 'enforce', regions: [HOME] });
    const accountId = leaves(seeded);
    for (const one of [seeded.golden, ...seeded.consumers])
      if (one.accountId === accountId) one.home.state.everywhere.roles.clear();
    const said = await running.act().then(
      () => '',
      (error: unknown) => String(error),
    );
    if (accountId === seeded.golden.accountId)
      expect(said).toMatch(/^TargetError: the role arn:aws:iam::222222222222:role\/\S+ could not be assumed: /);
    else
      expect((await running.report()).outcomes.map(({ reason }) => reason).join()).toMatch(
        /,not every account that may launch it could be asked whether it does: account 300000000002: the role /,
      );
    for (const id of seeded.images.unused) expect(goldenImages().has(id), id).toBe(true);
  });
});

describe('a parameter of another account that a template names', () => {
  it('is read at its owner where it is not shared just now: the image that it holds stays', async () => {
    const seeded = seedOrganization({ consumers: 2, unused: 2 });
    const [named = '', other = ''] = seeded.images.unused;
    seeded.consumer(1).home.parameter('/golden/base', [named], { dataType: 'text' });
    const arn = `arn:aws:ssm:${HOME}:${seeded.consumer(1).accountId}:parameter/golden/base`;
    seeded.consumer(2).home.template('by the parameter of another account', [`resolve:ssm:${arn}`]);
    running = await Running.start(seeded, { mode: 'enforce' });
    expect((await running.readAll()).size).toBe(0);
    expect(await running.join()).toEqual({ targets: 6, unread: 0 });
    await running.act();
    expect(goldenImages().has(named)).toBe(true);
    expect(goldenImages().has(other)).toBe(false);
  });

  it('is unknown where its owner can’t be asked: what is shared there stays', async () => {
    const seeded = seedOrganization({ consumers: 2, unused: 2 });
    const { accountId } = seeded.consumer(1);
    const arn = `arn:aws:ssm:${AWAY}:${accountId}:parameter/golden/base`;
    seeded.consumer(2).home.template('by the parameter of another account', [`resolve:ssm:${arn}`]);
    const denied: RunningOptions['intercept'] = (call) =>
      call.operation === 'GetParameters' && call.accountId === accountId && call.region === AWAY
        ? { kind: 'access-denied' }
        : undefined;
    running = await Running.start(seeded, { mode: 'enforce', intercept: denied });
    expect(await running.readAndJoin()).toEqual({ targets: 6, unread: 1 });
    await running.act();
    expect(await decisionOf(seeded.images.unused[0] ?? '')).toBe('keep: consumer-unread');
  });
});

describe('a parameter in another Region', () => {
  it('keeps the image that it names, and the source of a copy: what reads it may launch anywhere', async () => {
    const seeded = seedOrganization({ consumers: 2, unused: 2 });
    const [named = '', other = ''] = seeded.images.unused;
    const source = seeded.golden.home.image('its copy is named at home');
    const copy = seeded.golden.away.image('copy', { with: { SourceImageId: source, SourceImageRegion: HOME } });
    seeded.consumer(2).away.parameter('/launched/in/the/other/region', [named]);
    seeded.consumer(1).home.parameter('/copy/in/the/other/region', [copy]);
    running = await Running.start(seeded, { mode: 'enforce' });
    await running.readAndJoin();
    await running.act();
    for (const id of [named, source]) expect(goldenImages().has(id), id).toBe(true);
    expect(goldenImages().has(other)).toBe(false);
    const [reference] = (await running.report()).images.find(({ imageId }) => imageId === named)?.references ?? [];
    expect(reference).toMatchObject({ kind: 'ssm:Parameter', accountId: seeded.consumer(2).accountId, region: AWAY });
  });
});

describe('a consumer with a Region in which one source fails', () => {
  it.each([
    ['what launches there', 'DescribeInstances', ['copied']],
    ['its parameters, which may name an image of any Region', 'DescribeParameters', ['copied', 'current', 'unused']],
  ] as const)('keeps what it may use elsewhere by %s', async (_, operation, kept) => {
    const seeded = seedOrganization({ consumers: 2, unused: 1 });
    const { images } = seeded;
    const named = images.unused[0] ?? '';
    const { accountId, away } = seeded.consumer(1);
    away.parameter('/launched/in/the/other/region', [named]);
    if (operation === 'DescribeInstances') away.state.parameters.clear();
    running = await Running.start(seeded, {
      mode: 'enforce',
      intercept: (call) =>
        call.operation === operation && call.region === AWAY && call.accountId === accountId
          ? { kind: 'access-denied' }
          : undefined,
    });
    await running.readAndJoin();
    await running.act();
    const ids = { copied: images.copied, current: images.current, unused: named };
    for (const key of kept) expect(goldenImages().has(ids[key]), key).toBe(true);
    // An account that was never read may name what it was shared once.
    for (const id of [named, images.unshared]) expect(goldenImages().has(id)).toBe(operation === 'DescribeParameters');
  });
});

describe('a Region that the policy leaves out', () => {
  /** Every account in the home Region alone, though copies lie in the other one. */
  const startAtHome = async (options: RunningOptions = {}) => {
    const seeded = seedOrganization({ consumers: 2, unused: 2 });
    running = await Running.start(seeded, { mode: 'enforce', regions: [HOME], ...options });
    return seeded;
  };

  it('keeps the source of every copy that lies there, and nothing else', async () => {
    const { images } = await startAtHome();
    await running.readAll();
    expect(await running.join(0)).toEqual({ targets: 3, unread: 0 });
    await running.act();
    for (const id of [images.copied, images.copiedOnward]) expect(goldenImages().has(id), id).toBe(true);
    for (const id of [images.unshared, ...images.unused]) expect(goldenImages().has(id), id).toBe(false);
    const [copy] = (await running.report()).images.find(({ imageId }) => imageId === images.copied)?.references ?? [];
    expect(copy).toMatchObject({ kind: 'ec2:Image', resource: images.copy, region: AWAY });
  });

  it('keeps everything of an account whose images there can’t be listed, says why, and stops no other', async () => {
    const denied: RunningOptions['intercept'] = ({ operation, accountId, region }) =>
      operation === 'DescribeImages' && accountId === GOLDEN_ID && region === AWAY
        ? { kind: 'access-denied' }
        : undefined;
    const { images } = await startAtHome({ intercept: denied });
    expect((await running.readAll()).size).toBe(0);
    expect(await running.join(0)).toEqual({ targets: 4, unread: 1 });
    await running.act();
    expect(goldenImages().has(images.unshared)).toBe(true);
    const { complete, sources } = await running.report();
    expect(complete).toBe(false);
    expect(sources.find(({ name }) => name === 'other-regions')).toMatchObject({
      error: expect.stringMatching(/^eu-central-1.*the run leaves it out.*name the Region in targets\.regions$/),
    });
  });
});

describe('a Region that an account has not enabled', () => {
  it('is no target there, and in nobody’s way elsewhere', async () => {
    const seeded = seedOrganization({ consumers: 2 });
    const [golden, first, second] = [seeded.golden, seeded.consumer(1), seeded.consumer(2)];
    const rows = [golden, first, second].map(({ accountId }) => ({ accountId, regions: [HOME, AWAY] }));
    rows[2]?.regions.push('af-south-1', 'eu-wst-1');
    running = await Running.start(seeded, { rows });
    expect((await running.readAll()).size).toBe(0);
    expect(await running.join()).toEqual({ targets: 6, unread: 0 });
    const index = await running.store.readText('joined/1.json');
    expect(JSON.parse(index ?? '').skipped).toEqual([
      [`${second.accountId}/af-south-1`, 'the Region af-south-1 is not enabled in the account'],
      [`${second.accountId}/eu-wst-1`, 'AWS knows no Region eu-wst-1'],
    ]);
    await running.act();
    expect(await decisionOf(seeded.images.unused[0] ?? '')).toMatch(/^deregister/);
    expect(await running.round({ accountId: second.accountId, region: 'af-south-1' })).toMatchObject({
      workLeft: false,
    });
  });
});

describe('a use that begins after the plan', () => {
  it('is seen in the other account before the image goes', async () => {
    const { images, consumer } = await joined({ consumers: 3 }, { mode: 'enforce', regions: [HOME] });
    const [lately = '', other = ''] = images.unused;
    const { accountId, home } = consumer(3);
    let looks = 0;
    running.intercept = (call) => {
      if (call.operation !== 'DescribeImages' || call.accountId !== running.golden.accountId) return undefined;
      looks += 1;
      // The plan stands on what was read before; this is the look right before acting.
      return looks === 1 ? { before: () => void home.template('brand-new', [lately]) } : undefined;
    };
    await running.act();
    expect(looks).toBeGreaterThan(0);
    expect(goldenImages().has(lately)).toBe(true);
    expect(goldenImages().has(other)).toBe(false);
    const { outcomes } = await running.report();
    const outcome = outcomes.find(({ resourceId }) => resourceId === lately);
    const reason = expect.stringMatching(
      /^another account began to use it: ec2:LaunchTemplate arn:aws:ec2:eu-west-1:300/,
    );
    expect(outcome).toMatchObject({ status: 'skipped', reason });
    expect(running.sandbox.calls.entries.some((call) => call.accountId === accountId)).toBe(true);
  });

  it('may be in a consumer that can no longer be read: then it stays', async () => {
    const { images, consumer } = await joined({ consumers: 3 }, { mode: 'enforce', regions: [HOME] });
    consumer(2).home.state.everywhere.roles.clear();
    await running.act();
    for (const id of images.unused) expect(goldenImages().has(id)).toBe(true);
    expect(goldenImages().has(images.unshared)).toBe(false);
  });
});

describe('a dry run', () => {
  it('assumes no role that may act, and writes nothing in any account', async () => {
    await joined({ consumers: 2 });
    await running.act();
    const assumed = running.sandbox.calls.entries.filter(({ operation }) => operation === 'AssumeRole');
    expect(assumed.length).toBeGreaterThan(2);
    for (const { input } of assumed) expect(JSON.stringify(input)).not.toContain('janitor-act');
    expect(running.sandbox.calls.writes().filter(({ service }) => service !== 's3')).toEqual([]);
    const { mode, outcomes } = await running.report();
    expect({ mode, outcomes }).toEqual({ mode: 'dry-run', outcomes: [] });
  });
});
