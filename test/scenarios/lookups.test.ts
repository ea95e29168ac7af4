import { type Image, paginateDescribeImages } from '@aws-sdk/client-ec2';
import { expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { createClients } from '../../src/aws/clients.ts';
import { serve } from '../builders/serve.ts';
import { janitor } from '../cli/command-line.ts';
import { aPolicy, NOW, StoryAccount, tell } from './account.ts';

const LOOKUP = { name: 'web base', images: { owner: 'self', name: 'web-*', tags: { Env: ['prod', 'staging'] } } };
const looking = (over = {}) => aPolicy({ references: { lookups: [{ ...LOOKUP, ...over }] } });

type Query = Readonly<Record<string, readonly string[]>>;

/** What EC2 answers the account itself to filters as Terraform, Packer and Karpenter send them, newest first. */
async function answer({ state }: StoryAccount, query: Query): Promise<Image[]> {
  const sandbox = await serve({ account: state, now: () => NOW });
  const clients = createClients(state.region, { maxAttempts: 1, pace: 'off' });
  try {
    const Filters = Object.entries(query).map(([Name, values]) => ({ Name, Values: [...values] }));
    const pages = paginateDescribeImages({ client: clients.ec2 }, { Owners: ['self'], Filters, MaxResults: 1000 });
    const images: Image[] = [];
    for await (const { Images = [] } of pages) images.push(...Images);
    return images.sort((a, b) => (b.CreationDate ?? '').localeCompare(a.CreationDate ?? ''));
  } finally {
    clients.destroy();
    await sandbox.close();
    vi.unstubAllEnvs();
  }
}

async function lookUp(account: StoryAccount): Promise<string[]> {
  const images = await answer(account, { name: ['web-*'], 'tag:Env': ['prod', 'staging'] });
  return images.map(({ ImageId = '' }) => ImageId);
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

/** What the files of test/fixtures/lookups would send, with variables as somebody might set them; newest: it takes one. */
const SENT: readonly { readonly query: Query; readonly takes: 'newest' | 'newest of each architecture' | 'all' }[] = [
  { query: { name: ['web-*'], 'tag:Env': ['prod', 'staging'], state: ['available'] }, takes: 'newest' },
  { query: { name: ['api-7-*'], architecture: ['arm64'], 'virtualization-type': ['hvm'] }, takes: 'newest' },
  { query: { name: ['batch-1'], 'root-device-type': ['ebs'], 'tag:Team': ['data'] }, takes: 'newest' },
  { query: { 'tag:Project': ['demo'] }, takes: 'all' },
  { query: { name: ['nodes-blue-*'] }, takes: 'newest of each architecture' },
  { query: { 'tag:Nodes': ['yes'] }, takes: 'newest of each architecture' },
  { query: { name: ['generated-web'] }, takes: 'newest' },
  { query: { name: ['base-*'], 'virtualization-type': ['hvm'] }, takes: 'newest' },
  { query: { name: ['hardened-*'], 'tag:Base': ['al2'] }, takes: 'newest' },
  { query: { name: ['legacy-web-*'], 'root-device-type': ['ebs'] }, takes: 'newest' },
  { query: { 'tag-key': ['Karpenter'] }, takes: 'newest of each architecture' },
  { query: { name: ['chart-2'], 'tag:Chart': ['nodes'] }, takes: 'newest of each architecture' },
];

it('whatever the files that it was read from would pick stays, with variables as they may be', async () => {
  const account = new StoryAccount();
  const tags = {
    Env: 'prod',
    Team: 'data',
    Project: 'demo',
    Nodes: 'yes',
    Base: 'al2',
    Karpenter: '1',
    Chart: 'nodes',
  };
  const names = [
    'web-1',
    'web-2',
    'api-7-1',
    'api-7-2',
    'api-8-1',
    'batch-1',
    'batch-2',
    'nodes-blue-1',
    'nodes-red-1',
  ];
  const more = [
    'generated-web',
    'generated-db',
    'base-1',
    'base-2',
    'hardened-1',
    'legacy-web-1',
    'chart-1',
    'chart-2',
  ];
  for (const [index, name] of [...names, ...more, 'base-3'].entries()) {
    const one = Object.entries(tags).filter((_, number) => (index + number) % 3 === 0 || name.startsWith('hardened'));
    const of = { Architecture: index % 2 === 0 ? 'arm64' : 'x86_64', VirtualizationType: 'hvm' } as const;
    const env = /^(?:web|chart|batch)/.test(name) ? tags : {};
    account.image(name, { ageDays: 100 + index, tags: { ...Object.fromEntries(one), ...env }, with: of });
  }
  const unused = account.image('scratch-1', { ageDays: 500 });
  for (const name of ['/golden/stack', '/golden/web', '/golden/nodes'])
    account.parameter(name, [account.image(`by${name}`)], { dataType: 'text' });
  const { stdout } = await janitor('lookups', 'test/fixtures/lookups');
  const { taken, report } = await tell(account.state, { policy: aPolicy({ references: parse(stdout).references }) });
  expect(report.sources.filter(({ status }) => status === 'unreadable')).toEqual([]);
  expect(taken).toContain(unused);
  for (const { query, takes } of SENT) {
    const images = await answer(account, query);
    const first = (some: readonly Image[]) => some.slice(0, takes === 'all' ? some.length : 1);
    const groups =
      takes === 'newest of each architecture' ? Map.groupBy(images, (one) => one.Architecture) : [['', images]];
    const picked = [...groups].flatMap(([, some]) => (typeof some === 'string' ? [] : first(some ?? [])));
    expect(picked, JSON.stringify(query)).not.toEqual([]);
    expect(picked.filter(({ ImageId = '' }) => taken.includes(ImageId))).toEqual([]);
  }
});
