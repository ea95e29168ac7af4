import { type AutoScalingGroup, DescribeAutoScalingGroups$ } from '@aws-sdk/client-auto-scaling';
import type { Image, Instance, SpotFleetRequestConfig } from '@aws-sdk/client-ec2';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyAccount } from '../../sandbox/state.ts';
import { operationShapeOf } from '../../sandbox/wire/schema.ts';
import { times } from '../builders/runs.ts';
import { open } from './open.ts';

/** Text that XML can hold and a parser leaves alone: no control characters, no blanks at the ends. */
const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .filter(
    (value) => value.trim() === value && !/[\p{Cc}\p{Cs}￾￿\u2028\u2029\ufeff\u00a0]/u.test(value) && value !== '',
  );

test('whatever an image carries arrives as it was', async () => {
  const account = emptyAccount();
  const { ec2 } = await open(account);
  const image = fc.record({
    Name: text,
    Description: text,
    Public: fc.boolean(),
    Tags: fc.uniqueArray(fc.record({ Key: text, Value: text }), { maxLength: 5, selector: (tag) => tag.Key }),
    sizes: fc.array(fc.integer({ min: 1, max: 64_000 }), { maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(image, async ({ sizes, ...made }) => {
      const held: Image = {
        ...made,
        ImageId: 'ami-0000000000000000a',
        OwnerId: account.accountId,
        State: 'available',
        BlockDeviceMappings: sizes.map((VolumeSize, index) => ({
          DeviceName: `/dev/sd${index}`,
          Ebs: { VolumeSize, Encrypted: index % 2 === 0 },
        })),
      };
      account.images.set('ami-0000000000000000a', held);
      const { Images } = await ec2.describeImages({ Owners: ['self'] });
      expect(Images).toEqual([held]);
    }),
    times(100),
  );
});

test('nested structures, dates, numbers and booleans of an instance', async () => {
  const account = emptyAccount();
  const held: Instance = {
    InstanceId: 'i-0000000000000000a',
    ImageId: 'ami-0000000000000000a',
    LaunchTime: new Date('2026-03-01T12:34:56.000Z'),
    State: { Code: 16, Name: 'running' },
    EbsOptimized: false,
    BlockDeviceMappings: [
      {
        DeviceName: '/dev/xvda',
        Ebs: { AttachTime: new Date('2026-03-01T12:34:57.000Z'), DeleteOnTermination: true, VolumeId: 'vol-1' },
      },
    ],
    CpuOptions: { CoreCount: 4, ThreadsPerCore: 2 },
    NetworkInterfaces: [
      {
        Groups: [{ GroupId: 'sg-1', GroupName: 'a & b' }],
        PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: '10.0.0.1' }],
      },
    ],
    Tags: [{ Key: 'empty', Value: '' }],
  };
  account.instances.set('i-0000000000000000a', held);
  const { ec2 } = await open(account);
  const { Reservations } = await ec2.describeInstances({
    Filters: [{ Name: 'instance-state-name', Values: ['run*'] }],
  });
  expect(Reservations?.[0]?.Instances).toEqual([held]);
});

test('a Spot Fleet, whose lists bear names of their own', async () => {
  const account = emptyAccount();
  const held: SpotFleetRequestConfig = {
    SpotFleetRequestId: 'sfr-1',
    SpotFleetRequestState: 'active',
    CreateTime: new Date('2026-01-01T00:00:00.000Z'),
    SpotFleetRequestConfig: {
      IamFleetRole: 'arn',
      TargetCapacity: 3,
      LaunchSpecifications: [
        {
          ImageId: 'ami-1',
          WeightedCapacity: 1.5,
          SecurityGroups: [{ GroupId: 'sg-1' }],
          BlockDeviceMappings: [{ DeviceName: 'd', Ebs: { SnapshotId: 'snap-1' } }],
        },
      ],
      LaunchTemplateConfigs: [
        {
          LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', Version: '1' },
          Overrides: [{ InstanceType: 'c5.large', Priority: 2 }],
        },
      ],
    },
  };
  account.spotFleets.set('sfr-1', held);
  const { ec2 } = await open(account);
  const { SpotFleetRequestConfigs } = await ec2.describeSpotFleetRequests({});
  expect(SpotFleetRequestConfigs).toEqual([held]);
});

test('a group with a mixed instances policy, in the other query protocol', async () => {
  const account = emptyAccount();
  const held: AutoScalingGroup = {
    AutoScalingGroupName: 'a<b>',
    MinSize: 0,
    MaxSize: 5,
    DesiredCapacity: 0,
    DefaultCooldown: 300,
    AvailabilityZones: ['eu-west-1a', 'eu-west-1b'],
    HealthCheckType: 'EC2',
    CreatedTime: new Date('2025-01-02T03:04:05.678Z'),
    NewInstancesProtectedFromScaleIn: false,
    TerminationPolicies: ['OldestInstance'],
    MixedInstancesPolicy: {
      InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: 25 },
      LaunchTemplate: {
        LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', Version: '$Default' },
        Overrides: [
          {
            ImageId: 'ami-1',
            InstanceRequirements: {
              VCpuCount: { Min: 2 },
              MemoryMiB: { Min: 4096 },
              CpuManufacturers: ['amazon-web-services'],
            },
          },
        ],
      },
    },
  };
  account.autoScalingGroups.set('a<b>', held);
  const { autoScaling } = await open(account);
  const { AutoScalingGroups } = await autoScaling.describeAutoScalingGroups({
    AutoScalingGroupNames: ['a<b>', 'nobody'],
  });
  expect(AutoScalingGroups).toEqual([held]);
});

test('an operation’s schema says what is required and what the answer is called', () => {
  const shape = operationShapeOf(DescribeAutoScalingGroups$);
  expect([shape.name, shape.input.kind, shape.outputName]).toEqual([
    'DescribeAutoScalingGroups',
    'structure',
    'AutoScalingGroupsType',
  ]);
});
