import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { emptyAccount } from '../../sandbox/state.ts';
import { reportMarkdown } from '../../src/report/markdown.ts';
import { serve } from '../builders/serve.ts';
import { temporaryFolder } from '../builders/temporary-folder.ts';
import { janitor } from '../cli/command-line.ts';
import { actOn, rightBefore } from '../execute/acting.ts';
import { aPolicy, NOW, StoryAccount, tell } from './account.ts';

const ruleOf = (keep: object, select = {}) => [
  { name: `all ${JSON.stringify(select)}`, select, keep, deprecate: {}, deregister: { after: '30d' } },
];
const policyOf = (keep: object, given = {}) => aPolicy({ rules: ruleOf(keep), ...given });
const POLICY = policyOf({ youngerThan: '30d', ancestorsOfKept: true });
const AMAZONS = 'ami-0aaaaaaaaaaaaaaaa';

/**
 * `web`, which stays, was made from an image that is gone, and that from `base`; `amazon` from one that is Amazon's
 * own; `other` from one that is gone, and that from nothing.
 */
function estate() {
  const account = new StoryAccount();
  const { state } = account;
  const from = (SourceImageId: string, ageDays = 400, SourceImageRegion = state.region) =>
    account.image(`from ${SourceImageId}`, { ageDays, with: { SourceImageId, SourceImageRegion } });
  const base = account.image('base');
  const [gone, goneToo] = [from(base), account.image('gone too')];
  const web = from(gone, 1);
  const newer = from(gone, 1);
  const amazon = from(AMAZONS);
  const other = from(goneToo);
  const amazons = emptyAccount('137112412989');
  const owner = { OwnerId: amazons.accountId, ImageOwnerAlias: 'amazon', State: 'available' } as const;
  amazons.images.set(AMAZONS, { ImageId: AMAZONS, Name: 'al2023', ...owner });
  amazons.launchPermissions.set(AMAZONS, [{ Group: 'all' }]);
  const deregister = (id: string) => {
    state.deregistered.set(id, state.images.get(id) ?? {});
    state.images.delete(id);
  };
  deregister(gone);
  deregister(goneToo);
  return { account, state, otherAccounts: [amazons], base, gone, goneToo, web, newer, amazon, other, from, deregister };
}

it('an image stays while one stays that was made from it through an image that is gone', async () => {
  const { base, gone, goneToo, web, amazon, other, ...rest } = estate();
  const { report, taken, calls } = await tell(rest.state, { policy: POLICY, otherAccounts: rest.otherAccounts });
  expect(report.complete).toBe(true);
  expect([...taken].sort()).toEqual([amazon, other].sort());
  const of = (id: string) => report.images.find(({ imageId }) => imageId === id);
  expect(of(base)?.reasons).toContainEqual({ code: 'ancestor-of-kept', imageId: web });
  expect([web, other].map((id) => of(id)?.lineage)).toEqual([[gone, base], [goneToo]]);
  // Once for each image that lines go on with, but for Amazon's own.
  expect(calls.counts('ec2')).toMatchObject({ GetImageAncestry: 2 });
});

const file = join(temporaryFolder(), 'policy.yml');
it.each([
  ['with', ', ancestorsOfKept: true'],
  ['without', ''],
])('explain tells the line of an image through what is gone, %s a rule that keeps ancestors', async (_, more) => {
  const { state, web, gone, base, otherAccounts } = estate();
  await writeFile(
    file,
    `version: 1\nrules: [{ name: a, select: {}, keep: { youngerThan: 30d${more} }, deprecate: {} }]\n`,
  );
  const sandbox = await serve({ account: state, now: () => NOW, otherAccounts });
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await sandbox.close();
  });
  const { stdout } = await janitor('explain', web, '--policy', file, '--at', NOW.toISOString());
  expect(stdout).toContain(`Made from ${gone}, from ${base}.`);
  expect(sandbox.calls.count('GetImageAncestry')).toBe(more === '' ? 1 : 2);
});

it.each([
  ['nothing would be acted on', policyOf({ youngerThan: '9y', ancestorsOfKept: true })],
  ['no rule keeps ancestors', aPolicy()],
])('AWS is not asked where %s', async (_, policy) => {
  const { state, base } = estate();
  const { calls, report } = await tell(state, { policy, intercept: ({ operation }) => denied(operation) });
  expect(calls.count('GetImageAncestry')).toBe(0);
  expect(report.complete).toBe(true);
  expect(report.images.find(({ imageId }) => imageId === base)?.reasons).not.toContainEqual(
    expect.objectContaining({ code: 'ancestor-of-kept' }),
  );
});

const denied = (operation: string) =>
  operation === 'GetImageAncestry' ? ({ kind: 'access-denied' } as const) : undefined;
const KINDS = ['access-denied', 'server-error', 'drop-before', 'garbage', 'empty-answer'] as const;
it.each(KINDS)(
  'an answer that does not come (%s) keeps all that may be an ancestor, and nothing else',
  async (kind) => {
    const { state, base, amazon, other, account } = estate();
    const plain = account.image('of another rule', { tags: { Kind: 'plain' } });
    const rules = [
      ...ruleOf({ youngerThan: '30d' }, { tags: { Kind: 'plain' } }),
      ...ruleOf({ youngerThan: '30d', ancestorsOfKept: true }),
    ];
    const policy = aPolicy({ rules });
    const intercept = (call: { readonly operation: string }) =>
      call.operation === 'GetImageAncestry' ? { kind } : undefined;
    const { report, taken, reasonsOf } = await tell(state, { policy, intercept });
    expect(taken).toEqual([plain]);
    for (const id of [base, amazon, other]) expect(reasonsOf(id)).toContain('source-unreadable');
    expect(reasonsOf(plain)).not.toContain('source-unreadable');
    expect(report.complete).toBe(false);
    const text = reportMarkdown(report);
    expect(text).toContain('kept descendants of 3 images could not be read: these 3 stay');
    if (kind === 'access-denied') expect(text).toContain('ec2:GetImageAncestry');
  },
);

it('an image that would go stays where one made from it through an image that is gone turns out to be shared', async () => {
  const { state, base, web, newer, from, gone } = estate();
  for (const id of [web, newer]) state.images.delete(id);
  const shared = from(gone);
  state.launchPermissions.set(shared, [{ UserId: '999988887777' }]);
  const limits = { perRun: 1, stopAbove: '100%' };
  const { report } = await tell(state, { policy: policyOf({ youngerThan: '30d', ancestorsOfKept: true }, { limits }) });
  expect(report.images.find(({ imageId }) => imageId === base)?.reasons).toContainEqual({
    code: 'ancestor-of-kept',
    imageId: shared,
  });
});

it('a run that acts asks once, however often it looks again, and takes no ancestor', async () => {
  const { account, state, base, other, amazon } = estate();
  const { of, calls } = await actOn(account, { policy: POLICY });
  expect([other, amazon].map(of)).toEqual(['done', 'done']);
  expect(state.images.has(base)).toBe(true);
  // Nobody knows here whose the image is that `amazon` was made from.
  expect(calls.count('GetImageAncestry')).toBe(3);
});

it('an image that is made while a run acts keeps what it was made from', async () => {
  const { account, state, base, web, newer, from, gone, deregister } = estate();
  for (const id of [web, newer]) deregister(id);
  const isLock = ({ input }: { readonly input: unknown }) => JSON.stringify(input).includes('/ami-janitor/lock');
  const intercept = rightBefore('PutParameter', () => from(gone, 0), isLock);
  const { of } = await actOn(account, { policy: POLICY, intercept });
  expect(of(base)).toBe('skipped: read again, it is to reinstate: ancestor-of-kept');
  expect(state.images.has(base)).toBe(true);
});
