import { describe, expect, it } from 'vitest';
import { type ImageId, isImageId } from '../../src/model/ids.ts';
import type { LaunchTemplateVersions } from '../../src/model/policy.ts';
import { askSecondOpinion } from '../../src/references/second-opinion.ts';
import { connect } from '../crash/in-process.ts';
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

it('a terminated instance is no use of an image, one in any other state is', async () => {
  for (const state of ['pending', 'running', 'shutting-down', 'stopping', 'stopped', 'terminated'] as const) {
    const story = new StoryAccount();
    const image = story.image('old');
    story.instance(image, { State: { Name: state } });
    const { opinion } = await opinionOn(story, image);
    expect([state, opinion?.opinion]).toEqual([state, state === 'terminated' ? 'unreferenced' : 'referenced']);
  }
});
