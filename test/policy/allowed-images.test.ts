import { describe, expect, it } from 'vitest';
import type { AllowedImages, AllowedImagesCriterion, CrossAccountUsage } from '../../src/model/account.ts';
import type { Announced } from '../../src/model/journal.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { dueNotices } from '../../src/plan/notices.ts';
import { ACCOUNT_ID, AT, anAccount, anImage, daysAgo, imageId } from '../builders/account.ts';
import { codesOf, decideFirst, oneRule } from '../builders/policy.ts';
import { aJournal, announced, recordOf } from '../builders/records.ts';

const RULE = 'keep: { youngerThan: 30d }, deprecate: {}, disable: { after: 14d }, deregister: { after: 30d }';
const REST =
  'limits: { stopAbove: 100% }\ntargets: { organizationalUnits: [r-ab12] }\nreferences: { sharedImages: evaluate }';
const POLICY = oneRule(RULE, REST);
const NOTIFIED = `${REST}\nnotify: { slack: { token: "ssm:/x", channel: "#platform" } }`;
const NOTIFY = oneRule(RULE, NOTIFIED);

const [SHARED, OTHER, OUTSIDE] = ['111111111111', '222222222222', '333333333333'] as const;
const ORGANIZATION = 'arn:aws:organizations::100000000000:organization/o-abc';
const AT_ONCE: AllowedImagesCriterion = { daysSinceDeprecated: 0 };
const read = (...criteria: AllowedImagesCriterion[]): AllowedImages => ({ status: 'read', criteria });

function account(settings: AllowedImages | undefined, told?: Announced, over: Partial<CrossAccountUsage> = {}) {
  return anAccount({
    images: [anImage()],
    sharing: new Map([[imageId(1), { status: 'read', accounts: [SHARED], organizations: [], isPublic: false }]]),
    journal: aJournal({ images: told ? [[imageId(1), { announced: told }]] : [] }),
    crossAccountUsage: {
      read: new Set([SHARED, OTHER, ACCOUNT_ID]),
      unread: new Map(),
      usage: new Map(),
      allowedImages: new Map([[OTHER, read(AT_ONCE)], ...(settings ? [[SHARED, settings] as const] : [])]),
      ...over,
    },
  });
}

const decide = (settings: AllowedImages | undefined, policy = POLICY, told?: Announced) => {
  const { images, ...rest } = account(settings, told);
  return decideFirst(images, policy, rest);
};

describe('an image that is shared with an account whose Allowed AMIs settings', () => {
  it.each<[string, AllowedImages, boolean]>([
    ['are not applied', read(), false],
    ['take no deprecated image', read(AT_ONCE), true],
    [
      'take none that was deprecated before the first step after the deprecation',
      read({ daysSinceDeprecated: 13 }),
      true,
    ],
    ['take what is deprecated until that step', read({ daysSinceDeprecated: 14 }), false],
    ['ask nothing of a deprecation', read({ providers: [ACCOUNT_ID] }), false],
    ['take it by another criterion', read(AT_ONCE, { providers: [ACCOUNT_ID] }), false],
    ['take others’ by another criterion', read(AT_ONCE, { providers: [OTHER] }), true],
    ['may take it by another criterion', read(AT_ONCE, { asksMore: true }), true],
    ['ask it of others alone', read({ ...AT_ONCE, providers: [OTHER] }), false],
    ['ask it of accounts that AWS verified', read({ ...AT_ONCE, providers: ['amazon'] }), true],
    ['ask it of its owner among others', read({ ...AT_ONCE, providers: [OTHER, ACCOUNT_ID] }), true],
    ['ask it by a word that is not known', read({ ...AT_ONCE, providers: ['nonesuch'] }), true],
    ['ask it by another', read({ ...AT_ONCE, providers: ['anyone-or-none'] }), true],
    ['take everything by another criterion', read(AT_ONCE, {}), false],
    ['take none of others', read({ ...AT_ONCE, providers: ['none'] }), false],
  ])('%s: %j, blocked once deprecated %s', (_, settings, isBlocked) => {
    const { decision, reasons } = decide(settings);
    expect(decision).toBe('deprecate');
    const reason = reasons.find(({ code }) => code === 'blocked-once-deprecated');
    expect(reason).toEqual(
      isBlocked ? { code: 'blocked-once-deprecated', accounts: [SHARED], unknown: [] } : undefined,
    );
    const [pass] = makePlan(account(settings), POLICY, daysAgo(0)).passes;
    const [action] = pass?.actions ?? [];
    expect(action && 'blocksLaunches' in action).toBe(isBlocked);
    expect(action).toMatchObject(isBlocked ? { blocksLaunches: true } : {});
  });

  it.each([
    ['could not be read', { status: 'unreadable', error: 'access denied' } as const],
    ['nobody read', undefined],
  ])('%s may be blocked: unknown means care', (_, settings) => {
    expect(decide(settings).reasons.at(-1)).toEqual({
      code: 'blocked-once-deprecated',
      accounts: [],
      unknown: [SHARED],
    });
  });

  it('block deprecated ones counts where it is shared with an organization, whose members are not known', () => {
    const wide = { status: 'read', accounts: [], organizations: [ORGANIZATION], isPublic: false } as const;
    const { images, ...rest } = account(read());
    const sharing = new Map([[imageId(1), wide]]);
    expect(decideFirst(images, POLICY, { ...rest, sharing }).reasons.at(-1)).toMatchObject({
      accounts: [OTHER],
      unknown: [],
    });
    const { images: _, ...both } = account(read(AT_ONCE), undefined, { read: new Set([OTHER, SHARED, ACCOUNT_ID]) });
    expect(decideFirst(images, POLICY, { ...both, sharing }).reasons.at(-1)).toMatchObject({
      accounts: [SHARED, OTHER],
    });
  });

  it('block deprecated ones has nothing to lose where someone deprecated it already', () => {
    const { images: _, ...rest } = account(read(AT_ONCE));
    for (const deprecationTime of [daysAgo(3), daysAgo(0)])
      expect(codesOf(decideFirst([anImage({ deprecationTime })], POLICY, rest))).not.toContain(
        'blocked-once-deprecated',
      );
    // EC2 rounds what this tool asked for: for moments it lies ahead.
    const own = anImage({ deprecatedDaysAgo: 0, deprecationTime: new Date(AT.getTime() + 1) });
    const journal = aJournal({ images: [[own.imageId, recordOf(own)]] });
    expect(codesOf(decideFirst([own], POLICY, { ...rest, journal }))[0]).toBe('waiting');
    expect(codesOf(decideFirst([own], POLICY, { ...rest, journal }))).not.toContain('blocked-once-deprecated');
  });
});

describe('a deprecation that blocks launches elsewhere', () => {
  const told = (daysBefore: number, over: Partial<Announced> = {}) =>
    announced(daysAgo(daysBefore), { deprecateFrom: daysAgo(daysBefore - 7), ...over });

  it('waits for its owner’s notice as disabling does, and for no longer', () => {
    expect(decide(read(AT_ONCE), NOTIFY)).toMatchObject({
      decision: 'keep',
      nextStep: 'deprecate',
      reasons: [{ code: 'not-announced', noticeDays: 7 }, ...Array.from({ length: 3 }, () => expect.anything())],
    });
    const longer = (steps: string) => oneRule(`keep: { youngerThan: 30d }, deprecate: {}${steps}`, NOTIFIED);
    for (const [steps, noticeDays] of [
      ['', 7],
      [', disable: { after: 14d, notice: 10d }', 10],
    ] as const)
      expect(decide(read(AT_ONCE), longer(steps)).reasons[0]).toMatchObject({ noticeDays });
    // Its day is past, and its owner was told too late for it.
    expect(decide(read(AT_ONCE), NOTIFY, told(6, { deprecateFrom: daysAgo(5) }))).toMatchObject({
      nextStep: 'deprecate',
      next: { decision: 'deprecate', at: daysAgo(-1) },
    });
    expect(decide(read(AT_ONCE), NOTIFY, told(6))).toMatchObject({
      decision: 'keep',
      nextStep: 'deprecate',
      reasons: expect.arrayContaining([{ code: 'notice-running', announcedAt: daysAgo(6), days: 6, ofDays: 7 }]),
      next: { decision: 'deprecate', at: daysAgo(-1) },
    });
    expect(decide(read(AT_ONCE), NOTIFY, told(7)).decision).toBe('deprecate');
    expect(decide(read(), NOTIFY).decision).toBe('deprecate');
  });

  it.each<[string, Announced, string | undefined]>([
    ['said nothing of its day', announced(daysAgo(20)), 'not-promised'],
    ['was given to another owner', told(20, { owner: 'somebody' }), 'owner-changed'],
    ['was taken back since', told(20, { isWithdrawn: true }), 'outdated'],
  ])('waits anew where what was told %s', (_, before, because) => {
    expect(decide(read(AT_ONCE), NOTIFY, before).reasons[0]).toMatchObject({ code: 'not-announced', because });
  });

  it('waits anew where the image was launched since its owner was told', () => {
    const { images: _, ...rest } = account(read(AT_ONCE), told(20));
    const image = anImage({ lastLaunchedDaysAgo: 2 });
    expect(decideFirst([image], NOTIFY, rest).reasons[0]).toMatchObject({ because: 'launched-since' });
  });

  it('waits for the day that was told, whoever can launch it by now and though nobody is told any more', () => {
    const later = told(2, { deprecateFrom: daysAgo(-1) });
    for (const policy of [POLICY, NOTIFY]) expect(decide(read(), policy, later)).toMatchObject({ decision: 'keep' });
    expect(decide(read(AT_ONCE), POLICY, later).next).toEqual({ decision: 'deprecate', at: daysAgo(-1) });
  });

  it('counts as the announcement of what follows it, where it comes on its day', () => {
    const before = told(27);
    const image = anImage({ deprecatedDaysAgo: 20 });
    const record = { deprecated: { at: daysAgo(20), runId: 'r' }, announced: before };
    const { images: _, ...rest } = account(read(AT_ONCE));
    const journal = aJournal({ images: [[imageId(1), record]] });
    expect(decideFirst([image], NOTIFY, { ...rest, journal }).decision).toBe('disable');
    const late = { ...record, deprecated: { at: daysAgo(18), runId: 'r' } };
    const other = { ...rest, journal: aJournal({ images: [[imageId(1), late]] }) };
    expect(decideFirst([anImage({ deprecatedDaysAgo: 18 })], NOTIFY, other).reasons[0]).toMatchObject({
      code: 'not-announced',
      because: 'outdated',
    });
  });

  it('is announced with its day, and those of what follows it', () => {
    const noticesBefore = (before?: Announced) => {
      const all = account(read(AT_ONCE), before);
      return dueNotices(makePlan(all, NOTIFY, daysAgo(0)), NOTIFY);
    };
    const dates = { deprecateAt: daysAgo(-7), disableAt: daysAgo(-21), deregisterAt: daysAgo(-37) };
    expect(noticesBefore()).toMatchObject([{ deprecated: false, isReminder: false, ...dates }]);
    expect(noticesBefore(announced(daysAgo(2)))).toMatchObject([dates]);
    expect(noticesBefore(told(2, { disableFrom: daysAgo(-19), deregisterFrom: daysAgo(-35) }))).toEqual([]);
  });

  it('rests on a usage report only where that is as young as one that speaks before disabling', () => {
    const late = (createdAt: Date) => {
      const usage = new Map([[imageId(1), { status: 'available', reportId: 'r', createdAt, entries: [] } as const]]);
      const { images, ...rest } = account(read(AT_ONCE), undefined, { usage });
      const sharing = { status: 'read', accounts: [SHARED, OUTSIDE], organizations: [], isPublic: false } as const;
      return decideFirst(images, POLICY, { ...rest, sharing: new Map([[imageId(1), sharing]]) });
    };
    expect(late(daysAgo(2)).decision).toBe('deprecate');
    expect(codesOf(late(daysAgo(3)))).toEqual(['usage-report-too-early']);
  });
});
