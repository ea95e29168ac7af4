import { describe, expect, it } from 'vitest';
import type { Account } from '../../src/model/account.ts';
import type { Policy } from '../../src/model/policy.ts';
import { SOURCES } from '../../src/model/sources.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { type Comparison, compareReports } from '../../src/report/comparison.ts';
import { comparisonCsv, comparisonMarkdown, comparisonTerminal } from '../../src/report/comparison-formats.ts';
import { buildReport } from '../../src/report/report.ts';
import { AT, anAccount, anImage, aSnapshot, imageId, unreadable } from '../builders/account.ts';
import { accounts } from '../builders/arbitraries.ts';
import { rawPolicies } from '../builders/arbitrary-policies.ts';
import { oneRule, policyOf } from '../builders/policy.ts';
import { tried } from '../builders/tried.ts';
import { PLAIN } from './texts.ts';

function reportOf(account: Account, policy: Policy, source: string) {
  const run = { runId: 'run', mode: 'dry-run', policy: { source, sha256: '0'.repeat(64) } } as const;
  return buildReport({ run, plan: makePlan(account, policy, AT), outcomes: [], ownerTag: policy.owners.tag });
}

function compare(account: Account, policy: Policy, against: Policy): Comparison {
  return compareReports(reportOf(account, policy, 'ours.yml'), reportOf(account, against, 'theirs.yml'));
}

const sixty = oneRule('keep: { youngerThan: 60d }, deprecate: {}, deregister: { after: 30d }');
const ninety = oneRule('keep: { youngerThan: 90d }, deprecate: {}, deregister: { after: 30d }');

/** Between the two limits, younger than both, and older than both. */
const account = anAccount({
  images: [
    anImage({ number: 1, ageDays: 75 }),
    anImage({ number: 2, ageDays: 10 }),
    anImage({ number: 3, ageDays: 200 }),
    anImage({ number: 4, ageDays: 80, deprecatedDaysAgo: 31 }),
  ],
  snapshots: [1, 2, 3, 4].map((number) => aSnapshot({ number })),
});

describe('two policies over one account', () => {
  it('differ in the images between their limits, and each says why', () => {
    const { images, totals } = compare(account, sixty, ninety);
    expect(images.map((image) => [image.imageId, image.policy.decision, image.against.decision])).toEqual([
      [imageId(1), 'deprecate', 'keep'],
      [imageId(4), 'deregister', 'reinstate'],
    ]);
    expect(images[0]?.policy.reasons).toEqual([
      { code: 'unreferenced', sources: SOURCES.length },
      { code: 'older-than', ageDays: 75, days: 60 },
    ]);
    expect(images[0]?.against).toMatchObject({
      rule: 'all',
      reasons: [{ code: 'younger-than', ageDays: 75, days: 90 }],
    });
    expect(totals).toMatchObject({
      images: 4,
      imagesDecidedDifferently: 2,
      changes: [
        { policy: 'deprecate', against: 'keep', images: 1 },
        { policy: 'deregister', against: 'reinstate', images: 1 },
      ],
    });
  });

  it('differ in snapshots where only one of them deregisters', () => {
    const { snapshots, totals } = compare(account, sixty, ninety);
    expect(snapshots).toEqual([
      {
        snapshotId: 'snap-00000000000000004',
        imageId: imageId(4),
        policy: { decision: 'delete', reasons: [{ code: 'image-deregistered', imageId: imageId(4) }] },
        against: { decision: 'keep', reasons: [{ code: 'mapped', images: [imageId(4)] }] },
      },
    ]);
    expect(totals.snapshotsDecidedDifferently).toBe(1);
  });

  it('count what is alike now and differs later', () => {
    // The image of ten days: due in 50 days by one, in 80 by the other.
    expect(compare(account, sixty, ninety).totals.imagesOfOtherNext).toBe(1);
  });

  it('give only the reasons that the other does not give', () => {
    const waits = (after: string) =>
      oneRule(`keep: { youngerThan: 60d }, deprecate: {}, deregister: { after: ${after} }`);
    const due = anAccount({ images: [anImage({ ageDays: 100, deprecatedDaysAgo: 20 })] });
    const [image] = compare(due, waits('30d'), waits('14d')).images;
    expect(image?.policy.reasons.map(({ code }) => code)).toEqual(['waiting']);
    expect(image?.against.reasons.map(({ code }) => code)).toEqual(['deprecated-for']);
  });

  it('may ask for another step for the same reasons', () => {
    const due = anAccount({ images: [anImage({ ageDays: 100, deprecatedDaysAgo: 20 })] });
    const step = (steps: string) => oneRule(`keep: { youngerThan: 60d }, deprecate: {}, ${steps}`);
    const comparison = compare(due, step('disable: { after: 14d }'), step('deregister: { after: 14d }'));
    expect(comparison.images[0]?.policy).toMatchObject({ decision: 'disable', reasons: [] });
    expect(comparisonMarkdown(comparison)).toContain('For the same reasons');
  });

  it('are as incomplete as what was read for either', () => {
    const blind = anAccount({ images: [...account.images], sources: unreadable('instances') });
    const comparison = compareReports(reportOf(account, sixty, 'a'), reportOf(blind, ninety, 'b'));
    expect(comparison.complete).toBe(false);
    expect(comparisonMarkdown(comparison)).toContain('**Incomplete');
    expect(comparisonTerminal(comparison, { width: 100, palette: PLAIN })).toMatch(
      /INCOMPLETE[\s\S]*instances: access denied/,
    );
  });
});

describe('any two policies over any account', () => {
  it('do not differ from themselves, and differ the same seen from either side', () => {
    tried({ numRuns: 50 }, accounts, rawPolicies, rawPolicies, (any, raw, other) => {
      const [ours, theirs] = [policyOf(raw), policyOf(other)];
      const alike = compare(any, ours, ours);
      expect([alike.images, alike.snapshots, alike.totals.imagesOfOtherNext]).toEqual([[], [], 0]);
      const [there, back] = [compare(any, ours, theirs), compare(any, theirs, ours)];
      const turned = back.images.map(({ policy, against, ...image }) => ({
        ...image,
        policy: against,
        against: policy,
      }));
      expect(there.images.map(({ owner: _, ...image }) => image)).toEqual(
        turned.map(({ owner: _, ...image }) => image),
      );
      expect(there.totals.imagesOfOtherNext).toBe(back.totals.imagesOfOtherNext);
    });
  });
});

describe('every format', () => {
  const hostile = anAccount({
    images: [
      anImage({ ageDays: 75, name: '<script>alert(1)</script>', tags: { Owner: '=cmd()' } }),
      anImage({ number: 2, ageDays: 76, name: '\u001b[2Jgone\u202e', tags: { Owner: '@everyone' } }),
    ],
  });
  const comparison = compare(hostile, sixty, ninety);

  it('takes names and owners for text', () => {
    const written = [
      comparisonMarkdown(comparison),
      comparisonCsv(comparison),
      comparisonTerminal(comparison, { width: 200, palette: PLAIN }),
    ];
    const [markdown, csv, terminal] = written;
    for (const text of written) for (const character of ['\u001b', '\u202e']) expect(text).not.toContain(character);
    expect(markdown).not.toMatch(/<script|@everyone/);
    expect(csv).not.toMatch(/"=cmd|"@everyone/);
    expect(terminal).toContain('<script>alert(1)</script>');
  });

  it('lists each image once, under both policies', () => {
    expect(comparisonCsv(comparison).trimEnd().split('\n')).toHaveLength(3);
    expect(comparisonMarkdown(comparison).match(/\| ami-/g)).toHaveLength(2);
    expect(comparisonTerminal(comparison, { width: 60, palette: PLAIN }).match(/ami-0{16}[12]/g)).toHaveLength(2);
  });

  it('says so where there is nothing to list', () => {
    const alike = compare(anAccount({ images: [anImage({ ageDays: 500 })] }), sixty, ninety);
    expect(comparisonMarkdown(alike)).toContain('No differences over 1 image and 1 snapshot.');
    expect(comparisonTerminal(alike, { width: 100, palette: PLAIN })).not.toContain('Images\n');
    expect(comparisonCsv(alike).trimEnd().split('\n')).toHaveLength(1);
  });
});
