import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../src/plan/make-plan.ts';
import { announcementOf } from '../../src/policy/announcement.ts';
import { parsePolicyObject } from '../../src/policy/parse.ts';
import { AT, anAccount, anImage, daysAgo } from '../builders/account.ts';
import { accounts } from '../builders/arbitraries.ts';
import { rawPolicies } from '../builders/arbitrary-policies.ts';
import { decideFirst } from '../builders/decide.ts';
import { oneRule } from '../builders/policy.ts';
import { times } from '../builders/runs.ts';

const NOTIFY = 'notify: { slack: { token: "ssm:/x", channel: "#platform" } }';
const RULE = 'keep: { youngerThan: 30d }, deprecate: {}, deregister: { after: 20d }';
const POLICY = oneRule(RULE, NOTIFY);
const TOLD = 'ami-janitor:announced-at';
const SECOND = 1000;

function decide(announcedAt: string | undefined, rule = RULE, over: { deprecatedDaysAgo?: number } = {}) {
  const tags = announcedAt === undefined ? {} : { [TOLD]: announcedAt };
  const image = anImage({ deprecatedDaysAgo: 40, ...over, tags });
  return decideFirst([image], oneRule(rule, NOTIFY));
}

describe('an image whose time has come', () => {
  it.each([
    ['was never announced', undefined],
    ['was announced with an empty tag', ''],
    ['has a tag that is no date', 'yesterday'],
    ['has an impossible date', '2026-02-30T00:00:00Z'],
    ['was announced in the future', daysAgo(-1).toISOString()],
    ['was announced a second from now', new Date(AT.getTime() + SECOND).toISOString()],
    ['carries the announcement of another time that it was due', daysAgo(60).toISOString()],
    ['carries the announcement of the image that it was copied from', daysAgo(400).toISOString()],
  ])('stays where it %s', (_, announcedAt) => {
    const decision = decide(announcedAt);
    expect(decision.decision).toBe('keep');
    expect(decision.reasons[0]).toMatchObject({ code: 'not-announced', noticeDays: 7 });
    expect(decision.next).toBeUndefined();
  });

  it('stays from the very moment at which it would go', () => {
    expect(decide(undefined, RULE, { deprecatedDaysAgo: 20 }).reasons[0]).toMatchObject({ code: 'not-announced' });
  });

  it.each([
    ['yesterday', { value: 'yesterday' }],
    [daysAgo(-1).toISOString(), { value: daysAgo(-1).toISOString() }],
    [undefined, {}],
    [daysAgo(60).toISOString(), {}],
  ])('is told with a tag of %j only where that can not be believed', (announcedAt, value) => {
    expect(decide(announcedAt).reasons[0]).toStrictEqual({ code: 'not-announced', noticeDays: 7, ...value });
  });

  it('stays until the time of notice is over, and says when that is', () => {
    const announcedAt = daysAgo(6);
    expect(decide(announcedAt.toISOString())).toMatchObject({
      decision: 'keep',
      reasons: [{ code: 'notice-running', announcedAt, days: 6, ofDays: 7 }, {}, {}],
      next: { decision: 'deregister', at: daysAgo(-1) },
    });
    const atTheEnd = new Date(daysAgo(7).getTime() + 1).toISOString();
    expect(decide(atTheEnd).decision).toBe('keep');
    expect(decide(AT.toISOString()).reasons[0]).toMatchObject({ code: 'notice-running', days: 0 });
    expect(decide(daysAgo(7).toISOString()).decision).toBe('deregister');
  });

  it('waits for as long as its rule says', () => {
    const rule = RULE.replace('20d', '20d, notice: 14d');
    expect(decide(daysAgo(13).toISOString(), rule).decision).toBe('keep');
    expect(decide(daysAgo(14).toISOString(), rule).decision).toBe('deregister');
  });

  it('may have been announced on the eve of its deprecation', () => {
    expect(decide(daysAgo(40.5).toISOString()).decision).toBe('deregister');
    expect(decide(daysAgo(41).toISOString()).decision).toBe('deregister');
    expect(decide(new Date(daysAgo(41).getTime() - 1).toISOString()).decision).toBe('keep');
  });

  it('is still disabled, which can be undone', () => {
    const rule = 'keep: { youngerThan: 30d }, deprecate: {}, disable: { after: 10d }, deregister: { after: 20d }';
    expect(decide(undefined, rule).decision).toBe('disable');
    expect(decide(daysAgo(8).toISOString(), rule).decision).toBe('deregister');
  });

  it('goes without an announcement where the policy has no notify section', () => {
    const image = anImage({ deprecatedDaysAgo: 40 });
    expect(decideFirst([image], oneRule(RULE)).decision).toBe('deregister');
  });
});

it('while it waits for its day, the next step is not promised before anyone was told', () => {
  expect(decide(undefined, RULE, { deprecatedDaysAgo: 10 })).toMatchObject({ reasons: [{ code: 'waiting' }, {}, {}] });
  expect(decide(undefined, RULE, { deprecatedDaysAgo: 10 }).next).toBeUndefined();
  const told = decide(daysAgo(9).toISOString(), RULE, { deprecatedDaysAgo: 10 });
  expect(told.next).toEqual({ decision: 'deregister', at: daysAgo(-10) });
  const lately = decide(daysAgo(0.5).toISOString(), RULE.replace('20d', '12d'), { deprecatedDaysAgo: 10 });
  expect(lately.next).toEqual({ decision: 'deregister', at: daysAgo(-6.5) });
});

describe('whatever the account and the policy', () => {
  it('nothing is deregistered by a policy that tells owners unless the image was announced long enough ago', () => {
    const announcements = fc.array(
      fc.oneof(
        fc.constant(undefined),
        fc.constantFrom('true', '', 'soon', '2026-13-01'),
        fc.integer({ min: -3, max: 200 }).map((days) => daysAgo(days).toISOString()),
      ),
      { minLength: 12, maxLength: 12 },
    );
    fc.assert(
      fc.property(accounts, rawPolicies, announcements, (account, raw, announced) => {
        const parsed = parsePolicyObject({ ...raw, notify: { slack: { token: 'ssm:/x', channel: '#x' } } }, 'test');
        if (!parsed.ok) throw new Error('the policy is not valid');
        const images = account.images.map((image, index) => {
          const value = announced[index];
          return value === undefined ? image : { ...image, tags: { ...image.tags, 'ami-janitor:announced-at': value } };
        });
        const plan = makePlan({ ...account, images }, parsed.policy, AT);
        for (const { decision, image } of plan.decisions) {
          if (decision !== 'deregister') continue;
          const toldAt = Date.parse(image.tags['ami-janitor:announced-at'] ?? '');
          expect(AT.getTime() - toldAt).toBeGreaterThanOrEqual(7 * 86_400_000);
        }
      }),
      times(500),
    );
  });
});

it.each([
  ['no tag', {}, { kind: 'none' }],
  ['a date', { [TOLD]: daysAgo(3).toISOString() }, { kind: 'told', at: daysAgo(3) }],
  ['a date from before the image', { [TOLD]: daysAgo(101).toISOString() }, { kind: 'stale' }],
  ['no date', { [TOLD]: 'x' }, { kind: 'unreadable', value: 'x' }],
])('an image with %s', (_, tags, expected) => {
  expect(announcementOf(anImage({ tags }), undefined, AT.getTime())).toEqual(expected);
});

it('the snapshots of an image that waits for its notice stay with it', () => {
  const image = anImage({ deprecatedDaysAgo: 40 });
  const plan = makePlan(anAccount({ images: [image] }), POLICY, AT);
  expect(plan.passes.flatMap(({ actions }) => actions)).toEqual([]);
});
