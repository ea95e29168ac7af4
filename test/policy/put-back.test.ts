import { describe, expect, test } from 'vitest';
import { type ImageRecord, type JournalReading, NO_JOURNAL } from '../../src/model/journal.ts';
import { anImage, daysAgo, imageId, unreadable } from '../builders/account.ts';
import { aPolicy, codesOf, decideFirst, oneRule } from '../builders/policy.ts';
import { aJournal, RUN_ID } from '../builders/records.ts';

const RULE = 'keep: { youngerThan: 60d }, deprecate: {}, disable: { after: 14d }, deregister: { after: 30d }';
const FULL = oneRule(RULE);
const STATED = aPolicy(`rules: [{ name: all, select: { state: ["*"] }, ${RULE} }]`);
const ACT = { at: daysAgo(3), runId: RUN_ID };
const DISABLED = { 'ami-janitor:disabled-at': daysAgo(3).toISOString() };
const GOING = { 'ami-janitor:deregister-run': RUN_ID };

type Wish = Parameters<typeof anImage>[0];

const withRecord = (record: ImageRecord): JournalReading =>
  aJournal({ images: [[imageId(1), { deprecated: { at: daysAgo(40), runId: RUN_ID }, ...record }]] });
const decide = (over: Wish, journal: JournalReading, policy = FULL) =>
  decideFirst([anImage({ deprecatedDaysAgo: 40, ...over })], policy, { journal });

describe('what people put back is reinstated', () => {
  const disabled = { disabled: { ...ACT, launchPermissions: [] } };

  test.each<[string, Wish, JournalReading, object]>([
    ['restored, by its record', {}, withRecord({ removing: ACT }), { after: 'deregister', takenAt: daysAgo(3) }],
    ['restored, by its tag', { tags: GOING }, withRecord({}), { after: 'deregister' }],
    ['restored, by its tag alone', { tags: GOING }, NO_JOURNAL, { after: 'deregister' }],
    [
      'restored though disabled',
      { state: 'disabled', tags: { ...GOING, ...DISABLED } },
      NO_JOURNAL,
      { after: 'deregister' },
    ],
    ['enabled, by its record', {}, withRecord(disabled), { after: 'disable', takenAt: daysAgo(3) }],
    ['enabled, by its tag', { tags: DISABLED }, withRecord({}), { after: 'disable' }],
    ['enabled, by its tag alone', { tags: DISABLED }, NO_JOURNAL, { after: 'disable' }],
  ])('%s', (_, over, journal, facts) => {
    const decision = decide(over, journal);
    expect(decision).toMatchObject({ decision: 'reinstate', reasons: [{ code: 'put-back', ...facts }] });
    expect(decision).not.toHaveProperty('next');
  });

  test('though it is held as well, though nothing else marks it, though no rule selects it', () => {
    const journal = withRecord({ removing: ACT });
    expect(codesOf(decide({ isPublic: true }, journal))).toEqual(['public', 'put-back']);
    expect(decideFirst([anImage()], FULL, { journal }).decision).toBe('reinstate');
    expect(decide({}, journal, aPolicy('rules: []')).decision).toBe('reinstate');
  });

  test('though a source can not be read, unless that is the journal itself', () => {
    const image = anImage({ deprecatedDaysAgo: 40, tags: GOING });
    const account = {
      references: { images: new Map(), snapshots: new Map(), dangling: [], sources: unreadable('instances') },
    };
    expect(decideFirst([image], FULL, account).decision).toBe('reinstate');
    const journal = { status: 'unreadable', error: 'x' } as const;
    expect(decide({ tags: GOING }, journal)).toMatchObject({
      decision: 'keep',
      reasons: [{ code: 'source-unreadable', source: 'journal' }],
    });
  });

  test.each<[string, Wish]>([
    ['managed by another service', { tags: { ...GOING, 'aws:backup:x': '' } }],
    ["someone else's", { tags: GOING, ownerId: '999999999999' }],
    ['gone', { tags: GOING, state: 'deregistered' }],
  ])('but not what is %s', (_, over) => expect(decide(over, NO_JOURNAL).decision).toBe('keep'));
});

describe('a reinstatement that did not come to its end', () => {
  test('is finished, and is not taken for a person’s act', () => {
    const record = { disabled: { ...ACT, launchPermissions: [] }, reinstating: ACT };
    for (const state of ['available', 'disabled']) {
      expect(decide({ state, tags: DISABLED }, withRecord(record))).toMatchObject({
        decision: 'reinstate',
        reasons: [{ code: 'reinstating', since: daysAgo(3) }],
      });
    }
  });
});

describe('what people disabled themselves', () => {
  const byPeople: [string, Wish, JournalReading][] = [
    ['stays, by the journal', { state: 'disabled' }, withRecord({})],
    ['stays, by the journal, whatever its tags say', { state: 'disabled', tags: DISABLED }, withRecord({})],
    ['stays, where no tag says otherwise', { state: 'disabled' }, NO_JOURNAL],
  ];

  test.each(byPeople)('%s', (_, over, journal) => {
    const decision = decide(over, journal);
    expect(decision).toMatchObject({ decision: 'keep', reasons: [{ code: 'disabled-by-others' }] });
    expect(decision).not.toHaveProperty('next');
  });

  test.each(byPeople)('%s, but for a rule that selects by state', (_, over, journal) => {
    expect(decide(over, journal, STATED).decision).toBe('deregister');
  });

  test('alone gives nothing back; with another reason it loses its marks', () => {
    const decision = decide({ state: 'disabled', isPublic: true }, withRecord({}));
    expect(decision.decision).toBe('reinstate');
    expect(codesOf(decision)).toEqual(['public', 'disabled-by-others']);
  });

  test.each<[string, JournalReading]>([
    ['its record', withRecord({ disabled: { ...ACT, launchPermissions: [] } })],
    ['its tag, without a journal', NO_JOURNAL],
  ])('what this tool disabled goes its way: %s', (_, journal) => {
    expect(decide({ state: 'disabled', tags: DISABLED }, journal).decision).toBe('deregister');
  });
});
