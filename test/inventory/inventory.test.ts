import {
  DescribeFastSnapshotRestoresCommand,
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DescribeLockedSnapshotsCommand,
  DescribeSnapshotAttributeCommand,
  EC2Client,
  ListImagesInRecycleBinCommand,
} from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { Requests } from '../../src/aws/requests.ts';
import { readSharing, readSnapshotDetails } from '../../src/inventory/details.ts';
import { imageOf, readImages } from '../../src/inventory/images.ts';
import { readRecycleBin } from '../../src/inventory/recycle-bin.ts';
import { snapshotOf } from '../../src/inventory/snapshots.ts';
import { type ImageId, imageIdsIn, isSnapshotId } from '../../src/model/ids.ts';
import { clientsOf } from '../references/gathering.ts';

const ec2 = mockClient(EC2Client);
beforeEach(() => ec2.reset());
afterAll(() => ec2.restore());

const ids = imageIdsIn('ami-0000000a ami-0000000b');
const denied = Object.assign(new Error('You are not authorized to perform: ec2:X'), { name: 'UnauthorizedOperation' });

describe('an image', () => {
  it('may lack nearly everything', () => {
    expect(imageOf({ ImageId: 'ami-1a2b3c4d' })).toMatchObject({
      name: '',
      state: 'unknown',
      tags: {},
      blockDevices: [],
    });
  });

  it('of instance store, or with blank volumes, maps no snapshot', () => {
    const { blockDevices } = imageOf({
      ImageId: 'ami-1a2b3c4d',
      BlockDeviceMappings: [
        { DeviceName: '/dev/sdb', VirtualName: 'ephemeral0' },
        { DeviceName: '/dev/sdc', NoDevice: '' },
        { DeviceName: '/dev/sdd', Ebs: { VolumeSize: 100 } },
        { DeviceName: '/dev/sde', Ebs: { SnapshotId: 'snap-1a2b3c4d' } },
      ],
    });
    expect(blockDevices.flatMap(({ snapshotId }) => snapshotId ?? [])).toEqual(['snap-1a2b3c4d']);
  });

  it('has no date where AWS gives none that is one', () => {
    const { creationDate, deprecationTime } = imageOf({
      ImageId: 'ami-1a2b3c4d',
      CreationDate: 'once',
      DeprecationTime: '',
    });
    expect([creationDate, deprecationTime]).toEqual([undefined, undefined]);
  });

  it.each([undefined, '', 'ami-1', 'ami-1a2b3c4g'])('with the id %s is a broken answer', (ImageId) => {
    expect(() => imageOf({ ...(ImageId !== undefined && { ImageId }) })).toThrow('without a valid id');
  });

  it('that lingers after it was deregistered is gone', async () => {
    ec2.on(DescribeImagesCommand).resolves({
      Images: [
        { ImageId: 'ami-1a2b3c4d', State: 'deregistered' },
        { ImageId: 'ami-1a2b3c4e', State: 'pending' },
      ],
    });
    const images = await readImages(clientsOf({}), new Requests());
    expect(images.map(({ imageId }) => imageId)).toEqual(['ami-1a2b3c4e']);
  });

  it.each(['Architecture', 'RootDeviceType', 'Public'] as const)(
    'without its %s is a broken answer: it would be another rule’s',
    async (member) => {
      const whole = { Name: 'web', Architecture: 'arm64', RootDeviceType: 'ebs', Public: false } as const;
      const image = { ...whole, ImageId: 'ami-1a2b3c4d', State: 'available' as const };
      ec2.on(DescribeImagesCommand).resolves({ Images: [image] });
      expect(await readImages(clientsOf({}), new Requests())).toHaveLength(1);
      ec2.on(DescribeImagesCommand).resolves({ Images: [{ ...image, [member]: undefined }] });
      await expect(readImages(clientsOf({}), new Requests())).rejects.toThrow(`no ${member} of the image`);
    },
  );

  it('is asked for disabled and deprecated, too', async () => {
    ec2.on(DescribeImagesCommand).resolves({ Images: [] });
    await readImages(clientsOf({}), new Requests());
    expect(ec2.commandCalls(DescribeImagesCommand)[0]?.args[0].input).toMatchObject({
      Owners: ['self'],
      IncludeDisabled: true,
      IncludeDeprecated: true,
    });
  });
});

it.each([
  ['vol-1a2b3c4d', { volumeId: 'vol-1a2b3c4d' }],
  ['vol-ffffffff', { isCopy: true }],
  [undefined, {}],
])('a snapshot of volume %s is %o', (VolumeId, told) => {
  const { volumeId, isCopy } = snapshotOf({ SnapshotId: 'snap-1a2b3c4d', ...(VolumeId !== undefined && { VolumeId }) });
  expect({ ...(volumeId !== undefined && { volumeId }), ...(isCopy && { isCopy }) }).toEqual(told);
});

it('a snapshot with an id that is none is a broken answer', () => {
  expect(() => snapshotOf({ SnapshotId: 'vol-1a2b3c4d' })).toThrow('without a valid id');
});

describe('further readings that fail', () => {
  const question = { imageIds: ids, disabled: new Set<ImageId>(), accountId: '1' };
  it('of one image say so, and hide no other', async () => {
    ec2
      .on(DescribeImageAttributeCommand, { ImageId: ids[0] })
      .rejects(denied)
      .on(DescribeImageAttributeCommand, { ImageId: ids[1] })
      .resolves({ LaunchPermissions: [{ UserId: '1' }, { UserId: '2' }, { OrganizationalUnitArn: 'ou' }] });
    const { readings: sharing } = await readSharing(clientsOf({}), new Requests(), question);
    expect([...sharing.values()]).toEqual([
      { status: 'unreadable', error: expect.stringContaining('ec2:X') },
      { status: 'read', accounts: ['2'], organizations: ['ou'], isPublic: false },
    ]);
  });

  it('of launch permissions without their list are unknown, not private', async () => {
    ec2.on(DescribeImageAttributeCommand).resolves({});
    const { readings: sharing } = await readSharing(clientsOf({}), new Requests(), question);
    expect([...sharing.values()].map(({ status }) => status)).toEqual(['unreadable', 'unreadable']);
  });

  it('of an image that is gone since are none, and those of the others stand', async () => {
    ec2
      .on(DescribeImageAttributeCommand, { ImageId: ids[0] })
      .rejects(Object.assign(new Error('gone'), { name: 'InvalidAMIID.NotFound' }))
      .on(DescribeImageAttributeCommand, { ImageId: ids[1] })
      .resolves({ LaunchPermissions: [] });
    const { readings: sharing, gone } = await readSharing(clientsOf({}), new Requests(), question);
    expect([...gone]).toEqual([ids[0]]);
    expect([...sharing.keys()]).toEqual([ids[1]]);
  });

  it('of a kind that is new are a share', async () => {
    ec2
      .on(DescribeImageAttributeCommand)
      .callsFake(() => ({ LaunchPermissions: [{}, { Group: 'partners' }, { Group: 'all' }] }));
    const { readings: sharing } = await readSharing(clientsOf({}), new Requests(), question);
    expect([...sharing.values()][0]).toMatchObject({
      status: 'read',
      organizations: ['an unknown kind of launch permission', 'the group partners'],
      isPublic: true,
    });
  });

  it.each([
    ['InvalidAMIID.Unavailable', 'read', 400],
    ['UnauthorizedOperation', 'unreadable', 403],
    ['RequestLimitExceeded', 'unreadable', 503],
    // EC2's own failure is no refusal.
    ['InternalError', 'unreadable', 500],
  ])('of a disabled image that EC2 refuses with %s are %s: disabling took them away', async (name, status, code) => {
    const error = Object.assign(new Error('no'), { name, $metadata: { httpStatusCode: code } });
    ec2.on(DescribeImageAttributeCommand).rejects(error);
    const disabled = new Set(ids);
    const { readings: sharing } = await readSharing(clientsOf({}), new Requests(), { ...question, disabled });
    expect([...sharing.values()].map((one) => one.status)).toEqual([status, status]);
    const { readings: enabled } = await readSharing(clientsOf({}), new Requests(), question);
    expect([...enabled.values()].map((one) => one.status)).toEqual(['unreadable', 'unreadable']);
  });

  it('of the Recycle Bin make every image in it unknown', async () => {
    ec2.on(ListImagesInRecycleBinCommand).rejects(denied);
    const readings = await readRecycleBin(clientsOf({}), new Requests(), ids);
    expect([...readings.values()].map(({ status }) => status)).toEqual(['unreadable', 'unreadable']);
  });
});

describe('details of snapshots', () => {
  const snapshotIds = ['snap-0000000a', 'snap-0000000b'].filter(isSnapshotId);
  beforeEach(() => {
    ec2
      .on(DescribeLockedSnapshotsCommand)
      .resolves({
        Snapshots: [
          { SnapshotId: 'snap-0000000a', LockState: 'compliance' },
          { SnapshotId: 'snap-0000000b', LockState: 'expired' },
        ],
      })
      .on(DescribeFastSnapshotRestoresCommand)
      .resolves({
        FastSnapshotRestores: [
          { SnapshotId: 'snap-0000000b', AvailabilityZone: 'eu-west-1a', State: 'enabled' },
          { SnapshotId: 'snap-0000000b', AvailabilityZone: 'eu-west-1b', State: 'disabled' },
        ],
      })
      .on(DescribeSnapshotAttributeCommand)
      .resolves({ CreateVolumePermissions: [{ UserId: '2' }, { Group: 'all' }] });
  });
  const read = async () => [
    ...(await readSnapshotDetails(clientsOf({}), new Requests(), snapshotIds)).readings.values(),
  ];

  it('tell of locks in force, fast restores that are on and whom it is shared with', async () => {
    expect(await read()).toEqual([
      { status: 'read', locked: true, sharedWith: ['2', 'all'], fastRestoreZones: [] },
      { status: 'read', locked: false, sharedWith: ['2', 'all'], fastRestoreZones: ['eu-west-1a'] },
    ]);
  });

  it('tell of a permission of a kind that is new as a share', async () => {
    ec2.on(DescribeSnapshotAttributeCommand).resolves({ CreateVolumePermissions: [{}] });
    expect(await read()).toMatchObject([
      { sharedWith: ['an unknown kind of permission'] },
      { sharedWith: ['an unknown kind of permission'] },
    ]);
  });

  it('of a snapshot that is gone since are none, and those of the others stand', async () => {
    ec2
      .on(DescribeSnapshotAttributeCommand, { SnapshotId: 'snap-0000000a' })
      .rejects(Object.assign(new Error('gone'), { name: 'InvalidSnapshot.NotFound' }));
    const { readings: details, gone } = await readSnapshotDetails(clientsOf({}), new Requests(), snapshotIds);
    expect([...gone]).toEqual(['snap-0000000a']);
    expect([...details].map(([id, { status }]) => [id, status])).toEqual([['snap-0000000b', 'read']]);
  });

  it.each([
    ['locks', () => ec2.on(DescribeLockedSnapshotsCommand).rejects(denied)],
    ['fast restores', () => ec2.on(DescribeFastSnapshotRestoresCommand).rejects(denied)],
    ['sharing', () => ec2.on(DescribeSnapshotAttributeCommand).rejects(denied)],
  ])('are unknown where %s can not be read', async (_, deny) => {
    deny();
    expect((await read()).map(({ status }) => status)).toEqual(['unreadable', 'unreadable']);
  });
});
