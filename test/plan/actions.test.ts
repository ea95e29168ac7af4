import { describe, expect, test } from 'vitest';
import type { Image } from '../../src/model/image.ts';
import type { ImageRecord, SnapshotRecord } from '../../src/model/journal.ts';
import type { Policy } from '../../src/model/policy.ts';
import {
  anAccount,
  anImage,
  aSnapshot,
  daysAgo,
  HARMLESS,
  imageId,
  NOT_IN_BIN,
  snapshotId,
} from '../builders/account.ts';
import { ids, images, pass, RULE, WIDE } from '../builders/plan.ts';
import { oneRule } from '../builders/policy.ts';
import { aJournal, RUN_ID, recorded } from '../builders/records.ts';

describe('deprecate', () => {
  test('says the rule and the earliest day of deregistration', () => {
    expect(pass('deprecate', images(anImage())).actions).toEqual([
      {
        action: 'deprecate',
        imageId: imageId(1),
        rule: 'all',
        deregisterAfter: daysAgo(-30),
        alreadyDeprecated: false,
      },
    ]);
  });

  test('has no such day where the rule does not deregister', () => {
    const [deprecated] = pass(
      'deprecate',
      images(anImage()),
      oneRule('keep: { youngerThan: 1d }, deprecate: {}', WIDE),
    ).actions;
    expect(deprecated).toEqual({ action: 'deprecate', imageId: imageId(1), rule: 'all', alreadyDeprecated: false });
  });

  test.each([
    ['past', 0, true],
    ['ahead', -1, false],
  ])('knows someone else’s date that is %s', (_, days, alreadyDeprecated) => {
    const account = images(anImage({ deprecationTime: daysAgo(days) }));
    expect(pass('deprecate', account).actions).toMatchObject([{ alreadyDeprecated }]);
  });

  test.each([
    ['nothing undoes it', {}, true],
    ['it was done by others', { deprecationTime: daysAgo(1) }, false],
  ])('of a public image is final where %s', (_, over, isFinal) => {
    const policy = oneRule('keep: { youngerThan: 60d }, deprecate: {}, public: true', WIDE);
    const [action] = pass('deprecate', images(anImage({ isPublic: true, ...over })), policy).actions;
    expect(action && 'isFinal' in action).toBe(isFinal);
    expect(action).toMatchObject(isFinal ? { isFinal } : {});
  });

  test('gives back before it takes, each oldest first', () => {
    const account = anAccount({
      images: [
        anImage({ number: 1, ageDays: 200 }),
        anImage({ number: 2, ageDays: 300 }),
        anImage({ number: 3, ageDays: 70, deprecatedDaysAgo: 5, isPublic: true }),
        anImage({ number: 4, ageDays: 90, deprecatedDaysAgo: 5, isPublic: true }),
        anImage({ number: 5, ageDays: 200, name: 'z' }),
      ].toReversed(),
    });
    expect(ids(pass('deprecate', account).actions)).toEqual([4, 3, 2, 1, 5].map(imageId));
  });
});

describe('reinstate', () => {
  const back = (over: Parameters<typeof anImage>[0]) =>
    pass(
      'deprecate',
      images(anImage({ deprecatedDaysAgo: 40, deregistrationProtection: 'enabled-without-cooldown', ...over })),
    ).actions[0];
  const mark = daysAgo(40).toISOString();

  test.each([
    ['this tool’s own date', daysAgo(40), true],
    ['a date that EC2 rounded', new Date(daysAgo(40).getTime() + 59_999), true],
    ['the date of another run ten minutes later', new Date(daysAgo(40).getTime() + 600_000), true],
    ['the date of another run ten minutes earlier', new Date(daysAgo(40).getTime() - 600_000), true],
    ['a date of more than that earlier', new Date(daysAgo(40).getTime() - 600_001), false],
    ['someone else’s date', daysAgo(50), false],
  ])('lifts %s: %s', (_, deprecationTime, liftDeprecation) => {
    const action = back({ deprecationTime, tags: { 'ami-janitor:deprecated-at': mark } });
    expect(action).toEqual({ action: 'reinstate', imageId: imageId(1), liftDeprecation, enable: false });
  });

  test('does not lift a date that was there before', () => {
    const previous = new Date(daysAgo(40).getTime() - 60_000);
    const tags = { 'ami-janitor:deprecated-at': mark, 'ami-janitor:previous-deprecation-time': previous.toISOString() };
    expect(back({ deprecationTime: previous, tags })).toMatchObject({ liftDeprecation: false });
    expect(back({ deprecationTime: daysAgo(40), tags })).toMatchObject({ liftDeprecation: true });
  });

  test('lifts nothing where the tag is older than the image: it came with copied tags', () => {
    expect(back({ ageDays: 10 })).toMatchObject({ action: 'reinstate', liftDeprecation: false });
  });

  test('lifts nothing where the deprecation never came', () => {
    const image = anImage({ isPublic: true, tags: { 'ami-janitor:deprecated-at': mark } });
    expect(pass('deprecate', images(image)).actions).toMatchObject([{ action: 'reinstate', liftDeprecation: false }]);
  });

  test.each([
    ['what this tool disabled', 'disabled', { 'ami-janitor:disabled-at': mark }, true],
    ['what someone else disabled', 'disabled', {}, false],
    ['what is available', 'available', { 'ami-janitor:disabled-at': mark }, false],
  ])('enables %s: %s', (_, state, tags, enable) => {
    const action = back({ state, tags: { 'ami-janitor:deprecated-at': mark, ...tags } });
    expect(action).toMatchObject({ enable });
  });
});

describe('reinstate gives back', () => {
  interface Wish {
    readonly tags?: Image['tags'];
    readonly claimed?: SnapshotRecord;
    /** Of another image. */
    readonly other?: ImageRecord;
  }
  const MARKS = { 'ami-janitor:disabled-at': daysAgo(9).toISOString() };
  const back = (saved: string, record: ImageRecord, snapshotTags = {}, policy?: Policy, over: Wish = {}) => {
    const tags = { ...MARKS, 'ami-janitor:launch-permissions': saved, ...over.tags };
    const images = [anImage({ deprecatedDaysAgo: 40, isPublic: true, state: 'disabled', tags })];
    const snapshots = [aSnapshot({ tags: snapshotTags })];
    const { claimed = {}, other = {} } = over;
    const records = [[imageId(1), record] as const, [imageId(2), other] as const];
    const journal = aJournal({ images: records, snapshots: [[snapshotId(1), claimed]] });
    return pass('deprecate', anAccount({ images, snapshots, journal }), policy).actions[0];
  };
  const act = { at: daysAgo(9), runId: RUN_ID };
  const ARN = 'arn:aws:organizations::123456789012:ou/o-a/ou-b';

  test('whom both the record and the tags name, and lists whom the tags alone name', () => {
    const disabled = { ...act, launchPermissions: ['111111111111', ARN, '333333333333'] };
    expect(back(`222222222222,${ARN},111111111111`, { disabled })).toMatchObject({
      enable: true,
      giveBack: [ARN, '111111111111'],
      unproven: ['222222222222'],
    });
  });

  test('nothing to everybody, whatever is recorded', () => {
    const action = back('all', { disabled: { ...act, launchPermissions: ['all'] } });
    expect(action).toMatchObject({ unproven: ['all'] });
    expect(action).not.toHaveProperty('giveBack');
  });

  test('nobody without a record, nor is enabled what a tag alone says that this tool disabled', () => {
    expect(back('111111111111', {})).toMatchObject({ enable: false, unproven: ['111111111111'] });
    expect(back('111111111111', {})).not.toHaveProperty('giveBack');
  });

  test('its snapshots, too: their marks go, but for people’s own', () => {
    const marks = { 'ami-janitor:image': imageId(1), 'ami-janitor:run': RUN_ID };
    expect(back('', {}, marks)).toMatchObject({ unmarkSnapshots: [snapshotId(1)] });
    expect(back('', {}, { 'ami-janitor:keep': 'true', Name: 'x' })).not.toHaveProperty('unmarkSnapshots');
    const of = { ...act, imageId: imageId(1) };
    for (const claimed of [{ claimed: { ...of, state: 'held' } }, { orphaned: of }] as const)
      expect(back('', {}, {}, undefined, { claimed })).toMatchObject({ unmarkSnapshots: [snapshotId(1)] });
  });

  test.each<[string, ImageRecord, Image['tags'], string, boolean]>([
    ['went itself, and its rule keeps them', { removing: act }, {}, 'keep', true],
    ['went itself by its tag, and its rule keeps them', {}, { 'ami-janitor:deregister-run': RUN_ID }, 'keep', true],
    ['did not go, so that another image did', {}, {}, 'keep', false],
    ['went itself, and its rule keeps none', { removing: act }, {}, 'delete', false],
  ])('the mark of kept snapshots goes where it %s', (_, record, tags, snapshots, goes) => {
    const policy = oneRule(RULE.replace('snapshots: delete', `snapshots: ${snapshots}`), WIDE);
    const action = back('', record, { 'ami-janitor:kept': RUN_ID }, policy, { tags });
    expect(action).not.toHaveProperty('unmarkSnapshots');
    if (goes) expect(action).toMatchObject({ unmarkKept: [snapshotId(1)] });
    else expect(action).not.toHaveProperty('unmarkKept');
  });

  test.each<[string, string, ImageRecord]>([
    ['the run that set it removed another image as well', RUN_ID, { removing: act }],
    ['another run set it', '20261001T030000Z-00000000', {}],
  ])('the mark of kept snapshots stays where %s', (_, kept, other) => {
    const policy = oneRule(RULE.replace('snapshots: delete', 'snapshots: keep'), WIDE);
    const action = back('', { removing: act }, { 'ami-janitor:kept': kept }, policy, { other });
    expect(action).toMatchObject({ action: 'reinstate' });
    expect(action).not.toHaveProperty('unmarkKept');
  });
});

test('disable', () => {
  expect(pass('disable', images(anImage({ deprecatedDaysAgo: 20 }))).actions).toEqual([
    { action: 'disable', imageId: imageId(1), rule: 'all' },
  ]);
});

describe('deregister', () => {
  const going = (over: Parameters<typeof anImage>[0] = {}) => anImage({ deprecatedDaysAgo: 40, ...over });

  test('takes its snapshots with it', () => {
    expect(pass('deregister', images(going())).actions).toEqual([
      { action: 'deregister', imageId: imageId(1), rule: 'all', deleteSnapshots: [snapshotId(1)], keepSnapshots: [] },
    ]);
  });

  test('leaves what is held, shared with others or unknown', () => {
    const account = anAccount({
      images: [going({ snapshots: [1, 2, 3, 4, 5] }), anImage({ number: 9, ageDays: 1, snapshots: [5] })],
      snapshots: [1, 2, 3, 5].map((number) => aSnapshot({ number })),
      referencedSnapshots: [2],
    });
    const snapshotDetails = new Map([...account.snapshotDetails, [snapshotId(3), { ...HARMLESS, locked: true }]]);
    const { actions } = pass('deregister', { ...account, snapshotDetails });
    expect(actions).toMatchObject([{ deleteSnapshots: [snapshotId(1)], keepSnapshots: [2, 3, 4, 5].map(snapshotId) }]);
    expect(actions[0]).not.toHaveProperty('markKept');
  });

  test('marks what its rule keeps, so that it is no orphan later', () => {
    const policy = oneRule(`${RULE.replace('snapshots: delete', 'snapshots: keep')}`, WIDE);
    expect(pass('deregister', images(going()), policy).actions).toMatchObject([
      { deleteSnapshots: [], keepSnapshots: [snapshotId(1)], markKept: [snapshotId(1)] },
    ]);
    expect(pass('deregister', images(going({ snapshots: [] })), policy).actions[0]).not.toHaveProperty('markKept');
    const snapshots = [aSnapshot({ tags: { 'ami-janitor:kept': RUN_ID } }), aSnapshot({ number: 2 })];
    const shared = anAccount({ images: [going({ snapshots: [1, 2] })], snapshots });
    expect(pass('deregister', shared, policy).actions).toMatchObject([{ markKept: [snapshotId(2)] }]);
    expect(pass('deregister', images(going())).actions[0]).not.toHaveProperty('markKept');
  });

  test('the last image that maps a snapshot takes it', () => {
    const account = anAccount({
      images: [going({ ageDays: 90, snapshots: [1] }), going({ number: 2, ageDays: 80, snapshots: [1] })],
      snapshots: [aSnapshot()],
    });
    expect(pass('deregister', account).actions).toMatchObject([
      { imageId: imageId(1), deleteSnapshots: [], keepSnapshots: [snapshotId(1)] },
      { imageId: imageId(2), deleteSnapshots: [snapshotId(1)], keepSnapshots: [] },
    ]);
  });

  test('an image without snapshots is deregistered alone', () => {
    expect(pass('deregister', images(going({ snapshots: [] }))).actions).toMatchObject([
      { deleteSnapshots: [], keepSnapshots: [] },
    ]);
  });
});

describe('delete-snapshots', () => {
  const gone = imageId(99);
  const described = `Created by CreateImage(i-0123456789abcdef0) for ${gone}`;
  const mark = { 'ami-janitor:image': gone, 'ami-janitor:orphaned-at': daysAgo(50).toISOString() };
  const account = recorded(
    anAccount({
      images: [anImage({ deprecatedDaysAgo: 40, snapshots: [9] })],
      snapshots: [
        aSnapshot({ number: 1, description: described, ageDays: 300 }),
        aSnapshot({ number: 2, tags: { 'ami-janitor:image': gone, 'ami-janitor:run': 'r' }, ageDays: 100 }),
        aSnapshot({ number: 3, description: described, tags: mark, ageDays: 200 }),
        aSnapshot({ number: 4 }),
        aSnapshot({ number: 9 }),
      ],
      recycleBin: new Map([[gone, NOT_IN_BIN]]),
    }),
  );

  test('deletes, then marks, each oldest first; what goes with its image is not its business', () => {
    expect(pass('delete-snapshots', account).actions).toEqual([
      { action: 'delete-snapshot', snapshotId: snapshotId(3), imageId: gone },
      { action: 'delete-snapshot', snapshotId: snapshotId(2), imageId: gone },
      { action: 'mark-orphan', snapshotId: snapshotId(1), imageId: gone },
    ]);
  });

  test('waits for the Recycle Bin and for details, where they matter', () => {
    expect(ids(pass('delete-snapshots', { ...account, recycleBin: new Map() }).actions)).toEqual([snapshotId(2)]);
    const details = pass('delete-snapshots', { ...account, snapshotDetails: new Map() });
    expect(ids(details.actions)).toEqual([snapshotId(1)]);
    expect(ids(details.deferred)).toEqual([snapshotId(3), snapshotId(2)]);
  });

  test('is stopped by what it would delete, in relation to all snapshots, not by marks', () => {
    const policy = (percent: number) =>
      oneRule(RULE, `limits: { stopAbove: ${percent}% }\norphanSnapshots: { deleteAfter: 30d }`);
    expect(pass('delete-snapshots', account, policy(39)).stopped).toEqual({
      due: 2,
      ofImages: 5,
      percent: 40,
      stopAbovePercent: 39,
    });
    expect(pass('delete-snapshots', account, policy(40))).not.toHaveProperty('stopped');
  });
});

test('an image with Windows Fast Launch of its own account is due, and that is turned off first; another account’s is a use', () => {
  const image = anImage({ deprecatedDaysAgo: 40 });
  const reference = { kind: 'ec2:FastLaunch', resource: image.imageId, detail: 'enabled', namedBy: [] } as const;
  const withReference = (over: object) => {
    const account = recorded(anAccount({ images: [image], snapshots: [aSnapshot()] }));
    const references = { ...account.references, images: new Map([[image.imageId, [{ ...reference, ...over }]]]) };
    return pass('deregister', { ...account, references }).actions;
  };
  expect(withReference({})).toMatchObject([{ action: 'deregister', freesFastLaunch: true }]);
  expect(withReference({ accountId: '999999999999' })).toEqual([]);
  expect(pass('deregister', recorded(images(image))).actions[0]).not.toHaveProperty('freesFastLaunch');
});
