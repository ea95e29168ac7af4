import type { ParameterHistory } from '@aws-sdk/client-ssm';
import type { Draft } from './draft.ts';

interface ParameterDraft {
  readonly name: string;
  /** Values by version, oldest first. */
  readonly values: readonly string[];
  readonly dataType?: string;
  /** Labels by version number. */
  readonly labels?: Readonly<Record<number, readonly string[]>>;
}

/** Adds a parameter with its versions. */
export function addParameter(draft: Draft, made: ParameterDraft): void {
  const history = made.values.map(
    (Value, index): ParameterHistory => ({
      Name: made.name,
      Type: 'String',
      Value,
      Version: index + 1,
      LastModifiedDate: draft.daysAgo((made.values.length - index) * 20),
      LastModifiedUser: `arn:aws:iam::${draft.state.accountId}:role/deployer`,
      DataType: made.dataType ?? 'text',
      Tier: 'Standard',
      Labels: [...(made.labels?.[index + 1] ?? [])],
    }),
  );
  draft.state.parameters.set(made.name, { name: made.name, history });
}

/** Parameters that templates resolve, that hold image ids as text, and that have nothing to do with images. */
/** Adds a parameter with its versions. */
export function addParameters(draft: Draft): void {
  const old = () => draft.takeOldestId();
  const dataType = 'aws:ec2:image';
  addParameter(draft, { name: '/golden/webapp/prod', values: [old(), old()], dataType });
  addParameter(draft, { name: '/golden/api/prod', values: [old(), old(), old()], dataType });
  addParameter(draft, {
    name: '/golden/worker/prod',
    values: [old(), old()],
    dataType,
    labels: { 1: ['stable'], 2: ['candidate'] },
  });
  addParameter(draft, { name: '/ami/nobody-resolves-it', values: [old()], dataType });
  addParameter(draft, { name: '/golden/bastion/current', values: [old()] });
  addParameter(draft, { name: '/golden/list', values: [JSON.stringify({ primary: old(), fallback: old() })] });
  addParameter(draft, { name: '/golden/readme', values: ['Written by the image pipeline.'] });
  addParameter(draft, { name: '/service/webapp/log-level', values: ['info', 'debug'] });
}

/** Runbooks, recipes and compute environments, each alone in keeping an old image. */
export function addBuildersAndRunbooks(draft: Draft): void {
  const { state } = draft;
  const old = () => draft.takeOldestId();
  const arn = (service: string, resource: string) =>
    `arn:aws:${service}:${state.region}:${state.accountId}:${resource}`;
  const documents: readonly (readonly [string, string])[] = [
    [
      'Recover-Billing',
      `schemaVersion: '0.3'\ndescription: Brings billing back\nmainSteps:\n  - name: launch\n    action: aws:runInstances\n    inputs:\n      ImageId: ${old()}\n`,
    ],
    ['Restart-Webapp', "schemaVersion: '2.2'\ndescription: Restarts the service\nmainSteps: []\n"],
  ];
  for (const [Name, content] of documents) {
    const identifier = {
      Name,
      CreatedDate: draft.daysAgo(500),
      Owner: state.accountId,
      DocumentVersion: '1',
      DocumentFormat: 'YAML',
      DocumentType: 'Automation',
      SchemaVersion: '0.3',
    } as const;
    state.documents.set(Name, { identifier, content });
  }
  const imageRecipe = arn('imagebuilder', 'image-recipe/golden-base/1.4.0');
  state.imageRecipes.set(imageRecipe, {
    arn: imageRecipe,
    name: 'golden-base',
    platform: 'Linux',
    owner: state.accountId,
    version: '1.4.0',
    parentImage: old(),
    dateCreated: draft.isoDaysAgo(120),
    tags: {},
  });
  const containerRecipe = arn('imagebuilder', 'container-recipe/tools/2.0.1');
  state.containerRecipes.set(containerRecipe, {
    arn: containerRecipe,
    name: 'tools',
    containerType: 'DOCKER',
    platform: 'Linux',
    owner: state.accountId,
    version: '2.0.1',
    parentImage: 'public.ecr.aws/amazonlinux/amazonlinux:2023',
    instanceConfiguration: { image: old() },
    dateCreated: draft.isoDaysAgo(90),
    tags: {},
  });
  const imageSetting = () => ({
    Namespace: 'aws:autoscaling:launchconfiguration',
    OptionName: 'ImageId',
    Value: old(),
  });
  state.beanstalkEnvironments.set('shop-prod', {
    environment: { EnvironmentName: 'shop-prod', ApplicationName: 'shop', Status: 'Ready' },
    settings: [{ Namespace: 'aws:autoscaling:asg', OptionName: 'MinSize', Value: '1' }, imageSetting()],
  });
  state.beanstalkTemplates.set('shop', new Map([['before-the-move', [imageSetting()]]]));
  state.codeBuildFleets.set('builders', {
    name: 'builders',
    arn: arn('codebuild', 'fleet/builders:0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0'),
    baseCapacity: 1,
    environmentType: 'LINUX_EC2',
    status: { statusCode: 'ACTIVE' },
    imageId: old(),
  });
  const [cluster, fleetCluster] = ['j-1A2B3C4D5E6F7', 'j-7F6E5D4C3B2A1'];
  state.emrClusters.set(cluster, {
    cluster: {
      Id: cluster,
      Name: 'nightly etl',
      Status: { State: 'WAITING' },
      CustomAmiId: old(),
      InstanceCollectionType: 'INSTANCE_GROUP',
    },
    // The group of size 0 launches when the work comes.
    groups: [
      { Id: 'ig-1A2B3C', InstanceGroupType: 'MASTER', Status: { State: 'RUNNING' }, RunningInstanceCount: 1 },
      {
        Id: 'ig-4D5E6F',
        InstanceGroupType: 'TASK',
        Status: { State: 'RUNNING' },
        RunningInstanceCount: 0,
        CustomAmiId: old(),
      },
    ],
  });
  state.emrClusters.set(fleetCluster, {
    cluster: {
      Id: fleetCluster,
      Name: 'ad hoc',
      Status: { State: 'RUNNING' },
      InstanceCollectionType: 'INSTANCE_FLEET',
    },
    fleets: [
      {
        Id: 'if-1A2B3C',
        InstanceFleetType: 'CORE',
        Status: { State: 'RUNNING' },
        InstanceTypeSpecifications: [{ InstanceType: 'm7g.xlarge', CustomAmiId: old() }],
      },
    ],
  });
  const computeEnvironmentArn = arn('batch', 'compute-environment/nightly');
  state.computeEnvironments.set('nightly', {
    computeEnvironmentName: 'nightly',
    computeEnvironmentArn,
    type: 'MANAGED',
    state: 'ENABLED',
    status: 'VALID',
    computeResources: {
      type: 'EC2',
      minvCpus: 0,
      maxvCpus: 64,
      subnets: ['subnet-0a1b2c3d'],
      instanceTypes: ['m7g.large'],
      ec2Configuration: [{ imageType: 'ECS_AL2023', imageIdOverride: old() }],
    },
  });
  const trainer = old();
  state.hyperPodClusters.set('trainer', {
    ClusterName: 'trainer',
    ClusterArn: arn('sagemaker', 'cluster/a1b2c3d4e5f6'),
    ClusterStatus: 'InService',
    // It scales from none, and is to go to another image.
    InstanceGroups: [
      { InstanceGroupName: 'controllers', CurrentCount: 1, CurrentImageId: 'default', DesiredImageId: 'default' },
      { InstanceGroupName: 'workers', CurrentCount: 0, CurrentImageId: trainer, DesiredImageId: trainer },
    ],
  });
  const engineVersion = arn('rds', 'cev:custom-sqlserver-se/15.00.4365.2.billing/0f1e2d3c');
  state.engineVersions.set(engineVersion, {
    Engine: 'custom-sqlserver-se',
    EngineVersion: '15.00.4365.2.billing',
    DBEngineVersionArn: engineVersion,
    Status: 'inactive',
    Image: { ImageId: trainer, Status: 'active' },
  });
}
