import { expect, it } from 'vitest';
import { aPolicy, StoryAccount, tell } from './account.ts';

it('an image in use survives whose runbook lists ids one a line, in JSON, and whose plan lies in S3 as UTF-16', async () => {
  const account = new StoryAccount();
  const [first, second, tagged, linked] = account.images('first', 'second', 'tagged', 'linked');
  const [wide, unused] = account.images('wide', 'unused');
  const identifier = { Name: 'Recover', Owner: account.state.accountId, DocumentVersion: '1' };
  account.state.documents.set('Recover', {
    identifier,
    content: JSON.stringify({ images: `ids:\n${first}\n${second}\n`, backup: `old_${tagged}_copy` }),
  });
  account.parameter('/links/console', [`https://console/?q=%22${linked}%22`], { dataType: 'text' });
  const body = new Uint8Array(Buffer.from(`Start from "${wide.toUpperCase()}".`, 'utf16le'));
  const plan = { body, eTag: '"1"', lastModified: account.daysAgo(9), metadata: {} };
  account.state.buckets.set('runbooks', new Map([['plan.txt', plan]]));
  const policy = aPolicy({ references: { ssmParameters: ['/links/*'], documents: ['s3://runbooks/'] } });
  const { taken, report } = await tell(account.state, { policy });
  expect(report.complete).toBe(true);
  expect(taken).toEqual([unused]);
});
