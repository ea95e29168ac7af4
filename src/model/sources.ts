/** What a finding can name that another source reads further. */
export type Followed = 'group' | 'launch-template' | 'launch-configuration' | 'parameter';

/** A source of references, as its finder, the schemas, the documentation and the roles go by it. */
export interface Source {
  readonly name: string;
  /** The kinds of references that it finds, each with the noun of the resource. */
  readonly kinds: readonly (readonly [kind: string, noun: string])[];
  /** What it reads, one and many, where that is not a kind's noun and the noun with an s. */
  readonly reads?: readonly [one: string, many: string];
  /** The IAM actions that it needs. */
  readonly permissions: readonly string[];
  /** AWS's own name of the service that it asks, where AWS does not offer that in every Region. */
  readonly service?: string;
  /** What it names: the sources that follow such things wait for this one. */
  readonly names?: readonly Followed[];
  /** What costs a call each, and is read only where `references.byName` of the policy names it. */
  readonly byName?: string;
  /** Nothing of it comes in pages: where the policy names nothing, it is off. */
  readonly isOnlyByName?: true;
}

/** What is named by whatever launches instances. */
const LAUNCHED = ['launch-template', 'parameter'] as const;

/**
 * Where references are searched for, in the order of reports: the names that reports print and a policy may switch off.
 * Kinds are `DescribeImageReferences`' strings where it has one, CloudFormation's type names for the rest. A new source
 * is a row here, and a finder of that name in the registry of `src/references/`.
 */
const ROWS = [
  {
    name: 'auto-scaling-groups',
    kinds: [['autoscaling:AutoScalingGroup', 'Auto Scaling group']],
    permissions: ['autoscaling:DescribeAutoScalingGroups'],
    names: ['group', 'launch-configuration', ...LAUNCHED],
  },
  {
    name: 'instance-refreshes',
    kinds: [['autoscaling:InstanceRefresh', 'instance refresh']],
    reads: ['instance refresh', 'instance refreshes'],
    permissions: ['autoscaling:DescribeInstanceRefreshes'],
    names: LAUNCHED,
  },
  {
    name: 'launch-configurations',
    kinds: [['autoscaling:LaunchConfiguration', 'launch configuration']],
    permissions: ['autoscaling:DescribeLaunchConfigurations'],
    names: ['parameter'],
  },
  { name: 'instances', kinds: [['ec2:Instance', 'instance']], permissions: ['ec2:DescribeInstances'], names: LAUNCHED },
  {
    name: 'spot-fleets',
    kinds: [['ec2:SpotFleetRequest', 'Spot Fleet request']],
    permissions: ['ec2:DescribeSpotFleetRequests'],
    names: LAUNCHED,
  },
  { name: 'ec2-fleets', kinds: [['ec2:Fleet', 'EC2 Fleet']], permissions: ['ec2:DescribeFleets'], names: LAUNCHED },
  {
    name: 'spot-requests',
    kinds: [['ec2:SpotInstanceRequest', 'Spot request']],
    permissions: ['ec2:DescribeSpotInstanceRequests'],
    names: ['parameter'],
  },
  {
    name: 'fast-launch',
    kinds: [['ec2:FastLaunch', 'Windows Fast Launch of']],
    reads: ['image with Fast Launch', 'images with Fast Launch'],
    permissions: ['ec2:DescribeFastLaunchImages'],
    names: ['launch-template'],
  },
  {
    name: 'image-builder-recipes',
    kinds: [
      ['imagebuilder:ImageRecipe', 'image recipe'],
      ['imagebuilder:ContainerRecipe', 'container recipe'],
    ],
    reads: ['recipe', 'recipes'],
    permissions: [
      'imagebuilder:ListImageRecipes',
      'imagebuilder:ListContainerRecipes',
      'imagebuilder:GetImage',
      'imagebuilder:ListImageBuildVersions',
      'imagebuilder:ListImages',
    ],
    service: 'imagebuilder',
    names: ['parameter'],
  },
  {
    name: 'batch-compute-environments',
    kinds: [['batch:ComputeEnvironment', 'Batch compute environment']],
    permissions: ['batch:DescribeComputeEnvironments'],
    service: 'batch',
    names: LAUNCHED,
  },
  {
    name: 'emr-clusters',
    kinds: [['emr:Cluster', 'EMR cluster']],
    permissions: [
      'elasticmapreduce:ListClusters',
      'elasticmapreduce:DescribeCluster',
      'elasticmapreduce:ListInstanceGroups',
      'elasticmapreduce:ListInstanceFleets',
    ],
    service: 'emr',
  },
  {
    name: 'beanstalk-environments',
    kinds: [
      ['elasticbeanstalk:Environment', 'Elastic Beanstalk environment'],
      ['elasticbeanstalk:ConfigurationTemplate', 'Elastic Beanstalk saved configuration'],
    ],
    reads: ['Elastic Beanstalk configuration', 'Elastic Beanstalk configurations'],
    permissions: [
      'elasticbeanstalk:DescribeEnvironments',
      'elasticbeanstalk:DescribeApplications',
      'elasticbeanstalk:DescribeConfigurationSettings',
    ],
    service: 'elasticbeanstalk',
  },
  {
    name: 'codebuild-fleets',
    kinds: [['codebuild:Fleet', 'CodeBuild fleet']],
    permissions: ['codebuild:ListFleets', 'codebuild:BatchGetFleets'],
    service: 'codebuild',
  },
  {
    name: 'hyperpod-clusters',
    kinds: [['sagemaker:Cluster', 'SageMaker HyperPod cluster']],
    permissions: ['sagemaker:ListClusters', 'sagemaker:DescribeCluster'],
    service: 'sagemaker',
  },
  {
    name: 'rds-custom-versions',
    kinds: [['rds:CustomDBEngineVersion', 'RDS Custom engine version']],
    permissions: ['rds:DescribeDBEngineVersions'],
    service: 'rds',
  },
  {
    name: 'cloudformation-stacks',
    kinds: [['cloudformation:Stack', 'CloudFormation stack']],
    permissions: ['cloudformation:DescribeStacks', 'cloudformation:GetTemplate'],
    service: 'cloudformation',
    names: ['parameter'],
    byName: 'templates, by the names of their stacks',
  },
  {
    name: 'lambda-functions',
    kinds: [['lambda:Function', 'Lambda function']],
    permissions: ['lambda:ListFunctions'],
    service: 'lambda',
  },
  {
    name: 'state-machines',
    kinds: [['stepfunctions:StateMachine', 'state machine']],
    permissions: ['states:ListStateMachines', 'states:DescribeStateMachine'],
    service: 'stepfunctions',
    byName: 'definitions of Step Functions, by the names of their state machines',
    isOnlyByName: true,
  },
  {
    name: 'schedules',
    kinds: [['scheduler:Schedule', 'schedule']],
    permissions: ['scheduler:ListSchedules', 'scheduler:GetSchedule'],
    service: 'scheduler',
    byName: 'targets of EventBridge Scheduler, by GROUP/NAME of their schedules',
    isOnlyByName: true,
  },
  {
    name: 'state-manager-associations',
    kinds: [['ssm:Association', 'State Manager association']],
    permissions: ['ssm:ListAssociations', 'ssm:DescribeAssociation'],
    byName: 'parameters and targets of associations, by the name of the association, else of its document',
    isOnlyByName: true,
  },
  {
    name: 'maintenance-windows',
    kinds: [['ssm:MaintenanceWindow', 'maintenance window']],
    permissions: [
      'ssm:DescribeMaintenanceWindows',
      'ssm:DescribeMaintenanceWindowTasks',
      'ssm:GetMaintenanceWindowTask',
    ],
    byName: 'tasks, by the names of their maintenance windows',
    isOnlyByName: true,
  },
  {
    name: 'ssm-documents',
    kinds: [['ssm:Document', 'SSM document']],
    permissions: ['ssm:ListDocuments', 'ssm:GetDocument'],
  },
  { name: 'documents', kinds: [['document', 'document']], permissions: ['s3:ListBucket', 's3:GetObject'] },
  // No finder: what a lookup would find is seen in the inventory.
  { name: 'lookups', kinds: [['lookup', 'lookup']], permissions: [] },
  {
    name: 'launch-templates',
    kinds: [['ec2:LaunchTemplate', 'launch template']],
    reads: ['launch template version', 'launch template versions'],
    permissions: ['ec2:DescribeLaunchTemplateVersions'],
    names: ['parameter'],
  },
  {
    name: 'ssm-parameters',
    kinds: [['ssm:Parameter', 'parameter']],
    permissions: ['ssm:DescribeParameters', 'ssm:GetParameters', 'ssm:GetParametersByPath'],
  },
] as const satisfies readonly Source[];

/** A copy of the image that something uses in its turn; runs over several accounts find it. */
const COPY = ['ec2:Image', 'image'] as const;

export const SOURCES = ROWS.map(({ name }) => name);
export type SourceName = (typeof ROWS)[number]['name'];

/** What is declared of each source. */
export const SOURCE_OF: ReadonlyMap<SourceName, Source> = new Map(ROWS.map((row) => [row.name, row]));

const OF_A_SERVICE: ReadonlySet<string> = new Set(ROWS.flatMap((row) => ('service' in row ? [row.name] : [])));

/** Whether people may well say that an account doesn't use it: a service of its own, beside EC2 and what launches there. */
export function mayBeOff(name: string): boolean {
  return OF_A_SERVICE.has(name);
}

const KINDS = [...ROWS.flatMap(({ kinds }) => [...kinds]), COPY];
export const REFERENCE_KINDS = KINDS.map(([kind]) => kind);
export type ReferenceKind = (typeof KINDS)[number][0];

/** What a reference's resource is called in sentences. */
export const NOUNS: ReadonlyMap<ReferenceKind, string> = new Map(KINDS);

/** What each source reads, one and many; the inventory, which refers to nothing itself, too. */
export const READ_NOUNS: ReadonlyMap<string, readonly [one: string, many: string]> = new Map([
  ['images', ['image', 'images']],
  ['snapshots', ['snapshot', 'snapshots']],
  ['journal', ['record', 'records']],
  ...ROWS.map(({ name, kinds: [[, noun]], ...row }): [string, readonly [string, string]] => {
    return [name, 'reads' in row ? row.reads : [noun, `${noun}s`]];
  }),
]);
