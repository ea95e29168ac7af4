import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Account } from '../../src/model/account.ts';
import type { Reference } from '../../src/model/reference.ts';
import { decideImages } from '../../src/policy/decision/decide-images.ts';
import { AT, anAccount, anImage, imageId } from '../builders/account.ts';
import { accounts } from '../builders/arbitraries.ts';
import { crossAccountUsageOf, usage } from '../builders/arbitrary-elsewhere.ts';
import { type RawPolicy, rawPolicies } from '../builders/arbitrary-policies.ts';
import { policyOf } from '../builders/policy.ts';
import { times } from '../builders/runs.ts';
import { tried } from '../builders/tried.ts';
import { decidePlainly } from './decide-plainly.ts';

const RULE = { name: 'all', select: {}, keep: { youngerThan: '30d' }, deprecate: {}, deregister: { after: '90d' } };
const PUBLIC: RawPolicy = { version: 1, rules: [{ ...RULE, public: true }] };

/** Some of the images with Windows Fast Launch, here or in another account. */
const withFastLaunch = fc
  .tuple(accounts, fc.array(fc.tuple(fc.nat(11), fc.boolean()), { maxLength: 2 }))
  .map(([account, set]): Account => {
    const images = new Map(account.references.images);
    for (const [number, isOwn] of set) {
      const id = imageId(number);
      const other = isOwn ? {} : { accountId: '111111111111' };
      const setting: Reference = { kind: 'ec2:FastLaunch', resource: id, detail: 'enabled', namedBy: [], ...other };
      images.set(id, [...(images.get(id) ?? []), setting]);
    }
    return { ...account, references: { ...account.references, images } };
  });

test('two engines, written apart, decide alike: image by image, rule, reasons and what comes next', {
  timeout: 300_000,
}, () => {
  tried(times(2000), withFastLaunch, rawPolicies, expectAlike);
});

test('so they do over public images that could go, whatever is known of who uses them', { timeout: 300_000 }, () => {
  const about = fc.tuple(crossAccountUsageOf(4), fc.array(usage, { minLength: 4, maxLength: 4 }), fc.boolean());
  tried(times(500), about, ([crossAccountUsage, reports, isOfMany]) => {
    const images = [80, 90, 91, 100].map((deprecatedDaysAgo, number) =>
      anImage({ number, ageDays: 300, isPublic: true, deprecatedDaysAgo }),
    );
    const known = reports.flatMap((one, number) => (one ? [[imageId(number), one] as const] : []));
    const account = { ...anAccount({ images }), publicUsage: new Map(known) };
    expectAlike(isOfMany ? { ...account, crossAccountUsage } : account, PUBLIC);
  });
});

function expectAlike(account: Account, raw: RawPolicy): void {
  const decided = decideImages(account, policyOf(raw), AT).map((one) => ({
    imageId: one.image.imageId,
    decision: one.decision,
    rule: one.rule,
    codes: one.reasons.map(({ code }) => code),
    next: one.next && `${one.next.decision} ${one.next.at.toISOString()}`,
    protection: one.protection,
  }));
  expect(decided).toEqual(decidePlainly(account, raw, AT));
}
