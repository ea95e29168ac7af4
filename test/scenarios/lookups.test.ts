import { type Image, paginateDescribeImages } from '@aws-sdk/client-ec2';
import { expect, it, vi } from 'vitest';
import { createClients } from '../../src/aws/clients.ts';
import { serve } from '../builders/serve.ts';
import { NOW, StoryAccount } from './account.ts';
import { aPolicy, tell } from './telling.ts';

const LOOKUP = { name: 'web base', images: { owner: 'self', name: 'web-*', tags: { Env: ['prod', 'staging'] } } };
const looking = (over = {}) => aPolicy({ references: { lookups: [{ ...LOOKUP, ...over }] } });

/** What EC2 answers to the lookup as Terraform sends it, newest first. */
async function lookUp({ state }: StoryAccount): Promise<string[]> {
  const sandbox = await serve({ account: state, now: () => NOW });
  const clients = createClients(state.region, { maxAttempts: 1, pace: 'off' });
  try {
    const Filters = [
      { Name: 'name', Values: ['web-*'] },
      { Name: 'tag:Env', Values: ['prod', 'staging'] },
    ];
    const pages = paginateDescribeImages({ client: clients.ec2 }, { Owners: ['self'], Filters, MaxResults: 1000 });
    const images: Image[] = [];
    for await (const { Images = [] } of pages) images.push(...Images);
    const byAge = images.sort((a, b) => (b.CreationDate ?? '').localeCompare(a.CreationDate ?? ''));
    return byAge.map(({ ImageId = '' }) => ImageId);
  } finally {
    clients.destroy();
    await sandbox.close();
    vi.unstubAllEnvs();
  }
}

function anAccount() {
  const account = new StoryAccount();
  const web = (name: string, ageDays: number, Env: string) => account.image(name, { ageDays, tags: { Env } });
  const older = web('web-1', 300, 'prod');
  const newest = web('web-2', 200, 'staging');
  const [dev, other] = [web('web-3', 100, 'dev'), web('api-1', 90, 'prod')];
  return { account, older, newest, others: [dev, other] };
}

it('a lookup gives the same image after a run as before it (karpenter-provider-aws #6393, terraform-provider-aws #1596)', async () => {
  const { account, older, newest, others } = anAccount();
  expect(await lookUp(account)).toEqual([newest, older]);
  const { report, referencesOf, taken } = await tell(account.state, { policy: looking(), enforce: true });
  expect(referencesOf(newest)).toEqual(['lookup web base ']);
  expect([...taken].sort()).toEqual([older, ...others].sort());
  expect(report.outcomes.filter(({ status }) => status === 'failed')).toEqual([]);
  expect(await lookUp(account)).toEqual([newest]);
});

it('all that it may give stay where it takes all, and nothing is asked of AWS for it', async () => {
  const { account, others } = anAccount();
  const without = await tell(anAccount().account.state);
  const { taken, calls } = await tell(account.state, { policy: looking({ take: 'all' }) });
  expect([...taken].sort()).toEqual([...others].sort());
  expect(calls.count('DescribeImages')).toBe(without.calls.count('DescribeImages'));
});

it('a lookup that is misspelled keeps every image, and names itself', async () => {
  const policy = looking({ images: { owner: 'self', name: 'wbe-*' } });
  const { taken, report } = await tell(anAccount().account.state, { policy });
  expect(taken).toEqual([]);
  expect(report.complete).toBe(false);
  expect(report.sources.find(({ name }) => name === 'lookups')).toMatchObject({
    status: 'unreadable',
    error: expect.stringContaining('"web base" of references.lookups; correct it, or say mayBeEmpty: true'),
  });
});
