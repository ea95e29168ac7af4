import { expect, test } from 'vitest';
import { decideImages } from '../../src/policy/decision/decide-images.ts';
import { AT } from '../builders/account.ts';
import { accounts } from '../builders/arbitraries.ts';
import { rawPolicies } from '../builders/arbitrary-policies.ts';
import { policyOf } from '../builders/policy.ts';
import { times } from '../builders/runs.ts';
import { tried } from '../builders/tried.ts';
import { decidePlainly } from './decide-plainly.ts';

test('two engines, written apart, decide alike: image by image, rule, reasons and what comes next', {
  timeout: 300_000,
}, () => {
  tried(times(2000), accounts, rawPolicies, (account, raw) => {
    const policy = policyOf(raw);
    const decided = decideImages(account, policy, AT).map((one) => ({
      imageId: one.image.imageId,
      decision: one.decision,
      rule: one.rule,
      codes: one.reasons.map(({ code }) => code),
      next: one.next && `${one.next.decision} ${one.next.at.toISOString()}`,
    }));
    expect(decided).toEqual(decidePlainly(account, raw, AT));
  });
});
