import { describe, expect, it } from 'vitest';
import {
  configurationsOf,
  GROUPS,
  instancesOf,
  NOTHING,
  OWN_IMAGES,
  OWN_SNAPSHOTS,
  templateVersionsOf,
} from '../fixtures/recorded-answers.ts';
import { aPolicy, StoryAccount, tell } from './account.ts';

/** A run over an account of which AWS says what it said to others; of all else, nothing. */
const over = (answers: Readonly<Record<string, string>>, story = new StoryAccount()) =>
  tell(story.state, {
    policy: aPolicy(),
    intercept: ({ operation }) => {
      const answer = answers[operation];
      return answer === undefined ? undefined : { answer };
    },
  });

const OWN = { DescribeImages: OWN_IMAGES, DescribeSnapshots: OWN_SNAPSHOTS };

/** An account that answers for what is due in its details, too. */
function ownAccount(): StoryAccount {
  const story = new StoryAccount();
  story.image('web', { with: { ImageId: 'ami-b04847cf' } });
  story.state.snapshots.set('snap-306df873', { SnapshotId: 'snap-306df873', OwnerId: story.state.accountId });
  return story;
}

describe('what AWS answered others', () => {
  it('about images is read, and nothing is due that has no name or no date', async () => {
    const { report, taken, reasonsOf } = await over(OWN, ownAccount());
    expect(report.complete).toBe(true);
    expect(report.images).toHaveLength(4);
    expect(taken).toEqual(['ami-b04847cf']);
    expect(reasonsOf('ami-20e90e49')).toEqual(['name-unknown', 'creation-date-unknown']);
    expect(reasonsOf('ami-cf08bda6')).toContain('name-unknown');
    expect(reasonsOf('ami-ffd53ee9')).toEqual(['creation-date-unknown']);
  });

  it('about snapshots is read, and none goes but with its image', async () => {
    const { report, deleted } = await over(OWN, ownAccount());
    expect(report.snapshots.map(({ snapshotId, reasons }) => [snapshotId, reasons[0]?.code])).toEqual([
      ['snap-0b80955e4f7052f72', 'image-exists'],
      ['snap-0c8b611065fed033e', 'not-of-an-image'],
      ['snap-306df873', 'mapped'],
    ]);
    expect(deleted).toEqual([]);
  });

  it.each([
    ['DescribeInstances', instancesOf, 'ec2:Instance i-1aebf7c0 running'],
    ['DescribeLaunchTemplateVersions', templateVersionsOf, 'ec2:LaunchTemplate lt-0877401c93c294001'],
    ['DescribeLaunchConfigurations', configurationsOf, 'autoscaling:LaunchConfiguration old'],
  ])('by %s is a reference', async (operation, answerOf, reference) => {
    const story = new StoryAccount();
    const [used, unused] = story.images('used', 'unused');
    const { report, taken, referencesOf } = await over({ [operation]: answerOf(used) }, story);
    expect(report.complete).toBe(true);
    expect(taken).toEqual([unused]);
    expect(referencesOf(used)).toEqual([expect.stringContaining(reference)]);
  });

  it('about groups is read: a template without a version is its default, and an instance need not say what it runs', async () => {
    const story = new StoryAccount();
    const [used, configured, unused] = story.images('used', 'configured', 'unused');
    const { report, taken } = await over(
      {
        DescribeAutoScalingGroups: GROUPS,
        DescribeLaunchTemplateVersions: templateVersionsOf(used),
        DescribeLaunchConfigurations: configurationsOf(configured),
      },
      story,
    );
    expect(report.complete).toBe(true);
    expect(taken).toEqual([unused]);
    expect(report.dangling).toEqual([]);
  });

  it('where there is nothing is nothing, and no broken answer', async () => {
    expect((await over(NOTHING)).report).toMatchObject({ complete: true, images: [] });
  });
});
