import { describe, expect, it } from 'vitest';
import type { Call, Fault } from '../../sandbox/calls.ts';
import { restore } from '../../src/execute/restore/restore-run.ts';
import { connect } from '../builders/in-process.ts';
import { recordOf } from '../builders/journal.ts';
import { bearOut } from '../builders/seeded-journal.ts';
import { actOn, daysLater, policyOf, tagsOf } from '../execute/acting.ts';
import { NOW, oldImage, StoryAccount } from './account.ts';

/** Answers an operation with an error, as often as asked. */
function answering(operation: string, error: Fault['error'], times = Number.POSITIVE_INFINITY) {
  let left = times;
  return (call: Call): Fault | undefined => {
    if (call.operation !== operation || error === undefined || left <= 0) return undefined;
    left -= 1;
    return { error };
  };
}

const UNAVAILABLE = { code: 'InvalidAMIID.Unavailable', message: 'The image ID is no longer available' };
const DISABLED = { 'ami-janitor:disabled-at': '2026-11-01T02:00:00.000Z' };

describe('an image that EC2 calls unavailable', () => {
  it('is not gone where a look finds it', async () => {
    const { story, image, snapshot } = oldImage();
    const { of } = await actOn(story, { intercept: answering('DeregisterImage', UNAVAILABLE) });
    expect(of(image)).toBe(
      'failed: EC2 did not act on it (InvalidAMIID.Unavailable): its state is available; the next run takes it up',
    );
    expect(of(snapshot)).toBeUndefined();
    expect(story.state.snapshots.has(snapshot)).toBe(true);
  });

  it('is gone where a look does not find it', async () => {
    const story = new StoryAccount();
    const image = story.image('old');
    const { report } = await actOn(story, {
      intercept: ({ operation }) =>
        operation === 'DeregisterImage' ? { before: () => void story.state.images.delete(image) } : undefined,
    });
    expect(report.outcomes[0]).toMatchObject({ status: 'done', reason: 'it was already gone', alreadyGone: true });
  });

  it('is not done where it is disabled, in use, and could not be enabled', async () => {
    const story = new StoryAccount();
    const image = story.image('used again', { tags: DISABLED, with: { State: 'disabled' } });
    story.template('web', [image]);
    const { of } = await actOn(story, { intercept: answering('EnableImage', UNAVAILABLE) });
    expect(of(image)).toBe(
      'failed: EC2 did not act on it (InvalidAMIID.Unavailable): its state is disabled; the next run takes it up',
    );
    expect(tagsOf(story, image)).toHaveProperty('ami-janitor:disabled-at');
    const next = await actOn(story, { at: daysLater(2) });
    expect([next.of(image), story.state.images.get(image)?.State]).toEqual(['done', 'available']);
  });

  it('is not done where EC2 takes the request and leaves it disabled', async () => {
    const story = new StoryAccount();
    const image = story.image('used again', { tags: DISABLED, with: { State: 'disabled' } });
    story.template('web', [image]);
    const undo = () => {
      const now = story.state.images.get(image);
      if (now) story.state.images.set(image, { ...now, State: 'disabled' });
    };
    const { of } = await actOn(story, {
      intercept: ({ operation }) => (operation === 'EnableImage' ? { after: undo } : undefined),
    });
    expect(of(image)).toMatch(/^failed: EC2 took the request to enable it, and shows it as disabled/);
  });

  it('is not done where EC2 takes the request and does not show it any more', async () => {
    const story = new StoryAccount();
    const image = story.image('used again', { tags: DISABLED, with: { State: 'disabled' } });
    story.template('web', [image]);
    const after = () => void story.state.images.delete(image);
    const { of } = await actOn(story, {
      intercept: ({ operation }) => (operation === 'EnableImage' ? { after } : undefined),
    });
    expect(of(image)).toBe('failed: EC2 took the request to enable it, and does not show it any more');
  });

  it('is waited for while EC2 catches up with enabling it', async () => {
    const story = new StoryAccount();
    const image = story.image('used again', { tags: DISABLED, with: { State: 'disabled' } });
    story.template('web', [image]);
    const show = (State: 'available' | 'disabled') => {
      const now = story.state.images.get(image);
      if (now) story.state.images.set(image, { ...now, State });
    };
    const { of } = await actOn(story, {
      sleep: async () => show('available'),
      intercept: ({ operation }) => (operation === 'EnableImage' ? { after: () => show('disabled') } : undefined),
    });
    expect(of(image)).toBe('done');
  });
});

describe('restore', () => {
  const RUN_ID = '20261121T020000Z-0a1b2c3d';

  async function binned(options: ConstructorParameters<typeof StoryAccount>[0] | undefined = undefined) {
    const story = new StoryAccount(options);
    const image = story.image('old', { tags: DISABLED, with: { State: 'disabled' } });
    story.state.recycleBin.rules.push(
      { resource: 'image', retentionDays: 7 },
      { resource: 'snapshot', retentionDays: 7 },
    );
    await actOn(story, { runId: RUN_ID, policy: policyOf('deregister: { after: 30d }, snapshots: delete') });
    expect(story.state.recycleBin.images.has(image)).toBe(true);
    return { story, image };
  }

  async function bringBack(story: StoryAccount, intercept: (call: Call) => Fault | undefined) {
    const { clients } = connect(story.state, { now: () => NOW, intercept });
    const confirm = async () => true;
    return restore({ runId: RUN_ID, restoreRunId: 'b', clients, clock: () => NOW, sleep: async () => {}, confirm });
  }

  it('does not say that an image is back which is still disabled', async () => {
    const { story, image } = await binned();
    const restored = await bringBack(story, answering('EnableImage', UNAVAILABLE));
    expect(restored.find(({ resourceId }) => resourceId === image)).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('it left the Recycle Bin, and is disabled: EC2 did not act on it'),
    });
  });

  it('does not say that an image is back which EC2 does not show', async () => {
    const { story, image } = await binned();
    const hide = () => void story.state.images.delete(image);
    const restored = await bringBack(story, ({ operation }) =>
      operation === 'RestoreImageFromRecycleBin' ? { after: hide } : undefined,
    );
    expect(restored.find(({ resourceId }) => resourceId === image)).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('EC2 does not show it yet'),
    });
  });
});

describe('a snapshot right after its image was deregistered', () => {
  const IN_USE = { code: 'InvalidSnapshot.InUse', message: 'The snapshot is currently in use by ami-0123' };
  const device = (SnapshotId: string, letter: string) => ({ DeviceName: `/dev/xvd${letter}`, Ebs: { SnapshotId } });

  /** Of two snapshots one stays, so that EC2 is asked for the other by itself. */
  function withTwo() {
    const story = new StoryAccount();
    const [kept, free] = [story.snapshot('kept', { tags: { 'ami-janitor:keep': 'true' } }), story.snapshot('free')];
    const image = story.image('old', { with: { BlockDeviceMappings: [device(kept, 'a'), device(free, 'b')] } });
    return { story, image, free };
  }

  it('is tried again while EC2 catches up, with growing waits', async () => {
    const { story, image, free } = withTwo();
    const waits: number[] = [];
    const { of } = await actOn(story, {
      sleep: async (milliseconds) => void waits.push(milliseconds),
      intercept: answering('DeleteSnapshot', IN_USE, 3),
    });
    expect([of(image), of(free)]).toEqual(['done', 'done']);
    expect(waits).toEqual([1000, 2000, 4000]);
    expect(story.state.snapshots.has(free)).toBe(false);
  });

  it('is told as that where it takes longer, and no refusal; the next run deletes it', async () => {
    const { story, image, free } = withTwo();
    const bucket = journalOf(story);
    const { of, report } = await actOn(story, { bucket, intercept: answering('DeleteSnapshot', IN_USE) });
    expect([of(image), of(free)]).toEqual([
      'done',
      'skipped: EC2 still says that an image uses it, seconds after its own was deregistered; the next run takes it up',
    ]);
    expect(report.outcomes.find(({ resourceId }) => resourceId === free)).not.toHaveProperty('refused');
    const next = await actOn(story, { at: daysLater(1), bucket });
    expect(next.of(free)).toBe('done');
  });

  it('of which nobody knows whether it is gone keeps the record of it', async () => {
    const { story, free } = withTwo();
    const intercept = ({ operation }: Call): Fault | undefined =>
      operation === 'DeleteSnapshot' ? { kind: 'drop-after' } : undefined;
    expect((await actOn(story, { intercept })).of(free)).toMatch(/^failed: /);
    expect((await recordOf(story.state, free)).claimed?.state).toBe('deleting');
  });

  it('is not waited for beyond the run’s time', async () => {
    const { story, free } = withTwo();
    const waits: number[] = [];
    const { of, calls } = await actOn(story, {
      deadline: new Date(NOW.getTime() + 1500),
      sleep: async (milliseconds) => void waits.push(milliseconds),
      intercept: answering('DeleteSnapshot', IN_USE),
    });
    expect(of(free)).toMatch(/^skipped: EC2 still says/);
    expect([waits, calls.count('DeleteSnapshot')]).toEqual([[1000], 2]);
  });
});

describe('a refusal to delete a snapshot', () => {
  const claimed = (story: StoryAccount) => ({
    tags: { 'ami-janitor:image': story.id('ami'), 'ami-janitor:run': '20261001T020000Z-1a2b3c4d' },
  });

  it.each([
    [
      'a denial whose text speaks of a lock',
      {
        code: 'UnauthorizedOperation',
        message:
          'You are not authorized to perform this operation. User: arn:aws:sts::123456789012:assumed-role/lock-keeper/x is not authorized to perform: ec2:DeleteSnapshot on resource: snap-1 with an explicit deny: the resource is locked',
        status: 403,
      },
      /^failed: access denied \(UnauthorizedOperation\): the role lacks the permission ec2:DeleteSnapshot/,
    ],
    [
      'another refusal whose text speaks of a lock',
      { code: 'OperationNotPermitted', message: 'A deadlock was found; the block is locked by another request' },
      /^failed: OperationNotPermitted: A deadlock was found/,
    ],
    [
      'a code that speaks of a lock',
      { code: 'LockTimeoutExceeded', message: 'Try again' },
      /^failed: LockTimeoutExceeded: Try again/,
    ],
  ])('%s is not a lock', async (_, error, expected) => {
    const story = new StoryAccount();
    const snapshot = story.snapshot('a', claimed(story));
    const { of } = await actOn(story, { bucket: journalOf(story), intercept: answering('DeleteSnapshot', error) });
    expect(of(snapshot)).toMatch(expected);
  });

  it('that may have been done all the same is found out by the next run', async () => {
    const story = new StoryAccount();
    const snapshot = story.snapshot('a', claimed(story));
    const bucket = journalOf(story);
    const intercept = ({ operation }: Call): Fault | undefined =>
      operation === 'DeleteSnapshot' ? { kind: 'drop-before' } : undefined;
    expect((await actOn(story, { bucket, intercept })).of(snapshot)).toMatch(/^failed: /);
    expect((await recordOf(story.state, snapshot)).claimed?.state).toBe('deleting');
  });

  const REFUSED = { error: { code: 'OperationNotPermitted', message: 'This snapshot can not be deleted' } };
  it.each([
    [
      'is told as a denial first, though the snapshot is locked too',
      { kind: 'access-denied' } as const,
      /^failed: access denied \(UnauthorizedOperation\)/,
    ],
    [
      'is a lock where AWS’s list of locked snapshots has it, whatever the code and the text',
      REFUSED,
      /^skipped: it is locked$/,
    ],
  ])('%s', async (_, answer, expected) => {
    const story = new StoryAccount();
    const snapshot = story.snapshot('a', claimed(story));
    const before = () =>
      void story.state.snapshotLocks.set(snapshot, { SnapshotId: snapshot, LockState: 'compliance' });
    const { of } = await actOn(story, {
      bucket: journalOf(story),
      intercept: ({ operation }) => (operation === 'DeleteSnapshot' ? { before, ...answer } : undefined),
    });
    expect(of(snapshot)).toMatch(expected);
  });
});

describe('a row of DeregisterImage’s answer', () => {
  it.each([
    ['<returnCode>skipped</returnCode>', 'skipped: another image maps it'],
    ['', 'failed: EC2 refused it (no reason given); the next run takes it up'],
    ['<returnCode>new-word</returnCode>', 'failed: EC2 refused it (new-word); the next run takes it up'],
    [
      '<returnCode>missing-permissions</returnCode>',
      'failed: access denied: the role lacks the permission ec2:DeleteSnapshot',
    ],
  ])('%s means that the snapshot is there still: %s', async (code, expected) => {
    const { story, image, snapshot } = oldImage();
    const rows = `<deleteSnapshotResultSet><item><snapshotId>${snapshot}</snapshotId>${code}</item></deleteSnapshotResultSet>`;
    const answer = `<DeregisterImageResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><return>true</return>${rows}</DeregisterImageResponse>`;
    const { of } = await actOn(story, {
      policy: policyOf('deregister: { after: 30d }, snapshots: delete', 'undo: none'),
      intercept: ({ operation }) => (operation === 'DeregisterImage' ? { answer } : undefined),
    });
    expect([of(image), of(snapshot)]).toEqual(['done', expected]);
    expect((await recordOf(story.state, snapshot)).claimed?.state).toBe('held');
  });
});

/** A bucket whose journal bears out what the tags say. */
function journalOf({ state }: StoryAccount): string {
  bearOut(state.buckets, 'ami-janitor-reports', state);
  return 'ami-janitor-reports';
}
