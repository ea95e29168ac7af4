import { DescribeImageReferencesCommand, DescribeLaunchTemplateVersionsCommand } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { type ImageId, isImageId } from '../../src/model/ids.ts';
import type { LaunchTemplateVersions } from '../../src/model/reference-settings.ts';
import { askSecondOpinion } from '../../src/references/second-opinion.ts';
import { connect } from '../builders/in-process.ts';
import { NOW, StoryAccount } from '../scenarios/account.ts';

const IN_USE: LaunchTemplateVersions = { kind: 'in-use' };

async function opinionOn(story: StoryAccount, image: string, mode = IN_USE, pageSizeCap = 1000) {
  const { clients, calls } = connect(story.state, { now: () => NOW, pageSizeCap });
  const opinions = await askSecondOpinion(clients.ec2, [image].filter(isImageId), mode);
  return { opinion: opinions.get(idOf(image)), calls };
}

function idOf(image: string): ImageId {
  if (!isImageId(image)) throw new Error(`${image} is no image id`);
  return image;
}

describe('a launch template that AWS names', () => {
  /** A template whose first version of four holds the image; the third is its default. */
  function moved(): { story: StoryAccount; image: string; template: string } {
    const story = new StoryAccount();
    const [image, newer] = [story.image('old'), story.image('newer')];
    return { story, image, template: story.template('moved-on', [image, newer, newer, newer], { default: 3 }) };
  }

  it('does not keep an image of an old version that does not count', async () => {
    const { story, image, template } = moved();
    const { opinion } = await opinionOn(story, image);
    expect(opinion).toMatchObject({
      opinion: 'unreferenced',
      note: expect.stringContaining(`${template} (version 1)`),
    });
  });

  it('is told with each such version, the newest first; and nothing is told where AWS names nothing', async () => {
    const story = new StoryAccount();
    const [image, newer, free] = [story.image('old'), story.image('newer'), story.image('free')];
    const template = story.template('moved-on', [image, image, newer]);
    const { opinion, calls } = await opinionOn(story, image);
    expect(opinion).toMatchObject({ note: expect.stringContaining(`${template} (version 2, 1)`) });
    expect((await opinionOn(story, free)).opinion).toEqual({ opinion: 'unreferenced' });
    // Kinds that AWS adds are asked about too.
    const asked = calls.entries.filter(({ operation }) => operation === 'DescribeImageReferences');
    expect(asked.map(({ input }) => input)).toMatchObject([{ IncludeAllResourceTypes: true }]);
  });

  it.each<readonly [string, LaunchTemplateVersions, string]>([
    ['the newest four count', { kind: 'newest', newest: 4 }, 'referenced'],
    ['the newest three count', { kind: 'newest', newest: 3 }, 'unreferenced'],
    ['all count', { kind: 'all' }, 'referenced'],
  ])('%s', async (_, mode, expected) => {
    const { story, image } = moved();
    expect((await opinionOn(story, image, mode)).opinion?.opinion).toBe(expected);
  });

  it('keeps the image of its default and of its latest version', async () => {
    const story = new StoryAccount();
    const [first, second, third] = [story.image('a'), story.image('b'), story.image('c')];
    story.template('web', [first, second, third], { default: 1 });
    expect((await opinionOn(story, first)).opinion?.opinion).toBe('referenced');
    expect((await opinionOn(story, second)).opinion?.opinion).toBe('unreferenced');
    expect((await opinionOn(story, third)).opinion?.opinion).toBe('referenced');
  });

  it('keeps the image where no version of it tells why it is named', async () => {
    const { story, image } = moved();
    const { opinion } = await opinionOnChanged(story, image, () => {
      for (const { versions } of story.state.launchTemplates.values()) versions.delete(1);
    });
    expect(opinion?.opinion).toBe('referenced');
  });

  it('is read to its last page, and far beyond ten versions', async () => {
    const story = new StoryAccount();
    const [image, newer] = [story.image('old'), story.image('newer')];
    story.template('web', [image, ...Array.from({ length: 60 }, () => newer)], { default: 1 });
    expect((await opinionOn(story, image, IN_USE, 7)).opinion?.opinion).toBe('referenced');
  });
});

async function opinionOnChanged(story: StoryAccount, image: string, change: () => void) {
  const { clients } = connect(story.state, {
    now: () => NOW,
    intercept: ({ operation }) => (operation === 'DescribeImageReferences' ? { after: change } : undefined),
  });
  return { opinion: (await askSecondOpinion(clients.ec2, [idOf(image)], IN_USE)).get(idOf(image)) };
}

it('an image that is gone since hides no other’s answer', async () => {
  const story = new StoryAccount();
  const [used, unused, gone] = [story.image('used'), story.image('unused'), story.image('gone')];
  story.instance(used);
  story.state.images.delete(gone);
  const { clients } = connect(story.state, { now: () => NOW });
  const opinions = await askSecondOpinion(clients.ec2, [used, gone, unused].map(idOf), IN_USE);
  expect([...opinions.values()].map(({ opinion }) => opinion)).toEqual(['referenced', 'unknown', 'unreferenced']);
});

it('a terminated instance is no use of an image, one in any other state is', async () => {
  for (const state of ['pending', 'running', 'shutting-down', 'stopping', 'stopped', 'terminated'] as const) {
    const story = new StoryAccount();
    const image = story.image('old');
    story.instance(image, { State: { Name: state } });
    const { opinion } = await opinionOn(story, image);
    expect([state, opinion?.opinion]).toEqual([state, state === 'terminated' ? 'unreferenced' : 'referenced']);
  }
});

describe('an answer without what AWS always sends', () => {
  const image = idOf('ami-0000000a');
  const newer = idOf('ami-0000000b');
  const TEMPLATE = 'arn:aws:ec2:eu-west-1:123456789012:launch-template/lt-0123456789abcdef0';

  async function opinionAfter(references: readonly object[], versions: readonly object[]) {
    const { clients } = connect(new StoryAccount().state, { now: () => NOW });
    const ec2 = mockClient(clients.ec2);
    ec2.on(DescribeImageReferencesCommand).callsFake(() => ({ ImageReferences: references }));
    ec2.on(DescribeLaunchTemplateVersionsCommand).callsFake(() => ({ LaunchTemplateVersions: versions }));
    return (await askSecondOpinion(clients.ec2, [image], IN_USE)).get(image);
  }

  const version = (VersionNumber: number, ImageId: string, DefaultVersion = false) => ({
    LaunchTemplateId: 'lt-0123456789abcdef0',
    LaunchTemplateName: 'web',
    VersionNumber,
    DefaultVersion,
    LaunchTemplateData: { ImageId },
  });

  it.each<readonly [string, readonly object[]]>([
    ['VersionNumber', [{ ...version(3, image), VersionNumber: undefined }, version(2, newer, true)]],
    ['DefaultVersion', [version(3, newer), { ...version(2, image), DefaultVersion: undefined }]],
    [
      'LaunchTemplateData',
      [version(3, newer), { ...version(2, image, true), LaunchTemplateData: undefined }, version(1, image)],
    ],
  ])('is no opinion: %s of a version', async (member, versions) => {
    const references = [{ ImageId: image, ResourceType: 'ec2:LaunchTemplate', Arn: TEMPLATE }];
    expect(await opinionAfter(references, versions)).toMatchObject({
      opinion: 'unknown',
      error: expect.stringContaining(`no ${member} of a version`),
    });
  });

  it('is no opinion: ImageId of a reference', async () => {
    const references = [{ ResourceType: 'ec2:Instance', Arn: 'arn:aws:ec2:eu-west-1:123456789012:instance/i-1' }];
    expect((await opinionAfter(references, []))?.opinion).toBe('unknown');
  });
});
