import { describe, expect, it } from 'vitest';
import { aPolicy, StoryAccount, tell } from './account.ts';

/** An account whose only mention of an image lies where a correct policy would look. */
function anAccount(): StoryAccount {
  const account = new StoryAccount();
  const used = account.image('used');
  account.parameter('/golden/web', [used], { dataType: 'text' });
  const body = new TextEncoder().encode(used);
  const plan = { body, eTag: '"1"', lastModified: account.daysAgo(9), metadata: {} };
  const folder = { ...plan, body: new Uint8Array() };
  account.state.buckets.set('runbooks', new Map(Object.entries({ 'dr/plan.md': plan, 'empty/': folder })));
  account.image('unused');
  return account;
}

const CASES = [
  ['a parameter glob that is misspelled', 'ssm-parameters', { ssmParameters: ['/goldne/*'] }],
  ['a parameter whose name is misspelled', 'ssm-parameters', { ssmParameters: ['/golden/wbe'] }],
  ['a prefix that is misspelled', 'documents', { documents: ['s3://runbooks/drr/'] }],
  ['a folder without documents', 'documents', { documents: ['s3://runbooks/empty/'] }],
  ['a file that is missing', 'documents', { documents: ['no-such-file.md'] }],
] as const;

describe('what the policy says to look at and where nothing is', () => {
  it.each(CASES)('keeps every image: %s', async (_, source, references) => {
    const { taken, report } = await tell(anAccount().state, { policy: aPolicy({ references }) });
    expect(taken).toEqual([]);
    expect(report.complete).toBe(false);
    const row = report.sources.find(({ name }) => name === source);
    expect(row?.status).toBe('unreadable');
    if (row?.status === 'unreadable' && source !== 'documents') expect(row.error).toContain('mayBeEmpty: true');
  });

  it.each(CASES)('is all right where the policy says so: %s', async (_, __, references) => {
    const key = 'documents' in references ? 'path' : 'name';
    const places = Object.values(references).flatMap((list: readonly string[]) => list);
    const said = places.map((place) => ({ [key]: place, mayBeEmpty: true }));
    const policy = aPolicy({ references: { [Object.keys(references)[0] ?? '']: said } });
    const { taken, report } = await tell(anAccount().state, { policy });
    expect(report.complete).toBe(true);
    expect(taken).toHaveLength(2);
  });
});
