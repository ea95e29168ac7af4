import { describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/calls.ts';
import { NOW, oldImage, StoryAccount } from '../scenarios/account.ts';
import { actOn, daysLater, policyOf, tagsOf } from './acting.ts';

const RUN_ID = '20261121T020000Z-0a1b2c3d';

function device(SnapshotId: string, letter = 'a') {
  return { DeviceName: `/dev/xvd${letter}`, Ebs: { SnapshotId, VolumeSize: 8 } };
}

describe('deregistering', () => {
  it('tags the image and its snapshots before anything is removed, and deletes them with it', async () => {
    const { story, image, snapshot } = oldImage();
    const seen: Record<string, string>[] = [];
    const look = () => seen.push(tagsOf(story, snapshot), tagsOf(story, image));
    const { of, calls } = await actOn(story, {
      runId: RUN_ID,
      intercept: ({ operation }) => (operation === 'DeregisterImage' ? { before: () => void look() } : undefined),
    });
    const recycle = { 'ami-janitor:recycle': 'true' };
    expect(seen[0]).toEqual({ 'ami-janitor:image': image, 'ami-janitor:run': RUN_ID, ...recycle });
    expect(seen[1]).toMatchObject({ 'ami-janitor:deregister-run': RUN_ID, ...recycle });
    expect([of(image), of(snapshot)]).toEqual(['done', 'done']);
    expect(calls.count('DeleteSnapshot')).toBe(0);
    expect(calls.entries.find(({ operation }) => operation === 'DeregisterImage')?.input).toMatchObject({
      DeleteAssociatedSnapshots: true,
    });
  });

  it('reads every row of the answer: what stays behind is said, and taken up later', async () => {
    const { story, image, snapshot } = oldImage();
    // Locked after the fresh look, so that only EC2's answer can tell.
    const lock = () => void story.state.snapshotLocks.set(snapshot, { SnapshotId: snapshot, LockState: 'governance' });
    const intercept = ({ operation }: { operation: string }): Fault | undefined =>
      operation === 'DeregisterImage' ? { before: lock } : undefined;
    const { of } = await actOn(story, { intercept });
    expect(of(image)).toBe('done');
    expect(of(snapshot)).toMatch(/^failed: EC2 refused it \(client-error\)/);
    story.state.snapshotLocks.clear();
    const next = await actOn(story, { at: daysLater(1) });
    expect(next.of(snapshot)).toBe('done');
    expect(story.state.snapshots.has(snapshot)).toBe(false);
  });

  it('leaves a locked snapshot, deletes the others, and takes the locked one up when its lock is over', async () => {
    const story = new StoryAccount();
    const [locked, free] = [story.snapshot('locked'), story.snapshot('free')];
    const image = story.image('old', { with: { BlockDeviceMappings: [device(locked), device(free, 'b')] } });
    story.state.snapshotLocks.set(locked, { SnapshotId: locked, LockState: 'governance' });
    const { of } = await actOn(story);
    expect([of(image), of(free), of(locked)]).toEqual(['done', 'done', undefined]);
    expect(tagsOf(story, locked)).toMatchObject({ 'ami-janitor:image': image });
    story.state.snapshotLocks.clear();
    await actOn(story, { at: daysLater(1) });
    expect(story.state.snapshots.has(locked)).toBe(false);
  });

  it('never lets EC2 delete all snapshots of an image where one of them must stay', async () => {
    const story = new StoryAccount();
    const [named, free] = [story.snapshot('named by a template'), story.snapshot('free')];
    const image = story.image('old', { with: { BlockDeviceMappings: [device(named), device(free, 'b')] } });
    story.template('data', [undefined], { data: { BlockDeviceMappings: [device(named)] } });
    const { of, calls } = await actOn(story);
    expect([of(image), of(free), of(named)]).toEqual(['done', 'done', undefined]);
    expect([story.state.snapshots.has(named), story.state.snapshots.has(free)]).toEqual([true, false]);
    expect(calls.entries.find(({ operation }) => operation === 'DeregisterImage')?.input).toMatchObject({
      DeleteAssociatedSnapshots: false,
    });
  });

  it('claims no snapshot that another image maps, and marks as kept what the rule keeps', async () => {
    const story = new StoryAccount();
    const common = story.snapshot('root');
    const mappings = { BlockDeviceMappings: [device(common)] };
    const image = story.image('old', { with: mappings });
    story.image('young', { ageDays: 1, deprecatedDaysAgo: null, with: mappings });
    await actOn(story);
    expect(story.state.images.has(image)).toBe(false);
    expect(tagsOf(story, common)).toEqual({});

    const keeping = new StoryAccount();
    const snapshot = keeping.snapshotOf(keeping.image('old'));
    await actOn(keeping, { policy: policyOf('deregister: { after: 30d }, snapshots: keep') });
    expect(keeping.state.snapshots.has(snapshot)).toBe(true);
    expect(Object.keys(tagsOf(keeping, snapshot))).toEqual(['ami-janitor:kept']);
  });

  it('takes an image that is already gone for done', async () => {
    const story = new StoryAccount();
    const image = story.image('old');
    const { of } = await actOn(story, {
      intercept: ({ operation }) =>
        operation === 'DeregisterImage' ? { before: () => void story.state.images.delete(image) } : undefined,
    });
    expect(of(image)).toBe('done');
  });

  it('goes on after a failure, and says why', async () => {
    const story = new StoryAccount();
    const images = [1, 2, 3].map((number) => story.image(`old ${number}`, { ageDays: 400 - number }));
    const { of } = await actOn(story, {
      intercept: ({ operation, input }) =>
        operation === 'DeregisterImage' && JSON.stringify(input).includes(images[1] ?? '')
          ? { kind: 'access-denied' }
          : undefined,
    });
    expect(images.map(of)).toEqual([
      'done',
      expect.stringMatching(/^failed: access denied .* the role lacks the permission ec2:DeregisterImage/),
      'done',
    ]);
  });

  it('that EC2 refuses leaves a disabled image the tags by which it is shared again', async () => {
    const story = new StoryAccount();
    const kept = { 'ami-janitor:disabled-at': NOW.toISOString(), 'ami-janitor:launch-permissions': '210987654321' };
    const image = story.image('old', { tags: kept, with: { State: 'disabled' } });
    const before = tagsOf(story, image);
    const intercept = ({ operation }: { operation: string }): Fault | undefined =>
      operation === 'DeregisterImage' ? { kind: 'access-denied' } : undefined;
    expect((await actOn(story, { intercept })).of(image)).toMatch(/^failed: access denied/);
    expect(tagsOf(story, image)).toEqual(before);
  });

  it('says nothing of the Recycle Bin where that names no date', async () => {
    const { story, image } = oldImage();
    const policy = policyOf('deregister: { after: 30d }', 'undo: none');
    const item = `<item><imageId>${image}</imageId><name>old</name></item>`;
    const answer = `<ListImagesInRecycleBinResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><imageSet>${item}</imageSet></ListImagesInRecycleBinResponse>`;
    const intercept = ({ operation }: { operation: string }): Fault | undefined =>
      operation === 'ListImagesInRecycleBin' ? { answer } : undefined;
    const { report } = await actOn(story, { policy, intercept });
    const outcome = report.outcomes.find(({ resourceId }) => resourceId === image);
    expect(outcome?.status).toBe('done');
    expect(outcome).not.toHaveProperty('recoverableUntil');
  });

  it('says of each removed image whether the Recycle Bin holds it, and until when', async () => {
    const story = new StoryAccount();
    const covered = story.image('covered', { tags: { Team: 'web' } });
    const other = story.image('not covered');
    const tags = [{ Key: 'Team', Value: 'web' }];
    story.state.recycleBin.rules.splice(0, 2, { resource: 'image', retentionDays: 7, tags });
    const { report } = await actOn(story, { policy: policyOf('deregister: { after: 30d }', 'undo: none') });
    const until = (id: string) => report.outcomes.find(({ resourceId }) => resourceId === id);
    expect(until(covered)).toMatchObject({ recoverableUntil: '2026-11-28T02:00:00.000Z' });
    expect(until(other)).toMatchObject({ recoverableUntil: null });
  });

  it('needs its own mark: what others deprecated, however long ago, is not deregistered', async () => {
    const story = new StoryAccount();
    const DeprecationTime = story.daysAgo(300).toISOString();
    const image = story.image('old', { deprecatedDaysAgo: null, with: { DeprecationTime } });
    await actOn(story);
    expect(story.state.images.has(image)).toBe(true);
  });
});

describe('deleting snapshots', () => {
  const ORPHANS = policyOf('deregister: { after: 30d }', 'orphanSnapshots: { deleteAfter: 30d }');
  const createdFor = (image: string) => `Created by CreateImage(i-0123456789abcdef0) for ${image}`;

  it('marks an orphan first, and deletes it after its grace', async () => {
    const story = new StoryAccount();
    const snapshot = story.snapshot(createdFor(story.id('ami')));
    await actOn(story, { policy: ORPHANS });
    expect(Object.keys(tagsOf(story, snapshot)).sort()).toEqual(['ami-janitor:image', 'ami-janitor:orphaned-at']);
    await actOn(story, { policy: ORPHANS, at: daysLater(29) });
    await actOn(story, { policy: ORPHANS, at: daysLater(31), keepsJournal: false });
    expect(story.state.snapshots.has(snapshot)).toBe(true);
    await actOn(story, { policy: ORPHANS, at: daysLater(31) });
    expect(story.state.snapshots.has(snapshot)).toBe(false);
  });

  it.each([
    ['is gone by then', 'InvalidSnapshot.NotFound', 'done'],
    ['can’t be tagged', 'TagLimitExceeded', 'failed: TagLimitExceeded: no'],
  ])('marks no orphan that %s', async (_, code, expected) => {
    const story = new StoryAccount();
    const snapshot = story.snapshot(createdFor(story.id('ami')));
    const { of } = await actOn(story, {
      policy: ORPHANS,
      intercept: ({ operation }) => (operation === 'CreateTags' ? { error: { code, message: 'no' } } : undefined),
    });
    expect(of(snapshot)).toBe(expected);
    expect(tagsOf(story, snapshot)).toEqual({});
  });

  it('marks it anew where someone takes the date off', async () => {
    const story = new StoryAccount();
    const gone = story.id('ami');
    const snapshot = story.snapshot(createdFor(gone), { tags: { 'ami-janitor:image': gone } });
    const { of } = await actOn(story, { policy: ORPHANS });
    expect(of(snapshot)).toBe('done');
    expect(story.state.snapshots.has(snapshot)).toBe(true);
    expect(tagsOf(story, snapshot)).toHaveProperty('ami-janitor:orphaned-at');
  });

  const REFUSED: readonly (readonly [string, string, (story: StoryAccount, id: string) => void])[] = [
    [
      'an image maps it',
      'an image maps it',
      (story, id) => story.image('new', { with: { BlockDeviceMappings: [device(id)] } }),
    ],
    [
      'a lock',
      'it is locked',
      (story, id) => story.state.snapshotLocks.set(id, { SnapshotId: id, LockState: 'governance' }),
    ],
    ['AWS Backup', 'AWS Backup manages it', (story, id) => setBackup(story, id)],
  ];

  it.each(REFUSED)('skips one that EC2 refuses for %s, and goes on', async (_, reason, change) => {
    const story = new StoryAccount();
    const tags = () => ({ 'ami-janitor:image': story.id('ami'), 'ami-janitor:run': '20261001T020000Z-1a2b3c4d' });
    const [first, second] = [story.snapshot('a', { tags: tags() }), story.snapshot('b', { tags: tags() })];
    const { of } = await actOn(story, {
      intercept: ({ operation, input }) =>
        operation === 'DeleteSnapshot' && JSON.stringify(input).includes(first)
          ? { before: () => change(story, first) }
          : undefined,
    });
    expect([of(first), of(second)]).toEqual([`skipped: ${reason}`, 'done']);
  });
});

function setBackup(story: StoryAccount, id: string): void {
  const snapshot = story.state.snapshots.get(id);
  if (snapshot === undefined) return;
  const Tags = [...(snapshot.Tags ?? []), { Key: 'aws:backup:source-resource', Value: 'vol-0123456789abcdef0' }];
  story.state.snapshots.set(id, { ...snapshot, Tags });
}
