import type { Image as Build, LifecyclePolicy, LifecyclePolicyDetail } from '@aws-sdk/client-imagebuilder';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../sandbox/calls.ts';
import { emptyAccount } from '../../sandbox/state.ts';
import { parseRecording } from '../../src/recording/read.ts';
import { recordingText } from '../../src/recording/write.ts';
import { reportMarkdown } from '../../src/report/markdown.ts';
import { listsOf } from '../../src/report/sections.ts';
import { reportTerminal } from '../../src/report/terminal/terminal.ts';
import { AT, anAccount } from '../builders/account.ts';
import { PLAIN, reportHtml } from '../report/texts.ts';
import { aPolicy, StoryAccount, tell } from './account.ts';

const arnOf = ({ state: { region, accountId } }: StoryAccount, resource: string) =>
  `arn:aws:imagebuilder:${region}:${accountId}:${resource}`;

/** Adds a build and the images that it gave, and gives its ARN. */
function build(story: StoryAccount, name: string, images: readonly string[], given: Partial<Build> = {}): string {
  const arn = arnOf(story, `image/${name}`);
  const { accountId, region } = story.state;
  const amis = images.map((image) => ({ image, accountId, region }));
  const dateCreated = story.daysAgo(90).toISOString();
  const usual = { arn, state: { status: 'AVAILABLE' as const }, dateCreated, outputResources: { amis } };
  story.state.builtImages.set(arn, { ...usual, ...given });
  return arn;
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
const GONE = 'ami-0000000000000dead';
const GONE_TOO = 'ami-0000000000000beef';

const IMAGE_BUILDER = "Image Builder's lifecycle polic";
const DLM = 'Data Lifecycle Manager';

describe("a lifecycle policy of Image Builder's that acts on images of a rule", () => {
  function twoBuilds(): { story: StoryAccount; images: readonly [string, string, string] } {
    const story = new StoryAccount();
    const images = story.images('one', 'two', 'other');
    build(story, 'my-base/1.0.0/1', [images[0]], { tags: { Stage: 'dev', Team: 'a' } });
    build(story, 'my-base/1.2.0/1', [images[1]], { tags: { Stage: 'prod' } });
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

  it('is asked for only where Image Builder has images', async () => {
    const { calls } = await tell(new StoryAccount().state);
    expect(calls.counts('imagebuilder')).toEqual({ ListImageRecipes: 1, ListContainerRecipes: 1, ListImages: 1 });
    const all = { ListImageRecipes: 1, ListContainerRecipes: 1, ListImages: 1 };
    const { story } = twoBuilds();
    const more = { ListLifecyclePolicies: 1, ListImageBuildVersions: 2 };
    expect((await tell(story.state)).calls.counts('imagebuilder')).toEqual({ ...all, ...more });
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

describe("an image resource of Image Builder's whose AMIs are gone", () => {
  /** The builds for which the report has a command. */
  async function offered(story: StoryAccount, options: Parameters<typeof tell>[1] = {}): Promise<string[]> {
    const { report } = await tell(story.state, options);
    const commands = listsOf(report).leftovers.lines;
    const command = `aws imagebuilder delete-image --region ${story.state.region} --image-build-version-arn `;
    expect(commands.every((line) => line.startsWith(command))).toBe(true);
    return commands.map((line) => line.slice(command.length));
  }
  const own = ({ state: { accountId, region } }: StoryAccount, image: string) => ({ image, accountId, region });

  it('is listed with the command that deletes it, in every medium, and deletes nothing', async () => {
    const story = new StoryAccount();
    const arn = build(story, 'base/1.0.0/1', [GONE, GONE_TOO]);
    expect(await offered(story)).toEqual([arn]);
    const { report, calls } = await tell(story.state, { enforce: true });
    for (const text of [
      reportMarkdown(report),
      reportHtml(report),
      reportTerminal(report, { width: 300, palette: PLAIN }),
    ])
      expect(text).toContain(`--image-build-version-arn ${arn}`);
    expect(report.imageBuilderLeftovers).toEqual([
      {
        arn,
        builtAt: story.daysAgo(90).toISOString(),
        amis: [GONE, GONE_TOO].map((imageId) => ({ imageId, region: 'eu-west-1' })),
      },
    ]);
    expect(calls.writes().filter(({ service }) => service === 'imagebuilder')).toEqual([]);
  });

  it.each<[string, (story: StoryAccount) => Partial<Build>]>([
    ['is there', (story) => ({ outputResources: { amis: [GONE, story.image('one')].map((id) => own(story, id)) } })],
    [
      'is there, disabled',
      (story) => ({ outputResources: { amis: [own(story, story.image('d', { with: { State: 'disabled' } }))] } }),
    ],
    [
      'went to another account',
      (story) => ({
        outputResources: { amis: [own(story, GONE), { ...own(story, GONE_TOO), accountId: '111111111111' }] },
      }),
    ],
    ['is of nobody knows whom', () => ({ outputResources: { amis: [{ image: GONE, region: 'eu-west-1' }] } })],
    ['lies nobody knows where', (story) => ({ outputResources: { amis: [{ ...own(story, GONE), region: '' }] } })],
    [
      'has an id that is none',
      (story) => ({ outputResources: { amis: [own(story, GONE), own(story, 'ami-1;reboot')] } }),
    ],
    ['never was', () => ({ outputResources: { amis: [] } })],
    [
      'is a container',
      (story) => ({ outputResources: { amis: [own(story, GONE)], containers: [{ region: 'eu-west-1' }] } }),
    ],
    ['was built a month ago', (story) => ({ dateCreated: story.daysAgo(30).toISOString() })],
    ['was built nobody knows when', () => ({ dateCreated: 'lately' })],
    ['is being built', () => ({ state: { status: 'DISTRIBUTING' } })],
    ['was canceled', () => ({ state: { status: 'CANCELLED' } })],
  ])('is not listed where one %s', async (_, given) => {
    const story = new StoryAccount();
    build(story, 'base/1.0.0/1', [GONE], given(story));
    expect(await offered(story)).toEqual([]);
  });

  it('is not listed while one lies in the Recycle Bin, or its bin can’t be read', async () => {
    const story = new StoryAccount();
    const arn = build(story, 'base/1.0.0/1', [GONE]);
    const denied = ({ operation }: Call) =>
      operation === 'ListImagesInRecycleBin' ? ({ kind: 'access-denied' } as const) : undefined;
    expect(await offered(story, { intercept: denied })).toEqual([]);
    expect(await offered(story)).toEqual([arn]);
    const binned = { resource: { ImageId: GONE }, enteredAt: story.daysAgo(1), exitsAt: story.daysAgo(-29) };
    story.state.recycleBin.images.set(GONE, binned);
    expect(await offered(story)).toEqual([]);
  });

  it('is looked for in the Regions that it was copied to, and not listed where one can’t be read', async () => {
    const story = new StoryAccount();
    const { accountId, everywhere } = story.state;
    const amis = [own(story, GONE), { ...own(story, GONE_TOO), region: 'us-east-1' }];
    const arn = build(story, 'base/1.0.0/1', [], { outputResources: { amis } });
    const abroad = new StoryAccount(emptyAccount(accountId, 'us-east-1', everywhere));
    const otherAccounts = [abroad.state];
    expect(await offered(story, { otherAccounts })).toEqual([arn]);
    const denied = ({ region, operation }: Call) =>
      region === 'us-east-1' && operation === 'DescribeImages' ? ({ kind: 'access-denied' } as const) : undefined;
    expect(await offered(story, { otherAccounts, intercept: denied })).toEqual([]);
    abroad.image('copy', { with: { ImageId: GONE_TOO } });
    expect(await offered(story, { otherAccounts })).toEqual([]);
  });

  it('is not listed where a recipe may start from it, now or once a build is done; those before it are', async () => {
    const story = new StoryAccount();
    const [first, , , pinned] = [
      build(story, 'base/1.9.0/1', [GONE]),
      build(story, 'base/1.10.0/1', [GONE]),
      build(story, 'base/1.11.0/1', [GONE], { state: { status: 'DEPRECATED' } }),
      build(story, 'tools/1.0.0/1', [GONE]),
    ];
    const newer = build(story, 'tools/1.0.0/2', [GONE]);
    const recipe = (name: string, parentImage: string) => {
      const arn = arnOf(story, `image-recipe/${name}/1.0.0`);
      story.state.imageRecipes.set(arn, { arn, parentImage });
    };
    recipe('latest', arnOf(story, 'image/base/x.x.x'));
    recipe('pinned', pinned ?? '');
    expect(await offered(story)).toEqual([first, newer]);
  });

  it('is not asked about where what Image Builder built can’t be read, which is said', async () => {
    const story = new StoryAccount();
    story.image('unused');
    build(story, 'base/1.0.0/1', [GONE]);
    const intercept = ({ operation }: Call) =>
      operation === 'ListImageBuildVersions' ? ({ kind: 'access-denied' } as const) : undefined;
    expect(await offered(story, { intercept })).toEqual([]);
    const { said, taken } = await warned(story, 'What Image Builder built', { intercept });
    expect(said).toEqual([expect.stringMatching(/^What Image Builder built could not be read, which holds nothing/)]);
    expect(taken).toHaveLength(1);
  });

  it('of a recording is no command where its ARN is none', () => {
    const leftover = { arn: 'arn:aws:imagebuilder:eu-west-1:1:image/a/1.0.0/1; reboot', builtAt: AT, amis: [] };
    const account = anAccount({ imageBuilderLeftovers: { status: 'read', leftovers: [leftover] } });
    expect(parseRecording(recordingText(account))).toMatchObject({
      ok: false,
      problem: expect.stringContaining('must be the ARN of a build'),
    });
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
