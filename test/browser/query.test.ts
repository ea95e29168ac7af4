import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fragmentOf, queryOf } from '../../browser/address.ts';
import { Finder, GROUPINGS, type Query, reasonsOf, SORTS, START } from '../../browser/query.ts';
import { Texts } from '../../browser/texts.ts';
import { pageData } from '../../src/report/html/page-data.ts';
import { largePlan } from '../report/large.ts';
import { aReport } from '../report/plans.ts';

const report = aReport(largePlan(300));
const data = pageData(report);
const finder = new Finder(data);
const found = (query: Partial<Query>) => finder.find({ ...START, ...query }).map((row) => report.images[row]);

test('many texts are searched as each by itself', () => {
  const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'B', ' ', 'é', '漢') }));
  fc.assert(
    fc.property(texts, fc.constantFrom('a', 'ab', 'bb', 'aba', 'é', '漢a'), (all, word) => {
      expect([...new Texts(all).holding(word)]).toEqual(all.map((text) => Number(text.toLowerCase().includes(word))));
    }),
  );
});

describe('a query', () => {
  test.each(['kafka', 'KAFKA', 'data@example', 'golden', 'lt-0 kafka', 'legacy-erp-prod', 'snap-0000000000000012a'])(
    'for %s finds just the images that hold it',
    (q) => {
      const words = q.toLowerCase().split(' ');
      const holding = report.images.filter((image) => {
        const text = JSON.stringify(image).toLowerCase();
        return words.every((word) => text.includes(word));
      });
      expect(holding.length).toBeGreaterThan(0);
      expect(new Set(found({ q }))).toEqual(new Set(holding));
    },
  );

  test('is asked of the sentences too', () => {
    const unselected = report.images.filter(({ rule }) => rule === null);
    expect(new Set(found({ q: 'rule selects it' }))).toEqual(new Set(unselected));
  });

  test('filters by decision, rule, owner and reason, each and all', () => {
    const want = { decision: 'keep', rule: 'golden images', owner: '-', reason: 'referenced' };
    const expected = report.images.filter(
      (image) =>
        image.decision === 'keep' &&
        image.rule === 'golden images' &&
        image.owner === null &&
        image.reasons.some(({ code }) => code === 'referenced'),
    );
    expect(expected.length).toBeGreaterThan(0);
    expect(new Set(found(want))).toEqual(new Set(expected));
    expect(found({ owner: 'nobody' })).toEqual([]);
  });

  test('begins with what is acted on', () => {
    expect(found({})[0]?.decision).toBe('deregister');
    expect(found({}).at(-1)?.decision).toBe('keep');
  });

  test.each(SORTS)('by %s holds every image once, and backwards the other way', (sort) => {
    expect(new Set(found({ sort })).size).toBe(300);
    const key = (image: (typeof report.images)[number] | undefined) =>
      sort === 'age' ? image?.creationDate : sort === 'storage' ? image?.storageGiB : image?.monthlyCostUpTo;
    if (sort !== 'age' && sort !== 'storage' && sort !== 'cost') return;
    const [up, down] = [found({ sort }).map(key), found({ sort, descending: true }).map(key)];
    expect(down).toEqual(up.toReversed());
    expect(up[0]).not.toBe(up.at(-1));
  });
});

test.each(GROUPINGS)('groups by %s hold every image that was found once, the costliest first', (by) => {
  const rows = finder.find({ ...START, q: 'kafka' });
  const groups = finder.groups(rows, by);
  expect(groups.length).toBeGreaterThan(by === 'family' ? 1 : 0);
  expect(groups.flatMap((group) => group.rows).toSorted()).toEqual(rows.toSorted());
  expect(groups.map(({ cost }) => cost)).toEqual(groups.map(({ cost }) => cost).toSorted((a, b) => b - a));
  for (const { label, rows: own, storageGiB } of groups) {
    const images = own.flatMap((row) => report.images[row] ?? []);
    expect(storageGiB).toBe(images.reduce((sum, image) => sum + image.storageGiB, 0));
    for (const { owner, rule, group } of images) {
      const labels = { owner: owner ?? 'no owner', rule: rule ?? 'no rule', family: group ?? rule ?? 'no rule' };
      if (by !== 'reason') expect(labels[by]).toBe(label);
    }
  }
});

test('an image’s reasons begin with the one that tells it from its neighbors', () => {
  const row = report.images.findIndex(({ decision }) => decision === 'deprecate');
  expect(reasonsOf(data, row).map(([code, , brief]) => [data.codes[code], brief])).toEqual([
    ['beyond-newest', expect.stringMatching(/^\d+\w\w newest of \d+$/)],
    ['older-than', expect.stringMatching(/^[\d,]+ days old \(limit 60\)$/)],
    ['unreferenced', 'not referenced'],
  ]);
});

describe('an address', () => {
  test('brings back the query that it was made from', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 }).map((value) => value.toWellFormed());
    const query = fc.record(
      {
        q: text,
        owner: text,
        group: fc.constantFrom(...GROUPINGS),
        sort: fc.constantFrom(...SORTS),
        descending: fc.boolean(),
      },
      { requiredKeys: ['q', 'sort', 'descending'] },
    );
    fc.assert(
      fc.property(query, (asked) => {
        expect(queryOf(fragmentOf(asked))).toEqual(asked);
      }),
    );
  });

  test('of a section is no query', () => expect(queryOf('#sources')).toBeUndefined());
});
