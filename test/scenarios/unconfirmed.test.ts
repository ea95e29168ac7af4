import { describe, expect, it } from 'vitest';
import { actOn, daysLater, policyOf, tagsOf } from '../execute/acting.ts';
import { StoryAccount } from './account.ts';

const ORPHANS = policyOf('deregister: { after: 30d }', 'orphanSnapshots: { deleteAfter: 30d }\nundo: none');

describe('a snapshot that someone copied here with its description', () => {
  /** CopySnapshot gives every copy this volume, which is none. */
  const VolumeId = 'vol-ffffffff';

  it('is no orphan: the image that it names may live in another Region', async () => {
    const story = new StoryAccount();
    const elsewhere = story.id('ami');
    const backup = story.snapshot(`Created by CreateImage(i-0123456789abcdef0) for ${elsewhere}`);
    story.state.snapshots.set(backup, { ...story.state.snapshots.get(backup), VolumeId });
    const orphan = story.snapshot(`Created by CreateImage(i-0123456789abcdef0) for ${story.id('ami')}`);
    const { report } = await actOn(story, { policy: ORPHANS });
    const of = (id: string) => report.snapshots.find(({ snapshotId }) => snapshotId === id);
    expect(of(backup)).toMatchObject({ decision: 'keep', reasons: [{ code: 'not-of-an-image' }] });
    expect(tagsOf(story, backup)).toEqual({});
    expect(tagsOf(story, orphan)).toHaveProperty('ami-janitor:orphaned-at');
    await actOn(story, { policy: ORPHANS, at: daysLater(40) });
    expect(story.state.snapshots.has(backup)).toBe(true);
  });
});

describe('an image that this tool disabled, and whose snapshots lie in the archive tier', () => {
  it('is not enabled before they are back: it keeps its tags and its place, the next run tries again, and none removes it', async () => {
    const story = new StoryAccount();
    const disabledAt = story.daysAgo(20).toISOString();
    const image = story.image('used again', {
      tags: { 'ami-janitor:disabled-at': disabledAt },
      with: { State: 'disabled' },
    });
    const snapshot = story.snapshotOf(image);
    story.state.snapshots.set(snapshot, { ...story.state.snapshots.get(snapshot), StorageTier: 'archive' });
    story.template('web', [image]);
    const { of, calls } = await actOn(story);
    expect(of(image)).toMatch(/^failed/);
    expect(calls.count('EnableImage') + calls.count('DeregisterImage')).toBe(0);
    expect(tagsOf(story, image)).toHaveProperty('ami-janitor:disabled-at');
    story.state.snapshots.set(snapshot, { ...story.state.snapshots.get(snapshot), StorageTier: 'standard' });
    await actOn(story, { at: daysLater(2) });
    expect(story.state.images.get(image)?.State).toBe('available');
  });
});
