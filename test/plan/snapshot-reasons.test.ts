import { describe, expect, test } from 'vitest';
import type { Image } from '../../src/model/image.ts';
import type { Policy } from '../../src/model/policy.ts';
import { decideSnapshots } from '../../src/plan/snapshots.ts';
import { decideImages } from '../../src/policy/decision/decide-images.ts';
import { AT, anAccount, anImage, aSnapshot, daysAgo } from '../builders/account.ts';
import { aPolicy, oneRule } from '../builders/policy.ts';
import { recorded } from '../builders/records.ts';
import { CREATED, decideOne, GONE, going, kept, RULE } from '../builders/snapshots.ts';

describe('a snapshot that stays anyway says so first, and then everything that holds it', () => {
  const ORPHANED = { description: CREATED, tags: { 'ami-janitor:image': GONE } };
  const marked = { ...ORPHANED, tags: { ...ORPHANED.tags, 'ami-janitor:orphaned-at': daysAgo(1).toISOString() } };
  const KEEPS = oneRule(`${RULE}, snapshots: keep`);

  test.each<[string, readonly Image[], Parameters<typeof aSnapshot>[0], Policy | undefined]>([
    ['mapped', [anImage()], {}, undefined],
    ['rule-keeps-snapshots', [going()], {}, KEEPS],
    ['not-of-an-image', [], {}, undefined],
    ['image-exists', [anImage({ number: 99, snapshots: [] })], ORPHANED, undefined],
    ['orphan-reported-only', [], ORPHANED, KEEPS],
    ['orphan-waiting', [], marked, undefined],
  ])('%s', (code, images, over, policy) => {
    const snapshot = aSnapshot({ ...over, ownerId: '999999999999', state: 'error' });
    const { decision, reasons } = decideOne(recorded(anAccount({ images, snapshots: [snapshot] })), policy);
    expect(decision).toBe('keep');
    expect(reasons).toEqual([
      expect.objectContaining({ code }),
      { code: 'not-own', owner: '999999999999' },
      { code: 'state', state: 'error' },
    ]);
  });
});

test('a rule that the policy does not have keeps its snapshots: what it says of them is unknown', () => {
  const account = anAccount({ images: [going()], snapshots: [aSnapshot()] });
  const decisions = decideImages(account, oneRule(`${RULE}, snapshots: delete`), AT);
  expect(decideSnapshots(account, decisions, aPolicy('rules: []'), AT)).toMatchObject([
    kept({ code: 'rule-keeps-snapshots', rule: 'all' }),
  ]);
});
