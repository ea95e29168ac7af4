import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fragmentOf, queryOf } from '../../browser/address.ts';
import { Finder, type Query, SORTS, START } from '../../browser/query.ts';
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
      sort === 'created' ? image?.creationDate : image?.storageGiB;
    if (sort !== 'created' && sort !== 'storage') return;
    const [up, down] = [found({ sort }).map(key), found({ sort, descending: true }).map(key)];
    expect(down).toEqual(up.toReversed());
    expect(up[0]).not.toBe(up.at(-1));
  });
});

describe('an address', () => {
  test('brings back the query that it was made from', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 }).map((value) => value.toWellFormed());
    const query = fc.record(
      { q: text, owner: text, sort: fc.constantFrom(...SORTS), descending: fc.boolean() },
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
