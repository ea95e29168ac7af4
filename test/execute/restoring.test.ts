import { describe, expect, it } from 'vitest';
import type { Call, Fault } from '../../sandbox/calls.ts';
import { restore } from '../../src/execute/restore/restore-run.ts';
import { JournalReader } from '../../src/journal/reader.ts';
import { connect } from '../builders/in-process.ts';
import { BUCKET } from '../builders/journal.ts';
import { aPolicy } from '../builders/policy.ts';
import { StoryAccount } from '../scenarios/account.ts';
import { actOn, daysLater, policyOf, tagsOf } from './acting.ts';

const RUN_ID = '20261121T020000Z-0a1b2c3d';
const EVALUATE = policyOf(
  'disable: { after: 14d }, deregister: { after: 30d }, snapshots: delete',
  'references: { sharedImages: evaluate }',
);
const WITHOUT_UNDO = policyOf('deregister: { after: 30d }, snapshots: delete', 'undo: none');
const TOMORROW = daysLater(1);

interface RestoreOptions {
  readonly at?: Date;
  readonly enforce?: boolean;
  readonly runId?: string;
  readonly intercept?: (call: Call) => Fault | undefined;
  readonly maxAttempts?: number;
  readonly keepsJournal?: boolean;
  readonly signal?: AbortSignal;
}

async function bringBack(story: StoryAccount, options: RestoreOptions = {}) {
  const {
    at = TOMORROW,
    enforce = true,
    runId = RUN_ID,
    intercept,
    maxAttempts = 1,
    keepsJournal = true,
    signal,
  } = options;
  const { clients, calls } = connect(story.state, { now: () => at, ...(intercept && { intercept }) }, maxAttempts);
  const restoreRunId = '20261122T020000Z-ffffffff';
  const isKept = keepsJournal && story.state.buckets.has(BUCKET);
  const restored = await restore({
    ...(isKept && { journal: new JournalReader({ s3: clients.s3, bucket: BUCKET }) }),
    runId,
    restoreRunId,
    clients,
    clock: () => at,
    sleep: async () => {},
    confirm: async () => enforce,
    ...(signal && { signal }),
  });
  return { calls, of: (id: string) => restored.find(({ resourceId }) => resourceId === id) };
}

function binned(story: StoryAccount): void {
  story.state.recycleBin.rules.splice(
    0,
    2,
    { resource: 'image', retentionDays: 7 },
    { resource: 'snapshot', retentionDays: 14 },
  );
}

describe('restore', () => {
  it('brings back snapshots first, then images, then with whom they were shared; and the next runs let them be', async () => {
    const story = new StoryAccount();
    binned(story);
    const image = story.image('old', { tags: { Team: 'web' } });
    const snapshot = story.snapshotOf(image);
    story.state.launchPermissions.set(image, [{ UserId: '210987654321' }]);
    const before = structuredClone(story.state.snapshots.get(snapshot));
    await actOn(story, { policy: EVALUATE, runId: RUN_ID });
    expect([story.state.images.size, story.state.snapshots.size]).toEqual([0, 0]);

    const { of, calls } = await bringBack(story);
    expect(of(snapshot)).toEqual({ resourceId: snapshot, status: 'done' });
    expect(of(image)).toMatchObject({
      status: 'done',
      reason: expect.stringContaining('shared again with 210987654321'),
    });
    const order = calls
      .writes()
      .map(({ operation }) => operation)
      .filter((name) => name.startsWith('Restore'));
    expect(order).toEqual(['RestoreSnapshotFromRecycleBin', 'RestoreImageFromRecycleBin']);
    expect(story.state.launchPermissions.get(image)).toEqual([{ UserId: '210987654321' }]);
    expect(story.state.images.get(image)?.DeprecationTime).toBeUndefined();
    expect(tagsOf(story, image)).toEqual({
      Team: 'web',
      'ami-janitor:keep': '2026-12-22T02:00:00.000Z',
      'ami-janitor:restored': RUN_ID,
    });
    expect(story.state.snapshots.get(snapshot)).toEqual({
      ...before,
      Tags: [
        { Key: 'ami-janitor:keep', Value: '2026-12-22T02:00:00.000Z' },
        { Key: 'ami-janitor:restored', Value: RUN_ID },
      ],
    });
    for (const days of [2, 15, 30]) {
      expect((await actOn(story, { policy: EVALUATE, at: daysLater(days) })).calls.writes()).toEqual([]);
    }
  });

  it('enables what was disabled before it was removed', async () => {
    const story = new StoryAccount();
    binned(story);
    const image = story.image('old', { deprecatedDaysAgo: 20 });
    story.state.launchPermissions.set(image, [{ UserId: '210987654321' }]);
    await actOn(story, { policy: EVALUATE });
    expect(story.state.images.get(image)?.State).toBe('disabled');
    const runId = '20261211T020000Z-0a1b2c3d';
    await actOn(story, { policy: EVALUATE, at: daysLater(20), runId });
    await bringBack(story, { at: daysLater(21), runId });
    expect(story.state.images.get(image)?.State).toBe('available');
    expect(story.state.launchPermissions.get(image)).toEqual([{ UserId: '210987654321' }]);
  });

  it('writes nothing in a dry run', async () => {
    const story = new StoryAccount();
    binned(story);
    const image = story.image('old');
    await actOn(story, { runId: RUN_ID });
    const { of, calls } = await bringBack(story, { enforce: false });
    expect(of(image)).toMatchObject({
      status: 'would-restore',
      reason: 'in the Recycle Bin until 2026-11-28T02:00:00.000Z',
    });
    expect(calls.writes()).toEqual([]);
  });

  it('leaves what other runs removed', async () => {
    const story = new StoryAccount();
    binned(story);
    const [mine, other] = [story.image('mine'), story.image('other', { deprecatedDaysAgo: 29 })];
    await actOn(story, { runId: RUN_ID });
    await actOn(story, { at: daysLater(2), runId: '20261123T020000Z-00000000' });
    await bringBack(story, { at: daysLater(3) });
    expect([story.state.images.has(mine), story.state.images.has(other)]).toEqual([true, false]);
  });

  it('says plainly what cannot come back', async () => {
    const story = new StoryAccount();
    // Only the snapshots are covered, and one of three outlives its time in the bin.
    story.state.recycleBin.rules.splice(0, 2, { resource: 'snapshot', retentionDays: 14 });
    const image = story.image('old');
    const snapshot = story.snapshotOf(image);
    await actOn(story, { runId: RUN_ID, policy: WITHOUT_UNDO });
    const { of } = await bringBack(story);
    expect(of(snapshot)?.status).toBe('done');
    expect(of(image)).toMatchObject({ status: 'lost', reason: expect.stringContaining('not in the Recycle Bin') });
    // Whose image is gone comes back without marks, and is kept: it would be deleted again otherwise.
    expect(Object.keys(tagsOf(story, snapshot))).toEqual(['ami-janitor:keep', 'ami-janitor:restored']);
    await actOn(story, { at: daysLater(3) });
    expect(story.state.snapshots.has(snapshot)).toBe(true);
  });

  it('fails for an image whose snapshot is gone, and brings the others back', async () => {
    const story = new StoryAccount();
    story.state.recycleBin.rules.splice(0, 2, { resource: 'image', retentionDays: 7 });
    const broken = story.image('broken');
    const keeping = story.image('whole', { with: { BlockDeviceMappings: [] } });
    await actOn(story, { runId: RUN_ID, policy: WITHOUT_UNDO });
    const { of } = await bringBack(story);
    expect(of(broken)).toMatchObject({ status: 'lost', reason: expect.stringContaining('InvalidSnapshot.NotFound') });
    expect(story.state.images.has(broken)).toBe(false);
    expect(of(keeping)?.status).toBe('done');
  });

  it('is done where the answer to the restoring itself was lost', async () => {
    const story = new StoryAccount();
    binned(story);
    const image = story.image('old');
    await actOn(story, { runId: RUN_ID });
    const { of } = await bringBack(story, {
      maxAttempts: 3,
      intercept: oncePer(/^Restore/),
    });
    expect([of(image)?.status, of(story.snapshotOf(image))?.status]).toEqual(['done', 'done']);
    expect(Object.keys(tagsOf(story, image))).toEqual(['ami-janitor:keep', 'ami-janitor:restored']);
  });

  it('leaves nothing to be removed again where it ends right after an image is back', async () => {
    const story = new StoryAccount();
    binned(story);
    const image = story.image('old');
    await actOn(story, { runId: RUN_ID });
    let ended = false;
    await bringBack(story, {
      intercept: ({ operation }) => {
        if (ended) return { kind: 'drop-before' };
        ended = operation === 'RestoreImageFromRecycleBin';
        return undefined;
      },
    });
    await actOn(story, { at: daysLater(2) });
    expect(story.state.images.get(image)?.DeprecationTime).toBeUndefined();
    expect(Object.keys(tagsOf(story, image))).toEqual(['ami-janitor:keep', 'ami-janitor:restored']);
  });

  it('does not enable what others had disabled', async () => {
    const story = new StoryAccount();
    binned(story);
    const image = story.image('old', { with: { State: 'disabled' } });
    const policy = aPolicy(`
rules: [{ name: all, select: { state: disabled }, keep: { youngerThan: 30d }, deprecate: {}, deregister: { after: 30d } }]
limits: { stopAbove: 100% }`);
    await actOn(story, { policy, runId: RUN_ID });
    const { of } = await bringBack(story);
    expect(of(image)).toMatchObject({
      status: 'done',
      reason: expect.stringMatching(/; disabled, as it was before this tool$/),
    });
    expect(story.state.images.get(image)?.State).toBe('disabled');
  });

  it('does not say that an image is back which EC2 does not show in the end', async () => {
    const story = new StoryAccount();
    binned(story);
    const image = story.image('old');
    await actOn(story, { runId: RUN_ID });
    const after = () => void story.state.images.delete(image);
    const { of } = await bringBack(story, {
      intercept: ({ operation, input }) =>
        operation === 'DeleteTags' && JSON.stringify(input).includes(image) ? { after } : undefined,
    });
    expect(of(image)).toMatchObject({
      status: 'failed',
      reason: 'it left the Recycle Bin, and is not shown by EC2; the next run goes on',
    });
  });

  it('says what could not be given back, which the next run does', async () => {
    const story = new StoryAccount();
    binned(story);
    const image = story.image('old');
    story.state.launchPermissions.set(image, [{ UserId: '210987654321' }]);
    await actOn(story, { policy: EVALUATE, runId: RUN_ID });
    const { of } = await bringBack(story, {
      intercept: ({ operation }) => (operation === 'ModifyImageAttribute' ? { kind: 'access-denied' } : undefined),
    });
    expect(of(image)).toMatchObject({
      status: 'done',
      reason: expect.stringMatching(/; not all could be given back, the next run does that: access denied/),
    });
    await actOn(story, { policy: EVALUATE, at: daysLater(2) });
    expect(story.state.launchPermissions.get(image)).toEqual([{ UserId: '210987654321' }]);
  });

  it('stops where it is interrupted', async () => {
    const story = new StoryAccount();
    binned(story);
    const image = story.image('old');
    const snapshot = story.snapshotOf(image);
    await actOn(story, { runId: RUN_ID });
    const { of, calls } = await bringBack(story, { signal: AbortSignal.abort() });
    for (const id of [image, snapshot])
      expect(of(id)).toEqual({ resourceId: id, status: 'skipped', reason: 'interrupted; restore again' });
    expect(calls.writes().filter(({ service }) => service === 'ec2')).toEqual([]);
  });

  it('goes by the tags alone of a run whose id tells no time', async () => {
    const story = new StoryAccount();
    binned(story);
    const image = story.image('old');
    await actOn(story, { runId: 'nightly', keepsJournal: false });
    const { of } = await bringBack(story, { runId: 'nightly', keepsJournal: false, at: daysLater(5) });
    expect(of(image)?.status).toBe('done');
  });

  it('tells an unknown run, an empty bin and a run of which nothing is left apart', async () => {
    const story = new StoryAccount();
    await expect(bringBack(story)).rejects.toThrow(/the Recycle Bin is empty, and nothing .* carries the run/);
    binned(story);
    story.image('old');
    await actOn(story, { runId: RUN_ID });
    await expect(bringBack(story, { runId: '20261120T020000Z-00000000' })).rejects.toThrow(
      /^nothing in this account and Region carries the run/,
    );

    const kept = new StoryAccount();
    kept.state.recycleBin.rules.splice(0);
    const common = kept.snapshot('locked');
    const image = kept.image('old', { with: { BlockDeviceMappings: [{ Ebs: { SnapshotId: common } }] } });
    kept.state.snapshotLocks.set(common, { SnapshotId: common, LockState: 'governance' });
    await actOn(kept, { runId: RUN_ID, policy: WITHOUT_UNDO });
    await expect(bringBack(kept)).rejects.toThrow(
      new RegExp(`can come back: the Recycle Bin is empty .gone for good: ${image}`),
    );
  });

  it('waits for no run that is acting: it says who does', async () => {
    const story = new StoryAccount();
    binned(story);
    story.image('old');
    await actOn(story, { runId: RUN_ID });
    const Value = JSON.stringify({ runId: 'other', expiresAt: daysLater(2).toISOString() });
    story.parameter('/ami-janitor/lock', [Value], { dataType: 'text' });
    await expect(bringBack(story)).rejects.toThrow(/another run \(other\)/);
  });
});

/** Drops the answer to the first call of each operation whose name matches. */
function oncePer(name: RegExp) {
  const seen = new Set<string>();
  return ({ operation }: Call): Fault | undefined => {
    if (!name.test(operation) || seen.has(operation)) return undefined;
    seen.add(operation);
    return { kind: 'drop-after' };
  };
}
