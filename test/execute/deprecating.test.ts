import { describe, expect, it } from 'vitest';
import { imageNamed, recorded, recordOf } from '../builders/journal.ts';
import { NOW, oldImage, StoryAccount } from '../scenarios/account.ts';
import { actOn, daysLater, policyOf, rightBefore, tagsOf } from './acting.ts';

const MARKS = ['ami-janitor:deprecated-at', 'ami-janitor:deregister-after', 'ami-janitor:rule', 'ami-janitor:run'];

describe('deprecating', () => {
  it('sets the date and the tags to the same whole minute, two minutes ahead', async () => {
    const story = new StoryAccount();
    const image = story.image('old', { deprecatedDaysAgo: null });
    const { of } = await actOn(story, { at: new Date('2026-11-21T02:00:01Z') });
    expect(of(image)).toBe('done');
    expect(story.state.images.get(image)?.DeprecationTime).toBe('2026-11-21T02:03:00.000Z');
    expect(tagsOf(story, image)).toMatchObject({
      'ami-janitor:deprecated-at': '2026-11-21T02:03:00.000Z',
      'ami-janitor:deregister-after': '2026-12-21T02:03:00.000Z',
      'ami-janitor:rule': 'all',
    });
  });

  it('never moves a date once set: the next runs leave the image alone', async () => {
    const story = new StoryAccount();
    const image = story.image('old', { deprecatedDaysAgo: null });
    await actOn(story);
    const before = JSON.stringify(story.state.images.get(image));
    for (const minutes of [1, 10, 60 * 24 * 29]) {
      const { calls } = await actOn(story, { at: new Date(NOW.getTime() + minutes * 60_000) });
      expect(calls.writes()).toEqual([]);
    }
    expect(JSON.stringify(story.state.images.get(image))).toBe(before);
  });

  it('leaves a date that someone else set in the past', async () => {
    const story = new StoryAccount();
    const DeprecationTime = story.daysAgo(90).toISOString();
    const image = story.image('old', { deprecatedDaysAgo: null, with: { DeprecationTime } });
    const { calls } = await actOn(story);
    expect(calls.count('EnableImageDeprecation')).toBe(0);
    expect(story.state.images.get(image)?.DeprecationTime).toBe(DeprecationTime);
    expect(tagsOf(story, image)['ami-janitor:deprecated-at']).toBe(NOW.toISOString());
  });

  it('writes down a date that someone else set for later, and sets it again when the image is used again', async () => {
    const story = new StoryAccount();
    const DeprecationTime = story.daysAgo(-90).toISOString();
    const image = story.image('old', { deprecatedDaysAgo: null, with: { DeprecationTime } });
    await actOn(story);
    expect(story.state.images.get(image)?.DeprecationTime).not.toBe(DeprecationTime);
    story.template('web', [image]);
    await actOn(story, { at: daysLater(1) });
    expect(story.state.images.get(image)?.DeprecationTime).toBe(DeprecationTime);
    expect(Object.keys(tagsOf(story, image))).toEqual([]);
  });

  it('sets no date again that has passed meanwhile: the image would be deprecated by it', async () => {
    const story = new StoryAccount();
    const DeprecationTime = story.daysAgo(-90).toISOString();
    const image = story.image('old', { deprecatedDaysAgo: null, with: { DeprecationTime } });
    const policy = policyOf('snapshots: delete');
    await actOn(story, { policy });
    const ours = story.state.images.get(image)?.DeprecationTime;
    story.template('web', [image]);
    const { of, calls } = await actOn(story, { policy, at: daysLater(91) });
    expect([of(image), story.state.images.get(image)?.DeprecationTime]).toEqual(['done', ours]);
    expect(calls.count('EnableImageDeprecation') + calls.count('DisableImageDeprecation')).toBe(0);
    expect(tagsOf(story, image)).toEqual({});
  });

  it('does it anew where an earlier run ended between the tags and the date', async () => {
    const story = new StoryAccount();
    const image = story.image('old', { deprecatedDaysAgo: null });
    await actOn(story, {
      intercept: ({ operation }) => (operation === 'EnableImageDeprecation' ? { kind: 'drop-before' } : undefined),
    });
    expect(Object.keys(tagsOf(story, image)).sort()).toEqual(MARKS);
    expect(story.state.images.get(image)?.DeprecationTime).toBeUndefined();
    const { of } = await actOn(story, { at: daysLater(40) });
    expect(of(image)).toBe('done');
    expect(story.state.images.get(image)?.DeprecationTime).toBe('2026-12-31T02:02:00.000Z');
    expect(tagsOf(story, image)['ami-janitor:deprecated-at']).toBe('2026-12-31T02:02:00.000Z');
  });
});

describe('reinstating', () => {
  it('gives back what disabling took, and takes the tags off last', async () => {
    const story = new StoryAccount();
    const policy = policyOf(
      'disable: { after: 14d }, deregister: { after: 90d }',
      'references: { sharedImages: evaluate }',
    );
    const image = story.image('old', { deprecatedDaysAgo: 20 });
    const organization = 'arn:aws:organizations::123456789012:organization/o-a1b2c3d4e5';
    const unit = 'arn:aws:organizations::123456789012:ou/o-a1b2c3d4e5/ou-ab12-11111111';
    const permissions = [
      { UserId: '210987654321' },
      { OrganizationArn: organization },
      { OrganizationalUnitArn: unit },
    ];
    story.state.launchPermissions.set(image, [...permissions]);
    await actOn(story, { policy });
    expect(story.state.images.get(image)?.State).toBe('disabled');
    expect(story.state.launchPermissions.get(image)).toBeUndefined();

    story.template('web', [image]);
    const { calls } = await actOn(story, { policy, at: daysLater(1) });
    expect(story.state.images.get(image)).toMatchObject({ State: 'available' });
    expect(story.state.images.get(image)?.DeprecationTime).toBeUndefined();
    expect(story.state.launchPermissions.get(image)).toEqual(permissions);
    expect(tagsOf(story, image)).toEqual({});
    const ec2Writes = calls.writes().filter(({ service }) => service === 'ec2');
    expect(ec2Writes.at(-1)?.operation).toBe('DeleteTags');
  });

  it.each(['EnableImage', 'ModifyImageAttribute', 'DisableImageDeprecation', 'DeleteTags'])(
    'is taken up by the next run where it ends at %s',
    async (end) => {
      const story = new StoryAccount();
      const image = story.image('old', {
        tags: {
          'ami-janitor:disabled-at': story.daysAgo(20).toISOString(),
          'ami-janitor:launch-permissions': '210987654321',
        },
        with: { State: 'disabled' },
      });
      story.template('web', [image]);
      await actOn(story, {
        intercept: ({ operation }) => (operation === end ? { kind: 'drop-before' } : undefined),
      });
      await actOn(story, { at: daysLater(1) });
      expect(story.state.images.get(image)?.State).toBe('available');
      expect(story.state.images.get(image)?.DeprecationTime).toBeUndefined();
      expect(story.state.launchPermissions.get(image)).toEqual([{ UserId: '210987654321' }]);
      expect(tagsOf(story, image)).toEqual({});
    },
  );

  it('does not enable what someone else disabled, nor lift a date that is not its own', async () => {
    const story = new StoryAccount();
    const DeprecationTime = story.daysAgo(90).toISOString();
    const image = story.image('old', { deprecatedDaysAgo: null, with: { State: 'disabled', DeprecationTime } });
    await actOn(story);
    story.template('web', [image]);
    await actOn(story, { at: daysLater(1) });
    expect(story.state.images.get(image)).toMatchObject({ State: 'disabled', DeprecationTime });
    expect(tagsOf(story, image)).toEqual({});
  });

  it.each([
    ['minutes before this tool came by', 5, true],
    ['long before, by a version that did not write it down', 60 * 24 * 90, false],
  ])('leaves a date that someone else set %s', async (_, minutesAgo, isWritten) => {
    const story = new StoryAccount();
    const DeprecationTime = new Date(NOW.getTime() - minutesAgo * 60_000).toISOString();
    const deprecatedAt = isWritten ? {} : { tags: { 'ami-janitor:deprecated-at': story.daysAgo(40).toISOString() } };
    const image = story.image('old', { deprecatedDaysAgo: null, with: { DeprecationTime }, ...deprecatedAt });
    await actOn(story, { policy: policyOf('snapshots: delete') });
    story.template('web', [image]);
    const { report } = await actOn(story, { at: daysLater(1) });
    expect(report.passes[0]?.actions).toMatchObject([{ action: 'reinstate', liftDeprecation: false }]);
    expect(story.state.images.get(image)?.DeprecationTime).toBe(DeprecationTime);
    expect(tagsOf(story, image)).toEqual({});
  });

  it('that a run had no more time for is still on record, and the next run does it', async () => {
    const { story, image } = oldImage();
    story.template('web', [image]);
    let now = NOW;
    const late = () => {
      now = daysLater(1);
    };
    const intercept = rightBefore('PutObject', late, ({ input }) => JSON.stringify(input).includes('journal'));
    const { of } = await actOn(story, { now: () => now, deadline: daysLater(0.5), intercept });
    expect(of(image)).toMatch(/^skipped: out of time/);
    expect((await recordOf(story.state, image)).reinstating).toBeDefined();
    story.state.launchTemplates.clear();
    expect((await actOn(story, { at: daysLater(2) })).of(image)).toBe('done');
    expect(tagsOf(story, image)).toEqual({});
  });

  it('takes no tag off an image that has none left: EC2 would take all', async () => {
    const story = new StoryAccount();
    const image = story.image('old', { deprecatedDaysAgo: null, tags: { Team: 'web' } });
    const reinstating = { at: story.daysAgo(1), runId: '20261120T020000Z-1a2b3c4d' };
    await recorded(story.state, [{ imageId: imageNamed(image), facts: { reinstating } }], story.daysAgo(1));
    const { of, calls } = await actOn(story);
    expect([of(image), calls.count('DeleteTags')]).toEqual(['done', 0]);
    expect(tagsOf(story, image)).toEqual({ Team: 'web' });
  });

  it.each([
    ['of which one is gone', {}, 'done', 1],
    ['off which they can’t be taken', { kind: 'access-denied' } as const, /^failed: access denied/, 2],
  ])('takes its marks off its snapshots: %s', async (_, fault, expected, left) => {
    const story = new StoryAccount();
    const marked = { tags: { 'ami-janitor:image': 'ami-0123456789abcdef0' } };
    const snapshots = ['a', 'b'].map((name) => story.snapshot(name, marked));
    const BlockDeviceMappings = snapshots.map((SnapshotId, index) => ({
      ...{ DeviceName: `/dev/xvd${'ab'[index]}`, Ebs: { SnapshotId } },
    }));
    const image = story.image('used again', { with: { BlockDeviceMappings } });
    story.template('web', [image]);
    const before = () => void (left === 1 && story.state.snapshots.delete(snapshots[0] ?? ''));
    const { of } = await actOn(story, {
      intercept: ({ operation }) => (operation === 'DeleteTags' ? { ...fault, before } : undefined),
    });
    expect(of(image)).toEqual(expect.stringMatching(expected));
    const isMarked = (id: string) => 'ami-janitor:image' in tagsOf(story, id);
    expect(snapshots.filter((id) => story.state.snapshots.has(id)).map(isMarked)).toEqual(Array(left).fill(left === 2));
  });

  it('never takes off what people wrote', async () => {
    const story = new StoryAccount();
    const image = story.image('old', { tags: { 'ami-janitor:keep': 'true', Team: 'web' } });
    await actOn(story);
    expect(tagsOf(story, image)).toEqual({ 'ami-janitor:keep': 'true', Team: 'web' });
  });
});

describe('disabling', () => {
  const policy = policyOf(
    'disable: { after: 14d }, deregister: { after: 90d }',
    'references: { sharedImages: evaluate }',
  );

  it('keeps what earlier tags hold beside what the image is shared with now: it may have been enabled half-way', async () => {
    const story = new StoryAccount();
    const image = story.image('old', {
      deprecatedDaysAgo: 20,
      tags: { 'ami-janitor:launch-permissions': '210987654321' },
    });
    story.state.launchPermissions.set(image, [{ UserId: '345678901234' }]);
    await actOn(story, { policy });
    expect(story.state.images.get(image)?.State).toBe('disabled');
    expect(tagsOf(story, image)['ami-janitor:launch-permissions']).toBe('210987654321,345678901234');
  });

  it('leaves an image that is shared with somebody of a kind that nobody knows: it could not be given back', async () => {
    const { story, image } = oldImage();
    const share = () => void story.state.launchPermissions.set(image, [{}]);
    const intercept = rightBefore('DescribeImageReferences', share);
    const { of, calls } = await actOn(story, { policy: policyOf('disable: { after: 14d }'), intercept });
    expect(of(image)).toMatch(/^failed: .*a launch permission of a kind that is not known/);
    expect(calls.count('DisableImage')).toBe(0);
  });

  it('leaves an image that is shared with more than its tags can hold', async () => {
    const story = new StoryAccount();
    const image = story.image('old', { deprecatedDaysAgo: 20 });
    const accounts = Array.from({ length: 200 }, (_, index) => ({ UserId: String(100_000_000_000 + index) }));
    story.state.launchPermissions.set(image, accounts);
    const { of, calls } = await actOn(story, { policy });
    expect(of(image)).toMatch(/^skipped: it is shared with more/);
    expect(calls.count('DisableImage')).toBe(0);
    expect(story.state.launchPermissions.get(image)).toHaveLength(200);
  });
});
