import { describe, expect, test } from 'vitest';
import type { Account, Sharing } from '../../src/model/account.ts';
import type { ImageId } from '../../src/model/ids.ts';
import type { Image } from '../../src/model/image.ts';
import type { Action, PassName, PassPlan } from '../../src/model/plan.ts';
import type { Policy } from '../../src/model/policy.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import {
  AT,
  anAccount,
  anImage,
  aSnapshot,
  daysAgo,
  HARMLESS,
  imageId,
  NOT_IN_BIN,
  snapshotId,
  UNSHARED,
  unreadable,
} from '../builders/account.ts';
import { oneRule } from '../builders/policy.ts';

const RULE =
  'keep: { youngerThan: 60d }, deprecate: {}, disable: { after: 14d }, deregister: { after: 30d }, snapshots: delete';
const WIDE = 'limits: { stopAbove: 100% }';
const POLICY = oneRule(RULE, `${WIDE}\norphanSnapshots: { deleteAfter: 30d }`);

function pass(name: PassName, account: Account, policy: Policy = POLICY): PassPlan {
  const found = makePlan(account, policy, AT).passes.find((one) => one.pass === name);
  if (!found) throw new Error(name);
  return found;
}

const ids = (actions: readonly Action[]) => actions.map((one) => ('snapshotId' in one ? one.snapshotId : one.imageId));
const images = (...list: Image[]) =>
  anAccount({ images: list, snapshots: list.map((_, index) => aSnapshot({ number: index + 1 })) });

test('a plan says what it is a plan of', () => {
  const account = images(anImage());
  const plan = makePlan(account, POLICY, AT);
  expect(plan).toMatchObject({ target: account.target, observedAt: account.observedAt, at: AT, complete: true });
  expect(plan.passes.map((one) => one.pass)).toEqual(['deprecate', 'disable', 'deregister', 'delete-snapshots']);
  expect(plan.decisions).toHaveLength(1);
  expect(plan.snapshots).toHaveLength(1);
  expect(plan.dangling).toBe(account.references.dangling);
  expect(plan.sources.map(({ name }) => name)).toEqual(
    [...account.inventory, ...account.references.sources].map(({ name }) => name),
  );
});

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

  test('gives back before it takes, each oldest first', () => {
    const account = anAccount({
      images: [
        anImage({ number: 1, ageDays: 200 }),
        anImage({ number: 2, ageDays: 300 }),
        anImage({ number: 3, ageDays: 70, deprecatedDaysAgo: 5, isPublic: true }),
        anImage({ number: 4, ageDays: 90, deprecatedDaysAgo: 5, isPublic: true }),
        anImage({ number: 5, ageDays: 200, name: 'z' }),
      ],
    });
    expect(ids(pass('deprecate', account).actions)).toEqual([4, 3, 2, 1, 5].map(imageId));
  });
});

describe('reinstate', () => {
  const back = (over: Parameters<typeof anImage>[0]) =>
    pass('deprecate', images(anImage({ deprecatedDaysAgo: 40, isPublic: true, ...over }))).actions[0];
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
    expect(pass('deregister', { ...account, snapshotDetails }).actions).toMatchObject([
      { deleteSnapshots: [snapshotId(1)], keepSnapshots: [2, 3, 4, 5].map(snapshotId) },
    ]);
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
  const account = anAccount({
    images: [anImage({ deprecatedDaysAgo: 40, snapshots: [9] })],
    snapshots: [
      aSnapshot({ number: 1, description: described, ageDays: 300 }),
      aSnapshot({ number: 2, tags: { 'ami-janitor:image': gone, 'ami-janitor:run': 'r' }, ageDays: 100 }),
      aSnapshot({ number: 3, description: described, tags: mark, ageDays: 200 }),
      aSnapshot({ number: 4 }),
      aSnapshot({ number: 9 }),
    ],
    recycleBin: new Map([[gone, NOT_IN_BIN]]),
  });

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

describe('limits', () => {
  const many = (count: number, over = {}) =>
    Array.from({ length: count }, (_, index) => anImage({ number: index + 1, ageDays: 500 - index, ...over }));
  const limited = (limits: string) => oneRule(RULE, `limits: { ${limits} }`);

  test('perRun leaves the younger ones for later', () => {
    const { actions, deferred } = pass('deprecate', images(...many(5)), limited('perRun: 2, stopAbove: 100%'));
    expect(ids(actions)).toEqual([1, 2].map(imageId));
    expect(ids(deferred)).toEqual([3, 4, 5].map(imageId));
  });

  test('perRun counts each pass by itself, and what is given back too', () => {
    const account = images(
      anImage({ number: 1, deprecatedDaysAgo: 5, isPublic: true }),
      anImage({ number: 2 }),
      anImage({ number: 3, deprecatedDaysAgo: 40 }),
    );
    const policy = limited('perRun: 1, stopAbove: 100%');
    expect(ids(pass('deprecate', account, policy).actions)).toEqual([imageId(1)]);
    expect(ids(pass('deregister', account, policy).actions)).toEqual([imageId(3)]);
  });

  test('perRun: 0 does nothing', () => {
    for (const one of makePlan(images(...many(3)), limited('perRun: 0, stopAbove: 100%'), AT).passes) {
      expect(one.actions).toEqual([]);
    }
  });

  test('an unknown creation date comes last', () => {
    const expiry = oneRule('expire: { tag: E }, deprecate: {}', `limits: { perRun: 1, stopAbove: 100% }`);
    const tags = { E: '2020-01-01' };
    const account = images(anImage({ number: 1, ageDays: 'unknown', tags }), anImage({ number: 2, tags }));
    expect(ids(pass('deprecate', account, expiry).actions)).toEqual([imageId(2)]);
  });

  test.each([
    [25, 1, 4, false],
    [24, 1, 4, true],
    [0, 1, 4, true],
    [100, 4, 4, false],
  ])('stopAbove %d%% with %d of %d images due: stops is %s', (percent, due, total, stops) => {
    const rest = Array.from({ length: total - due }, (_, index) => anImage({ number: 100 + index, ageDays: 1 }));
    const one = pass('deprecate', images(...many(due), ...rest), limited(`stopAbove: ${percent}%`));
    expect(one.stopped !== undefined).toBe(stops);
    expect(one.actions).toHaveLength(stops ? 0 : due);
    expect(one.deferred).toHaveLength(stops ? due : 0);
  });

  test('a pass that is stopped says how many of how many, and does nothing at all', () => {
    const account = images(anImage({ number: 50, deprecatedDaysAgo: 5, isPublic: true }), ...many(2));
    const one = pass('deprecate', account, limited('stopAbove: 50%'));
    expect(one.stopped).toEqual({ due: 2, ofImages: 3, percent: 66.7, stopAbovePercent: 50 });
    expect(one.actions).toEqual([]);
  });

  test('what is given back does not stop a pass', () => {
    const account = images(...many(4, { deprecatedDaysAgo: 5, isPublic: true }));
    expect(pass('deprecate', account, limited('stopAbove: 0%')).actions).toHaveLength(4);
  });

  test('one pass that is stopped leaves the others', () => {
    const account = images(...many(3), anImage({ number: 4, deprecatedDaysAgo: 40 }));
    const policy = limited('stopAbove: 25%');
    expect(pass('deprecate', account, policy).actions).toHaveLength(0);
    expect(pass('deregister', account, policy).actions).toHaveLength(1);
  });

  test('an image that the answer holds twice is acted on once', () => {
    expect(pass('deprecate', images(anImage(), anImage())).actions).toHaveLength(1);
  });
});

describe('what was not asked about is not acted on', () => {
  test.each<[PassName, Parameters<typeof anImage>[0]]>([
    ['deprecate', {}],
    ['disable', { deprecatedDaysAgo: 20 }],
    ['deregister', { deprecatedDaysAgo: 40 }],
  ])('sharing: %s', (name, over) => {
    const one = pass(name, { ...images(anImage(over)), sharing: new Map() });
    expect(one.actions).toEqual([]);
    expect(one.deferred).toHaveLength(1);
  });

  test('sharing does not matter where the policy evaluates', () => {
    const policy = oneRule(RULE, `${WIDE}\nreferences: { sharedImages: evaluate }`);
    expect(pass('deprecate', { ...images(anImage()), sharing: new Map() }, policy).actions).toHaveLength(1);
  });

  test('what is given back needs no reading', () => {
    const account = images(anImage({ deprecatedDaysAgo: 5, isPublic: true }));
    expect(pass('deprecate', { ...account, sharing: new Map() }).actions).toHaveLength(1);
  });

  test('sharing of the source that a copy follows', () => {
    const policy = oneRule(`keep: { youngerThan: 60d, copiesOfKept: true }, deprecate: {}`, WIDE);
    const copy = anImage({ number: 1, sourceImageId: imageId(2), ageDays: 80 });
    const account = { ...images(copy, anImage({ number: 2 })), sharing: new Map([[imageId(1), UNSHARED]]) };
    expect(pass('deprecate', account, policy).actions).toEqual([]);
    const circle = images(copy, anImage({ number: 2, sourceImageId: imageId(1) }));
    expect(pass('deprecate', { ...circle, sharing: new Map() }, policy).actions).toEqual([]);
  });

  test('snapshot details of a deregistration', () => {
    const account = images(anImage({ deprecatedDaysAgo: 40 }));
    const one = pass('deregister', { ...account, snapshotDetails: new Map() });
    expect(one.actions).toEqual([]);
    expect(one.deferred).toHaveLength(1);
  });

  test('does not hold up those behind it', () => {
    const account = {
      ...images(anImage({ ageDays: 200 }), anImage({ number: 2 })),
      sharing: new Map([[imageId(2), UNSHARED]]),
    };
    const policy = oneRule(RULE, 'limits: { perRun: 1, stopAbove: 100% }');
    expect(ids(pass('deprecate', account, policy).actions)).toEqual([imageId(2)]);
  });
});

describe('a plan is complete only where everything could be read', () => {
  test('not with a source that could not be', () => {
    const plan = makePlan(anAccount({ images: [anImage()], sources: unreadable('instances') }), POLICY, AT);
    expect(plan.complete).toBe(false);
    for (const one of plan.passes) expect(one.actions).toEqual([]);
  });

  test('not with a source that nobody looked at', () => {
    const account = anAccount({ images: [anImage()] });
    const sources = account.references.sources.filter(({ name }) => name !== 'instances');
    const plan = makePlan({ ...account, references: { ...account.references, sources } }, POLICY, AT);
    expect(plan.complete).toBe(false);
    expect(plan.sources.at(-1)).toEqual({
      name: 'instances',
      status: 'unreadable',
      references: 0,
      calls: 0,
      error: 'was not looked at',
    });
  });

  test('not with further readings that failed, of which each kind is a row', () => {
    const failed = { status: 'unreadable', error: 'access denied' } as const;
    const account = {
      ...images(anImage(), anImage({ number: 2 }), anImage({ number: 3 })),
      sharing: new Map<ImageId, Sharing>([
        [imageId(1), failed],
        [imageId(2), failed],
        [imageId(3), UNSHARED],
      ]),
      snapshotDetails: new Map([[snapshotId(1), failed]]),
      recycleBin: new Map([[imageId(9), NOT_IN_BIN]]),
    };
    const plan = makePlan(account, POLICY, AT);
    expect(plan.complete).toBe(false);
    expect(plan.sources.slice(-2)).toEqual([
      {
        name: 'launch-permissions',
        status: 'unreadable',
        references: 0,
        calls: 3,
        error: 'access denied (and 1 more)',
      },
      { name: 'snapshot-details', status: 'unreadable', references: 0, calls: 1, error: 'access denied' },
    ]);
    const bin = makePlan({ ...account, recycleBin: new Map([[imageId(9), failed]]) }, POLICY, AT);
    expect(bin.sources.at(-1)?.name).toBe('recycle-bin');
  });
});
