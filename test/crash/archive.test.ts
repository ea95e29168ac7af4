import { expect, it } from 'vitest';
import type { AccountState } from '../../sandbox/state.ts';
import { actionNoticesOf } from '../../src/report/notifications.ts';
import { connect } from '../builders/in-process.ts';
import { aPolicy } from '../builders/policy.ts';
import { IS_SAMPLE } from '../builders/runs.ts';
import { bearOut } from '../builders/seeded-journal.ts';
import { NOW, StoryAccount } from '../scenarios/account.ts';
import { BUCKET } from './account.ts';
import { enforce } from './run.ts';
import { casesOf, endings, runAt } from './struck.ts';

const POLICY = aPolicy(`
rules:
  - name: all
    select: { name: "*" }
    keep: { youngerThan: 30d }
    deprecate: {}
    disable: { after: 14d }
    archive: { after: 30d }
limits: { stopAbove: 100% }
`);
const GIB = 2 ** 30;
/** Of all calls and faults, every so many; `npm run test:crash` takes them all. */
const EVERY = Number(process.env.KILL_EVERY ?? (IS_SAMPLE ? 997 : 7));

/** An image with two snapshots that this tool disabled, and took from another account. */
function disabledImage() {
  const story = new StoryAccount();
  const [root, data] = ['root', 'data'].map((name) => story.snapshot(name));
  const image = story.image('old', {
    tags: {
      'ami-janitor:disabled-at': story.daysAgo(40).toISOString(),
      'ami-janitor:launch-permissions': '210987654321',
    },
    with: {
      State: 'disabled',
      SourceImageId: 'ami-0123456789abcdef0',
      BlockDeviceMappings: [root, data].map((SnapshotId, index) => ({
        DeviceName: `/dev/xvd${'ab'[index]}`,
        Ebs: { SnapshotId: SnapshotId ?? '' },
      })),
    },
  });
  const { state } = story;
  for (const [index, id] of [root, data].entries()) {
    const snapshot = state.snapshots.get(id ?? '');
    if (snapshot?.SnapshotId === undefined) continue;
    const told = { VolumeId: `vol-${index}`, FullSnapshotSizeInBytes: 8 * GIB, StorageTier: 'standard' as const };
    state.snapshots.set(snapshot.SnapshotId, { ...snapshot, ...told });
  }
  state.snapshots.delete([...state.snapshots.keys()].find((id) => id !== root && id !== data) ?? '');
  bearOut(state.buckets, BUCKET, state);
  return { story, state, image };
}

const tiersOf = ({ snapshots }: AccountState) => [...snapshots.values()].map(({ StorageTier }) => StorageTier);
const tagsOf = (state: AccountState) =>
  [...state.images.values(), ...state.snapshots.values()].flatMap(({ Tags = [] }) => Tags.map(({ Key }) => Key));

/** Lies in the archive, and says so. */
async function archived() {
  const { story, state, image } = disabledImage();
  const first = await runAt(POLICY, state, 0);
  return { story, state, image, first };
}

/** Somebody archives all of its snapshots. */
function archiving({ snapshots, tierings }: AccountState): void {
  const endsAt = new Date(NOW.getTime() + 12 * 3_600_000);
  for (const id of snapshots.keys()) tierings.set(id, { operation: 'archival', startedAt: NOW, endsAt });
}

it('an image whose snapshots are archived comes back whole once something names it, over days', async () => {
  const { story, state, image, first } = await archived();
  expect(endings(first.report)).toEqual(['archive done']);
  const told = { imageId: image, sentence: expect.stringContaining('72 hours'), undo: 'keep' };
  expect(first.report && actionNoticesOf(first.report)).toMatchObject([told]);
  const again = await runAt(POLICY, state, 6);
  expect(endings(again.report)).toEqual([]);
  expect(again.report?.images[0]?.reasons.map(({ code }) => code)).toContain('archived');
  expect(endings((await runAt(POLICY, state, 25)).report)).toEqual([]);
  expect(tiersOf(state)).toEqual(['archive', 'archive']);
  expect(state.images.get(image)?.State).toBe('disabled');

  story.template('web', [image]);
  const begun = await runAt(POLICY, state, 49);
  expect(endings(begun.report)).toEqual(['reinstate skipped']);
  expect(begun.report?.outcomes[0]?.reason).toContain('up to 72 hours');
  // What named it may be gone meanwhile: what began is finished.
  state.launchTemplates.clear();
  expect(endings((await runAt(POLICY, state, 73)).report)).toEqual(['reinstate skipped']);
  expect(state.images.get(image)?.State).toBe('disabled');
  expect(endings((await runAt(POLICY, state, 121)).report)).toEqual(['reinstate done']);
  expect(tiersOf(state)).toEqual(['standard', 'standard']);
  expect(state.images.get(image)?.State).toBe('available');
  expect(state.launchPermissions.get(image)).toEqual([{ UserId: '210987654321' }]);
  expect(tagsOf(state)).toEqual([]);
});

it('what someone else archived is not restored, and the image waits for them', async () => {
  const { story, state, image } = disabledImage();
  for (const [id, snapshot] of state.snapshots) state.snapshots.set(id, { ...snapshot, StorageTier: 'archive' });
  story.template('web', [image]);
  const { report, operations } = await runAt(POLICY, state, 0);
  expect(report?.outcomes).toMatchObject([
    { action: 'reinstate', status: 'failed', refused: true, reason: expect.stringContaining('did not archive it') },
  ]);
  expect(operations).not.toContain('RestoreSnapshotTier');
});

it('what EC2 archives by then, since somebody began it, is left to it', async () => {
  const { state } = disabledImage();
  const connected = connect(state, {
    now: () => NOW,
    intercept: ({ operation }) => (operation === 'DescribeImageReferences' ? { before: () => archiving(state) } : {}),
  });
  const report = await enforce(connected, { now: () => NOW, policy: POLICY, bucket: BUCKET });
  connected.clients.destroy();
  const reason = 'its snapshots changed since, or EC2 is moving them already';
  expect(report.outcomes).toMatchObject([{ action: 'archive', status: 'skipped', reason }]);
  expect(connected.calls.count('ModifySnapshotTier')).toBe(0);
});

it.each([
  [24, 'goes on with 1 snapshot', 1],
  [25, 'EC2 archives 25 at a time, and the next run goes on with 2 snapshots', 0],
])(
  'what EC2 archives no more at a time than 25 is left to the next run: %d on their way',
  async (count, words, now) => {
    const { state } = disabledImage();
    const endsAt = new Date(NOW.getTime() + 12 * 3_600_000);
    for (let index = 0; index < count; index += 1) {
      const SnapshotId = `snap-f${index.toString(16).padStart(16, '0')}`;
      state.snapshots.set(SnapshotId, {
        SnapshotId,
        OwnerId: state.accountId,
        State: 'completed',
        VolumeId: SnapshotId,
      });
      state.tierings.set(SnapshotId, { operation: 'archival', startedAt: NOW, endsAt });
    }
    const { report, operations } = await runAt(POLICY, state, 0);
    expect(report?.outcomes).toMatchObject([{ status: 'skipped', reason: expect.stringContaining(words) }]);
    expect(operations.filter((one) => one === 'ModifySnapshotTier')).toHaveLength(now);
    expect(endings((await runAt(POLICY, state, 25)).report)).toEqual(['archive done']);
  },
);

it('archiving struck at any call ends in the archive', { timeout: 3_600_000 }, async () => {
  const { first } = await archived();
  for (const struck of casesOf(first.operations, EVERY)) {
    const { state, image } = disabledImage();
    await runAt(POLICY, state, 0, struck);
    for (const hours of [25, 49, 73, 97]) await runAt(POLICY, state, hours);
    expect([tiersOf(state), state.images.get(image)?.State], JSON.stringify(struck)).toEqual([
      ['archive', 'archive'],
      'disabled',
    ]);
    expect(tagsOf(state).filter((key) => key === 'ami-janitor:archived-at')).toHaveLength(2);
  }
});

it.each([49, 121])(
  'coming back struck at any call of the run after %d hours, the image is whole in the end',
  {
    timeout: 3_600_000,
  },
  async (hours) => {
    const prepared = async () => {
      const { story, state, image } = await archived();
      await runAt(POLICY, state, 25);
      expect(tiersOf(state)).toEqual(['archive', 'archive']);
      story.template('web', [image]);
      if (hours > 49) await runAt(POLICY, state, 49);
      return { state, image };
    };
    const { operations } = await runAt(POLICY, (await prepared()).state, hours);
    for (const struck of casesOf(operations, EVERY)) {
      const { state, image } = await prepared();
      await runAt(POLICY, state, hours, struck);
      for (const later of [25, 49, 73, 97, 121, 145]) await runAt(POLICY, state, hours + later);
      const label = JSON.stringify(struck);
      expect([tiersOf(state), state.images.get(image)?.State], label).toEqual([['standard', 'standard'], 'available']);
      expect(state.launchPermissions.get(image), label).toEqual([{ UserId: '210987654321' }]);
      expect(tagsOf(state), label).toEqual([]);
    }
  },
);
