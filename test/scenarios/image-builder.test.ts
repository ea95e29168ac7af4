import type { Image as Build, ImageStatus } from '@aws-sdk/client-imagebuilder';
import { describe, expect, it } from 'vitest';
import { type AccountState, emptyAccount } from '../../sandbox/state.ts';
import { StoryAccount, tell } from './account.ts';

const nameOf = ({ region, accountId }: AccountState, kind: string) =>
  `arn:aws:imagebuilder:${region}:${accountId}:${kind}`;

/** Adds builds of an image named `base`. @param builds version and build, its state, and the AMI that it gave */
function build(state: AccountState, ...builds: readonly (readonly [string, ImageStatus, string?])[]): string {
  const base = nameOf(state, 'image/base');
  for (const [version, status, image] of builds) {
    const arn = `${base}/${version}`;
    const output: Partial<Build> = image === undefined ? {} : { outputResources: { amis: [{ image }] } };
    state.builtImages.set(arn, { arn, state: { status }, ...output });
  }
  return base;
}

function recipe(account: StoryAccount, parentImage: string): string {
  const arn = nameOf(account.state, `image-recipe/${account.id('r')}/1.0.0`);
  account.state.imageRecipes.set(arn, { arn, parentImage });
  return arn;
}

describe('the base of an Image Builder recipe survives', () => {
  it('while its newest build runs and the one before failed', async () => {
    const account = new StoryAccount();
    const [tooOld, base, partial, unused] = account.images('too-old', 'base', 'partial', 'unused');
    const arn = build(
      account.state,
      ['1.9.0/1', 'AVAILABLE', tooOld],
      ['1.10.0/1', 'AVAILABLE', base],
      ['1.10.0/2', 'CANCELLED'],
      ['2.0.0/1', 'FAILED', partial],
      ['2.0.0/2', 'BUILDING'],
    );
    recipe(account, `${arn}/x.x.x`);
    const { taken, report } = await tell(account.state);
    expect(report.complete).toBe(true);
    expect(taken).toEqual([tooOld, unused]);
    expect(report.dangling).toEqual([]);
    // The recipe, and none of the builds that were listed for it.
    expect(report.sources).toContainEqual(expect.objectContaining({ name: 'image-builder-recipes', read: 1 }));
  });

  it('whose container recipe names one version of it', async () => {
    const account = new StoryAccount();
    const [base, other] = account.images('base', 'other');
    const arn = build(
      account.state,
      ['1.0.0/1', 'AVAILABLE', base],
      ['1.0.0/2', 'TESTING'],
      ['0.9.0/1', 'AVAILABLE', other],
    );
    const container = nameOf(account.state, 'container-recipe/tools/1.0.0');
    account.state.containerRecipes.set(container, {
      arn: container,
      parentImage: 'public.ecr.aws/amazonlinux/amazonlinux:2023',
      instanceConfiguration: { image: `${arn}/1.0.0` },
    });
    expect((await tell(account.state)).taken).toEqual([other]);
  });

  it("whose build lies in another account, which shares it; Amazon's own are asked of nobody", async () => {
    const account = new StoryAccount();
    const [base, unused] = account.images('base', 'unused');
    const platform = emptyAccount('210987654321');
    platform.buildsSharedWith.add(account.state.accountId);
    const arn = build(platform, ['1.0.0/1', 'AVAILABLE', base], ['1.1.0/1', 'PENDING']);
    recipe(account, `${arn}/x.x.x`);
    recipe(account, 'arn:aws:imagebuilder:eu-west-1:aws:image/amazon-linux-2023-arm64/x.x.x');
    const { taken, calls } = await tell(account.state, { otherAccounts: [platform] });
    expect(taken).toEqual([unused]);
    expect(calls.count('GetImage')).toBe(1);
  });

  it('whose build the role may not read: everything is kept, and the report says for which recipe and what to do', async () => {
    const account = new StoryAccount();
    account.image('unused');
    const platform = emptyAccount('210987654321');
    const starting = recipe(account, `${build(platform, ['1.0.0/1', 'AVAILABLE', account.image('base')])}/x.x.x`);
    const { taken, report } = await tell(account.state, { otherAccounts: [platform] });
    expect(taken).toEqual([]);
    const source = report.sources.find(({ name }) => name === 'image-builder-recipes');
    expect(source).toMatchObject({ status: 'unreadable' });
    const error = source?.status === 'unreadable' ? source.error : '';
    expect(error).toContain(`from which image recipe ${starting} starts`);
    expect(error).toContain('references.off: [image-builder-recipes]');
  });
});

it('a recipe whose image was never built is told, and holds what its running builds name', async () => {
  const account = new StoryAccount();
  const [coming, unused] = account.images('coming', 'unused');
  const arn = build(account.state, ['1.0.0/1', 'FAILED'], ['1.0.0/2', 'DISTRIBUTING', coming]);
  const named = recipe(account, `${arn}/x.x.x`);
  const { taken, report } = await tell(account.state);
  expect(report.complete).toBe(true);
  expect(taken).toEqual([unused]);
  expect(report.dangling).toEqual([
    {
      missing: `Image Builder image ${arn}/x.x.x, of which no build is available,`,
      namedBy: [`image recipe ${named}`],
    },
  ]);
});
