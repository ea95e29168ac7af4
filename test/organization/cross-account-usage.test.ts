import { describe, expect, it } from 'vitest';
import { crossAccountUsageOf, withCrossAccountUsage } from '../../src/organization/act/cross-account-reader.ts';
import type { JoinedIndex } from '../../src/organization/join/joined.ts';
import { anAccount, anImage, imageId } from '../builders/account.ts';

const HERE = { accountId: '123456789012', region: 'eu-west-1' };

function index(given: Partial<JoinedIndex>): JoinedIndex {
  const lists = { read: [], unread: [], listed: [], parametersUnread: [], neverRead: [], skipped: [] };
  return { joinedAt: new Date(0), ...lists, sha256: {}, ...given };
}

describe('an account counts as read', () => {
  it.each<[string, Partial<JoinedIndex>, boolean, boolean]>([
    ['where all of its Regions were read', { read: ['2/eu-west-1', '2/us-east-1'] }, true, false],
    [
      'not where another of its Regions was not',
      { read: ['2/eu-west-1'], unread: [['2/us-east-1', 'x']] },
      false,
      true,
    ],
    [
      'where of another of its Regions the images at least were listed',
      { read: ['2/eu-west-1'], unread: [['2/us-east-1', 'x']], listed: ['2/us-east-1'] },
      true,
      false,
    ],
    [
      'not where of another the parameters were not, which may name an image of this one',
      {
        read: ['2/eu-west-1'],
        unread: [['2/us-east-1', 'x']],
        listed: ['2/us-east-1'],
        parametersUnread: ['2/us-east-1'],
      },
      false,
      true,
    ],
    [
      'not where of this Region no more than the images were listed',
      { read: ['2/us-east-1'], unread: [['2/eu-west-1', 'x']], listed: ['2/eu-west-1'] },
      false,
      true,
    ],
    ['not where this Region was not', { read: ['2/us-east-1'], unread: [['2/eu-west-1', 'x']] }, false, true],
    ['not where it is a target in other Regions only', { read: ['2/us-east-1'] }, false, false],
    [
      'not where it has not enabled this Region: then it is as one outside the targets',
      { read: ['2/us-east-1'], skipped: [['2/eu-west-1', 'x']] },
      false,
      false,
    ],
  ])('%s', (_, given, isRead, isUnread) => {
    const { read, unread } = crossAccountUsageOf(index(given), HERE);
    expect([read.has('2'), unread.has('2')]).toEqual([isRead, isUnread]);
  });
});

it('what is known already is not told twice', () => {
  const account = anAccount({ images: [anImage({ number: 1 })], referenced: [1] });
  const own = account.references.images.get(imageId(1)) ?? [];
  const elsewhere = { ...own[0], kind: 'ec2:Instance' as const, resource: 'i-1', namedBy: [], accountId: '2' };
  const joined = { images: new Map([[imageId(1), [elsewhere]]]), snapshots: new Map(), lastUsedBy: new Map() };
  const once = withCrossAccountUsage(account, joined, index({}));
  const twice = withCrossAccountUsage(once, joined, index({}));
  expect(once.references.images.get(imageId(1))).toEqual([...own, elsewhere]);
  expect(twice.references.images.get(imageId(1))).toEqual([...own, elsewhere]);
});
