import { describe, expect, test } from 'vitest';
import { snapshotGroups } from '../../src/report/grouping.ts';
import { reasonSentence, snapshotReasonSentence } from '../../src/report/reason-sentences.ts';
import { imageReason, snapshotReason } from '../../src/report/schema/parts.ts';
import { actionSentence, nextSentence, outcomeSentence, passSentence } from '../../src/report/sentences.ts';
import { newest } from '../../src/text/format.ts';
import { aReport, fullPlan, imageId, snapshotId } from './plans.ts';
import { all, IMAGE_REASONS, SNAPSHOT_REASONS } from './reasons.ts';

const SENTENCE = /^[A-Z0-9][^\n]*[^.]\.$/;
const BROKEN = /undefined|null|NaN|\[object|T\d\d:/;

describe('each reason', () => {
  test.each(all(IMAGE_REASONS))('$code of an image is one sentence, and in the published schema', (reason) => {
    const sentence = reasonSentence(imageReason.parse(reason));
    expect(sentence).toMatch(SENTENCE);
    expect(sentence).not.toMatch(BROKEN);
  });

  test.each(all(SNAPSHOT_REASONS))('$code of a snapshot is one sentence, and in the published schema', (reason) => {
    const sentence = snapshotReasonSentence(snapshotReason.parse(reason));
    expect(sentence).toMatch(SENTENCE);
    expect(sentence).not.toMatch(BROKEN);
  });

  test('has words of its own', () => {
    const sentences = all(IMAGE_REASONS).map((reason) => reasonSentence(imageReason.parse(reason)));
    expect(new Set(sentences).size).toBe(sentences.length);
  });
});

test.each([
  [{ code: 'younger-than', ageDays: 12, days: 60 }, '12 of 60 days old.'],
  [
    { code: 'newest-of-group', rank: 2, keep: 3, group: 'webapp/arm64', size: 3 },
    '2nd newest of 3 in webapp/arm64; the newest 3 stay.',
  ],
  [{ code: 'newest-of-group', rank: 1, keep: 1, group: '', size: 3 }, 'Newest of 3 of its rule; the newest stays.'],
  [{ code: 'keep-tag' }, 'Kept by its tag ami-janitor:keep.'],
  [
    { code: 'expired', tag: 'ExpiresOn', expiredAt: '2026-11-20T00:00:00.000Z', days: 1 },
    'Expired on 2026-11-20, 1 day ago, by its tag ExpiresOn.',
  ],
] as const)('%j reads as people say it', (reason, sentence) => expect(reasonSentence(reason)).toBe(sentence));

test('a reference is named, and the fourth only counted', () => {
  const references = [1, 2, 3, 4].map((number) => ({ kind: 'ec2:Instance', resource: `i-${number}` }) as const);
  expect(reasonSentence({ code: 'referenced', references: 4 }, references)).toBe(
    'Referenced by 4: ec2:Instance i-1; ec2:Instance i-2; ec2:Instance i-3; and 1 more.',
  );
});

test.each([
  [1, 'newest'],
  [2, '2nd newest'],
  [3, '3rd newest'],
  [11, '11th newest'],
  [22, '22nd newest'],
])('rank %i is the %s', (rank, words) => expect(newest(rank)).toBe(words));

test.each([
  [
    { action: 'reinstate', imageId: imageId(1), liftDeprecation: false, enable: true },
    'Reinstate: take the tags off and enable it.',
  ],
  [
    {
      action: 'reinstate',
      imageId: imageId(1),
      liftDeprecation: true,
      enable: true,
      giveBack: ['111111111111'],
      unproven: ['all', '222222222222'],
    },
    'Reinstate: lift the deprecation and enable it; share it again with 111111111111; not shared again with all, 222222222222, whom only its tags name.',
  ],
  [
    {
      action: 'deregister',
      imageId: imageId(1),
      rule: 'r',
      deleteSnapshots: [snapshotId(1)],
      keepSnapshots: [snapshotId(2), snapshotId(3)],
    },
    'Deregister; delete 1 snapshot, keep 2 snapshots.',
  ],
  [
    { action: 'deprecate', imageId: imageId(1), rule: 'r', alreadyDeprecated: true },
    'Mark as deprecated (someone else set the date).',
  ],
] as const)('an action %j', (action, sentence) => expect(actionSentence(action)).toBe(sentence));

test('an outcome gives its reason, and ends once', () => {
  const failed = { action: 'disable', resourceId: imageId(1), status: 'failed' } as const;
  expect(outcomeSentence({ ...failed, reason: 'Access denied.' })).toBe('Failed: Access denied.');
  expect(outcomeSentence({ ...failed, status: 'done' })).toBe('Done.');
  expect(outcomeSentence({ ...failed, status: 'done', recoverableUntil: null })).toBe('Done; not in the Recycle Bin.');
  expect(outcomeSentence({ ...failed, status: 'done', recoverableUntil: '2026-12-01T00:00:00.000Z' })).toBe(
    'Done; in the Recycle Bin until 2026-12-01.',
  );
});

test('a stopped pass says by what, and does not say that it does anything', () => {
  const stopped = { due: 26, ofImages: 100, percent: 26, stopAbovePercent: 25 };
  expect(passSentence({ pass: 'deprecate', actions: [], deferred: [], stopped }, 'enforce')).toBe(
    'Stopped: 26 of 100 are due (26 %), and limits.stopAbove is 25 %. Nothing is done.',
  );
});

test('what time alone will change is told with its day', () => {
  const sentences = aReport(fullPlan())
    .images.map(nextSentence)
    .filter((sentence) => sentence !== '');
  expect(sentences).toEqual([
    'If nothing else changes: deprecate on 2027-01-08.',
    'If nothing else changes: deregister on 2026-12-18.',
  ]);
});

test('a snapshot counts for each of its reasons', () => {
  const held = {
    snapshotId: 'snap-1',
    decision: 'keep',
    reasons: [{ code: 'locked' }, { code: 'not-in-inventory' }],
  } as const;
  expect(snapshotGroups([held, { ...held, reasons: [{ code: 'not-in-inventory' }] }])).toEqual([
    { decision: 'keep', code: 'not-in-inventory', count: 2 },
    { decision: 'keep', code: 'locked', count: 1 },
  ]);
});
