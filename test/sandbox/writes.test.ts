import { CreateTagsCommand, type Image } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { seedAccount } from '../../sandbox/seed/seed-account.ts';
import { emptyAccount } from '../../sandbox/state.ts';
import { NOW, open, refusal } from './open.ts';

const A = 'ami-0000000000000000a';
const B = 'ami-0000000000000000b';
const OWN = 'snap-0000000000000000a';
const SHARED = 'snap-0000000000000000c';

/** Two images: each with a snapshot of its own, and one that both map. */
function twoImages(changes: Partial<Image> = {}) {
  const account = emptyAccount();
  const image = (ImageId: string, ...snapshots: string[]): Image => ({
    ImageId,
    Name: ImageId,
    OwnerId: account.accountId,
    State: 'available',
    CreationDate: '2025-01-01T00:00:00.000Z',
    BlockDeviceMappings: snapshots.map((SnapshotId, index) => ({
      DeviceName: `/dev/sd${'abc'[index]}`,
      Ebs: { SnapshotId },
    })),
    Tags: [],
  });
  account.images.set(A, { ...image(A, OWN, SHARED), ...changes });
  account.images.set(B, image(B, SHARED));
  for (const SnapshotId of [OWN, SHARED])
    account.snapshots.set(SnapshotId, { SnapshotId, OwnerId: account.accountId, State: 'completed', Tags: [] });
  return account;
}

const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000);
const years = (count: number) => new Date(Date.UTC(2026 + count, 10, 21, 2, 0, 0));

describe('deprecation', () => {
  test('is rounded to the minute, moved by a second call, and lifted', async () => {
    const { ec2, state } = await open(twoImages());
    await ec2.enableImageDeprecation({ ImageId: A, DeprecateAt: new Date(minutes(2).getTime() + 29_000) });
    expect(state.images.get(A)?.DeprecationTime).toBe(minutes(2).toISOString());
    await ec2.enableImageDeprecation({ ImageId: A, DeprecateAt: minutes(9) });
    expect(state.images.get(A)?.DeprecationTime).toBe(minutes(9).toISOString());
    await ec2.disableImageDeprecation({ ImageId: A });
    expect(state.images.get(A)).not.toHaveProperty('DeprecationTime');
  });

  test.each([
    ['in the past', minutes(-1), false],
    ['now', NOW, false],
    ['rounded into the past', new Date(NOW.getTime() + 20_000), false],
    ['more than ten years ahead', years(11), false],
    ['more than two years after the creation of a public image', years(1), true],
  ])('refused: %s', async (_, DeprecateAt, Public) => {
    const { ec2 } = await open(twoImages({ Public }));
    expect(await refusal(ec2.enableImageDeprecation({ ImageId: A, DeprecateAt }))).toBe('InvalidParameterValue');
  });
});

test('disabling forgets whom an image was shared with, and enabling does not bring it back', async () => {
  const { ec2, state } = await open(twoImages());
  await ec2.modifyImageAttribute({
    ImageId: A,
    LaunchPermission: { Add: [{ UserId: '210987654321' }, { Group: 'all' }] },
  });
  expect(state.images.get(A)?.Public).toBe(true);
  await ec2.modifyImageAttribute({
    ImageId: A,
    OperationType: 'remove',
    Attribute: 'launchPermission',
    UserGroups: ['all'],
  });
  expect(state.launchPermissions.get(A)).toEqual([{ UserId: '210987654321' }]);
  await ec2.disableImage({ ImageId: A });
  expect(await refusal(ec2.disableImage({ ImageId: A }))).toBe('IncorrectState');
  expect((await ec2.describeImages({ Owners: ['self'] })).Images?.map((image) => image.ImageId)).toEqual([B]);
  await ec2.enableImage({ ImageId: A });
  expect(state.images.get(A)?.State).toBe('available');
  expect(state.launchPermissions.has(A)).toBe(false);
});

describe('deregistering', () => {
  test('answers for each snapshot: those that another image holds stay', async () => {
    const { ec2, state } = await open(twoImages());
    const first = await ec2.deregisterImage({ ImageId: A, DeleteAssociatedSnapshots: true });
    expect(first.DeleteSnapshotResults).toEqual([
      { SnapshotId: OWN, ReturnCode: 'success' },
      { SnapshotId: SHARED, ReturnCode: 'skipped' },
    ]);
    expect([...state.snapshots.keys()]).toEqual([SHARED]);
    const second = await ec2.deregisterImage({ ImageId: B, DeleteAssociatedSnapshots: true });
    expect(second.DeleteSnapshotResults).toEqual([{ SnapshotId: SHARED, ReturnCode: 'success' }]);
    expect(state.snapshots.size).toBe(0);
  });

  test('succeeds with a locked snapshot, and leaves it behind', async () => {
    const account = twoImages();
    account.snapshotLocks.set(OWN, { SnapshotId: OWN, LockState: 'compliance' });
    const { ec2, state } = await open(account);
    const { DeleteSnapshotResults } = await ec2.deregisterImage({ ImageId: A, DeleteAssociatedSnapshots: true });
    expect(DeleteSnapshotResults?.[0]).toEqual({ SnapshotId: OWN, ReturnCode: 'client-error' });
    expect(state.images.has(A)).toBe(false);
    expect(state.snapshots.has(OWN)).toBe(true);
    expect(await refusal(ec2.deleteSnapshot({ SnapshotId: OWN }))).toBe('SnapshotLocked');
  });

  test('leaves snapshots alone unless asked', async () => {
    const { ec2, state } = await open(twoImages());
    expect((await ec2.deregisterImage({ ImageId: A })).DeleteSnapshotResults).toBeUndefined();
    expect(state.snapshots.has(OWN)).toBe(true);
  });

  test.each([
    ['a protected image', { DeregistrationProtection: 'enabled-without-cooldown' }, 'OperationNotPermitted'],
    ["AWS Backup's image", { Tags: [{ Key: 'aws:backup:source-resource', Value: 'x' }] }, 'AuthFailure'],
    ["someone else's image", { OwnerId: '210987654321' }, 'AuthFailure'],
  ])('refused: %s', async (_, changes, code) => {
    const { ec2, state } = await open(twoImages(changes));
    expect(await refusal(ec2.deregisterImage({ ImageId: A, DeleteAssociatedSnapshots: true }))).toBe(code);
    expect(state.snapshots.size).toBe(2);
  });

  test('is refused while the image is protected', async () => {
    const { ec2, state } = await open(twoImages());
    await ec2.enableImageDeregistrationProtection({ ImageId: A });
    expect(await refusal(ec2.deregisterImage({ ImageId: A }))).toBe('OperationNotPermitted');
    await ec2.disableImageDeregistrationProtection({ ImageId: A });
    await ec2.deregisterImage({ ImageId: A });
    expect(state.images.has(A)).toBe(false);
  });

  test('is refused for a day after protection with a cooldown was taken off', async () => {
    let now = NOW;
    const { ec2, state } = await open(twoImages(), { now: () => now });
    await ec2.enableImageDeregistrationProtection({ ImageId: A, WithCooldown: true });
    for (const hours of [0, 23]) {
      now = minutes(hours * 60);
      await ec2.disableImageDeregistrationProtection({ ImageId: A });
      expect(await refusal(ec2.deregisterImage({ ImageId: A }))).toBe('OperationNotPermitted');
    }
    now = minutes(24 * 60);
    await ec2.deregisterImage({ ImageId: A });
    expect(state.images.has(A)).toBe(false);
  });

  test('what is disabled is not protected, and loses what protects it', async () => {
    const { ec2, state } = await open(twoImages({ State: 'disabled', DeregistrationProtection: 'enabled' }));
    expect(await refusal(ec2.enableImageDeregistrationProtection({ ImageId: A }))).toBe('IncorrectState');
    await ec2.disableImageDeregistrationProtection({ ImageId: A });
    expect(state.images.get(A)?.DeregistrationProtection).toBe('disabled');
  });

  test('a disabled image goes, one that is gone is unavailable, one that never was is not found', async () => {
    const { ec2 } = await open(twoImages({ State: 'disabled' }));
    await ec2.deregisterImage({ ImageId: A });
    expect(await refusal(ec2.deregisterImage({ ImageId: A }))).toBe('InvalidAMIID.Unavailable');
    expect(await refusal(ec2.deregisterImage({ ImageId: 'ami-0000000000000000f' }))).toBe('InvalidAMIID.NotFound');
  });

  test('a deregistered image can linger in the list', async () => {
    const account = twoImages();
    account.settings.deregisteredLingersSeconds = 60;
    const { ec2 } = await open(account);
    await ec2.deregisterImage({ ImageId: A });
    const { Images } = await ec2.describeImages({ Owners: ['self'] });
    expect(Images?.map((image) => `${image.ImageId} ${image.State}`)).toEqual([`${A} deregistered`, `${B} available`]);
  });
});

describe('deleting snapshots', () => {
  test.each(['available', 'disabled'] as const)('is refused while an image that is %s maps one', async (State) => {
    const { ec2 } = await open(twoImages({ State }));
    expect(await refusal(ec2.deleteSnapshot({ SnapshotId: OWN }))).toBe('InvalidSnapshot.InUse');
  });

  test("AWS Backup's, one with a lock that is over, and one that is gone", async () => {
    const account = emptyAccount();
    const add = (SnapshotId: string, key: string) =>
      account.snapshots.set(SnapshotId, { SnapshotId, OwnerId: account.accountId, Tags: [{ Key: key, Value: 'x' }] });
    add(OWN, 'aws:backup:source-resource');
    add(SHARED, 'Name');
    account.snapshotLocks.set(SHARED, { SnapshotId: SHARED, LockState: 'governance', LockExpiresOn: minutes(-1) });
    const { ec2, state } = await open(account);
    expect(await refusal(ec2.deleteSnapshot({ SnapshotId: OWN }))).toBe('InvalidParameterValue');
    await ec2.deleteSnapshot({ SnapshotId: SHARED });
    expect([...state.snapshots.keys()]).toEqual([OWN]);
    expect(await refusal(ec2.deleteSnapshot({ SnapshotId: SHARED }))).toBe('InvalidSnapshot.NotFound');
  });
});

test('a dry run of EC2 says nothing about protection, and changes nothing', async () => {
  const { ec2, state } = await open(twoImages({ DeregistrationProtection: 'enabled-with-cooldown' }));
  expect(await refusal(ec2.deregisterImage({ ImageId: A, DryRun: true }))).toBe('DryRunOperation');
  expect(state.images.size).toBe(2);
});

describe('tags', () => {
  const create = (Key: string, Value: string, ...Resources: string[]) =>
    new CreateTagsCommand({ Resources, Tags: [{ Key, Value }] });

  test('are set on images and snapshots together, replaced, and taken off where the value fits', async () => {
    const { ec2, state } = await open(twoImages());
    await ec2.send(create('Owner', 'platform', A, OWN));
    await ec2.send(create('Owner', '<b>"&\'</b>', A));
    expect(state.images.get(A)?.Tags).toEqual([{ Key: 'Owner', Value: '<b>"&\'</b>' }]);
    expect(state.snapshots.get(OWN)?.Tags).toEqual([{ Key: 'Owner', Value: 'platform' }]);
    expect((await ec2.describeImages({ ImageIds: [A] })).Images?.[0]?.Tags).toEqual([
      { Key: 'Owner', Value: '<b>"&\'</b>' },
    ]);
    await ec2.deleteTags({ Resources: [A, OWN], Tags: [{ Key: 'Owner', Value: 'platform' }] });
    expect([state.images.get(A)?.Tags?.length, state.snapshots.get(OWN)?.Tags]).toEqual([1, []]);
    await ec2.deleteTags({ Resources: [A], Tags: [{ Key: 'Owner' }] });
    expect(state.images.get(A)?.Tags).toEqual([]);
  });

  test.each([
    ['a key of AWS', create('aws:x', 'y', A), 'InvalidParameterValue'],
    ['a key too long', create('k'.repeat(128), 'y', A), 'InvalidParameterValue'],
    ['a value too long', create('k', 'v'.repeat(257), A), 'InvalidParameterValue'],
    ['no resource of that id', create('k', 'v', A, 'snap-0000000000000000f'), 'InvalidSnapshot.NotFound'],
    ['an id of no kind', create('k', 'v', A, 'nonsense'), 'InvalidID'],
  ])('refused whole: %s', async (_, command, code) => {
    const { ec2, state } = await open(twoImages());
    expect(await refusal(ec2.send(command))).toBe(code);
    expect(state.images.get(A)?.Tags).toEqual([]);
  });

  test('are fifty at most, those of AWS not counted', async () => {
    const Tags = Array.from({ length: 50 }, (_, index) => ({
      Key: index === 0 ? 'aws:dlm:x' : `k${index}`,
      Value: '',
    }));
    const { ec2 } = await open(twoImages({ Tags }));
    await ec2.send(create('the-fiftieth', '', A));
    expect(await refusal(ec2.send(create('one-more', '', A)))).toBe('TagLimitExceeded');
  });
});

describe('the Recycle Bin', () => {
  test('takes in what a rule covers, and gives it back, snapshots first', async () => {
    const account = twoImages({ Tags: [{ Key: 'Environment', Value: 'prod' }] });
    account.launchPermissions.set(A, [{ UserId: '210987654321' }]);
    account.recycleBin.rules.push(
      { resource: 'image', retentionDays: 7, tags: [{ Key: 'Environment', Value: 'prod' }] },
      { resource: 'snapshot', retentionDays: 14 },
    );
    const { ec2, state } = await open(account);
    await ec2.deregisterImage({ ImageId: A, DeleteAssociatedSnapshots: true });
    await ec2.deregisterImage({ ImageId: B });
    const { Images } = await ec2.listImagesInRecycleBin({ ImageIds: [A, B] });
    expect(Images).toEqual([
      { ImageId: A, Name: A, RecycleBinEnterTime: NOW, RecycleBinExitTime: minutes(7 * 24 * 60) },
    ]);
    expect((await ec2.listSnapshotsInRecycleBin({})).Snapshots?.map((snapshot) => snapshot.SnapshotId)).toEqual([OWN]);
    expect(await refusal(ec2.restoreImageFromRecycleBin({ ImageId: A }))).toBe('InvalidSnapshot.NotFound');
    await ec2.restoreSnapshotFromRecycleBin({ SnapshotId: OWN });
    await ec2.restoreImageFromRecycleBin({ ImageId: A });
    expect(state.images.get(A)?.Tags).toEqual([{ Key: 'Environment', Value: 'prod' }]);
    expect(state.launchPermissions.has(A)).toBe(false);
    expect(await refusal(ec2.restoreImageFromRecycleBin({ ImageId: B }))).toBe('InvalidAMIID.NotFound');
  });

  test('leaves out what its exclusions name, forgets after its days, and takes twenty ids a call', async () => {
    const account = twoImages({ Tags: [{ Key: 'temporary', Value: 'yes' }] });
    account.recycleBin.rules.push({ resource: 'image', retentionDays: 7, excludeTags: [{ Key: 'temporary' }] });
    let now = NOW;
    const { ec2 } = await open(account, { now: () => now });
    for (const ImageId of [A, B]) await ec2.deregisterImage({ ImageId });
    const lying = async () => (await ec2.listImagesInRecycleBin({})).Images?.map((image) => image.ImageId);
    expect(await lying()).toEqual([B]);
    now = minutes(8 * 24 * 60);
    expect(await lying()).toEqual([]);
    expect(await refusal(ec2.listImagesInRecycleBin({ ImageIds: Array.from({ length: 21 }, () => A) }))).toBe(
      'InvalidParameterValue',
    );
  });
});

test('what is written shows in the log, and what was refused shows as refused', async () => {
  const { ec2, sandbox } = await open(seedAccount({ now: NOW }));
  await ec2.describeImages({ Owners: ['self'] });
  expect(await refusal(ec2.deleteSnapshot({ SnapshotId: SHARED }))).toBe('InvalidSnapshot.NotFound');
  expect(sandbox.calls.counts('ec2')).toEqual({ DescribeImages: 1, DeleteSnapshot: 1 });
  expect(sandbox.calls.writes().map((call) => [call.outcome, call.acted])).toEqual([
    ['InvalidSnapshot.NotFound', false],
  ]);
});
