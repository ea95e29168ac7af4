import { describe, expect, it } from 'vitest';
import { NOW, oldImage, StoryAccount } from '../scenarios/account.ts';
import { actOn, daysLater, rightBefore, tagsOf } from './acting.ts';

/** An old image with Windows Fast Launch, and a snapshot that EC2 keeps ready for it. */
function withFastLaunch(over: object = {}) {
  const { story, image } = oldImage();
  const ready = story.snapshot(`This is Fast Launch snapshot for image ${image}`);
  story.state.snapshots.set(ready, {
    ...story.state.snapshots.get(ready),
    Tags: [{ Key: 'CreatedBy', Value: 'EC2 Fast Launch' }],
  });
  story.state.fastLaunch.set(image, {
    ImageId: image,
    OwnerId: story.state.accountId,
    ResourceType: 'snapshot',
    State: 'enabled',
    SnapshotConfiguration: { TargetResourceCount: 5 },
    MaxParallelLaunches: 6,
    StateTransitionTime: NOW,
    ...over,
  });
  return { story, image, ready };
}

describe('an image with Windows Fast Launch', () => {
  it('has it turned off first, and goes once EC2 has removed its snapshots, in a later run', async () => {
    const { story, image, ready } = withFastLaunch();
    const first = await actOn(story);
    expect(first.of(image)).toMatch(
      /^skipped: Windows Fast Launch was turned off \(5 snapshots, 6 parallel launches\): .* the next run goes on$/,
    );
    const [row] = first.report.images;
    expect([row?.decision, row?.references]).toEqual(['deregister', []]);
    expect(row?.reasons).toContainEqual({ code: 'fast-launch', state: 'enabled' });
    // No mark is left, so that nothing counts as put back.
    expect(tagsOf(story, image)).not.toHaveProperty('ami-janitor:deregister-run');
    const minutes = await actOn(story, { at: new Date(NOW.getTime() + 300_000) });
    expect(minutes.of(image)).toMatch(/^skipped: Windows Fast Launch is being turned off: /);
    expect(minutes.calls.count('DisableFastLaunch')).toBe(0);
    const next = await actOn(story, { at: daysLater(1) });
    expect(next.of(image)).toBe('done');
    expect([story.state.images.has(image), story.state.snapshots.has(ready), story.state.fastLaunch.size]).toEqual([
      false,
      false,
      0,
    ]);
  });

  it('keeps it where the image came into use right before', async () => {
    const { story, image } = withFastLaunch();
    const change = () => void story.instance(image);
    const { of, calls } = await actOn(story, { intercept: rightBefore('DescribeImageReferences', change) });
    expect(of(image)).toMatch(/^skipped: AWS names a use of it/);
    expect(calls.count('DisableFastLaunch')).toBe(0);
    expect(story.state.fastLaunch.get(image)?.State).toBe('enabled');
  });

  it('goes where it was turned off meanwhile', async () => {
    const { story, image, ready } = withFastLaunch();
    const off = () => {
      story.state.fastLaunch.clear();
      story.state.snapshots.delete(ready);
    };
    const { of, calls } = await actOn(story, { intercept: rightBefore('DescribeImageReferences', off) });
    expect([of(image), calls.count('DisableFastLaunch')]).toEqual(['done', 0]);
  });

  it('keeps it where something stands against it by the time that it would be turned off', async () => {
    const { story, image } = withFastLaunch();
    let [now, isActing] = [NOW, false];
    const { of, calls } = await actOn(story, {
      now: () => now,
      intercept: ({ operation }) => {
        isActing ||= operation === 'DescribeImageReferences';
        const late = () => {
          now = new Date(NOW.getTime() + 11_000);
          story.instance(image);
        };
        return isActing && operation === 'DescribeFastLaunchImages' ? { before: late } : undefined;
      },
    });
    expect(of(image)).toMatch(/^skipped: AWS names a use of it/);
    expect(calls.count('DisableFastLaunch')).toBe(0);
  });

  it.each([
    [{ LaunchTemplate: { LaunchTemplateId: 'lt-1', LaunchTemplateName: 'w', Version: '3' } }, 'lt-1 version 3'],
    [{ LaunchTemplate: { LaunchTemplateName: 'w' } }, 'w'],
  ])('is told with its template: %j', async (over, words) => {
    const { story, image } = withFastLaunch({
      ...over,
      SnapshotConfiguration: undefined,
      MaxParallelLaunches: undefined,
    });
    const unknown = 'an unknown number of';
    expect((await actOn(story)).of(image)).toContain(
      `(${unknown} snapshots, ${unknown} parallel launches, launch template ${words})`,
    );
  });

  it('stays where its setting can’t be turned off, and is tried again', async () => {
    const { story, image } = withFastLaunch({ State: 'disabling-failed' });
    const intercept = ({ operation }: { operation: string }) =>
      operation === 'DisableFastLaunch' ? ({ kind: 'access-denied' } as const) : undefined;
    expect((await actOn(story, { intercept })).of(image)).toMatch(/^failed: .*ec2:DisableFastLaunch/);
    expect(story.state.images.has(image)).toBe(true);
    expect((await actOn(story, { at: daysLater(2) })).of(image)).toMatch(
      /^skipped: Windows Fast Launch was turned off/,
    );
  });

  it('whose template names another image keeps that', async () => {
    const story = new StoryAccount();
    const old = story.image('old');
    const LaunchTemplateId = story.template('windows', [old, undefined]);
    const LaunchTemplate = { LaunchTemplateId, LaunchTemplateName: 'windows', Version: '1' };
    const OTHER = 'ami-0fedcba9876543210';
    story.state.fastLaunch.set(OTHER, { ImageId: OTHER, OwnerId: '999999999999', State: 'enabled', LaunchTemplate });
    const { report } = await actOn(story);
    const [row] = report.images;
    expect(row).toMatchObject({ decision: 'reinstate', references: [{ kind: 'ec2:LaunchTemplate' }] });
  });

  it('has snapshots ready that are no orphans, and that nobody deletes', async () => {
    const { story, image, ready } = withFastLaunch();
    story.state.images.delete(image);
    story.state.fastLaunch.clear();
    const { report } = await actOn(story);
    expect(report.snapshots.find(({ snapshotId }) => snapshotId === ready)?.reasons).toEqual(
      expect.arrayContaining([{ code: 'managed', by: 'fast-launch' }]),
    );
    expect(story.state.snapshots.has(ready)).toBe(true);
  });
});
