import fc from 'fast-check';
import type { AllowedImages, CrossAccountUsage, Sharing, UsageReading } from '../../src/model/account.ts';
import { ACCOUNT_ID, DAY, daysAgo, imageId, UNSHARED } from './account.ts';
import { seldom } from './arbitrary-facts.ts';

/** Accounts that images are shared with: read, unread, both, or out of sight. */
const accountIds = fc.constantFrom('111111111111', '222222222222', '333333333333', '444444444444', ACCOUNT_ID);

/** Times at and around the limits that a usage report's age has, a week after a deprecation among them. */
const reportDays = fc
  .tuple(fc.constantFrom(0, 1, 2, 3, 7, 13, 23, 24, 26, 33), fc.constantFrom(-1, 0, 0, 1))
  .map(([days, ms]) => daysAgo(Math.max(0, days + ms / DAY)));

const entries = fc.array(
  fc
    .tuple(accountIds, fc.constantFrom('ec2:Instance', 'ec2:LaunchTemplate'), fc.integer({ min: 1, max: 3 }))
    .map(([accountId, resourceType, count]) => ({ accountId, resourceType, count })),
  { maxLength: 3 },
);

/** What a usage report says of an image, or that nobody asked. */
export const usage: fc.Arbitrary<UsageReading | undefined> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(reportDays, fc.oneof(fc.constant([]), entries)).map(([createdAt, counted]) => ({
      status: 'available' as const,
      reportId: 'imgreport-1',
      createdAt,
      entries: counted,
    })),
  },
  { weight: 1, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constant({ status: 'none' as const }) },
  { weight: 1, arbitrary: reportDays.map((createdAt) => ({ status: 'pending' as const, createdAt })) },
  { weight: 1, arbitrary: fc.constant({ status: 'unreadable' as const, error: 'access denied' }) },
);

/** Mostly none that apply; else some of which a deprecation, its owner or something unknown decides. */
const allowedImages: fc.Arbitrary<AllowedImages> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ status: 'read' as const, criteria: [] }) },
  {
    weight: 3,
    arbitrary: fc
      .array(
        fc.record(
          {
            providers: fc.subarray([ACCOUNT_ID, '111111111111', 'amazon', 'none'], { minLength: 1 }),
            daysSinceDeprecated: fc.constantFrom(0, 7, 14, 29, 30, 400),
            asksMore: fc.constant(true as const),
          },
          { requiredKeys: [], noNullPrototype: true },
        ),
        { minLength: 1, maxLength: 2 },
      )
      .map((criteria) => ({ status: 'read' as const, criteria })),
  },
  { weight: 1, arbitrary: fc.constant({ status: 'unreadable' as const, error: 'access denied' }) },
);

/** What is known of other accounts, for so many images. */
export function crossAccountUsageOf(count: number): fc.Arbitrary<CrossAccountUsage> {
  return fc
    .record({
      read: fc.subarray(['111111111111', '222222222222', ACCOUNT_ID]),
      unread: fc.subarray(['222222222222', '333333333333', ACCOUNT_ID], { maxLength: 2 }),
      usage: fc.array(usage, { minLength: count, maxLength: count }),
      lastUsed: fc.array(seldom(false, true), { minLength: count, maxLength: count }),
      isNeverRead: seldom(false, true),
      allowed: fc.dictionary(accountIds, allowedImages, { noNullPrototype: true }),
      sharedSince: fc.array(fc.option(reportDays, { nil: undefined }), { minLength: count, maxLength: count }),
    })
    .map(({ read, unread, usage: readings, lastUsed, isNeverRead, allowed, sharedSince }) => {
      const of = <Value>(values: readonly (Value | undefined)[]) =>
        new Map(values.flatMap((value, number) => (value === undefined ? [] : [[imageId(number), value] as const])));
      const why = new Map(unread.map((id) => [id, 'access denied']));
      const lastUsedBy = of(lastUsed.map((isUsed) => (isUsed && why.size > 0 ? why : undefined)));
      const since = of(sharedSince);
      // A recording leaves out what is empty: nothing is lost by that.
      return {
        read: new Set(read),
        unread: why,
        usage: of(readings),
        ...(lastUsedBy.size > 0 && { lastUsedBy }),
        ...(isNeverRead && unread.length > 0 && { neverRead: new Set(unread) }),
        ...(since.size > 0 && { sharedSince: since }),
        ...(Object.keys(allowed).length > 0 && { allowedImages: new Map(Object.entries(allowed)) }),
      };
    });
}

/** With whom an image is shared, where several accounts were looked at: often with somebody. */
export const sharedAcross: fc.Arbitrary<Sharing | undefined> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(UNSHARED) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.uniqueArray(accountIds, { maxLength: 2 }),
        fc.constantFrom<string[]>([], [], [], ['arn:aws:organizations::123456789012:organization/o-abc']),
        seldom(false, true),
      )
      .map(([accounts, organizations, isPublic]) => ({ status: 'read' as const, accounts, organizations, isPublic })),
  },
  { weight: 1, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constant({ status: 'unreadable' as const, error: 'access denied' }) },
);
