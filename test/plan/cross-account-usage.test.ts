import { describe, expect, test } from 'vitest';
import type { Account, CrossAccountUsage, Sharing, UsageReading } from '../../src/model/account.ts';
import type { Decision } from '../../src/model/decision.ts';
import type { Image } from '../../src/model/image.ts';
import type { Action } from '../../src/model/plan.ts';
import { evaluate } from '../../src/plan/evaluate.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { missingDetails, missingDetailsForActions, usageReportsToAskFor } from '../../src/plan/missing-details.ts';
import { AT, anAccount, anImage, aSnapshot, daysAgo, imageId, UNSHARED } from '../builders/account.ts';
import { oneRule } from '../builders/policy.ts';

const STEPS = 'deprecate: {}, deregister: { after: 30d }';
const ACROSS = 'targets: { accounts: ["111111111111"] }\nreferences: { sharedImages: evaluate }';
const JOINED = oneRule(`keep: { youngerThan: 60d }, ${STEPS}`, `${ACROSS}\nlimits: { stopAbove: 100% }`);
const COPIES = oneRule(
  `keep: { youngerThan: 60d, copiesOfKept: true }, ${STEPS}`,
  `${ACROSS}\nlimits: { stopAbove: 100% }`,
);

const [READ, UNREAD, OUTSIDE] = ['111111111111', '333333333333', '444444444444'] as const;
const sharedWith = (...accounts: string[]): Sharing => ({ ...UNSHARED, accounts });
const available = (ageDays: number, ...users: string[]): UsageReading => ({
  status: 'available',
  reportId: 'imgreport-1',
  createdAt: daysAgo(ageDays),
  entries: users.map((accountId) => ({ accountId, resourceType: 'ec2:Instance', count: 1 })),
});

interface Wish {
  readonly images: readonly Image[];
  /** By the image's number. */
  readonly sharing?: Readonly<Record<number, Sharing>>;
  readonly usage?: Readonly<Record<number, UsageReading>>;
  readonly unread?: CrossAccountUsage['unread'];
}

function across({ images, sharing = {}, usage = {}, unread = new Map() }: Wish): Account {
  const byId = <Value>(all: Readonly<Record<number, Value>>) =>
    new Map(Object.entries(all).map(([number, value]) => [imageId(Number(number)), value] as const));
  return {
    ...anAccount({ images }),
    sharing: byId(sharing),
    crossAccountUsage: { read: new Set([READ]), unread, usage: byId(usage) },
  };
}

const actionsOf = (account: Account, policy = JOINED): Action[] =>
  makePlan(account, policy, AT).passes.flatMap(({ actions }) => actions);

describe('what is wanted where other accounts are looked at', () => {
  const images = [1, 2, 3, 4].map((number) => anImage({ number, ageDays: 200 - number }));

  test('first with whom due images are shared, then usage reports on those shared beyond what was read', () => {
    const unasked = across({ images });
    expect(missingDetails(evaluate(unasked, JOINED, AT))).toMatchObject({
      sharing: [1, 2, 3, 4].map(imageId),
      usage: [],
    });
    expect(actionsOf(unasked)).toEqual([]);

    const sharing = { 1: UNSHARED, 2: sharedWith(READ), 3: sharedWith(OUTSIDE), 4: sharedWith(READ, UNREAD) };
    const shared = across({ images, sharing, unread: new Map([[UNREAD, 'denied']]) });
    expect(missingDetails(evaluate(shared, JOINED, AT))).toMatchObject({ sharing: [], usage: [imageId(3)] });
    expect(actionsOf(shared)).toMatchObject([{ imageId: imageId(1) }, { imageId: imageId(2) }]);

    const answered = across({ images, sharing, usage: { 3: available(0) }, unread: new Map([[UNREAD, 'denied']]) });
    expect(missingDetails(evaluate(answered, JOINED, AT))).toMatchObject({ sharing: [], usage: [] });
    expect(actionsOf(answered)).toMatchObject([1, 2, 3].map((number) => ({ imageId: imageId(number) })));
  });

  test.each([
    ['deprecate', {}],
    ['deregister', { deprecatedDaysAgo: 40 }],
  ])('an image that would be %sd waits for its usage report', (_, over) => {
    const account = across({ images: [anImage(over)], sharing: { 1: sharedWith(OUTSIDE) } });
    expect(actionsOf(account)).toEqual([]);
    expect(missingDetails(evaluate(account, JOINED, AT)).usage).toEqual([imageId(1)]);
  });

  test('what was begun is ended before anything else is asked about, and not where enough can be done', () => {
    const account = across({ images, sharing: { 1: sharedWith(OUTSIDE), 2: UNSHARED } });
    const limited = (perRun: number) =>
      oneRule(`keep: { youngerThan: 60d }, ${STEPS}`, `${ACROSS}\nlimits: { perRun: ${perRun}, stopAbove: 100% }`);
    expect(missingDetails(evaluate(account, limited(1), AT))).toMatchObject({ sharing: [], usage: [] });
    expect(missingDetails(evaluate(account, limited(2), AT))).toMatchObject({ sharing: [], usage: [imageId(1)] });
  });

  test('what still lacks the details of its snapshots was not begun: only so many are asked about at once', () => {
    const going = Array.from({ length: 6 }, (_, index) => anImage({ number: index + 1, deprecatedDaysAgo: 40 }));
    const sharing = Object.fromEntries(going.map((_, index) => [index + 1, sharedWith(OUTSIDE)]));
    const snapshots = going.map((_, index) => aSnapshot({ number: index + 1 }));
    const account = { ...across({ images: going, sharing }), snapshots, snapshotDetails: new Map() };
    const one = oneRule(
      `keep: { youngerThan: 60d }, ${STEPS}, snapshots: delete`,
      `${ACROSS}\nlimits: { perRun: 1, stopAbove: 100% }`,
    );
    expect(missingDetails(evaluate(account, one, AT)).usage).toEqual([1, 2, 3, 4].map(imageId));
  });

  test.each([
    [['9999', '8888', '7777'], '7777 (denied), 8888 (denied), 9999 (denied).'],
    [['9999', '8888', '7777', '6666'], '6666 (denied), 7777 (denied), 8888 (denied) and 1 more.'],
  ])('of %j, which could not be read, three are named', (ids, named) => {
    const { warnings } = makePlan(across({ images: [], unread: new Map(ids.map((id) => [id, 'denied'])) }), JOINED, AT);
    expect(warnings).toContain(
      `What these accounts use could not be read completely, so what is shared with them, and what they used when they were last read, stays: ${named}`,
    );
  });

  test('those who use an image stand in one order: by count, then by account', () => {
    const users = ['999999999999', OUTSIDE, '555555555555'];
    const [decision] = makePlan(
      across({ images: [anImage()], sharing: { 1: sharedWith(...users) }, usage: { 1: available(0, ...users) } }),
      JOINED,
      AT,
    ).decisions;
    expect(decision?.reasons).toMatchObject([
      {
        code: 'used-elsewhere',
        accounts: 3,
        uses: [OUTSIDE, '555555555555', '999999999999'].map((accountId) => ({ accountId })),
      },
    ]);
  });

  test('a look before what can not be undone wants it again, for the actions that are asked about', () => {
    const both = [1, 2].map((number) => anImage({ number, deprecatedDaysAgo: 40 }));
    const account = across({ images: both, sharing: { 1: sharedWith(OUTSIDE), 2: sharedWith(OUTSIDE) } });
    const action = {
      action: 'deregister',
      imageId: imageId(2),
      rule: 'all',
      deleteSnapshots: [],
      keepSnapshots: [],
    } as const;
    expect(missingDetailsForActions(evaluate(account, JOINED, AT), [action])).toMatchObject({
      sharing: [],
      usage: [imageId(2)],
    });
  });

  test('a copy waits for the usage report on its source, whose fate it shares', () => {
    const copied = [anImage({ sourceImageId: imageId(2) }), anImage({ number: 2 })];
    const sharing = { 1: UNSHARED, 2: sharedWith(OUTSIDE) };
    const account = across({ images: copied, sharing });
    expect(missingDetails(evaluate(account, COPIES, AT)).usage).toEqual([imageId(2)]);
    expect(actionsOf(account, COPIES)).toEqual([]);
    expect(actionsOf(across({ images: copied, sharing: { 2: sharedWith(OUTSIDE) } }), COPIES)).toEqual([]);
    const used = across({ images: copied, sharing, usage: { 2: available(0, OUTSIDE) } });
    expect(actionsOf(used, COPIES)).toEqual([]);
    const unused = across({ images: copied, sharing, usage: { 2: available(0) } });
    expect(actionsOf(unused, COPIES)).toHaveLength(2);
  });
});

describe('usage reports to ask for', () => {
  const ask = (usage: UsageReading, over = {}, sharing: Sharing = sharedWith(OUTSIDE), unread: string[] = []) => {
    const account = across({
      images: [anImage(over)],
      sharing: { 1: sharing },
      usage: { 1: usage },
      unread: new Map(unread.map((id) => [id, 'denied'])),
    });
    return usageReportsToAskFor(makePlan(account, JOINED, AT).decisions, AT);
  };
  const marked = { ageDays: 400, deprecatedDaysAgo: 40 };

  test.each<[string, string[], ...Parameters<typeof ask>]>([
    ['there is none', ['asked'], { status: 'none' }],
    ['there is none, and the image would be deregistered', ['asked'], { status: 'none' }, marked],
    ['one is being made', [], { status: 'pending', createdAt: AT }],
    ['reports can not be read', [], { status: 'unreadable', error: 'denied' }],
    ['one says that nobody uses it', [], available(1)],
    ['one says that somebody uses it', [], available(1, OUTSIDE)],
    ['one said so two days ago', ['asked'], available(2, OUTSIDE)],
    ['one was made too soon after the deprecation', ['asked'], available(36), marked],
    ['a new one would be too soon as well', [], available(1), { ageDays: 400, deprecatedDaysAgo: 5 }],
    ['it is kept anyway', [], { status: 'none' }, { ageDays: 10 }],
    ['it waits for its next step', [], { status: 'none' }, { ageDays: 400, deprecatedDaysAgo: 20 }],
    ['another account could not be read', [], { status: 'none' }, {}, sharedWith(OUTSIDE, UNREAD), [UNREAD]],
  ])('%s', (_, asked, ...of) => {
    expect(ask(...of)).toEqual(asked.map(() => imageId(1)));
  });

  test.each([
    [0, [imageId(1)]],
    [1, []],
  ])('a report that would count from %d ms ahead', (ms, asked) => {
    const countsFrom = new Date(AT.getTime() + ms);
    const reason = { code: 'usage-report-too-early', createdAt: daysAgo(20), countsFrom } as const;
    const kept: Decision = { image: anImage(), references: [], decision: 'keep', reasons: [reason] };
    expect(usageReportsToAskFor([kept], AT)).toEqual(asked);
  });

  test('oldest images first', () => {
    const account = across({
      images: [anImage({ number: 1, ageDays: 100 }), anImage({ number: 2, ageDays: 300 })],
      sharing: { 1: sharedWith(OUTSIDE), 2: sharedWith(OUTSIDE) },
      usage: { 1: { status: 'none' }, 2: { status: 'none' } },
    });
    const { decisions } = makePlan(account, JOINED, AT);
    expect(usageReportsToAskFor(decisions, AT)).toEqual([imageId(2), imageId(1)]);
  });
});

describe('a plan warns', () => {
  const warnings = (unread: CrossAccountUsage['unread'], policy = JOINED) =>
    makePlan(across({ images: [], unread }), policy, AT).warnings.filter(
      (warning) => !warning.startsWith('There is no'),
    );

  test('of accounts that could not be read, by id, and is complete all the same', () => {
    const unread = new Map([4, 2, 3, 1].map((digit) => [String(digit).repeat(12), 'denied']));
    const [limits, warning] = warnings(unread);
    expect(limits).toContain('stopAbove');
    expect(warning).toBe(
      'What these accounts use could not be read completely, so what is shared with them, and what they used when they were last read, stays: 111111111111 (denied), 222222222222 (denied), 333333333333 (denied) and 1 more.',
    );
    expect(makePlan(across({ images: [], unread }), JOINED, AT).complete).toBe(true);
    expect(warnings(new Map([[UNREAD, 'denied']]))[1]).toMatch(/stays: 333333333333 \(denied\)\.$/);
    expect(warnings(new Map())).toEqual([limits]);
  });

  test('where shared images stay whether they are used or not', () => {
    const keeps = oneRule(`keep: { newest: 3 }, ${STEPS}`, 'targets: { accounts: ["111111111111"] }');
    expect(warnings(new Map(), keeps)).toEqual([expect.stringContaining('references.sharedImages is keep')]);
  });
});
