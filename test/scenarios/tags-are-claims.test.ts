import { describe, expect, it } from 'vitest';
import { aPolicy } from '../builders/policy.ts';
import { journalOf } from '../builders/seeded-journal.ts';
import { actOn, daysLater, policyOf } from '../execute/acting.ts';
import { NOW, StoryAccount } from './account.ts';

const ORPHANS = policyOf('deregister: { after: 30d }', 'orphanSnapshots: { deleteAfter: 30d }');
const STEPS = policyOf('disable: { after: 14d }, deregister: { after: 30d }, snapshots: delete');
const EMPTY = () => {
  const story = new StoryAccount();
  return { story, bucket: journalOf(story) };
};

/** What whoever may only `ec2:CreateTags`, and every tool that copies tags, can write. */
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000).toISOString();
const DISABLED = { 'ami-janitor:disabled-at': daysAgo(60) };

const decisionOf = (report: Awaited<ReturnType<typeof actOn>>['report'], id: string) => {
  const image = report.images.find(({ imageId }) => imageId === id);
  return image && `${image.decision}: ${image.reasons[0]?.code}`;
};

describe('tags that somebody forged or copied', () => {
  it('shorten no wait: without a record the time begins anew', async () => {
    const { story, bucket } = EMPTY();
    const image = story.image('old', { deprecatedDaysAgo: 90 });
    const { of } = await actOn(story, { bucket });
    expect([of(image), story.state.images.has(image)]).toEqual(['done', true]);
    await actOn(story, { bucket, at: daysLater(29) });
    expect(story.state.images.has(image)).toBe(true);
    await actOn(story, { bucket, at: daysLater(31) });
    expect(story.state.images.has(image)).toBe(false);
  });

  it('delete no snapshot: a claim without a record is reported only', async () => {
    const { story, bucket } = EMPTY();
    const backup = story.snapshot('nightly backup of the database', {
      tags: { 'ami-janitor:image': 'ami-00000000', 'ami-janitor:run': '20261001T020000Z-1a2b3c4d' },
    });
    for (const days of [0, 31, 62]) {
      const { report } = await actOn(story, { bucket, policy: ORPHANS, at: daysLater(days) });
      expect(report.snapshots.find(({ snapshotId }) => snapshotId === backup)?.reasons).toEqual([
        { code: 'no-record', imageId: 'ami-00000000' },
      ]);
    }
    expect(story.state.snapshots.has(backup)).toBe(true);
  });

  it('shorten no orphan’s grace: the mark counts from its record', async () => {
    const { story, bucket } = EMPTY();
    const gone = story.id('ami');
    const orphan = story.snapshot(`Created by CreateImage(i-0123456789abcdef0) for ${gone}`, {
      tags: { 'ami-janitor:image': gone, 'ami-janitor:orphaned-at': daysAgo(90) },
    });
    await actOn(story, { bucket, policy: ORPHANS });
    await actOn(story, { bucket, policy: ORPHANS, at: daysLater(29) });
    expect(story.state.snapshots.has(orphan)).toBe(true);
    await actOn(story, { bucket, policy: ORPHANS, at: daysLater(31) });
    expect(story.state.snapshots.has(orphan)).toBe(false);
  });
});

describe('what people do by hand wins', () => {
  it('an image that they enabled again is reinstated, not disabled the same night', async () => {
    const story = new StoryAccount();
    const image = story.image('broken', { deprecatedDaysAgo: 20 });
    const bucket = journalOf(story);
    await actOn(story, { bucket, policy: STEPS });
    const disabled = story.state.images.get(image);
    expect(disabled?.State).toBe('disabled');
    story.state.images.set(image, { ...disabled, State: 'available' });
    const { report } = await actOn(story, { bucket, policy: STEPS, at: daysLater(1) });
    expect(decisionOf(report, image)).toBe('reinstate: put-back');
    await actOn(story, { bucket, policy: STEPS, at: daysLater(2) });
    await actOn(story, { bucket, policy: STEPS, at: daysLater(15) });
    expect(story.state.images.get(image)?.State).toBe('available');
  });

  it('an image that they disabled themselves stays as it is, unless its rule selects by state', async () => {
    const { story, bucket } = EMPTY();
    const image = story.image('for the archive', { tags: DISABLED, with: { State: 'disabled' } });
    const { report } = await actOn(story, { bucket, policy: STEPS, at: daysLater(1) });
    expect(decisionOf(report, image)).toBe('keep: disabled-by-others');
    expect(story.state.images.get(image)?.State).toBe('disabled');
  });

  it('an image that they disabled themselves is enabled by no tag that somebody forged', async () => {
    const story = new StoryAccount();
    const image = story.image('withdrawn', { deprecatedDaysAgo: 20 });
    const bucket = journalOf(story);
    const Tags = Object.entries({ ...DISABLED, 'ami-janitor:keep': 'true' }).map(([Key, Value]) => ({ Key, Value }));
    const known = story.state.images.get(image);
    story.state.images.set(image, { ...known, State: 'disabled', Tags: [...(known?.Tags ?? []), ...Tags] });
    const { report } = await actOn(story, { bucket, policy: STEPS });
    expect(decisionOf(report, image)).toBe('reinstate: keep-tag');
    const { State, DeprecationTime } = story.state.images.get(image) ?? {};
    expect([State, DeprecationTime]).toEqual(['disabled', undefined]);
  });

  it('what a rule kept is no orphan a month later', async () => {
    const story = new StoryAccount();
    const snapshot = story.snapshotOf(story.image('golden'));
    const bucket = journalOf(story);
    const keeping = policyOf('deregister: { after: 30d }, snapshots: keep', 'orphanSnapshots: { deleteAfter: 30d }');
    for (const days of [0, 1, 40, 80]) await actOn(story, { bucket, policy: keeping, at: daysLater(days) });
    expect([story.state.images.size, story.state.snapshots.has(snapshot)]).toEqual([0, true]);
  });

  it('what a rule kept stays kept when another image of the same snapshot is given back, and goes later', async () => {
    const story = new StoryAccount();
    const [archived, other] = story.images('archived', 'other');
    const snapshot = story.snapshotOf(archived);
    const image = story.state.images.get(other);
    const BlockDeviceMappings = story.state.images.get(archived)?.BlockDeviceMappings;
    if (image && BlockDeviceMappings) story.state.images.set(other, { ...image, BlockDeviceMappings });
    const keeping = aPolicy(`
rules:
  - { name: kept, select: { name: archived }, keep: { youngerThan: 30d }, deprecate: {}, deregister: { after: 30d }, snapshots: keep }
  - { name: all, select: { name: "*" }, keep: { youngerThan: 30d }, deprecate: {}, deregister: { after: 90d }, snapshots: delete }
limits: { perRun: 100, stopAbove: 100% }
`);
    const act = (days: number) => actOn(story, { policy: keeping, at: daysLater(days) });
    const marks = () => story.state.snapshots.get(snapshot)?.Tags?.map(({ Key }) => Key);
    await act(0);
    expect([story.state.images.has(archived), marks()]).toEqual([false, ['ami-janitor:kept']]);
    const instance = story.instance(other);
    await act(1);
    story.state.instances.delete(instance);
    for (const days of [2, 93]) await act(days);
    expect([story.state.images.has(other), story.state.snapshots.has(snapshot)]).toEqual([false, true]);
  });

  it('a launch after the deprecation begins the waits anew', async () => {
    const story = new StoryAccount();
    const image = story.image('old', { deprecatedDaysAgo: 60, with: { LastLaunchedTime: daysAgo(3) } });
    const bucket = journalOf(story);
    const { report } = await actOn(story, { bucket });
    expect(decisionOf(report, image)).toBe('keep: waiting');
    expect(report.restarted).toMatchObject([{ imageId: image, launchedAt: daysAgo(3) }]);
    await actOn(story, { bucket, at: daysLater(28) });
    expect(story.state.images.has(image)).toBe(false);
  });
});
