import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
} from '@aws-sdk/client-auto-scaling';
import * as ec2 from '@aws-sdk/client-ec2';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

export const REGION = 'eu-west-1';
export const BUCKET = 'ami-janitor-reports';
/** The kind of reference that keeps an image, or how else it is kept; `none` where it is due. */
type Expected = string;

/** What an endpoint was given, and what it would not take. */
export interface Seeded {
  /** Image ids by what uses them. */
  readonly images: ReadonlyMap<string, { readonly imageId: string; readonly expected: Expected }>;
  /** What could not be made, and why. */
  readonly refused: ReadonlyMap<string, string>;
}

/** Makes images through an endpoint's own API, and one of everything that keeps one. @throws where no image can be made */
export async function seed(endpoint: string): Promise<Seeded> {
  const config = {
    endpoint,
    region: REGION,
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const aws = new ec2.EC2Client(config);
  const scaling = new AutoScalingClient(config);
  const ssm = new SSMClient(config);
  const images = new Map<string, { imageId: string; expected: Expected }>();
  const refused = new Map<string, string>();
  let base: string | undefined;
  const zone = { AvailabilityZones: [`${REGION}a`], MinSize: 0, MaxSize: 1 };
  const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
  await new S3Client({ ...config, forcePathStyle: true }).send(
    new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration }),
  );

  /** From an instance, as people do; where an endpoint can't, from a snapshot. */
  async function image(name: string): Promise<string> {
    const Name = name.replaceAll(/[^\w-]/g, '-');
    const ImageId = await fromInstance(Name).catch(() => fromSnapshot(Name));
    const Tags = [{ Key: 'Family', Value: 'web' }];
    await aws.send(new ec2.CreateTagsCommand({ Resources: [ImageId], Tags }));
    return ImageId;
  }
  async function fromInstance(Name: string): Promise<string> {
    base ??= await launched('ami-0abcdef1234567890');
    const { ImageId } = await aws.send(new ec2.CreateImageCommand({ InstanceId: base, Name }));
    return ImageId ?? '';
  }
  async function fromSnapshot(Name: string): Promise<string> {
    const volume = await aws.send(
      new ec2.CreateVolumeCommand({ AvailabilityZone: `${REGION}a`, Size: 8, VolumeType: 'gp3' }),
    );
    const { SnapshotId } = await aws.send(new ec2.CreateSnapshotCommand({ VolumeId: volume.VolumeId ?? '' }));
    const { ImageId } = await aws.send(
      new ec2.RegisterImageCommand({
        Name,
        Architecture: 'x86_64',
        RootDeviceName: '/dev/xvda',
        VirtualizationType: 'hvm',
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { ...(SnapshotId !== undefined && { SnapshotId }) } }],
      }),
    );
    return ImageId ?? '';
  }
  async function launched(ImageId: string): Promise<string> {
    const { Instances = [] } = await aws.send(
      new ec2.RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1, InstanceType: 't3.micro' }),
    );
    return Instances[0]?.InstanceId ?? '';
  }
  async function template(name: string, ...values: readonly [string, ...string[]]): Promise<string> {
    const [ImageId, ...later] = values;
    const made = await aws.send(
      new ec2.CreateLaunchTemplateCommand({
        LaunchTemplateName: name,
        LaunchTemplateData: { ImageId, InstanceType: 't3.micro' },
      }),
    );
    for (const next of later)
      await aws.send(
        new ec2.CreateLaunchTemplateVersionCommand({
          LaunchTemplateName: name,
          LaunchTemplateData: { ImageId: next, InstanceType: 't3.micro' },
        }),
      );
    return made.LaunchTemplate?.LaunchTemplateId ?? '';
  }
  /** An image and what uses it; where that can't be made the image is left out of what is expected. */
  async function used(name: string, expected: Expected, use: (imageId: string) => Promise<unknown>): Promise<void> {
    const imageId = await image(name);
    try {
      await use(imageId);
      images.set(name, { imageId, expected });
    } catch (error) {
      refused.set(name, error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 200) : String(error));
    }
  }

  const other = await image('other');
  images.set('unused', { imageId: await image('unused'), expected: 'none' });
  images.set('unused, another', { imageId: await image('unused, another'), expected: 'none' });
  await used('instance', 'ec2:Instance', launched);
  await used('stopped instance', 'ec2:Instance', async (ImageId) => {
    await aws.send(new ec2.StopInstancesCommand({ InstanceIds: [await launched(ImageId)] }));
  });
  await used('$Default of a template', 'ec2:LaunchTemplate', (id) => template('default', id, other));
  await used('$Latest of a template', 'ec2:LaunchTemplate', (id) => template('latest', other, id));
  await used('an old version', 'none', (id) => template('old', other, id, other));
  await used('an old version that a group names', 'ec2:LaunchTemplate', async (id) => {
    await template('named-by-group', other, id, other);
    const LaunchTemplate = { LaunchTemplateName: 'named-by-group', Version: '2' };
    await scaling.send(
      new CreateAutoScalingGroupCommand({ ...zone, AutoScalingGroupName: 'by-version', LaunchTemplate }),
    );
  });
  await used('an override of a mixed instances policy', 'ec2:LaunchTemplate', async (id) => {
    await template('mixed', other);
    await template('override', other, id, other);
    const named = (LaunchTemplateName: string, Version: string) => ({
      LaunchTemplateSpecification: { LaunchTemplateName, Version },
    });
    const Overrides = [{ InstanceType: 't4g.micro', ...named('override', '2') }];
    const MixedInstancesPolicy = { LaunchTemplate: { ...named('mixed', '$Default'), Overrides } };
    await scaling.send(
      new CreateAutoScalingGroupCommand({ ...zone, AutoScalingGroupName: 'mixed', MixedInstancesPolicy }),
    );
  });
  await used('launch configuration', 'autoscaling:LaunchConfiguration', (ImageId) =>
    scaling.send(
      new CreateLaunchConfigurationCommand({ LaunchConfigurationName: 'nobody', ImageId, InstanceType: 't3.micro' }),
    ),
  );
  await used('Spot request', 'ec2:SpotInstanceRequest', (ImageId) =>
    aws.send(
      new ec2.RequestSpotInstancesCommand({
        SpotPrice: '0.01',
        LaunchSpecification: { ImageId, InstanceType: 't3.micro' },
      }),
    ),
  );
  await used('Spot Fleet', 'ec2:SpotFleetRequest', (ImageId) =>
    aws.send(
      new ec2.RequestSpotFleetCommand({
        SpotFleetRequestConfig: {
          IamFleetRole: 'arn:aws:iam::123456789012:role/fleet',
          TargetCapacity: 1,
          SpotPrice: '0.01',
          LaunchSpecifications: [{ ImageId, InstanceType: 't3.micro' }],
        },
      }),
    ),
  );
  await used('EC2 Fleet', 'ec2:LaunchTemplate', async (id) => {
    await template('fleet', other, id, other);
    const LaunchTemplateSpecification = { LaunchTemplateName: 'fleet', Version: '2' };
    await aws.send(
      new ec2.CreateFleetCommand({
        Type: 'maintain',
        LaunchTemplateConfigs: [{ LaunchTemplateSpecification }],
        TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: 'on-demand' },
      }),
    );
  });
  await used('parameter of type aws:ec2:image', 'ssm:Parameter', (Value) =>
    ssm.send(new PutParameterCommand({ Name: '/typed', Type: 'String', DataType: 'aws:ec2:image', Value })),
  );
  await used('text parameter', 'ssm:Parameter', (Value) =>
    ssm.send(new PutParameterCommand({ Name: '/golden/web', Type: 'String', Value: `{"ami": "${Value}"}` })),
  );
  await used('resolve:ssm in a template', 'ssm:Parameter', async (Value) => {
    await ssm.send(new PutParameterCommand({ Name: '/by/template', Type: 'String', Value }));
    await template('resolving', 'resolve:ssm:/by/template');
  });
  await used('shared with an account', 'shared', (ImageId) =>
    aws.send(new ec2.ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add: [{ UserId: '999988887777' }] } })),
  );
  await used('kept by a tag', 'kept', (ImageId) =>
    aws.send(new ec2.CreateTagsCommand({ Resources: [ImageId], Tags: [{ Key: 'ami-janitor:keep', Value: 'true' }] })),
  );
  images.set('other', { imageId: other, expected: 'ec2:LaunchTemplate' });
  return { images, refused };
}
