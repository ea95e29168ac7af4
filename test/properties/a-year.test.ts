import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Policy } from '../../src/model/policy.ts';
import { aPolicy } from '../builders/policy.ts';
import { times } from '../builders/runs.ts';
import { tried } from '../builders/tried.ts';
import { Year } from './a-year-of-acts.ts';

const NOTIFY = 'notify: { slack: { webhook: "ssm:hook" } }';

const policyOf = (steps: string, rest = NOTIFY): Policy =>
  aPolicy(`
references: { sharedImages: evaluate }
rules: [{ name: all, select: {}, keep: { youngerThan: 30d }, deprecate: {}, ${steps} }]
limits: { perRun: 100, stopAbove: 100% }
${rest}`);

/** Gentle and harsh ones, with notice and without, that promise all, some or nothing. */
const POLICIES = [
  policyOf('disable: { after: 10d }, deregister: { after: 30d }'),
  policyOf('disable: { after: 1d, notice: 1d }, deregister: { after: 2d, notice: 1d }'),
  policyOf('deregister: { after: 60d, notice: 60d }'),
  policyOf('deregister: { after: 3d, notice: 1d }', `${NOTIFY}\norphanSnapshots: { deleteAfter: 5d }`),
  policyOf('disable: { after: 5d, notice: 2d }'),
  policyOf('snapshots: delete'),
  policyOf('deregister: { after: 4d }, snapshots: keep', 'orphanSnapshots: { deleteAfter: 2d }'),
  policyOf('disable: { after: 2d }, deregister: { after: 4d }', ''),
];

type Act = (year: Year) => void;

const number = fc.constantFrom(1, 2, 3);
const days = fc.constantFrom(0.5, 1, 1, 2, 3, 7, 15, 31);
const of = (act: (year: Year, number: number) => void): fc.Arbitrary<Act> =>
  number.map((one) => (year) => act(year, one));

/** A night as it is deployed: owners are told, some time passes, and a run acts. */
const night = fc.tuple(days, fc.boolean()).map(
  ([some, isTold]): Act =>
    (year) => {
      year.pass(some);
      if (isTold) year.tell();
      year.run();
    },
);

const forged = fc.constantFrom<Record<string, string>>(
  { 'ami-janitor:announced-at': '2026-01-01T00:00:00Z' },
  { 'ami-janitor:deprecated-at': '2026-09-01T00:00:00Z' },
  { 'ami-janitor:deregister-after': '2026-09-01T00:00:00Z' },
  { 'ami-janitor:disabled-at': '2026-09-01T00:00:00Z' },
);

const acts = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: night },
    {
      weight: 2,
      arbitrary: fc.constantFrom(...POLICIES).map(
        (policy): Act =>
          (year) =>
            year.edit(policy),
      ),
    },
    { weight: 2, arbitrary: of((year, one) => year.launch(one)) },
    { weight: 2, arbitrary: of((year, one) => year.restore(one, true)) },
    { weight: 1, arbitrary: of((year, one) => year.restore(one, false)) },
    { weight: 2, arbitrary: of((year, one) => year.turn(one, 'available')) },
    { weight: 1, arbitrary: of((year, one) => year.turn(one, 'disabled')) },
    { weight: 1, arbitrary: of((year, one) => year.name(one, true)) },
    { weight: 1, arbitrary: of((year, one) => year.name(one, false)) },
    { weight: 1, arbitrary: of((year, one) => year.share(one, ['111111111111'])) },
    { weight: 1, arbitrary: of((year, one) => year.share(one, [])) },
    { weight: 1, arbitrary: of((year, one) => year.tag(one, { 'ami-janitor:keep': 'true' })) },
    { weight: 1, arbitrary: of((year, one) => year.untag(one, 'ami-janitor:keep')) },
    { weight: 1, arbitrary: of((year, one) => year.untag(one, 'ami-janitor:deprecated-at')) },
    { weight: 1, arbitrary: of((year, one) => year.deregisterByHand(one)) },
    {
      weight: 2,
      arbitrary: fc.tuple(number, fc.constantFrom('ann', 'ben')).map(
        ([one, Owner]): Act =>
          (year) =>
            year.tag(one, { Owner }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(number, forged).map(
        ([one, tags]): Act =>
          (year) =>
            year.tag(one, tags),
      ),
    },
  ),
  { minLength: 20, maxLength: 60 },
);

test('nothing goes within its wait after it was launched, named, put back or kept, nor before its owner was told', () => {
  let removed = 0;
  tried(times(400), fc.constantFrom(...POLICIES), acts, (policy, all) => {
    const year = new Year(policy);
    for (const act of all) act(year);
    removed += year.removed;
    expect(year.broken).toEqual([]);
  });
  // Or it would hold of a tool that does nothing.
  expect(removed).toBeGreaterThan(50);
});
