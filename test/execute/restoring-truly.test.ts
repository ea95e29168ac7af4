import { DeleteSnapshotCommand, DeregisterImageCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { Call, Fault } from '../../sandbox/calls.ts';
import { restore } from '../../src/execute/restore/restore-run.ts';
import { JournalReader } from '../../src/journal/reader.ts';
import { connect } from '../builders/in-process.ts';
import { imageNamed, recorded, snapshotNamed } from '../builders/journal.ts';
import { NOW, StoryAccount } from '../scenarios/account.ts';
import { actOn, daysLater, rightBefore, tagsOf } from './acting.ts';

const RUN_ID = '20261121T020000Z-0a1b2c3d';
const BUCKET = 'ami-janitor-reports';

interface RestoreOptions {
  readonly now?: () => Date;
  readonly intercept?: (call: Call) => Fault | undefined;
  readonly withJournal?: boolean;
}

async function bringBack(
  story: StoryAccount,
  { now = () => daysLater(1), intercept, withJournal }: RestoreOptions = {},
) {
  const { clients, calls } = connect(story.state, { now, ...(intercept && { intercept }) });
  const journal = withJournal === true ? new JournalReader({ s3: clients.s3, bucket: BUCKET }) : undefined;
  const restoreRunId = '20261122T020000Z-ffffffff';
  const restored = await restore({
    runId: RUN_ID,
    restoreRunId,
    clients,
    journal,
    clock: now,
    sleep: async () => {},
    confirm: async () => true,
  }).finally(() => clients.destroy());
  return { calls, restored, of: (id: string) => restored.find(({ resourceId }) => resourceId === id) };
}

function binned(): StoryAccount {
  const story = new StoryAccount();
  story.state.recycleBin.rules.splice(
    0,
    2,
    { resource: 'image', retentionDays: 7 },
    { resource: 'snapshot', retentionDays: 14 },
  );
  return story;
}

/** Somebody else removes an image or a snapshot, by hand. */
async function removeByHand(story: StoryAccount, id: string, days: number): Promise<void> {
  const { clients } = connect(story.state, { now: () => daysLater(days) });
  if (id.startsWith('snap-')) await clients.ec2.send(new DeleteSnapshotCommand({ SnapshotId: id }));
  else await clients.ec2.send(new DeregisterImageCommand({ ImageId: id, DeleteAssociatedSnapshots: true }));
  clients.destroy();
}

/** What the run recorded of its own removals. */
async function recordRemoval(story: StoryAccount, imageId: string, runId = RUN_ID): Promise<void> {
  const facts = { removing: { at: daysLater(0), runId } };
  await recorded(story.state, [{ imageId: imageNamed(imageId), facts }], daysLater(0));
}

/** The run's tag, as a version before this one left it where EC2 refused. */
function leaveTag({ state }: StoryAccount, id: string): void {
  const image = state.images.get(id);
  const tag = { Key: 'ami-janitor:deregister-run', Value: RUN_ID };
  if (image !== undefined) state.images.set(id, { ...image, Tags: [...(image.Tags ?? []), tag] });
}

function setProtection({ state }: StoryAccount, id: string, DeregistrationProtection: string): void {
  const image = state.images.get(id);
  if (image !== undefined) state.images.set(id, { ...image, DeregistrationProtection });
}

describe('restore brings back what that run removed, and nothing else', () => {
  it('leaves what a person removed days later, though the run’s tag was left on it', async () => {
    const story = binned();
    const [ours, theirs] = [story.image('ours'), story.image('theirs', { deprecatedDaysAgo: null, ageDays: 3 })];
    await actOn(story, { runId: RUN_ID });
    leaveTag(story, theirs);
    await removeByHand(story, theirs, 3);
    const { of } = await bringBack(story, { now: () => daysLater(4) });
    expect(of(ours)?.status).toBe('done');
    expect(of(theirs)).toMatchObject({
      status: 'skipped',
      reason: expect.stringContaining('removed by somebody else'),
    });
    expect([story.state.images.has(ours), story.state.images.has(theirs)]).toEqual([true, false]);
  });

  it('leaves it even where it was removed in the same hour: the journal has no record of it', async () => {
    const story = binned();
    const [ours, theirs] = [story.image('ours'), story.image('theirs', { deprecatedDaysAgo: null, ageDays: 3 })];
    await actOn(story, { runId: RUN_ID });
    leaveTag(story, theirs);
    await removeByHand(story, theirs, 0);
    await recordRemoval(story, ours);
    const { of } = await bringBack(story, { withJournal: true });
    expect([of(ours)?.status, of(theirs)?.status]).toEqual(['done', 'skipped']);
    expect(story.state.images.has(theirs)).toBe(false);
  });

  it('leaves what another run removed, though its own tag was left on it', async () => {
    const story = binned();
    const [ours, theirs] = [story.image('ours'), story.image('theirs', { deprecatedDaysAgo: null, ageDays: 3 })];
    await actOn(story, { runId: RUN_ID, keepsJournal: false });
    leaveTag(story, theirs);
    await removeByHand(story, theirs, 0);
    await recordRemoval(story, ours);
    await recordRemoval(story, theirs, '20261121T030000Z-00000000');
    const { of } = await bringBack(story, { withJournal: true });
    expect([of(ours)?.status, of(theirs)?.status]).toEqual(['done', 'skipped']);
  });

  it.each([
    ['is on record as deleted by it', 'deleted', 'done'],
    ['is on record as left alone by it', 'held', 'skipped'],
    ['is on record as deleted by another run', 'others', 'skipped'],
    ['is not on record', undefined, 'skipped'],
  ])('brings back a snapshot that carries its tag only where that %s', async (_, recordedAs, status) => {
    const story = binned();
    const imageId = imageNamed(story.id('ami'));
    const id = story.snapshot('data', { tags: { 'ami-janitor:image': imageId, 'ami-janitor:run': RUN_ID } });
    const ours = story.image('ours');
    await actOn(story, { runId: RUN_ID, keepsJournal: false });
    if (story.state.snapshots.has(id)) await removeByHand(story, id, 0);
    await recordRemoval(story, ours);
    const runId = recordedAs === 'others' ? '20261121T030000Z-00000000' : RUN_ID;
    const claimed = { at: NOW, runId, imageId, state: recordedAs === 'held' ? 'held' : 'deleted' } as const;
    if (recordedAs !== undefined)
      await recorded(story.state, [{ snapshotId: snapshotNamed(id), facts: { claimed } }], NOW);
    const { of } = await bringBack(story, { withJournal: true });
    expect([of(ours)?.status, of(id)?.status]).toEqual(['done', status]);
  });

  it('leaves a snapshot that a person deleted days later, though the run’s tag was left on it', async () => {
    const story = binned();
    const ours = story.image('ours');
    await actOn(story, { runId: RUN_ID, keepsJournal: false });
    const id = story.snapshot('data', { tags: { 'ami-janitor:run': RUN_ID } });
    await removeByHand(story, id, 3);
    const { of } = await bringBack(story, { now: () => daysLater(4) });
    expect([of(ours)?.status, of(id)?.status]).toEqual(['done', 'skipped']);
  });

  it('calls nothing lost that is there still, though it carries the run’s tag', async () => {
    const story = binned();
    const [ours, there] = [story.image('ours'), story.image('there', { deprecatedDaysAgo: null, ageDays: 3 })];
    await actOn(story, { runId: RUN_ID });
    leaveTag(story, there);
    const { of } = await bringBack(story);
    expect([of(ours)?.status, of(there)]).toEqual(['done', undefined]);
    expect(tagsOf(story, there)).not.toHaveProperty('ami-janitor:keep');
  });

  it('says that nothing comes back where all that carries the run’s tag was removed by somebody else', async () => {
    const story = binned();
    const theirs = story.image('theirs', { deprecatedDaysAgo: null, ageDays: 3 });
    leaveTag(story, theirs);
    await removeByHand(story, theirs, 3);
    await expect(bringBack(story, { now: () => daysLater(4) })).rejects.toThrow(
      `nothing that the run ${RUN_ID} removed can come back: the Recycle Bin holds nothing of it (removed by somebody else: ${theirs})`,
    );
  });

  it('guesses nothing where the journal can’t be read', async () => {
    const story = binned();
    story.image('ours');
    await actOn(story, { runId: RUN_ID });
    story.state.buckets.set(BUCKET, new Map());
    const intercept = ({ service }: Call): Fault | undefined =>
      service === 's3' ? { kind: 'access-denied' } : undefined;
    await expect(bringBack(story, { withJournal: true, intercept })).rejects.toThrow(/the journal can't be read/);
  });

  it('of a run in another account says so in a sentence, and writes nothing', async () => {
    const [theirs, ours] = [binned(), binned()];
    theirs.image('theirs');
    await actOn(theirs, { runId: RUN_ID });
    const image = ours.image('ours');
    await actOn(ours, { runId: '20261121T030000Z-00000000' });
    const writes: string[] = [];
    const intercept = ({ operation }: Call): undefined => {
      if (!/^(Describe|List|Get)/.test(operation)) writes.push(operation);
    };
    await expect(bringBack(ours, { intercept })).rejects.toThrow(
      `nothing in this account and Region carries the run ${RUN_ID}; check the id and the Region`,
    );
    expect([writes, ours.state.images.has(image)]).toEqual([[], false]);
  });

  it('touches no image whose deregistration protection refused the run', async () => {
    const story = binned();
    const image = story.image('protected meanwhile');
    const protect = () => setProtection(story, image, 'enabled-without-cooldown');
    await actOn(story, { runId: RUN_ID, intercept: rightBefore('DeregisterImage', protect) });
    expect(story.state.images.has(image)).toBe(true);
    await expect(bringBack(story)).rejects.toThrow(/nothing/);
    expect(tagsOf(story, image)).not.toHaveProperty('ami-janitor:keep');
  });

  it('leaves in the bin what deregistration protection kept from the run, and a person removed after it', async () => {
    const story = binned();
    const [ours, theirs] = [story.image('ours'), story.image('protected meanwhile')];
    const protect = () => setProtection(story, theirs, 'enabled-without-cooldown');
    const intercept = rightBefore('DeregisterImage', protect);
    await actOn(story, { runId: RUN_ID, keepsJournal: false, intercept });
    expect([story.state.images.has(ours), story.state.images.has(theirs)]).toEqual([false, true]);
    setProtection(story, theirs, 'disabled');
    await removeByHand(story, theirs, 0);
    const { of } = await bringBack(story);
    expect([of(ours)?.status, of(theirs)?.status]).toEqual(['done', undefined]);
    expect(story.state.images.has(theirs)).toBe(false);
  });
});

describe('what comes back', () => {
  it('is kept as long as people asked for, where that is longer', async () => {
    const story = binned();
    const image = story.image('old');
    const snapshot = story.snapshotOf(image);
    await actOn(story, { runId: RUN_ID });
    for (const { resource } of [
      ...story.state.recycleBin.images.values(),
      ...story.state.recycleBin.snapshots.values(),
    ])
      resource.Tags = [...(resource.Tags ?? []), { Key: 'ami-janitor:keep', Value: 'true' }];
    const { of } = await bringBack(story);
    expect(of(image)?.reason).toContain('kept by its tag ami-janitor:keep as long as it says');
    expect([image, snapshot].map((id) => tagsOf(story, id)['ami-janitor:keep'])).toEqual(['true', 'true']);
  });

  it('is not called lost where EC2 only throttled a snapshot: it is restored again', async () => {
    const story = binned();
    const image = story.image('old');
    const snapshot = story.snapshotOf(image);
    await actOn(story, { runId: RUN_ID });
    const intercept = ({ operation }: Call): Fault | undefined =>
      operation === 'RestoreSnapshotFromRecycleBin' ? { kind: 'throttle' } : undefined;
    const first = await bringBack(story, { intercept });
    expect(first.of(snapshot)).toMatchObject({ status: 'failed', reason: expect.stringContaining('restore again') });
    expect(first.of(image)).toEqual({
      resourceId: image,
      status: 'failed',
      reason: `its snapshot ${snapshot} is not back yet; restore again`,
    });
    const second = await bringBack(story);
    expect([second.of(snapshot)?.status, second.of(image)?.status]).toEqual(['done', 'done']);
  });

  it('is back already the second time', async () => {
    const story = binned();
    const image = story.image('old');
    await actOn(story, { runId: RUN_ID });
    await bringBack(story);
    const { restored, calls } = await bringBack(story);
    expect(restored).toEqual(
      [image, story.snapshotOf(image)].map((resourceId) => ({
        resourceId,
        status: 'done',
        reason: 'it is back already',
      })),
    );
    expect(calls.writes()).toEqual([]);
  });

  it('does not take a name that another image has by now: it says so, and brings the others back', async () => {
    const story = binned();
    const [image, other] = [story.image('webapp'), story.image('another')];
    await actOn(story, { runId: RUN_ID });
    story.image('webapp', { ageDays: 1, deprecatedDaysAgo: null });
    const { of } = await bringBack(story);
    expect(of(image)).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('another image has its name'),
    });
    expect(of(other)?.status).toBe('done');
  });
});

describe('a long restore', () => {
  it('renews its lock, and stops where another run has it', async () => {
    const story = binned();
    const ids = Array.from({ length: 8 }, (_, number) => story.image(`image-${number}`));
    await actOn(story, { runId: RUN_ID });
    let minutes = 0;
    const now = () => new Date(daysLater(1).getTime() + minutes * 60_000);
    let locks = 0;
    const steal = () => {
      const Value = JSON.stringify({ runId: 'other', expiresAt: new Date(now().getTime() + 600_000).toISOString() });
      story.parameter('/ami-janitor/lock', [Value], { dataType: 'text' });
    };
    const intercept = ({ operation }: Call): Fault | undefined => {
      if (operation === 'PutParameter') locks += 1;
      if (operation !== 'RestoreSnapshotFromRecycleBin') return undefined;
      minutes += 4;
      return minutes === 24 ? { after: steal } : undefined;
    };
    const { restored } = await bringBack(story, { now, intercept });
    expect(locks).toBeGreaterThan(2);
    const skipped = restored.filter(({ status }) => status === 'skipped');
    expect(skipped.length).toBeGreaterThan(ids.length);
    for (const { reason } of skipped) expect(reason).toMatch(/the lock was lost to other; restore again/);
  });
});
