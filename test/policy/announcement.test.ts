import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Announced, NO_JOURNAL } from '../../src/model/journal.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { AT, anAccount, anImage, daysAgo, imageId } from '../builders/account.ts';
import { accounts } from '../builders/arbitraries.ts';
import { rawPolicies } from '../builders/arbitrary-policies.ts';
import { decideFirst, oneRule, policyOf } from '../builders/policy.ts';
import { aJournal, announced, recordOf } from '../builders/records.ts';
import { times } from '../builders/runs.ts';
import { tried } from '../builders/tried.ts';

const NOTIFY = 'notify: { slack: { token: "ssm:/x", channel: "#platform" } }';
const RULE = 'keep: { youngerThan: 30d }, deprecate: {}, deregister: { after: 20d }';
const BOTH = RULE.replace('deregister', 'disable: { after: 10d }, deregister');
const POLICY = oneRule(RULE, NOTIFY);
const TOLD = 'ami-janitor:announced-at';

type Wish = Parameters<typeof anImage>[0];

/** The decision over an image that this tool deprecated, of which its owner was told what the record says. */
function decide(told: Announced | undefined, policy = POLICY, over: Wish = {}) {
  const image = anImage({ deprecatedDaysAgo: 40, ...over });
  const record = {
    ...recordOf(anImage({ deprecatedDaysAgo: over?.deprecatedDaysAgo ?? 40 })),
    ...(told && { announced: told }),
  };
  return decideFirst([image], policy, { journal: aJournal({ images: [[image.imageId, record]] }) });
}

describe('an image whose time has come', () => {
  it('stays where its owner was not told', () => {
    const decision = decide(undefined);
    expect(decision.decision).toBe('keep');
    expect(decision.reasons[0]).toEqual({ code: 'not-announced', noticeDays: 7 });
    expect(decision.next).toBeUndefined();
  });

  it('stays from the very moment at which it would go', () => {
    expect(decide(undefined, POLICY, { deprecatedDaysAgo: 20 }).reasons[0]).toMatchObject({ code: 'not-announced' });
  });

  it.each(['', 'yesterday', daysAgo(8).toISOString(), daysAgo(30).toISOString()])(
    'is not announced by its tag, which anyone can write: %j',
    (value) => {
      expect(decide(undefined, POLICY, { tags: { [TOLD]: value } }).reasons[0]).toMatchObject({
        code: 'not-announced',
      });
    },
  );

  it('stays where there is no journal, whatever its tag says', () => {
    const image = anImage({ deprecatedDaysAgo: 40, tags: { [TOLD]: daysAgo(30).toISOString() } });
    const { reasons } = decideFirst([image], POLICY, { journal: NO_JOURNAL });
    expect(reasons[0]).toEqual({ code: 'not-announced', noticeDays: 7, because: 'no-journal' });
  });

  it('stays where it was given back since its owner was told: that word counts no more', () => {
    expect(decide({ ...announced(daysAgo(30)), isWithdrawn: true }).reasons[0]).toMatchObject({
      code: 'not-announced',
      because: 'outdated',
    });
  });

  it('stays until the time of notice is over, and says when that is', () => {
    const announcedAt = daysAgo(6);
    expect(decide(announced(announcedAt))).toMatchObject({
      decision: 'keep',
      reasons: [{ code: 'notice-running', announcedAt, days: 6, ofDays: 7 }, {}, {}],
      next: { decision: 'deregister', at: daysAgo(-1) },
    });
    expect(decide(announced(new Date(daysAgo(7).getTime() + 1))).decision).toBe('keep');
    expect(decide(announced(AT)).reasons[0]).toMatchObject({ code: 'notice-running', days: 0 });
    expect(decide(announced(daysAgo(-1), { deregisterFrom: AT })).reasons[0]).toMatchObject({
      code: 'notice-running',
      days: 0,
    });
    expect(decide(announced(daysAgo(7))).decision).toBe('deregister');
  });

  it('waits for as long as its rule says', () => {
    const policy = oneRule(RULE.replace('20d', '20d, notice: 14d'), NOTIFY);
    expect(decide(announced(daysAgo(13)), policy).decision).toBe('keep');
    expect(decide(announced(daysAgo(14)), policy).decision).toBe('deregister');
  });

  it('may have been announced on the eve of its deprecation', () => {
    expect(decide(announced(daysAgo(40.5))).decision).toBe('deregister');
    expect(decide(announced(daysAgo(41))).decision).toBe('deregister');
    const outdated = decide(announced(new Date(daysAgo(41).getTime() - 1)));
    expect(outdated.reasons[0]).toMatchObject({ code: 'not-announced', because: 'outdated' });
  });

  it('goes without an announcement where the policy has no notify section', () => {
    expect(decideFirst([anImage({ deprecatedDaysAgo: 40 })], oneRule(RULE)).decision).toBe('deregister');
  });
});

describe('disabling waits for the notice too', () => {
  const policy = (step = 'disable: { after: 10d }') =>
    oneRule(`keep: { youngerThan: 30d }, deprecate: {}, ${step}, deregister: { after: 90d }`, NOTIFY);

  it('and says so', () => {
    expect(decide(undefined, policy()).reasons[0]).toEqual({ code: 'not-announced', noticeDays: 7 });
    expect(decide(announced(daysAgo(6)), policy())).toMatchObject({
      reasons: [{ code: 'notice-running', days: 6, ofDays: 7 }, {}, {}],
      next: { decision: 'disable', at: daysAgo(-1) },
    });
    expect(decide(announced(daysAgo(7)), policy()).decision).toBe('disable');
  });

  it('for as long as disable.notice says', () => {
    const long = policy('disable: { after: 10d, notice: 20d }');
    expect(decide(announced(daysAgo(19)), long)).toMatchObject({ reasons: [{ ofDays: 20 }, {}, {}] });
    expect(decide(announced(daysAgo(20)), long).decision).toBe('disable');
  });

  it('and for the date that was promised', () => {
    const told = announced(daysAgo(30), { disableFrom: daysAgo(-3) });
    expect(decide(told, policy()).next).toEqual({ decision: 'disable', at: daysAgo(-3) });
    expect(decide({ ...told, disableFrom: AT }, policy()).decision).toBe('disable');
  });

  it('where there is a notify section: without one there is nobody to tell', () => {
    expect(decide(undefined, oneRule(BOTH.replace('20d', '90d'))).decision).toBe('disable');
  });
});

it('archiving waits for the notice too, and for its date', () => {
  const policy = oneRule(
    'keep: { youngerThan: 30d }, deprecate: {}, disable: { after: 10d }, archive: { after: 20d }, deregister: { after: 90d }',
    NOTIFY,
  );
  const disabled: Wish = {
    state: 'disabled',
    snapshots: [1],
    tags: { 'ami-janitor:disabled-at': daysAgo(5).toISOString() },
  };
  const decided = (told: Announced | undefined) => {
    const image = anImage({ deprecatedDaysAgo: 40, ...disabled });
    const record = { ...recordOf(image), ...(told && { announced: told }) };
    return decideFirst([image], policy, { journal: aJournal({ images: [[image.imageId, record]] }) });
  };
  const told = { deregisterFrom: daysAgo(-50) };
  expect(decided(undefined).decision).toBe('keep');
  // Who was told of the end alone, as by an earlier version, hears of it first.
  expect(decided(announced(daysAgo(30), told))).toMatchObject({ decision: 'keep', nextStep: 'deregister' });
  expect(decided(announced(daysAgo(6), { ...told, archiveFrom: daysAgo(6) }))).toMatchObject({
    decision: 'keep',
    reasons: [{ code: 'notice-running', days: 6, ofDays: 7 }, {}, {}],
    next: { decision: 'archive', at: daysAgo(-1) },
  });
  expect(decided(announced(daysAgo(7), { ...told, archiveFrom: daysAgo(7) }))).toMatchObject({
    decision: 'archive',
    reasons: [{ code: 'deprecated-for', days: 40, ofDays: 33 }, {}, {}],
    deregisterAt: daysAgo(-50),
  });
  expect(decided(announced(daysAgo(30), { ...told, archiveFrom: daysAgo(-3) })).next).toEqual({
    decision: 'archive',
    at: daysAgo(-3),
  });
});

it('nothing is archived before it is disabled, though its notice is shorter', () => {
  const steps = 'disable: { after: 10d }, archive: { after: 20d, notice: 1d }';
  const policy = oneRule(`keep: { youngerThan: 30d }, deprecate: {}, ${steps}`, NOTIFY);
  const told = announced(daysAgo(3), { archiveFrom: daysAgo(3) });
  expect(decide(told, policy, { snapshots: [1] })).toMatchObject({ decision: 'keep', nextStep: 'disable' });
});

describe('what an owner was told binds', () => {
  const told = (deregisterFrom: Date | 'none', days = 30) => announced(daysAgo(days), { deregisterFrom });

  it.each([
    ['with the notify section', NOTIFY],
    ['without it', ''],
  ])('nothing goes before the date, though the rule was shortened: %s', (_, rest) => {
    const policy = oneRule(RULE.replace('20d', '1d, notice: 1d'), rest);
    const early = decide(told(new Date(AT.getTime() + 1)), policy);
    expect(early).toMatchObject({ decision: 'keep', reasons: [{ code: 'waiting' }, {}, {}] });
    expect(early.next).toEqual({ decision: 'deregister', at: new Date(AT.getTime() + 1) });
    expect(decide(told(AT), policy).decision).toBe('deregister');
  });

  it('a rule that was lengthened counts at once', () => {
    const policy = oneRule(RULE.replace('20d', '60d'), NOTIFY);
    expect(decide(told(daysAgo(10)), policy).next).toEqual({ decision: 'deregister', at: daysAgo(-20) });
  });

  it.each([
    ['with the notify section', NOTIFY],
    ['without it', ''],
  ])('“nothing further” is no announcement of a removal: %s', (_, rest) => {
    const decision = decide(told('none'), oneRule(RULE, rest));
    expect(decision).toMatchObject({
      decision: 'keep',
      reasons: [{ code: 'not-announced', because: 'not-promised' }, {}, {}],
    });
    expect(decision).not.toHaveProperty('next');
  });

  it('the same of disabling, which then is left out', () => {
    const all = announced(daysAgo(30), { disableFrom: 'none', deregisterFrom: daysAgo(-5) });
    const decision = decide(all, oneRule(BOTH, NOTIFY));
    expect(decision).toMatchObject({ decision: 'keep', next: { decision: 'deregister', at: daysAgo(-5) } });
  });

  it('a promise outlives the announcement that it came with', () => {
    const outdated = decide(told(daysAgo(-5), 60), oneRule(RULE));
    expect(outdated.next).toEqual({ decision: 'deregister', at: daysAgo(-5) });
  });
});

describe('the owner who is told is the owner', () => {
  const own = (owner: string | undefined, tags: Record<string, string>, rest = NOTIFY) =>
    decide(announced(daysAgo(30), owner === undefined ? {} : { owner }), oneRule(RULE, rest), { tags });

  it('another owner than the one told was not told', () => {
    expect(own('ann', { Owner: 'ann' }).decision).toBe('deregister');
    expect(own('ann', { Owner: 'ben' }).reasons[0]).toMatchObject({ code: 'not-announced', because: 'owner-changed' });
    expect(own('ann', {}).reasons[0]).toMatchObject({ because: 'owner-changed' });
    expect(own(undefined, { Owner: 'ben' }).reasons[0]).toMatchObject({ because: 'owner-changed' });
    expect(own(undefined, { Owner: ' ' }).decision).toBe('deregister');
  });

  it('by the tag that the policy names', () => {
    const rest = `${NOTIFY}\nowners: { tag: Team }`;
    expect(own('ann', { Owner: 'ann' }, rest).reasons[0]).toMatchObject({ because: 'owner-changed' });
    expect(own('ann', { Owner: 'ben', Team: 'ann' }, rest).decision).toBe('deregister');
  });
});

describe('a launch after the deprecation begins the notice anew', () => {
  it('where the owner was told before it', () => {
    const launched = (days: number) => decide(announced(daysAgo(30)), POLICY, { lastLaunchedDaysAgo: days });
    expect(launched(30).decision).toBe('deregister');
    expect(launched(29).reasons[0]).toMatchObject({ code: 'not-announced', because: 'launched-since' });
    expect(launched(41).decision).toBe('deregister');
  });

  it('where the launch came between its eve, on which the owner was told, and the deprecation', () => {
    const launched = (days: number) => decide(announced(daysAgo(40.5)), POLICY, { lastLaunchedDaysAgo: days });
    expect(launched(41).decision).toBe('deregister');
    expect(launched(40.25).reasons[0]).toMatchObject({ code: 'not-announced', because: 'launched-since' });
  });
});

it('while it waits for its day, the next step is not promised before anyone was told', () => {
  const waiting = { deprecatedDaysAgo: 10 };
  expect(decide(undefined, POLICY, waiting)).toMatchObject({ reasons: [{ code: 'waiting' }, {}, {}] });
  expect(decide(undefined, POLICY, waiting).next).toBeUndefined();
  expect(decide(announced(daysAgo(9)), POLICY, waiting).next).toEqual({ decision: 'deregister', at: daysAgo(-10) });
  const lately = decide(announced(daysAgo(0.5)), oneRule(RULE.replace('20d', '12d'), NOTIFY), waiting);
  expect(lately.next).toEqual({ decision: 'deregister', at: daysAgo(-6.5) });
});

describe('whatever the account and the policy', () => {
  it('nothing is disabled or deregistered by a policy that tells owners unless the journal says that they were told', () => {
    const announcements = fc.array(
      fc.oneof(
        fc.constant(undefined),
        fc.tuple(fc.integer({ min: -3, max: 200 }), fc.integer({ min: -30, max: 60 }), fc.boolean()),
      ),
      { minLength: 12, maxLength: 12 },
    );
    tried(times(500), accounts, rawPolicies, announcements, (account, raw, told) => {
      const policy = policyOf({ ...raw, notify: { slack: { token: 'ssm:/x', channel: '#x' } } });
      const records = account.images.map((image, index) => {
        const [days, promise, isNone] = told[index] ?? [];
        const from = promise === undefined || isNone ? 'none' : daysAgo(promise);
        const over = { deregisterFrom: from, disableFrom: from } as const;
        return [
          image.imageId,
          { ...recordOf(image), ...(days !== undefined && { announced: announced(daysAgo(days), over) }) },
        ] as const;
      });
      const plan = makePlan({ ...account, journal: aJournal({ images: records }) }, policy, AT);
      for (const { decision, image, rule } of plan.decisions) {
        if (decision !== 'deregister' && decision !== 'disable') continue;
        const record = records.find(([id]) => id === image.imageId)?.[1].announced;
        const notice = policy.rules.find(({ name }) => name === rule)?.[decision]?.notice.milliseconds;
        expect(AT.getTime() - (record?.at.getTime() ?? Infinity)).toBeGreaterThanOrEqual(notice ?? Infinity);
        const from = decision === 'disable' ? record?.disableFrom : record?.deregisterFrom;
        expect(from).toBeInstanceOf(Date);
        expect(from instanceof Date && from <= AT).toBe(true);
      }
    });
  }, 120_000);
});

it('the snapshots of an image that waits for its notice stay with it', () => {
  const image = anImage({ deprecatedDaysAgo: 40 });
  const journal = aJournal({ images: [[imageId(1), recordOf(image)]] });
  const plan = makePlan(anAccount({ images: [image], journal }), POLICY, AT);
  expect(plan.passes.flatMap(({ actions }) => actions)).toEqual([]);
});
