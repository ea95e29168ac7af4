import { describe, expect, test } from 'vitest';
import type { Account } from '../../src/model/account.ts';
import type { ImageId } from '../../src/model/ids.ts';
import type { ImageRecord } from '../../src/model/journal.ts';
import { evaluate } from '../../src/plan/evaluate.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { missingDetails } from '../../src/plan/missing-details.ts';
import { refusalProblems, refusedRows, refusedSentence } from '../../src/report/notifications.ts';
import { buildReport } from '../../src/report/report.ts';
import { AT, anAccount, anImage, aSnapshot, DAY, daysAgo, imageId, snapshotId } from '../builders/account.ts';
import { ids, images, pass, RULE } from '../builders/plan.ts';
import { oneRule } from '../builders/policy.ts';
import { RUN_ID, recorded } from '../builders/records.ts';

const POLICY = oneRule(RULE, 'limits: { perRun: 2, stopAbove: 100% }');
const HOUR = 3_600_000;

function remembering(account: Account, records: readonly (readonly [ImageId, ImageRecord])[]): Account {
  return { ...account, journal: { status: 'read', images: new Map(records), snapshots: new Map() } };
}

const refused = (times: number, lastDaysAgo: number, action = 'deprecate'): ImageRecord => ({
  refused: { action, reason: 'no', firstAt: daysAgo(90), lastAt: daysAgo(lastDaysAgo), times },
});
const account = images(...[1, 2, 3, 4].map((number) => anImage({ number, ageDays: 500 - number })));

describe('what AWS refused', () => {
  test('is left alone until its next try, listed with its reason, and takes nobody’s place', () => {
    const known = remembering(account, [[imageId(1), refused(3, 1)]]);
    const { actions, deferred, refused: listed } = pass('deprecate', known, POLICY);
    expect(ids(actions)).toEqual([2, 3].map(imageId));
    expect(ids(deferred)).toEqual([1, 4].map(imageId));
    expect(listed).toEqual([
      {
        action: expect.objectContaining({ action: 'deprecate', imageId: imageId(1) }),
        reason: 'no',
        firstAt: daysAgo(90),
        times: 3,
        nextTryAt: daysAgo(1 - 4),
      },
    ]);
  });

  test.each([
    [1, 1],
    [2, 2],
    [3, 4],
    [4, 8],
    [5, 16],
    [6, 30],
    [60, 30],
  ])('%d times is tried again after %d days', (times, days) => {
    const tried = (after: number) => {
      const record = refused(times, 0);
      const at = new Date(AT.getTime() + after);
      const plan = makePlan(remembering(account, [[imageId(1), record]]), POLICY, at);
      return ids(plan.passes[0]?.actions ?? []).includes(imageId(1));
    };
    expect(tried(days * DAY - 2 * HOUR - 1)).toBe(false);
    // Tomorrow's run may begin some minutes earlier than today's.
    expect(tried(days * DAY - 2 * HOUR)).toBe(true);
  });

  test('of a snapshot is left alone as well, whatever became of its image', () => {
    const tags = { 'ami-janitor:image': imageId(99), 'ami-janitor:run': RUN_ID };
    const left = recorded(anAccount({ snapshots: [1, 2].map((number) => aSnapshot({ number, tags })) }));
    if (left.journal.status !== 'read') throw new Error(left.journal.status);
    const [[id, record] = []] = left.journal.snapshots;
    const snapshots = new Map(left.journal.snapshots);
    if (id) snapshots.set(id, { ...record, ...refused(3, 1, 'delete-snapshot') });
    const { actions, refused: listed } = pass('delete-snapshots', { ...left, journal: { ...left.journal, snapshots } });
    expect(ids(actions)).toEqual([snapshotId(2)]);
    expect(listed).toMatchObject([{ action: { snapshotId: snapshotId(1) }, times: 3 }]);
  });

  test('in another action holds nothing back', () => {
    const known = remembering(account, [[imageId(1), refused(3, 0, 'deregister')]]);
    expect(ids(pass('deprecate', known, POLICY).actions)).toEqual([1, 2].map(imageId));
    expect(pass('deprecate', known, POLICY)).not.toHaveProperty('refused');
  });

  test('is asked nothing about, and counts as due for stopAbove', () => {
    const unread = remembering({ ...account, sharing: new Map() }, [[imageId(1), refused(3, 0)]]);
    const { sharing } = missingDetails(evaluate(unread, POLICY, AT));
    expect([sharing.includes(imageId(1)), sharing.includes(imageId(2))]).toEqual([false, true]);
    const tight = oneRule(RULE, 'limits: { perRun: 2, stopAbove: 75% }');
    expect(pass('deprecate', unread, tight).stopped).toMatchObject({ due: 4 });
  });

  test.each([
    ['twice, beside what was done', 2, true, []],
    ['three times', 3, true, [expect.stringMatching(/^1 action refused 3 times or more, the first: deprecate ami-/)]],
    [
      'twice, and nothing else was due',
      2,
      false,
      [expect.stringMatching(/^all that was due was refused \(1 action\)/)],
    ],
  ])('%s: whether an enforcing run fails', (_, times, isSomethingDone, expected) => {
    const plan = makePlan(remembering(account, [[imageId(1), refused(times, 0)]]), POLICY, AT);
    const outcomes = isSomethingDone
      ? [{ action: 'deprecate' as const, resourceId: imageId(2), status: 'done' as const }]
      : [];
    const run = { runId: 'a', policy: { source: 'test', sha256: '' } };
    const report = buildReport({ run: { ...run, mode: 'enforce' }, plan, outcomes, ownerTag: 'Owner' });
    expect(refusalProblems(report)).toEqual(expected);
    const dry = buildReport({ run: { ...run, mode: 'dry-run' }, plan, outcomes: [], ownerTag: 'Owner' });
    expect(refusalProblems(dry)).toEqual([]);
    expect(refusedRows(dry).map(refusedSentence)).toEqual([
      expect.stringMatching(new RegExp(`^deprecate ${imageId(1)}: refused ${times} times since .*; next try .*: no$`)),
    ]);
  });

  test('again counts once more, and is told once', () => {
    const plan = makePlan(remembering(account, [[imageId(1), refused(2, 2)]]), POLICY, AT);
    const outcomes = [
      { action: 'deprecate', resourceId: imageId(1), status: 'failed', reason: 'still no', refused: true },
    ] as const;
    const run = { runId: 'a', mode: 'enforce', policy: { source: 'test', sha256: '' } } as const;
    const report = buildReport({ run, plan, outcomes, ownerTag: 'Owner' });
    expect(refusedRows(report)).toMatchObject([{ resourceId: imageId(1), times: 3, reason: 'still no' }]);
    expect(refusalProblems(report)).toHaveLength(1);
  });
});
