import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Account, RecyclableKind, RetentionRule, RetentionRulesReading } from '../../src/model/account.ts';
import { coverageGap, type Recyclable, undoFindings } from '../../src/plan/coverage.ts';
import { anAccount, aRetentionRule } from '../builders/account.ts';
import { RULE } from '../builders/plan.ts';
import { oneRule } from '../builders/policy.ts';

const IMAGE: Recyclable = { kind: 'image', resourceId: 'ami-1', tags: { Team: 'web' }, rootDeviceType: 'ebs' };
const gapOf = (rules: readonly RetentionRule[], resource: Recyclable = IMAGE) =>
  coverageGap(resource, { status: 'read', rules })?.why;
const REGION = { tags: [], excludeTags: [] };

describe('the Recycle Bin would take', () => {
  test.each<[string, Partial<RetentionRule>, string | undefined]>([
    ['what this tool tags, by a rule for its tag', {}, undefined],
    ['what carries a tag of a rule', { tags: [{ key: 'Team', value: 'web' }] }, undefined],
    ['nothing by another value of the tag', { tags: [{ key: 'Team', value: 'api' }] }, 'no-rule'],
    ['nothing by a tag without a value', { tags: [{ key: 'Team' }] }, 'no-rule'],
    ['nothing by a tag that it lacks', { tags: [{ key: 'Owner' }] }, 'no-rule'],
    [
      'what one of several tags names',
      {
        tags: [
          { key: 'A', value: 'b' },
          { key: 'Team', value: 'web' },
        ],
      },
      undefined,
    ],
    ['everything by a rule for the Region', REGION, undefined],
    ['nothing that the rule excludes', { ...REGION, excludeTags: [{ key: 'Team', value: 'web' }] }, 'excluded'],
    ['nothing that it excludes whatever the value', { ...REGION, excludeTags: [{ key: 'Team' }] }, 'excluded'],
    ['what it excludes by another value', { ...REGION, excludeTags: [{ key: 'Team', value: 'api' }] }, undefined],
    [
      'nothing that it excludes by the tag of a run',
      { ...REGION, excludeTags: [{ key: 'ami-janitor:run' }] },
      'excluded',
    ],
    ['nothing while the rule is pending', { status: 'pending' }, 'rule-pending'],
    ['nothing for less than a day', { retentionDays: 0 }, 'no-rule'],
    ['what a rule keeps for a day', { retentionDays: 1 }, undefined],
    ['nothing by a rule for snapshots', { kind: 'snapshot' }, 'no-rule'],
    [
      'nothing by the tag of a run, which differs',
      { tags: [{ key: 'ami-janitor:deregister-run', value: 'r' }] },
      'no-rule',
    ],
  ])('%s', (_, rule, why) => expect(gapOf([aRetentionRule(rule)])).toBe(why));

  test('by a rule that is named where it almost would', () => {
    const gap = (rule: Partial<RetentionRule>) =>
      coverageGap(IMAGE, { status: 'read', rules: [aRetentionRule({ identifier: 'r-1', ...rule })] });
    const of = { kind: 'image', resourceId: 'ami-1' };
    expect(gap({ status: 'pending' })).toEqual({ ...of, why: 'rule-pending', rule: 'r-1' });
    expect(gap({ ...REGION, excludeTags: [{ key: 'Team' }] })).toEqual({ ...of, why: 'excluded', rule: 'r-1' });
    expect(gap({ kind: 'snapshot' })).toEqual({ ...of, why: 'no-rule' });
  });

  test('what it would is known once the rules of each kind were read', () => {
    const snapshot: Recyclable = { kind: 'snapshot', resourceId: 'snap-1', tags: {} };
    const read = { status: 'read', rules: [] } as const;
    const find = (rules: Account['retentionRules']) =>
      undoFindings([IMAGE, snapshot, snapshot], anAccount({ retentionRules: rules }), oneRule(RULE));
    expect(find(new Map([['image', read]]))).toEqual({ retentionRules: ['snapshot'], uncovered: [] });
    const covering = { status: 'read', rules: [aRetentionRule({ kind: 'snapshot' })] } as const;
    const all = find(
      new Map<RecyclableKind, RetentionRulesReading>([
        ['image', read],
        ['snapshot', covering],
      ]),
    );
    expect(all).toEqual({ retentionRules: [], uncovered: [{ kind: 'image', resourceId: 'ami-1', why: 'no-rule' }] });
  });

  test('no image of instance store', () =>
    expect(gapOf([aRetentionRule()], { ...IMAGE, rootDeviceType: 'instance-store' })).toBe('instance-store'));

  test('nothing where the rules are unknown', () => {
    expect(coverageGap(IMAGE, undefined)?.why).toBe('rules-unreadable');
    expect(coverageGap(IMAGE, { status: 'unreadable', error: 'access denied' })?.why).toBe('rules-unreadable');
  });
});

describe('over any rules and tags', () => {
  const text = fc.constantFrom('Team', 'web', '', 'ami-janitor:recycle', 'true', '__proto__');
  const tag = fc.record({ key: text, value: text }, { requiredKeys: ['key'] });
  const rule = fc
    .record({
      kind: fc.constantFrom('image' as const, 'snapshot' as const),
      retentionDays: fc.constantFrom(0, 1, 30),
      status: fc.constantFrom('available', 'pending'),
      tags: fc.array(tag, { maxLength: 2 }),
      excludeTags: fc.array(tag, { maxLength: 2 }),
    })
    .map(aRetentionRule);
  const resource = fc
    .array(fc.tuple(text, text), { maxLength: 3 })
    .map((tags): Recyclable => ({ ...IMAGE, tags: Object.fromEntries(tags) }));

  test('what is covered is covered by one working rule for its kind, and stays so with a rule more', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 3 }), rule, resource, (rules, more, one) => {
        if (gapOf(rules, one) !== undefined) return;
        expect(gapOf([...rules, more], one)).toBeUndefined();
        const working = rules.filter(
          ({ kind, status, retentionDays }) => kind === 'image' && status === 'available' && retentionDays >= 1,
        );
        expect(working.some((single) => gapOf([single], one) === undefined)).toBe(true);
      }),
    );
  });

  test('an exclusion more never covers anything more', () => {
    fc.assert(
      fc.property(rule, tag, resource, (plain, exclusion, one) => {
        const excluding = { ...plain, excludeTags: [...plain.excludeTags, exclusion] };
        if (gapOf([excluding], one) === undefined) expect(gapOf([plain], one)).toBeUndefined();
      }),
    );
  });
});
