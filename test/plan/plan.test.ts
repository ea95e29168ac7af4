import { describe, expect, test } from 'vitest';
import {
  type Account,
  type AncestryReading,
  type PublicImages,
  RECYCLABLE,
  type Sharing,
} from '../../src/model/account.ts';
import type { ImageId } from '../../src/model/ids.ts';
import type { Image } from '../../src/model/image.ts';
import type { Reference } from '../../src/model/reference.ts';
import { makePlan, passesActed } from '../../src/plan/make-plan.ts';
import {
  AT,
  anAccount,
  anImage,
  aRetentionRule,
  aSnapshot,
  imageId,
  NOT_IN_BIN,
  snapshotId,
  TEMPLATE,
  UNSHARED,
  unreadable,
} from '../builders/account.ts';
import { ids, images, POLICY, pass, RULE, WIDE } from '../builders/plan.ts';
import { aPolicy, oneRule } from '../builders/policy.ts';
import { RUN_ID, recorded } from '../builders/records.ts';

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

test('a pass of archiving is planned where any rule archives', () => {
  const archives = 'keep: { youngerThan: 60d }, deprecate: {}, disable: { after: 14d }, archive: { after: 30d }';
  const policy = aPolicy(`rules:
    - { name: one, select: { name: none }, ${RULE} }
    - { name: two, select: {}, ${archives} }`);
  expect(makePlan(anAccount(), policy, AT).passes.map((one) => one.pass)).toContain('archive');
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
      error: 'was not read',
    });
  });

  test('not with further readings that failed, of which each kind is a row', () => {
    const failed = { status: 'unreadable', error: 'access denied' } as const;
    const account = {
      ...images(anImage(), anImage({ number: 2 }), anImage({ number: 3 })),
      sharing: new Map<ImageId, Sharing>([
        [imageId(2), failed],
        [imageId(1), failed],
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
        only: [imageId(1), imageId(2)],
      },
      {
        name: 'snapshot-details',
        status: 'unreadable',
        references: 0,
        calls: 1,
        error: 'access denied',
        only: [snapshotId(1)],
      },
    ]);
    const bin = makePlan({ ...account, recycleBin: new Map([[imageId(9), failed]]) }, POLICY, AT);
    expect(bin.sources.at(-1)?.name).toBe('recycle-bin');
  });

  test('not with a journal that can not be read, in one row whoever says so', () => {
    const error = 'denied';
    const { inventory, ...account } = anAccount({ journal: { status: 'unreadable', error } });
    const row = { name: 'journal', status: 'unreadable', references: 0, calls: 0, error } as const;
    for (const rows of [inventory, [...inventory, row]]) {
      const { sources } = makePlan({ ...account, inventory: rows }, POLICY, AT);
      expect(sources.filter(({ name }) => name === 'journal')).toEqual([row]);
    }
  });

  test('not with lines of descent that AWS could not be asked about, in one row', () => {
    const failed = { status: 'unreadable', error: 'access denied' } as const;
    const heir = { ageDays: 10, sourceImageId: imageId(8), sourceImageRegion: 'eu-west-1' };
    const account = {
      ...images(anImage({ number: 3 }), anImage(), anImage({ number: 2, ...heir })),
      sharing: new Map([[imageId(3), failed]]),
      ancestry: new Map<ImageId, AncestryReading>([
        [imageId(7), { status: 'read', ancestors: [] }],
        ...[8, 9].map((number) => [imageId(number), failed] as const),
      ]),
    };
    const policy = oneRule('keep: { youngerThan: 60d, ancestorsOfKept: true }, deprecate: {}', WIDE);
    const plan = makePlan(account, policy, AT);
    expect(plan.complete).toBe(false);
    const row = { name: 'image-ancestry', status: 'unreadable', references: 0, calls: 3, only: [1, 3].map(imageId) };
    expect(plan.sources.at(-1)).toEqual({ ...row, error: 'access denied (and 1 more)' });
  });
});

test('what the Recycle Bin would not take is withheld, with why, unless the policy undoes nothing', () => {
  const old = anImage({ deprecatedDaysAgo: 40 });
  const account = { ...images(old), retentionRules: new Map([['image', { status: 'read', rules: [] }]] as const) };
  const rules = new Map([...anAccount().retentionRules, ...account.retentionRules]);
  const [deregister] = [
    pass('deregister', { ...account, retentionRules: rules }, oneRule(RULE, `undo: recycle-bin\n${WIDE}`)),
  ];
  expect(ids(deregister.actions)).toEqual([]);
  expect(ids(deregister.deferred)).toEqual([]);
  expect(deregister.withheld).toEqual([
    {
      action: expect.objectContaining({ action: 'deregister', imageId: imageId(1) }),
      uncovered: [{ kind: 'image', resourceId: imageId(1), why: 'no-rule' }],
    },
  ]);
  const without = pass('deregister', { ...account, retentionRules: rules }, oneRule(RULE, `undo: none\n${WIDE}`));
  expect(ids(without.actions)).toEqual([imageId(1)]);
  expect(without).not.toHaveProperty('withheld');
});

test('an orphan that the Recycle Bin would not take is withheld; what carries a tag of a rule is not', () => {
  const tags = { 'ami-janitor:image': imageId(99), 'ami-janitor:run': RUN_ID };
  const left = [aSnapshot({ tags }), aSnapshot({ number: 2, tags: { ...tags, Team: 'web' } })];
  const rule = aRetentionRule({ kind: 'snapshot', tags: [{ key: 'Team', value: 'web' }] });
  const retentionRules = new Map([['snapshot', { status: 'read', rules: [rule] }]] as const);
  const deleting = pass('delete-snapshots', { ...recorded(anAccount({ snapshots: left })), retentionRules });
  expect(ids(deleting.actions)).toEqual([snapshotId(2)]);
  expect(deleting.withheld).toMatchObject([{ uncovered: [{ resourceId: snapshotId(1), why: 'no-rule' }] }]);
});

test('after acting, what was tried instead of a refused action was done now', () => {
  const due = [1, 2, 3].map((number) => anImage({ number, ageDays: 500 - number }));
  const plan = makePlan(images(...due), oneRule(RULE, 'limits: { perRun: 1, stopAbove: 100% }'), AT);
  const outcome = (number: number) => {
    const resourceId = imageId(number);
    return { action: 'deprecate', resourceId, status: 'done' } as const;
  };
  const [same] = passesActed(plan, [outcome(1)]);
  expect(same).toBe(plan.passes[0]);
  const [deprecate] = passesActed(plan, [outcome(1), outcome(2)]);
  expect(ids(deprecate?.actions ?? [])).toEqual([1, 2].map(imageId));
  expect(ids(deprecate?.deferred ?? [])).toEqual([imageId(3)]);
});

test('an image that is gone is told with what would launch it again, and how many instances run it', () => {
  const instance = (id: string): Reference => ({ kind: 'ec2:Instance', resource: id, namedBy: [] });
  const inGroup = (detail?: string): Reference => {
    const group = { kind: 'autoscaling:AutoScalingGroup', resource: 'web', namedBy: [] } as const;
    return { ...group, ...(detail !== undefined && { detail }) };
  };
  const request: Reference = { kind: 'ec2:SpotFleetRequest', resource: 'sfr-1', detail: 'instance i-9', namedBy: [] };
  const named = [TEMPLATE, request, inGroup(), inGroup('launched instance i-3 once')];
  const running = [instance('i-1'), instance('i-2'), inGroup('instance i-12, InService'), inGroup('instance i-2')];
  const account = anAccount();
  const references = { ...account.references, images: new Map([[imageId(1), [...named, ...running]]]) };
  const gone = new Map([1, 2].map((number) => [imageId(number), { inRecycleBin: number === 2 }]));
  const plan = makePlan({ ...account, references, missingImages: { status: 'read', images: gone } }, POLICY, AT);
  expect(plan.missingImages).toEqual([
    { imageId: imageId(1), inRecycleBin: false, namedBy: named, running: 3 },
    { imageId: imageId(2), inRecycleBin: true, namedBy: [], running: 0 },
  ]);
});

test('what of an account could not be read is a warning each', () => {
  const failed = (error: string) => ({ status: 'unreadable', error }) as const;
  const unread = ['4', '3', '2', '1'].map((id) => [id.repeat(12), 'denied'] as const);
  const rules = [
    ['image', failed('rbin denied')],
    ['snapshot', failed('rbin denied')],
  ] as const;
  const { warnings } = makePlan(
    anAccount({
      retentionRules: new Map(rules),
      crossAccountUsage: { read: new Set(), unread: new Map(unread), usage: new Map() },
      missingImages: failed('throttled'),
      clock: { awsAt: AT, localAt: new Date(AT.getTime() + 3_600_000) },
    }),
    oneRule('keep: { youngerThan: 60d }, deprecate: {}'),
    AT,
  );
  expect(warnings).toEqual([
    "The Recycle Bin's retention rules could not be read, so nothing is removed (rbin:ListRules, rbin:GetRule): rbin denied.",
    'What these accounts use could not be read completely, so what is shared with them, and what they used when they were last read, stays: 111111111111 (denied), 222222222222 (denied), 333333333333 (denied) and 1 more.',
    expect.stringMatching(
      /^An enforcing run would do nothing: this machine's clock .* more than \d+ minutes apart; set the clock\.$/,
    ),
    'Whether the images that something names are there could not be looked up: throttled.',
  ]);
});

test('different errors of the Recycle Bin’s rules are all told', () => {
  const rules = RECYCLABLE.map((kind) => [kind, { status: 'unreadable', error: `no ${kind}` }] as const);
  const { warnings } = makePlan(anAccount({ retentionRules: new Map(rules) }), POLICY, AT);
  expect(warnings).toContainEqual(expect.stringMatching(/rbin:GetRule\): no image; no snapshot\.$/));
});

test.each<[PublicImages | undefined, string | undefined]>([
  [undefined, undefined],
  [{ status: 'unreadable', error: 'denied' }, 'The quota of public images could not be read: denied.'],
  [
    { status: 'read', quota: 5, isBlocked: false },
    'Public images: 1 of a quota of 5 in this Region, so 4 at most are left; those in the Recycle Bin count too. Making images public is not blocked (block public access for AMIs).',
  ],
  [
    { status: 'read', quota: 0, isBlocked: true },
    'Public images: 1 of a quota of 0 in this Region, so 0 at most are left; those in the Recycle Bin count too. Making images public is blocked (block public access for AMIs).',
  ],
])('the quota of public images is told where it was read: %j', (publicImages, says) => {
  const account = images(anImage({ isPublic: true }), anImage({ number: 2 }));
  const { warnings } = makePlan({ ...account, ...(publicImages && { publicImages }) }, POLICY, AT);
  expect(warnings.filter((one) => one.includes('ublic images'))).toEqual(says === undefined ? [] : [says]);
});

test('whom nobody asked yet is unverified: an image, what shares its fate, and who uses it', () => {
  const STRANGER = { status: 'read', accounts: ['444444444444'], organizations: [], isPublic: false } as const;
  const copied = [anImage({ sourceImageId: imageId(2) }), anImage({ number: 2 }), anImage({ number: 3 })];
  const across = `${WIDE}\nreferences: { sharedImages: evaluate }\ntargets: { accounts: ["111111111111"] }`;
  const COPIES = oneRule('keep: { youngerThan: 60d, copiesOfKept: true }, deprecate: {}', across);
  const plan = (over: Partial<Account>, policy = COPIES, own: readonly Image[] = copied) =>
    makePlan({ ...images(...own), ...over }, policy, AT).unverified;
  expect(plan({})).toEqual([]);
  const sharing = new Map([1, 3].map((number) => [imageId(number), UNSHARED]));
  expect(plan({ sharing })).toEqual([1, 2].map(imageId));
  const shared = new Map<ImageId, Sharing>([...sharing, [imageId(2), STRANGER]]);
  const crossAccountUsage = { read: new Set<string>(), unread: new Map(), usage: new Map() };
  expect(plan({ sharing: shared, crossAccountUsage })).toEqual([1, 2].map(imageId));
  // What nothing is to happen to yet is asked of too, where the policy cares.
  const young = [anImage({ ageDays: 1 }), anImage({ number: 3, ageDays: 1 })];
  expect(plan({ sharing: new Map([[imageId(3), UNSHARED]]) }, COPIES, young)).toEqual([imageId(1)]);
  const used = new Map<ImageId, Sharing>([
    [imageId(1), UNSHARED],
    [imageId(3), STRANGER],
  ]);
  expect(plan({ sharing: used, crossAccountUsage }, COPIES, young)).toEqual([imageId(3)]);
  const published = oneRule(
    'keep: { youngerThan: 60d }, deprecate: {}, public: true, deregister: { after: 90d }',
    WIDE,
  );
  expect(plan({}, published, [anImage({ isPublic: true, deprecatedDaysAgo: 100 })])).toEqual([imageId(1)]);
});
