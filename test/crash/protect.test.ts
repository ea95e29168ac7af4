import { describe, expect, it, test } from 'vitest';
import type { Call, Fault } from '../../sandbox/calls.ts';
import type { AccountState } from '../../sandbox/state.ts';
import { actionNoticesOf } from '../../src/report/notifications.ts';
import { recordOf } from '../builders/journal.ts';
import { aPolicy } from '../builders/policy.ts';
import { IS_SAMPLE } from '../builders/runs.ts';
import { bearOut } from '../builders/seeded-journal.ts';
import { actOn } from '../execute/acting.ts';
import { NOW, StoryAccount } from '../scenarios/account.ts';
import { BUCKET } from './account.ts';
import { casesOf, endings, runAt, type Struck } from './struck.ts';

const RULES =
  'rules: [{ name: all, select: {}, keep: { youngerThan: 30d }, deprecate: {} }]\nlimits: { stopAbove: 100% }';
const POLICY = aPolicy(`protect: { inUse: true }\n${RULES}`);
const TAG = 'ami-janitor:protect-run';
const ON = 'enabled-without-cooldown';
/** Each end of the process from the first write on, and of all calls and faults every so many; of a sample one. */
function cases(operations: readonly string[]) {
  const every = process.env.KILL_EVERY;
  if (every !== undefined) return casesOf(operations, Number(every));
  const first = operations.indexOf('CreateTags');
  const kills = casesOf(operations, 1).filter(({ call, name }) => call >= first && name.startsWith('killed'));
  const isAct = ({ call, name }: Struck) =>
    name === 'killed after AWS acted' && operations[call - 1]?.endsWith('DeregistrationProtection') === true;
  return IS_SAMPLE ? kills.filter(isAct).slice(0, 1) : [...kills, ...casesOf(operations, 13)];
}

/** Two images that a template names, and what shows how each is protected. */
function used() {
  const story = new StoryAccount();
  const { state } = story;
  const images = [story.image('web', { deprecatedDaysAgo: null }), story.image('api', { deprecatedDaysAgo: null })];
  const template = story.template('web', images);
  story.group('web', { LaunchTemplate: { LaunchTemplateId: template, Version: '1' } });
  bearOut(state.buckets, BUCKET, state);
  const change = (id: string, DeregistrationProtection: string) =>
    state.images.set(id, { ...state.images.get(id), DeregistrationProtection });
  const unused = () => {
    state.launchTemplates.clear();
    state.autoScalingGroups.clear();
  };
  return { story, state, images, image: images[0] ?? '', change, unused };
}

const protectionOf = ({ images }: AccountState) =>
  [...images.values()].map(({ DeregistrationProtection = 'disabled' }) => DeregistrationProtection);
const tagOf = (state: AccountState, id: string) => state.images.get(id)?.Tags?.find(({ Key }) => Key === TAG)?.Value;

/** In use, and protected by an earlier run. */
async function guarded() {
  const all = used();
  const { report, operations } = await runAt(POLICY, all.state, 0);
  return { ...all, report, operations };
}

it('what is in use is protected, loses that once nothing uses it, and goes its rule’s way from the next run on', async () => {
  const { state, image, unused, report } = await guarded();
  expect(endings(report)).toEqual(['protect done', 'protect done']);
  expect(report && actionNoticesOf(report)).toEqual([]);
  expect([protectionOf(state), tagOf(state, image)]).toEqual([[ON, ON], report?.runId]);
  expect((await recordOf(state, image)).protected).toMatchObject({ runId: report?.runId, state: 'on' });
  expect(endings((await runAt(POLICY, state, 24)).report)).toEqual([]);

  unused();
  const last = (await runAt(POLICY, state, 48)).report;
  expect(endings(last)).toEqual(['unprotect done', 'unprotect done']);
  expect(last?.images.map(({ decision, reasons }) => [decision, reasons.map(({ code }) => code)])).toEqual([
    ['keep', ['own-protection']],
    ['keep', ['own-protection']],
  ]);
  expect([protectionOf(state), tagOf(state, image)]).toEqual([['disabled', 'disabled'], undefined]);
  expect(await recordOf(state, image)).toEqual({});
  expect(endings((await runAt(POLICY, state, 72)).report)).toEqual(['deprecate done', 'deprecate done']);
});

it('an image that is reinstated in the same run keeps the word of its protection', async () => {
  const { story, state } = used();
  const image = story.image('again');
  story.template('again', [image]);
  bearOut(state.buckets, BUCKET, state);
  const { report } = await runAt(POLICY, state, 0);
  expect(endings(report)?.toSorted()).toEqual(['protect done', 'protect done', 'protect done', 'reinstate done']);
  expect([tagOf(state, image), (await recordOf(state, image)).protected?.state]).toEqual([report?.runId, 'on']);
});

describe('a person’s word counts', () => {
  test('what they turn off stays off while it is in use, and later', async () => {
    const { state, image, change, unused } = await guarded();
    change(image, 'disabled');
    expect(endings((await runAt(POLICY, state, 24)).report)).toEqual([]);
    unused();
    expect(endings((await runAt(POLICY, state, 48)).report)).toEqual(['unprotect done', 'deprecate done']);
  });

  test.each<[string, (all: ReturnType<typeof used>) => void]>([
    ['they turn it on with its cooldown', ({ change, image }) => change(image, 'enabled-with-cooldown')],
    ['they take its tag off', ({ state, image }) => state.images.set(image, { ...state.images.get(image), Tags: [] })],
    [
      'they tag it to be kept',
      ({ state, image }) => {
        const { Tags = [], ...rest } = state.images.get(image) ?? {};
        state.images.set(image, { ...rest, Tags: [...Tags, { Key: 'ami-janitor:keep', Value: 'true' }] });
      },
    ],
  ])('what this tool protected stays protected where %s', async (_, act) => {
    const all = await guarded();
    act(all);
    all.unused();
    expect(endings((await runAt(POLICY, all.state, 24)).report)).toEqual(['unprotect done']);
    const was = protectionOf(all.state)[0];
    expect(was).toMatch(/^enabled/);
    for (const hours of [48, 72]) await runAt(POLICY, all.state, hours);
    expect(protectionOf(all.state)[0]).toBe(was);
  });

  test('a forged tag turns off no protection of theirs', async () => {
    const { state, images, change, unused } = used();
    for (const id of images) {
      change(id, ON);
      const Tags = [{ Key: TAG, Value: '20261121T020000Z-1a2b3c4d' }];
      state.images.set(id, { ...state.images.get(id), Tags });
    }
    unused();
    expect(endings((await runAt(POLICY, state, 24)).report)).toEqual([]);
    expect(protectionOf(state)).toEqual([ON, ON]);
  });
});

describe('nothing loses its protection', () => {
  /** What happens right before AWS is asked what uses an image. */
  const meanwhile = (happens: () => void) => {
    let isFirst = true;
    return ({ operation }: Call): Fault => {
      if (operation === 'DescribeImageReferences' && isFirst) {
        isFirst = false;
        happens();
      }
      return {};
    };
  };

  test('that comes into use the moment before', async () => {
    const { story, state, image, unused } = await guarded();
    unused();
    const { report } = await runAt(
      POLICY,
      state,
      24,
      undefined,
      meanwhile(() => story.template('new', [image])),
    );
    expect(endings(report)?.toSorted()).toEqual(['unprotect done', 'unprotect skipped']);
    expect(protectionOf(state)).toEqual([ON, 'disabled']);
    expect((await recordOf(state, image)).protected?.state).toBe('on');
  });

  test('that comes into use while it is tagged, which takes long', async () => {
    const story = new StoryAccount();
    const Tags = [{ Key: TAG, Value: '20261101T020000Z-0123abcd' }];
    const image = story.image('web', { deprecatedDaysAgo: null, with: { DeregistrationProtection: ON, Tags } });
    let at = NOW;
    const before = () => {
      at = new Date(at.getTime() + 11_000);
      if (story.state.launchTemplates.size === 0) story.template('new', [image]);
    };
    const slow = ({ operation }: Call): Fault => (operation === 'CreateTags' ? { before } : {});
    const { of } = await actOn(story, { policy: POLICY, now: () => at, intercept: slow });
    expect(of(image)).toMatch(/^skipped: AWS names a use of it/);
    expect([protectionOf(story.state), story.state.images.get(image)?.Tags]).toEqual([[ON], Tags]);
  });

  test('where AWS can’t say what uses it', async () => {
    const { state, unused, image } = await guarded();
    const before = tagOf(state, image);
    unused();
    const deny = ({ operation }: Call): Fault =>
      operation === 'DescribeImageReferences' ? { kind: 'access-denied' } : {};
    expect(endings((await runAt(POLICY, state, 24, undefined, deny)).report)).toEqual([
      'unprotect skipped',
      'unprotect skipped',
    ]);
    expect([protectionOf(state), tagOf(state, image)]).toEqual([[ON, ON], before]);
  });
});

describe.each([
  ['protect', 'EnableImageDeregistrationProtection', 'protect'],
  ['unprotect', 'DisableImageDeregistrationProtection', 'unprotect'],
] as const)('where EC2 refuses to %s', (_, refused, action) => {
  it('tag and record say what they said before, and a later run tries again', async () => {
    const { state, image, unused } = action === 'protect' ? used() : await guarded();
    if (action === 'unprotect') unused();
    const before = [tagOf(state, image), await recordOf(state, image), protectionOf(state)];
    const deny = ({ operation }: Call): Fault => (operation === refused ? { kind: 'access-denied' } : {});
    const { report } = await runAt(POLICY, state, 24, undefined, deny);
    expect(endings(report)).toEqual([`${action} failed`, `${action} failed`]);
    const { refused: remembered, ...record } = await recordOf(state, image);
    expect([tagOf(state, image), record, protectionOf(state)]).toEqual(before);
    expect(remembered).toMatchObject({ action, times: 1 });
    expect(endings((await runAt(POLICY, state, 50)).report)).toEqual([`${action} done`, `${action} done`]);
  });
});

it('protection whose tag could not be written counts as a person’s, and the outcome says so', async () => {
  const { state, unused } = used();
  let tags = 0;
  const deny = ({ operation }: Call): Fault => {
    tags += operation === 'CreateTags' ? 1 : 0;
    return operation === 'CreateTags' && tags % 2 === 0 ? { kind: 'access-denied' } : {};
  };
  const { report } = await runAt(POLICY, state, 0, undefined, deny);
  expect(report?.outcomes).toMatchObject([
    { status: 'failed', reason: expect.stringContaining('counts as a person') },
    {},
  ]);
  unused();
  expect(endings((await runAt(POLICY, state, 24)).report)).toEqual([]);
});

describe('struck at any call', () => {
  it('of a run that protects: what is in use is protected in the end, and what a person protected meanwhile stays so', {
    timeout: 3_600_000,
  }, async () => {
    const { operations } = await guarded();
    for (const struck of cases(operations)) {
      const label = JSON.stringify(struck);
      const { state, images, change, unused } = used();
      await runAt(POLICY, state, 0, struck);
      const byPeople = images.filter((_, index) => protectionOf(state)[index] === 'disabled').slice(0, 1);
      for (const id of byPeople) change(id, ON);
      for (const hours of [25, 50]) await runAt(POLICY, state, hours);
      expect(protectionOf(state), label).toEqual([ON, ON]);
      unused();
      for (const hours of [75, 100]) await runAt(POLICY, state, hours);
      for (const id of byPeople) expect(state.images.get(id)?.DeregistrationProtection, label).toBe(ON);
    }
  });

  it('of a run that unprotects: what a person protected meanwhile stays so, and what is used again is protected', {
    timeout: 3_600_000,
  }, async () => {
    const prepared = async () => {
      const all = await guarded();
      all.unused();
      return all;
    };
    const { operations } = await runAt(POLICY, (await prepared()).state, 24);
    for (const struck of cases(operations)) {
      const label = JSON.stringify(struck);
      const { story, state, images, change } = await prepared();
      await runAt(POLICY, state, 24, struck);
      const off = images.filter((_, index) => protectionOf(state)[index] === 'disabled');
      const [byPeople, usedAgain] = off;
      if (byPeople !== undefined) change(byPeople, ON);
      if (usedAgain !== undefined) story.template('again', [usedAgain]);
      for (const hours of [49, 74]) await runAt(POLICY, state, hours);
      for (const id of off) expect(state.images.get(id)?.DeregistrationProtection, label).toBe(ON);
    }
  });
});
