import type { ComputeResource } from '@aws-sdk/client-batch';
import type { Cluster } from '@aws-sdk/client-emr';
import type { ClusterInstanceGroupDetails } from '@aws-sdk/client-sagemaker';
import type { StoredCluster } from '../../sandbox/state.ts';
import type { StoryAccount } from './account.ts';
import { oldVersion } from './every-group-kind.ts';
import type { AddReference } from './every-kind.ts';

const arnOf = ({ state }: StoryAccount, service: string, resource: string) =>
  `arn:aws:${service}:${state.region}:${state.accountId}:${resource}`;

/** A template that resolves a parameter, whose version 1 (`stable`) holds the image. */
const resolving =
  (selector: string, byArn = false): AddReference =>
  (account, imageId) => {
    const name = `/p/${account.id('p')}`;
    account.parameter(name, selector === '' ? [imageId] : [imageId, 'none'], { dataType: 'text', label: 'stable' });
    const asked = `${byArn ? arnOf(account, 'ssm', `parameter${name}`) : name}${selector}`;
    const template = account.template(`resolves-${account.id('t')}`, [`resolve:ssm:${asked}`]);
    const called = account.state.launchTemplates.get(template)?.template.LaunchTemplateName;
    const by = `launch template ${template} "${called}" version 1, $Default, $Latest`;
    return `ssm:Parameter ${asked} version 1, named by ${by}`;
  };

function imageRecipe(account: StoryAccount, parentImage: string): string {
  const arn = arnOf(account, 'imagebuilder', `image-recipe/${account.id('r')}/1.0.0`);
  account.state.imageRecipes.set(arn, { arn, parentImage });
  return arn;
}

function computeEnvironment(account: StoryAccount, resources: Partial<ComputeResource>): string {
  const computeEnvironmentName = account.id('ce');
  const computeEnvironmentArn = arnOf(account, 'batch', `compute-environment/${computeEnvironmentName}`);
  const computeResources = { type: 'EC2' as const, maxvCpus: 4, subnets: ['subnet-0a1b2c3d'], ...resources };
  account.state.computeEnvironments.set(computeEnvironmentName, {
    computeEnvironmentName,
    computeEnvironmentArn,
    computeResources,
  });
  return computeEnvironmentName;
}

function emrCluster(
  account: StoryAccount,
  cluster: Partial<Cluster>,
  parts: Partial<StoredCluster> = { groups: [] },
): string {
  const Id = account.id('j');
  const InstanceCollectionType = parts.fleets === undefined ? 'INSTANCE_GROUP' : 'INSTANCE_FLEET';
  const stored = {
    Id,
    Name: 'etl',
    Status: { State: 'WAITING' as const },
    InstanceCollectionType,
    ...cluster,
  } as const;
  account.state.emrClusters.set(Id, { cluster: stored, ...parts });
  return Id;
}

function hyperPodCluster(account: StoryAccount, group: ClusterInstanceGroupDetails): string {
  const ClusterName = account.id('hyperpod');
  const ClusterArn = arnOf(account, 'sagemaker', `cluster/${ClusterName}`);
  const InstanceGroups = [{ InstanceGroupName: 'workers', CurrentCount: 0, ...group }];
  account.state.hyperPodClusters.set(ClusterName, {
    ClusterName,
    ClusterArn,
    ClusterStatus: 'InService',
    InstanceGroups,
  });
  return ClusterName;
}

const imageSetting = (Value: string) => ({
  Namespace: 'aws:autoscaling:launchconfiguration',
  OptionName: 'ImageId',
  Value,
});

function document(account: StoryAccount, content: string, latest?: string): string {
  const Name = account.id('doc');
  account.state.documents.set(Name, {
    identifier: { Name, Owner: account.state.accountId, DocumentVersion: '1' },
    content,
    ...(latest !== undefined && { latest: { version: '2', content: latest } }),
  });
  return Name;
}

/** What Systems Manager, Image Builder, Batch and people's own documents have. */
export const OTHER_KINDS: Readonly<Record<string, AddReference>> = {
  'an image parameter': (account, imageId) => {
    const name = `/ami/${account.id('p')}`;
    account.parameter(name, ['ami-0000000f', imageId]);
    return `ssm:Parameter ${name} version 2`;
  },
  'a text parameter that the policy asks for': (account, imageId) => {
    const name = `/text/${account.id('p')}`;
    account.parameter(name, [JSON.stringify({ primary: imageId })], { dataType: 'text' });
    return `ssm:Parameter ${name} version 1`;
  },
  'a template by resolve:ssm': resolving(''),
  'a template by resolve:ssm at a version': resolving(':1'),
  'a template by resolve:ssm at a label': resolving(':stable'),
  'a template by resolve:ssm and an ARN': resolving('', true),
  'a template by resolve:ssm and an ARN at a label': resolving(':stable', true),
  'an image recipe': (account, imageId) => `imagebuilder:ImageRecipe ${imageRecipe(account, imageId)} `,
  'an image recipe by parameter': (account, imageId) => {
    const name = `/base/${account.id('p')}`;
    account.parameter(name, [imageId], { dataType: 'text' });
    const recipe = imageRecipe(account, `ssm:${name}`);
    return `ssm:Parameter ${name} version 1, named by image recipe ${recipe}`;
  },
  'an image recipe by the newest of its builds': (account, image) => {
    const base = arnOf(account, 'imagebuilder', `image/${account.id('base')}`);
    for (const [build, ami] of [
      ['1.2.0/1', 'ami-0000000f'],
      ['1.10.0/1', image],
    ]) {
      const arn = `${base}/${build}`;
      const outputResources = { amis: [{ ...(ami && { image: ami }) }] };
      account.state.builtImages.set(arn, { arn, state: { status: 'AVAILABLE' }, outputResources });
    }
    return `imagebuilder:ImageRecipe ${imageRecipe(account, `${base}/x.x.x`)} parent image ${base}/x.x.x`;
  },
  'a container recipe': (account, image) => {
    const arn = arnOf(account, 'imagebuilder', `container-recipe/${account.id('r')}/1.0.0`);
    const parentImage = 'public.ecr.aws/amazonlinux/amazonlinux:2023';
    account.state.containerRecipes.set(arn, { arn, parentImage, instanceConfiguration: { image } });
    return `imagebuilder:ContainerRecipe ${arn} `;
  },
  "a compute environment's image": (account, imageId) =>
    `batch:ComputeEnvironment ${computeEnvironment(account, { imageId })} `,
  "a compute environment's override": (account, imageIdOverride) => {
    const ec2Configuration = [{ imageType: 'ECS_AL2023', imageIdOverride }];
    return `batch:ComputeEnvironment ${computeEnvironment(account, { ec2Configuration })} `;
  },
  "a compute environment's template": (account, imageId) => {
    const { id, text } = oldVersion(account, imageId);
    const launchTemplate = { launchTemplateId: id, version: '1' };
    return `${text} Batch compute environment ${computeEnvironment(account, { launchTemplate })}`;
  },
  "a compute environment's template override": (account, imageId) => {
    const { name, text } = oldVersion(account, imageId);
    const launchTemplate = { overrides: [{ launchTemplateName: name, version: '1' }] };
    return `${text} Batch compute environment ${computeEnvironment(account, { launchTemplate })}`;
  },
  "an EMR cluster's image": (account, CustomAmiId) => `emr:Cluster ${emrCluster(account, { CustomAmiId })} "etl"`,
  "an EMR instance group's image, of size 0": (account, CustomAmiId) => {
    const groups = [{ Id: 'ig-1', Status: { State: 'RUNNING' as const }, RunningInstanceCount: 0, CustomAmiId }];
    return `emr:Cluster ${emrCluster(account, {}, { groups })} "etl", instance group ig-1`;
  },
  "an EMR instance fleet's image": (account, CustomAmiId) => {
    const fleets = [{ Id: 'if-1', InstanceTypeSpecifications: [{ InstanceType: 'm7g.xlarge', CustomAmiId }] }];
    return `emr:Cluster ${emrCluster(account, {}, { fleets })} "etl", instance fleet if-1, m7g.xlarge`;
  },
  "an Elastic Beanstalk environment's image": (account, imageId) => {
    const EnvironmentName = account.id('env');
    const environment = { EnvironmentName, ApplicationName: 'shop', Status: 'Ready' as const };
    account.state.beanstalkEnvironments.set(EnvironmentName, { environment, settings: [imageSetting(imageId)] });
    return `elasticbeanstalk:Environment ${EnvironmentName} Ready`;
  },
  'an Elastic Beanstalk saved configuration': (account, imageId) => {
    const name = account.id('saved');
    const templates = account.state.beanstalkTemplates.get('shop') ?? new Map();
    account.state.beanstalkTemplates.set('shop', templates.set(name, [imageSetting(imageId)]));
    return `elasticbeanstalk:ConfigurationTemplate shop/${name} `;
  },
  "a CodeBuild fleet's image": (account, imageId) => {
    const name = account.id('fleet');
    const status = { statusCode: 'ACTIVE' as const };
    account.state.codeBuildFleets.set(name, {
      name,
      arn: arnOf(account, 'codebuild', `fleet/${name}:1`),
      status,
      imageId,
    });
    return `codebuild:Fleet ${name} ACTIVE`;
  },
  "a HyperPod instance group's image, of size 0": (account, CurrentImageId) =>
    `sagemaker:Cluster ${hyperPodCluster(account, { CurrentImageId })} instance group workers`,
  'the image that a HyperPod instance group is to have': (account, DesiredImageId) =>
    `sagemaker:Cluster ${hyperPodCluster(account, { CurrentImageId: 'default', DesiredImageId })} instance group workers`,
  'an RDS Custom engine version': (account, ImageId) => {
    const EngineVersion = `19.${account.id('cev')}`;
    const DBEngineVersionArn = arnOf(account, 'rds', `cev:custom-oracle-ee/${EngineVersion}/1`);
    const version = { Engine: 'custom-oracle-ee', EngineVersion, DBEngineVersionArn, Status: 'inactive' };
    account.state.engineVersions.set(DBEngineVersionArn, { ...version, Image: { ImageId } });
    return `rds:CustomDBEngineVersion custom-oracle-ee ${EngineVersion} inactive`;
  },
  'a runbook': (account, imageId) =>
    `ssm:Document ${document(account, `mainSteps:\n  - inputs: { ImageId: ${imageId} }\n`)} version 1`,
  "a runbook's latest version": (account, imageId) => `ssm:Document ${document(account, '{}', imageId)} version 2`,
  "a runbook's default version": (account, imageId) => `ssm:Document ${document(account, imageId, '{}')} version 1`,
  'a document in S3': (account, imageId) => {
    const key = `recovery/${account.id('plan')}.md`;
    const bucket = account.state.buckets.get('runbooks') ?? new Map();
    const body = new TextEncoder().encode(`Start from **${imageId}**.`);
    bucket.set(key, { body, eTag: '"1"', lastModified: account.daysAgo(9), metadata: {} });
    account.state.buckets.set('runbooks', bucket);
    return `document s3://runbooks/${key} `;
  },
};
