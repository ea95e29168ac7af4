import {
  paginateDescribeAutoScalingGroups,
  paginateDescribeInstanceRefreshes,
  paginateDescribeLaunchConfigurations,
} from '@aws-sdk/client-auto-scaling';
import { paginateDescribeComputeEnvironments } from '@aws-sdk/client-batch';
import { paginateListFleets } from '@aws-sdk/client-codebuild';
import {
  paginateDescribeFastLaunchImages,
  paginateDescribeFastSnapshotRestores,
  paginateDescribeFleets,
  paginateDescribeImages,
  paginateDescribeInstances,
  paginateDescribeLaunchTemplates,
  paginateDescribeLaunchTemplateVersions,
  paginateDescribeSnapshots,
  paginateDescribeSpotFleetRequests,
  paginateDescribeSpotInstanceRequests,
  paginateListImagesInRecycleBin,
} from '@aws-sdk/client-ec2';
import { paginateListClusters } from '@aws-sdk/client-emr';
import { paginateListContainerRecipes, paginateListImageRecipes } from '@aws-sdk/client-imagebuilder';
import { paginateDescribeDBEngineVersions } from '@aws-sdk/client-rds';
import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { paginateListClusters as paginateHyperPodClusters } from '@aws-sdk/client-sagemaker';
import {
  paginateDescribeParameters,
  paginateGetParameterHistory,
  paginateGetParametersByPath,
  paginateListDocuments,
} from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { seedAccount } from '../../sandbox/seed/seed-account.ts';
import { NOW, open, refusal } from './open.ts';

/** Pages to the end and tells the ids met, in order. */
async function idsOf<Page>(
  pages: AsyncIterable<Page>,
  idsIn: (page: Page) => readonly (string | undefined)[] | undefined,
): Promise<(string | undefined)[]> {
  const ids: (string | undefined)[] = [];
  for await (const page of pages) ids.push(...(idsIn(page) ?? []));
  return ids;
}

type Opened = Awaited<ReturnType<typeof open>>;

type Ids = Iterable<string | undefined>;

/** A list asked for page by page: the ids of a page, and those that the account holds. */
const list =
  <Page>(
    pages: (opened: Opened) => AsyncIterable<Page>,
    idsIn: (page: Page) => readonly (string | undefined)[] | undefined,
    held: (state: Opened['state']) => Ids,
  ) =>
  async (opened: Opened) => ({ met: await idsOf(pages(opened), idsIn), held: [...held(opened.state)] });

const LISTS = {
  DescribeImages: list(
    ({ ec2 }) => paginateDescribeImages({ client: ec2, pageSize: 7 }, { Owners: ['self'], IncludeDisabled: true }),
    ({ Images }) => Images?.map(({ ImageId }) => ImageId),
    ({ images }) => images.keys(),
  ),
  DescribeSnapshots: list(
    ({ ec2 }) => paginateDescribeSnapshots({ client: ec2, pageSize: 9 }, { OwnerIds: ['self'] }),
    ({ Snapshots }) => Snapshots?.map(({ SnapshotId }) => SnapshotId),
    ({ snapshots }) => snapshots.keys(),
  ),
  DescribeLaunchTemplates: list(
    ({ ec2 }) => paginateDescribeLaunchTemplates({ client: ec2, pageSize: 4 }, { IncludeManagedResources: true }),
    ({ LaunchTemplates }) => LaunchTemplates?.map(({ LaunchTemplateId }) => LaunchTemplateId),
    ({ launchTemplates }) => launchTemplates.keys(),
  ),
  DescribeLaunchTemplateVersions: list(
    ({ ec2 }) =>
      paginateDescribeLaunchTemplateVersions(
        { client: ec2, pageSize: 4 },
        { Versions: ['$Latest', '$Default'], IncludeManagedResources: true },
      ),
    (page) => page.LaunchTemplateVersions?.map((version) => `${version.LaunchTemplateId} ${version.VersionNumber}`),
    ({ launchTemplates }) =>
      [...launchTemplates].flatMap(([id, { template }]) =>
        [...new Set([template.LatestVersionNumber, template.DefaultVersionNumber])].map((number) => `${id} ${number}`),
      ),
  ),
  DescribeInstances: list(
    ({ ec2 }) => paginateDescribeInstances({ client: ec2, pageSize: 5 }, { IncludeManagedResources: true }),
    ({ Reservations }) => Reservations?.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId)),
    ({ instances }) => instances.keys(),
  ),
  DescribeSpotFleetRequests: list(
    ({ ec2 }) => paginateDescribeSpotFleetRequests({ client: ec2, pageSize: 1 }, {}),
    ({ SpotFleetRequestConfigs }) => SpotFleetRequestConfigs?.map(({ SpotFleetRequestId }) => SpotFleetRequestId),
    ({ spotFleets }) => spotFleets.keys(),
  ),
  DescribeFleets: list(
    ({ ec2 }) => paginateDescribeFleets({ client: ec2, pageSize: 1 }, {}),
    ({ Fleets }) => Fleets?.map(({ FleetId }) => FleetId),
    ({ fleets }) => fleets.keys(),
  ),
  DescribeSpotInstanceRequests: list(
    ({ ec2 }) => paginateDescribeSpotInstanceRequests({ client: ec2, pageSize: 5 }, {}),
    ({ SpotInstanceRequests }) => SpotInstanceRequests?.map(({ SpotInstanceRequestId }) => SpotInstanceRequestId),
    ({ spotRequests }) => spotRequests.keys(),
  ),
  DescribeFastLaunchImages: list(
    ({ ec2 }) => paginateDescribeFastLaunchImages({ client: ec2, pageSize: 1 }, {}),
    ({ FastLaunchImages }) => FastLaunchImages?.map(({ ImageId }) => ImageId),
    ({ fastLaunch }) => fastLaunch.keys(),
  ),
  DescribeFastSnapshotRestores: list(
    ({ ec2 }) => paginateDescribeFastSnapshotRestores({ client: ec2, pageSize: 1 }, {}),
    ({ FastSnapshotRestores }) => FastSnapshotRestores?.map(({ SnapshotId }) => SnapshotId),
    ({ fastSnapshotRestores }) => fastSnapshotRestores.map(({ SnapshotId }) => SnapshotId),
  ),
  ListImagesInRecycleBin: list(
    ({ ec2 }) => paginateListImagesInRecycleBin({ client: ec2, pageSize: 1 }, {}),
    ({ Images }) => Images?.map(({ ImageId }) => ImageId),
    ({ recycleBin }) => recycleBin.images.keys(),
  ),
  DescribeAutoScalingGroups: list(
    ({ autoScaling }) => paginateDescribeAutoScalingGroups({ client: autoScaling, pageSize: 3 }, {}),
    ({ AutoScalingGroups }) => AutoScalingGroups?.map(({ AutoScalingGroupName }) => AutoScalingGroupName),
    ({ autoScalingGroups }) => autoScalingGroups.keys(),
  ),
  DescribeLaunchConfigurations: list(
    ({ autoScaling }) => paginateDescribeLaunchConfigurations({ client: autoScaling, pageSize: 1 }, {}),
    ({ LaunchConfigurations }) => LaunchConfigurations?.map(({ LaunchConfigurationName }) => LaunchConfigurationName),
    ({ launchConfigurations }) => launchConfigurations.keys(),
  ),
  DescribeInstanceRefreshes: list(
    ({ autoScaling }) =>
      paginateDescribeInstanceRefreshes({ client: autoScaling, pageSize: 1 }, { AutoScalingGroupName: 'checkout' }),
    ({ InstanceRefreshes }) => InstanceRefreshes?.map(({ InstanceRefreshId }) => InstanceRefreshId),
    ({ instanceRefreshes }) => (instanceRefreshes.get('checkout') ?? []).map((refresh) => refresh.InstanceRefreshId),
  ),
  DescribeParameters: list(
    ({ ssm }) => paginateDescribeParameters({ client: ssm, pageSize: 3 }, {}),
    ({ Parameters }) => Parameters?.map(({ Name }) => Name),
    ({ parameters }) => parameters.keys(),
  ),
  GetParametersByPath: list(
    ({ ssm }) => paginateGetParametersByPath({ client: ssm, pageSize: 2 }, { Path: '/golden', Recursive: true }),
    ({ Parameters }) => Parameters?.map(({ Name }) => Name),
    ({ parameters }) => [...parameters.keys()].filter((name) => name.startsWith('/golden/')),
  ),
  GetParameterHistory: list(
    ({ ssm }) => paginateGetParameterHistory({ client: ssm, pageSize: 2 }, { Name: '/golden/api/prod' }),
    ({ Parameters }) => Parameters?.map(({ Version }) => String(Version)),
    () => ['1', '2', '3'],
  ),
  ListDocuments: list(
    ({ ssm }) => paginateListDocuments({ client: ssm, pageSize: 1 }, { Filters: [{ Key: 'Owner', Values: ['Self'] }] }),
    ({ DocumentIdentifiers }) => DocumentIdentifiers?.map(({ Name }) => Name),
    ({ documents }) => documents.keys(),
  ),
  ListImageRecipes: list(
    ({ imageBuilder }) => paginateListImageRecipes({ client: imageBuilder, pageSize: 1 }, { owner: 'Self' }),
    ({ imageRecipeSummaryList }) => imageRecipeSummaryList?.map(({ arn }) => arn),
    ({ imageRecipes }) => imageRecipes.keys(),
  ),
  ListContainerRecipes: list(
    ({ imageBuilder }) => paginateListContainerRecipes({ client: imageBuilder, pageSize: 1 }, {}),
    ({ containerRecipeSummaryList }) => containerRecipeSummaryList?.map(({ arn }) => arn),
    ({ containerRecipes }) => containerRecipes.keys(),
  ),
  ListFleets: list(
    ({ codeBuild }) => paginateListFleets({ client: codeBuild, pageSize: 1 }, {}),
    ({ fleets }) => fleets,
    ({ codeBuildFleets }) => [...codeBuildFleets.values()].map(({ arn }) => arn),
  ),
  ListClusters: list(
    ({ emr }) => paginateListClusters({ client: emr }, {}),
    (page) => (page.Clusters ?? []).map((cluster) => cluster.Id),
    (state) => [...state.emrClusters.keys()],
  ),
  "ListClusters, SageMaker's": list(
    ({ sageMaker }) => paginateHyperPodClusters({ client: sageMaker, pageSize: 1 }, {}),
    (page) => page.ClusterSummaries?.map(({ ClusterName }) => ClusterName),
    ({ hyperPodClusters }) => hyperPodClusters.keys(),
  ),
  DescribeDBEngineVersions: list(
    ({ rds }) => paginateDescribeDBEngineVersions({ client: rds, pageSize: 20 }, { IncludeAll: true }),
    ({ DBEngineVersions }) => DBEngineVersions?.map(({ DBEngineVersionArn }) => DBEngineVersionArn),
    ({ engineVersions }) => engineVersions.keys(),
  ),
  DescribeComputeEnvironments: list(
    ({ batch }) => paginateDescribeComputeEnvironments({ client: batch, pageSize: 1 }, {}),
    ({ computeEnvironments }) => computeEnvironments?.map(({ computeEnvironmentName }) => computeEnvironmentName),
    ({ computeEnvironments }) => computeEnvironments.keys(),
  ),
};

describe('every list is told whole, page by page', () => {
  test.each(Object.entries(LISTS))('%s', async (_, list) => {
    const opened = await open(seedAccount({ now: NOW }));
    const { met, held } = await list(opened);
    expect(met.toSorted()).toEqual([...held].toSorted());
    expect(held.length).toBeGreaterThan(0);
  });

  test('DescribeLockedSnapshots, which has no paginator', async () => {
    const account = seedAccount({ now: NOW });
    for (const id of [...account.snapshots.keys()].slice(0, 12))
      account.snapshotLocks.set(id, { SnapshotId: id, LockState: 'governance' });
    const { ec2 } = await open(account);
    const first = await ec2.describeLockedSnapshots({ MaxResults: 8 });
    const second = await ec2.describeLockedSnapshots({ MaxResults: 8, NextToken: first.NextToken });
    expect([...(first.Snapshots ?? []), ...(second.Snapshots ?? [])].map((lock) => lock.SnapshotId)).toEqual([
      ...account.snapshotLocks.keys(),
    ]);
    expect(second.NextToken).toBeUndefined();
  });

  test('ListObjectsV2', async () => {
    const account = seedAccount({ now: NOW });
    const { s3 } = await open(account);
    const keys = ['a', 'b/1', 'b/2', 'c'];
    for (const Key of keys) await s3.putObject({ Bucket: 'ami-janitor-reports', Key, Body: Key });
    const met = await idsOf(
      paginateListObjectsV2({ client: s3, pageSize: 3 }, { Bucket: 'ami-janitor-reports', MaxKeys: 3 }),
      ({ Contents }) => Contents?.map(({ Key }) => Key),
    );
    expect(met).toEqual(keys);
  });

  test('a cap makes pages short, and nothing is lost', async () => {
    const account = seedAccount({ now: NOW });
    const { autoScaling, sandbox } = await open(account, { pageSizeCap: 2 });
    const met = await idsOf(paginateDescribeAutoScalingGroups({ client: autoScaling, pageSize: 100 }, {}), (page) =>
      page.AutoScalingGroups?.map((group) => group.AutoScalingGroupName),
    );
    expect(met).toEqual([...account.autoScalingGroups.keys()]);
    expect(sandbox.calls.count('DescribeAutoScalingGroups')).toBe(Math.ceil(account.autoScalingGroups.size / 2));
  });

  test('an image that goes between two pages hides no other', async () => {
    const account = seedAccount({ now: NOW });
    const { ec2 } = await open(account);
    const held = [...account.images.keys()];
    const first = await ec2.describeImages({ Owners: ['self'], IncludeDisabled: true, MaxResults: 20 });
    const gone = first.Images?.find((image) => image.Name?.startsWith('untagged'))?.ImageId ?? '';
    await ec2.deregisterImage({ ImageId: gone });
    const rest = await ec2.describeImages({
      Owners: ['self'],
      IncludeDisabled: true,
      MaxResults: 1000,
      NextToken: first.NextToken,
    });
    expect([...(first.Images ?? []), ...(rest.Images ?? [])].map((image) => image.ImageId)).toEqual(held);
  });
});

describe('tokens and sizes that AWS does not take', () => {
  test('a token that was never given, and one of another question', async () => {
    const { ec2, autoScaling } = await open(seedAccount({ now: NOW }));
    expect(await refusal(ec2.describeImages({ NextToken: 'nonsense', MaxResults: 10 }))).toBe('InvalidNextToken');
    const { NextToken } = await ec2.describeImages({ Owners: ['self'], MaxResults: 10 });
    expect(NextToken).toBeDefined();
    expect(await refusal(ec2.describeLaunchTemplates({ NextToken }))).toBe('InvalidNextToken');
    expect(
      await refusal(ec2.describeImages({ Owners: ['self'], IncludeDisabled: true, NextToken, MaxResults: 10 })),
    ).toBe('InvalidNextToken');
    expect(
      await refusal(autoScaling.describeInstanceRefreshes({ AutoScalingGroupName: 'checkout', NextToken: 'x' })),
    ).toBe('InvalidNextToken');
  });

  test('a token can be used again, as a client does that heard no answer', async () => {
    const { ec2 } = await open(seedAccount({ now: NOW }));
    const { NextToken } = await ec2.describeImages({ Owners: ['self'], MaxResults: 10 });
    const again = () => ec2.describeImages({ Owners: ['self'], MaxResults: 10, NextToken });
    expect((await again()).Images?.map((image) => image.ImageId)).toEqual(
      (await again()).Images?.map((image) => image.ImageId),
    );
  });
});
