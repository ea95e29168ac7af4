import type { LifecyclePolicy, LifecyclePolicyDetail } from '@aws-sdk/client-imagebuilder';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../sandbox/calls.ts';
import { aPolicy, StoryAccount, tell } from './account.ts';

const arnOf = ({ state: { region, accountId } }: StoryAccount, resource: string) =>
  `arn:aws:imagebuilder:${region}:${accountId}:${resource}`;

/** Adds a build and the images that it gave. */
function build(story: StoryAccount, name: string, images: readonly string[], tags: Record<string, string> = {}): void {
  const arn = arnOf(story, `image/${name}`);
  const { accountId, region } = story.state;
  const amis = images.map((image) => ({ image, accountId, region }));
  story.state.builtImages.set(arn, { arn, state: { status: 'AVAILABLE' }, outputResources: { amis }, tags });
}

/** Something that a policy does to AMIs. */
function detail(type: 'DELETE' | 'DISABLE' | 'DEPRECATE', more: Partial<LifecyclePolicyDetail> = {}) {
  return {
    action: { type, includeResources: { amis: true } },
    filter: { type: 'AGE' as const, value: 60, unit: 'DAYS' as const },
    ...more,
  };
}

function policy(story: StoryAccount, name: string, given: Partial<LifecyclePolicy>): void {
  const arn = arnOf(story, `lifecycle-policy/${name}`);
  const policyDetails = [detail('DELETE')];
  story.state.imageLifecyclePolicies.set(arn, {
    ...{ arn, name, status: 'ENABLED', resourceType: 'AMI_IMAGE', policyDetails },
    ...given,
  });
}

/** What the report warns of with these words. */
async function warned(story: StoryAccount, words: string, options: Parameters<typeof tell>[1] = {}) {
  const { report, calls, taken } = await tell(story.state, options);
  return { said: report.warnings.filter((one) => one.includes(words)), calls, taken };
}
const IMAGE_BUILDER = "Image Builder's lifecycle polic";
const DLM = 'Data Lifecycle Manager';

describe("a lifecycle policy of Image Builder's that acts on images of a rule", () => {
  function twoBuilds(): { story: StoryAccount; images: readonly [string, string, string] } {
    const story = new StoryAccount();
    const images = story.images('one', 'two', 'other');
    build(story, 'my-base/1.0.0/1', [images[0]], { Stage: 'dev', Team: 'a' });
    build(story, 'my-base/1.2.0/1', [images[1]], { Stage: 'prod' });
    return { story, images };
  }

  it.each<[string, Partial<LifecyclePolicy>, number, string?]>([
    ['by recipe', { resourceSelection: { recipes: [{ name: 'My base', semanticVersion: '1.2.0' }] } }, 1],
    [
      'by recipe in any version',
      { resourceSelection: { recipes: [{ name: 'my-base', semanticVersion: '1.x.x' }] } },
      2,
    ],
    ['by any of its tags', { resourceSelection: { tagMap: { Stage: 'dev', Team: 'b' } } }, 1],
    ['by another tag', { resourceSelection: { tagMap: { Stage: 'test' } } }, 0],
    ['and is disabled', { status: 'DISABLED' }, 0],
    ['and is for containers', { resourceType: 'CONTAINER_IMAGE' }, 0],
    ['and leaves AMIs alone', { policyDetails: [{ ...detail('DELETE'), action: { type: 'DELETE' } }] }, 0],
    ['by tags left out', { policyDetails: [detail('DELETE', { exclusionRules: { tagMap: { Stage: 'prod' } } })] }, 1],
    [
      'by AMI tags left out',
      { policyDetails: [detail('DELETE', { exclusionRules: { amis: { tagMap: { Keep: '1' } } } })] },
      1,
    ],
    [
      'in Regions left out',
      { policyDetails: [detail('DELETE', { exclusionRules: { amis: { regions: ['eu-west-1'] } } })] },
      0,
    ],
    [
      'public ones left out',
      { policyDetails: [detail('DELETE', { exclusionRules: { amis: { isPublic: true } } })] },
      1,
    ],
    ['in two ways', { policyDetails: [detail('DISABLE'), detail('DEPRECATE')] }, 2, 'deprecate, disable'],
  ])('%s is told with the number of images', async (title, given, images, acts = 'delete') => {
    const {
      story,
      images: [, two],
    } = twoBuilds();
    const Public = title.startsWith('public');
    const tags = story.state.images.get(two)?.Tags ?? [];
    story.state.images.set(two, {
      ...story.state.images.get(two),
      Tags: [...tags, { Key: 'Keep', Value: '1' }],
      Public,
    });
    policy(story, 'weekly', {
      resourceSelection: { recipes: [{ name: 'my-base', semanticVersion: 'x.x.x' }] },
      ...given,
    });
    const counted = images === 1 ? '1 image' : `${images} images`;
    const { said, taken } = await warned(story, IMAGE_BUILDER);
    expect(said).toEqual(
      images === 0
        ? []
        : [
            `Rule "all": Image Builder's lifecycle policy "weekly" is enabled and acts on ${counted} of it too (${acts}), by ages and counts of its own and whatever uses them; let one of both decide: here by select.not, there by its status or exclusion rules.`,
          ],
    );
    // Nothing is decided by it.
    expect(taken).toHaveLength(Public ? 2 : 3);
  });

  it('is told of no rule that owns none of them', async () => {
    const { story } = twoBuilds();
    policy(story, 'weekly', { resourceSelection: { tagMap: { Stage: 'dev' } } });
    const rule = { name: 'others', select: { name: ['two', 'other'] }, keep: { newest: 1 }, deprecate: {} };
    expect((await warned(story, IMAGE_BUILDER, { policy: aPolicy({ rules: [rule] }) })).said).toEqual([]);
  });

  it('is asked for only where Image Builder has images, and its builds only where a policy acts on AMIs', async () => {
    const { calls } = await tell(new StoryAccount().state);
    expect(calls.counts('imagebuilder')).toEqual({ ListImageRecipes: 1, ListContainerRecipes: 1, ListImages: 1 });
    const { story } = twoBuilds();
    expect((await tell(story.state)).calls.counts('imagebuilder')).toMatchObject({ ListLifecyclePolicies: 1 });
    expect((await tell(story.state)).calls.count('ListImageBuildVersions')).toBe(0);
  });

  it('that can’t be read is said, and holds nothing back; where the recipes could not be read either nobody asks', async () => {
    const { story } = twoBuilds();
    const denied =
      (one: string) =>
      ({ operation }: Call) =>
        operation === one ? ({ kind: 'access-denied' } as const) : undefined;
    const { said, taken } = await warned(story, IMAGE_BUILDER, { intercept: denied('ListLifecyclePolicies') });
    expect(said).toEqual([
      expect.stringMatching(
        /^Image Builder's lifecycle policies could not be read, which holds nothing back: access denied/,
      ),
    ]);
    expect(taken).toHaveLength(3);
    const { calls } = await warned(story, IMAGE_BUILDER, { intercept: denied('ListImageRecipes') });
    expect(calls.count('ListImages')).toBe(0);
  });
});

describe('what Data Lifecycle Manager made', () => {
  const policyId = 'policy-0123456789abcdef0';
  const tags = { 'aws:dlm:lifecycle-policy-id': policyId, 'aws:dlm:lifecycle-schedule-name': 'daily' };

  function made(given: Parameters<StoryAccount['image']>[1] = {}): StoryAccount {
    const story = new StoryAccount();
    story.image('dlm', { tags, ...given });
    story.image('ours');
    return story;
  }

  it.each([
    ['ENABLED', undefined],
    ['DISABLED', 'disabled'],
    ['ERROR', 'in error'],
    ['gone', 'gone'],
  ] as const)('stays, and is told where nobody removes it any more: its policy is %s', async (State, word) => {
    const story = made();
    story.snapshot('of a volume', { tags });
    if (State !== 'gone') story.state.dlmPolicies.set(policyId, { PolicyId: policyId, State });
    const { said, calls, taken } = await warned(story, DLM);
    expect(said).toEqual(
      word === undefined
        ? []
        : [
            `Data Lifecycle Manager's policy ${policyId} is ${word}, and 1 image and 1 snapshot of it are here: it removes none of them, and neither does any rule; remove by hand what is no longer needed.`,
          ],
    );
    expect(calls.counts('dlm')).toEqual({ GetLifecyclePolicy: 1 });
    expect(taken).toHaveLength(1);
  });

  it.each<[string, StoryAccount]>([
    ['nothing of it', made({ tags: {} })],
    ['a copy from another Region, where its policy lies', made({ with: { SourceImageRegion: 'us-east-1' } })],
    ['a tag that is no policy’s id', made({ tags: { 'aws:dlm:lifecycle-policy-id': 'policy-../x' } })],
  ])('is not asked about where there is %s', async (_, story) => {
    const { said, calls } = await warned(story, DLM);
    expect([said, calls.counts('dlm')]).toEqual([[], {}]);
  });

  it('and a copied snapshot are not asked about either', async () => {
    const story = made();
    for (const [id, one] of story.state.snapshots) story.state.snapshots.set(id, { ...one, VolumeId: 'vol-ffffffff' });
    expect((await warned(story, DLM)).calls.counts('dlm')).toEqual({});
  });

  it('whose policy can’t be read is said', async () => {
    const intercept = ({ service }: Call) => (service === 'dlm' ? ({ kind: 'access-denied' } as const) : undefined);
    const { said, taken } = await warned(made(), DLM, { intercept });
    expect(said).toEqual([expect.stringMatching(/could not be read, which holds nothing back: access denied/)]);
    expect(taken).toHaveLength(1);
  });
});
