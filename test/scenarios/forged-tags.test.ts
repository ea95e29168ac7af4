import { describe, expect, it } from 'vitest';
import { deprecatedAt, EARLIER_RUN, imageNamed, recorded, recordOf, snapshotNamed } from '../builders/journal.ts';
import { actOn, daysLater, policyOf, rightBefore, tagsOf } from '../execute/acting.ts';
import { oldImage, StoryAccount } from './account.ts';

const STRANGER = '666677778888';
const FRIEND = '210987654321';
const DISABLE = policyOf('disable: { after: 30d }', 'references: { sharedImages: evaluate }');
const DEREGISTER = policyOf('deregister: { after: 30d }, snapshots: delete', 'references: { sharedImages: evaluate }');
const ORPHANS_GO = policyOf('deregister: { after: 30d }', 'orphanSnapshots: { deleteAfter: 30d }');

/** An image that is in use, and carries whatever tags anyone may write on it. */
function keptWith(tags: Record<string, string>, given: { readonly with?: { readonly State: 'disabled' } } = {}) {
  const story = new StoryAccount();
  const image = story.image('kept', { tags, ...given });
  story.template('web', [image]);
  return { story, image };
}

describe('tags that anyone may write', () => {
  it.each([
    ['a stranger', STRANGER],
    ['everybody', 'all'],
    ['a stranger among others', `${FRIEND},${STRANGER}`],
  ])('share an image with nobody (%s)', async (_, permissions) => {
    const { story, image } = keptWith({ 'ami-janitor:launch-permissions': permissions });
    await recorded(story.state, [deprecatedAt(image, story.daysAgo(60))]);
    const { report, calls } = await actOn(story);
    expect(report.outcomes).toMatchObject([{ action: 'reinstate', resourceId: image, status: 'done' }]);
    expect(report.outcomes[0]).toHaveProperty('reason', expect.stringContaining('its tags alone name'));
    expect(calls.entries.filter(({ operation }) => operation === 'ModifyImageAttribute')).toEqual([]);
    expect(story.state.launchPermissions.get(image) ?? []).toEqual([]);
    expect(tagsOf(story, image)).toEqual({});
  });

  it.each([true, false])('share no copy of an image that carries all its tags (journal: %s)', async (keepsJournal) => {
    const { story, image } = keptWith(
      {
        'ami-janitor:disabled-at': new Date('2026-10-01T00:00:00Z').toISOString(),
        'ami-janitor:launch-permissions': `all,${STRANGER}`,
      },
      { with: { State: 'disabled' } },
    );
    if (keepsJournal) await recorded(story.state, []);
    await actOn(story, { keepsJournal });
    expect(story.state.launchPermissions.get(image) ?? []).toEqual([]);
    expect(story.state.images.get(image)?.Public).toBe(false);
  });

  it('add nobody to whom a disabled image was shared with, and take nobody in again who was taken out', async () => {
    const story = new StoryAccount();
    const image = story.image('old');
    story.state.launchPermissions.set(image, [{ UserId: FRIEND }, { UserId: '345678901234' }]);
    await actOn(story, { policy: DISABLE });
    expect(story.state.images.get(image)?.State).toBe('disabled');
    const disabled = story.state.images.get(image);
    const Tags = (disabled?.Tags ?? []).map((tag) =>
      tag.Key === 'ami-janitor:launch-permissions' ? { ...tag, Value: `${FRIEND},${STRANGER},all` } : tag,
    );
    story.state.images.set(image, { ...disabled, Tags });
    story.template('web', [image]);
    await actOn(story, { policy: DISABLE, at: daysLater(1) });
    expect(story.state.images.get(image)?.State).toBe('available');
    expect(story.state.launchPermissions.get(image)).toEqual([{ UserId: FRIEND }]);
  });

  it('nor is anybody taken in again whom the owner took out between the plan and the disabling', async () => {
    const story = new StoryAccount();
    const image = story.image('old');
    story.state.launchPermissions.set(image, [{ UserId: FRIEND }, { UserId: STRANGER }]);
    const revoke = () => void story.state.launchPermissions.set(image, [{ UserId: FRIEND }]);
    const { of } = await actOn(story, { policy: DISABLE, intercept: rightBefore('DescribeImageReferences', revoke) });
    expect(of(image)).toBe('done');
    story.template('web', [image]);
    await actOn(story, { policy: DISABLE, at: daysLater(1) });
    expect(story.state.images.get(image)?.State).toBe('available');
    expect(story.state.launchPermissions.get(image)).toEqual([{ UserId: FRIEND }]);
  });

  it('nor whom the owner left out when enabling it by hand', async () => {
    const story = new StoryAccount();
    const image = story.image('old');
    story.state.launchPermissions.set(image, [{ UserId: FRIEND }, { UserId: STRANGER }]);
    await actOn(story, { policy: DISABLE });
    expect(story.state.images.get(image)?.State).toBe('disabled');
    story.state.images.set(image, { ...story.state.images.get(image), State: 'available' });
    story.state.launchPermissions.set(image, [{ UserId: FRIEND }]);
    const { report } = await actOn(story, { policy: DISABLE, at: daysLater(1) });
    expect(report.outcomes).toMatchObject([{ action: 'reinstate', status: 'done' }]);
    expect(report.outcomes[0]).toHaveProperty('reason', expect.stringContaining(STRANGER));
    expect(story.state.launchPermissions.get(image)).toEqual([{ UserId: FRIEND }]);
  });

  it.each([true, false])('delete no snapshot of a database (journal: %s)', async (keepsJournal) => {
    const story = new StoryAccount();
    const backup = story.snapshot('nightly backup of db-1', {
      tags: { 'ami-janitor:image': 'ami-00000000', 'ami-janitor:run': 'x' },
    });
    if (keepsJournal) await recorded(story.state, []);
    for (const days of [0, 40, 80]) await actOn(story, { policy: DEREGISTER, at: daysLater(days), keepsJournal });
    expect(story.state.snapshots.has(backup)).toBe(true);
    expect(tagsOf(story, backup)).toEqual({ 'ami-janitor:image': 'ami-00000000', 'ami-janitor:run': 'x' });
  });
});

describe('what people do by hand', () => {
  it('leaves no claim behind where EC2 refused the deregistration, so that what they keep stays', async () => {
    const { story, image, snapshot } = oldImage();
    const refuse = ({ operation }: { operation: string }) =>
      operation === 'DeregisterImage' ? ({ kind: 'access-denied' } as const) : undefined;
    await actOn(story, { intercept: refuse });
    expect(tagsOf(story, snapshot)).toEqual({});
    // Its owner deregisters it and keeps the snapshot.
    story.state.images.delete(image);
    for (const days of [1, 40, 80]) await actOn(story, { at: daysLater(days) });
    expect(story.state.snapshots.has(snapshot)).toBe(true);
  });

  it('wins where nobody knows how a deregistration ended: the image is given back with its snapshots', async () => {
    const { story, image, snapshot } = oldImage();
    story.state.launchPermissions.set(image, [{ UserId: FRIEND }]);
    await actOn(story, {
      policy: DEREGISTER,
      intercept: ({ operation }) => (operation === 'DeregisterImage' ? { kind: 'drop-before' } : undefined),
    });
    expect(tagsOf(story, snapshot)).toHaveProperty('ami-janitor:image', image);
    const { report } = await actOn(story, { policy: DEREGISTER, at: daysLater(1) });
    expect(report.images.find(({ imageId }) => imageId === image)).toMatchObject({ decision: 'reinstate' });
    expect([tagsOf(story, image), tagsOf(story, snapshot)]).toEqual([{}, {}]);
    expect([await recordOf(story.state, image), await recordOf(story.state, snapshot)]).toEqual([{}, {}]);
    expect(story.state.images.get(image)?.DeprecationTime).toBeUndefined();
  });

  it('wins over what a restored image was: everything runs anew, from its deprecation on', async () => {
    const story = new StoryAccount();
    story.state.recycleBin.rules.push(
      { resource: 'image', retentionDays: 30 },
      { resource: 'snapshot', retentionDays: 30 },
    );
    const image = story.image('old');
    const snapshot = story.snapshotOf(image);
    const [registered, stored] = [story.state.images.get(image), story.state.snapshots.get(snapshot)];
    await actOn(story);
    expect([story.state.images.has(image), story.state.snapshots.has(snapshot)]).toEqual([false, false]);
    // Brought back in the console, without the tag of the run that removed it: only the record tells.
    story.state.recycleBin.images.clear();
    story.state.recycleBin.snapshots.clear();
    story.state.snapshots.set(snapshot, { ...stored, Tags: [] });
    story.state.images.set(image, { ...registered });
    await actOn(story, { at: daysLater(1) });
    expect(tagsOf(story, image)).toEqual({});
    await actOn(story, { at: daysLater(2) });
    for (const days of [15, 31]) {
      await actOn(story, { at: daysLater(days) });
      expect([story.state.images.has(image), story.state.snapshots.has(snapshot)], `day ${days}`).toEqual([true, true]);
    }
    await actOn(story, { at: daysLater(33) });
    expect(story.state.images.has(image)).toBe(false);
  });

  it('keeps a snapshot that came back from the Recycle Bin', async () => {
    const story = new StoryAccount();
    const gone = story.id('ami');
    const snapshot = story.snapshot('root', { tags: { 'ami-janitor:image': gone, 'ami-janitor:run': EARLIER_RUN } });
    const claimed = { at: story.daysAgo(1), runId: EARLIER_RUN, imageId: imageNamed(gone), state: 'held' } as const;
    await recorded(story.state, [{ snapshotId: snapshotNamed(snapshot), facts: { claimed } }]);
    const stored = story.state.snapshots.get(snapshot);
    await actOn(story);
    expect(story.state.snapshots.has(snapshot)).toBe(false);
    if (stored !== undefined) story.state.snapshots.set(snapshot, stored);
    for (const days of [1, 40]) await actOn(story, { at: daysLater(days) });
    expect(story.state.snapshots.has(snapshot)).toBe(true);
    await actOn(story, { policy: ORPHANS_GO, at: daysLater(41) });
    await actOn(story, { policy: ORPHANS_GO, at: daysLater(60) });
    expect(story.state.snapshots.has(snapshot)).toBe(true);
  });

  it('goes on where a reinstatement was cut off: what was taken is given back in the end', async () => {
    const story = new StoryAccount();
    const image = story.image('old');
    story.state.launchPermissions.set(image, [{ UserId: FRIEND }]);
    await actOn(story, { policy: DISABLE });
    story.template('web', [image]);
    await actOn(story, {
      policy: DISABLE,
      at: daysLater(1),
      intercept: ({ operation }) => (operation === 'ModifyImageAttribute' ? { kind: 'drop-before' } : undefined),
    });
    expect(story.state.images.get(image)?.State).toBe('available');
    expect(await recordOf(story.state, image)).toHaveProperty('reinstating');
    await actOn(story, { policy: DISABLE, at: daysLater(2) });
    expect(story.state.launchPermissions.get(image)).toEqual([{ UserId: FRIEND }]);
    expect(await recordOf(story.state, image)).toEqual({});
  });

  it('deletes nothing by a journal that was lost, and gives back no permission', async () => {
    const story = new StoryAccount();
    const image = story.image('old');
    story.state.launchPermissions.set(image, [{ UserId: FRIEND }]);
    await actOn(story, { policy: DISABLE });
    for (const bucket of story.state.buckets.values()) bucket.clear();
    story.template('web', [image]);
    const { calls } = await actOn(story, { policy: DISABLE, at: daysLater(1) });
    expect(calls.entries.filter(({ operation }) => operation === 'ModifyImageAttribute')).toEqual([]);
    expect(story.state.images.has(image)).toBe(true);
  });
});
