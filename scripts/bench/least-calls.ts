import type { MixedInstancesPolicy } from '@aws-sdk/client-auto-scaling';
import type { AccountState, StoredTemplate } from '../../sandbox/state.ts';

interface Naming {
  readonly LaunchTemplateId?: string | undefined;
  readonly LaunchTemplateName?: string | undefined;
  readonly Version?: string | undefined;
}

/** The least that AWS's page sizes allow for reading everything that counts in `in-use` mode once, by operation. */
export function leastToRead(state: AccountState): Record<string, number> {
  const { templates, furtherTemplates, countedValues } = templatesIn(state);
  const parameters = [...state.parameters.values()];
  const imageParameters = parameters.filter(({ history }) => history.at(-1)?.DataType === 'aws:ec2:image');
  const resolved = countedValues.flatMap((value) => value?.match(/^resolve:ssm:(.+)$/)?.[1] ?? []);
  const names = new Set([...imageParameters.map(({ name }) => name), ...resolved]);
  const builds = [...state.imageRecipes.values()].flatMap(({ parentImage = '' }) =>
    parentImage.includes(`:${state.accountId}:image/`) ? parentImage : [],
  );
  const versions = new Set([...state.builtImages.keys()].map((arn) => arn.replace(/\/\d+$/, '')));
  const documents = [...state.documents.values()];
  const environments = [...state.beanstalkEnvironments.values()].filter(
    ({ environment }) => environment.Status !== 'Terminated',
  );
  const savedConfigurations = [...state.beanstalkTemplates.values()].reduce((sum, { size }) => sum + size, 0);
  const clusters = [...state.emrClusters.values()].filter(({ cluster }) => !cluster.Status?.State?.startsWith('TERM'));
  const otherLatest = documents.filter(({ latest }) => latest !== undefined).length;
  return {
    DescribeImages: pages(state.images.size, 1000),
    DescribeSnapshots: pages(state.snapshots.size, 1000),
    DescribeLaunchTemplateVersions: pages(templates, 200) + furtherTemplates,
    DescribeAutoScalingGroups: pages(state.autoScalingGroups.size, 100),
    DescribeInstanceRefreshes: state.autoScalingGroups.size,
    DescribeLaunchConfigurations: pages(state.launchConfigurations.size, 100),
    DescribeInstances: pages(state.instances.size, 1000),
    DescribeSpotFleetRequests: pages(state.spotFleets.size, 1000),
    DescribeFleets: pages(state.fleets.size, 1000),
    DescribeFastLaunchImages: pages(state.fastLaunch.size, 200),
    DescribeSpotInstanceRequests: pages(state.spotRequests.size, 1000),
    DescribeParameters: pages(imageParameters.length, 50),
    // Whether one call may ask for two versions of a parameter is not documented.
    GetParameters: Math.max(Math.ceil(names.size / 10), mostSelectorsOfOne(names)),
    ListDocuments: pages(documents.length, 50),
    GetDocument: documents.length + otherLatest,
    ListImageRecipes: pages(state.imageRecipes.size, 25),
    ListContainerRecipes: pages(state.containerRecipes.size, 25),
    GetImage: new Set(builds).size,
    // Whether Image Builder has images at all.
    ListImages: pages(versions.size, 25),
    ...(versions.size > 0 && { ListLifecyclePolicies: 1, ListImageBuildVersions: versions.size }),
    DescribeComputeEnvironments: pages(state.computeEnvironments.size, 100),
    DescribeEnvironments: pages(environments.length, 1000),
    DescribeApplications: 1,
    DescribeConfigurationSettings: environments.length + savedConfigurations,
    ListFleets: pages(state.codeBuildFleets.size, 100),
    BatchGetFleets: Math.ceil(state.codeBuildFleets.size / 100),
    // EMR's and SageMaker's.
    ListClusters: pages(clusters.length, 50) + pages(state.hyperPodClusters.size, 100),
    DescribeCluster: clusters.length + state.hyperPodClusters.size,
    DescribeDBEngineVersions: pages(state.engineVersions.size, 100),
    DescribeStacks: pages(state.texts.stacks.size, 100),
    ListFunctions: pages(state.texts.functions.size, 50),
    ListInstanceGroups: clusters.filter(({ groups }) => groups !== undefined).length,
    ListInstanceFleets: clusters.filter(({ fleets }) => fleets !== undefined).length,
    GetCallerIdentity: 1,
  };
}

function mostSelectorsOfOne(names: Iterable<string>): number {
  const perParameter = Map.groupBy(names, (name) => name.split(':')[0]);
  return Math.max(0, ...[...perParameter.values()].map(({ length }) => length));
}

/** An empty list takes a call, too. */
function pages(items: number, pageSize: number): number {
  return Math.max(1, Math.ceil(items / pageSize));
}

/** The rows of `$Default` and `$Latest`, and how many templates have others that something names. */
function templatesIn(state: AccountState) {
  const stored = [...state.launchTemplates.values()];
  const byName = new Map(stored.map((one) => [one.template.LaunchTemplateName, one]));
  const further = new Map<StoredTemplate, Set<number>>();
  for (const { LaunchTemplateId, LaunchTemplateName, Version = '' } of namings(state)) {
    const named =
      LaunchTemplateId === undefined ? byName.get(LaunchTemplateName) : state.launchTemplates.get(LaunchTemplateId);
    if (named !== undefined && /^\d+$/.test(Version) && !endsOf(named).has(Number(Version))) {
      further.set(named, (further.get(named) ?? new Set()).add(Number(Version)));
    }
  }
  return {
    templates: stored.reduce((sum, one) => sum + endsOf(one).size, 0),
    furtherTemplates: further.size,
    countedValues: stored.flatMap((one) =>
      [...endsOf(one), ...(further.get(one) ?? [])].map(
        (number) => one.versions.get(number)?.LaunchTemplateData?.ImageId,
      ),
    ),
  };
}

function endsOf({ template }: StoredTemplate): Set<number> {
  return new Set([template.DefaultVersionNumber ?? 0, template.LatestVersionNumber ?? 0]);
}

function namings(state: AccountState): Naming[] {
  const ofPolicy = (policy: MixedInstancesPolicy | undefined) => [
    policy?.LaunchTemplate?.LaunchTemplateSpecification,
    ...(policy?.LaunchTemplate?.Overrides ?? []).map((override) => override.LaunchTemplateSpecification),
  ];
  const all: (Naming | undefined)[] = [];
  for (const group of state.autoScalingGroups.values()) {
    all.push(group.LaunchTemplate, ...ofPolicy(group.MixedInstancesPolicy));
    all.push(...(group.Instances ?? []).map((instance) => instance.LaunchTemplate));
  }
  for (const { DesiredConfiguration } of [...state.instanceRefreshes.values()].flat()) {
    all.push(DesiredConfiguration?.LaunchTemplate, ...ofPolicy(DesiredConfiguration?.MixedInstancesPolicy));
  }
  for (const fleet of state.fleets.values()) {
    all.push(...(fleet.LaunchTemplateConfigs ?? []).map((config) => config.LaunchTemplateSpecification));
  }
  for (const { SpotFleetRequestConfig } of state.spotFleets.values()) {
    const configs = SpotFleetRequestConfig?.LaunchTemplateConfigs ?? [];
    all.push(...configs.map((config) => config.LaunchTemplateSpecification));
  }
  for (const { Tags = [] } of state.instances.values()) {
    const tag = (key: string) => Tags.find(({ Key }) => Key === `aws:ec2launchtemplate:${key}`)?.Value;
    if (tag('id') !== undefined) all.push({ LaunchTemplateId: tag('id'), Version: tag('version') });
  }
  return all.filter((naming) => naming !== undefined);
}
