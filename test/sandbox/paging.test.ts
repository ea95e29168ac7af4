import {
  DescribeInstanceRefreshesCommand,
  paginateDescribeAutoScalingGroups,
  paginateDescribeInstanceRefreshes,
  paginateDescribeLaunchConfigurations,
} from '@aws-sdk/client-auto-scaling';
import { paginateDescribeComputeEnvironments } from '@aws-sdk/client-batch';
import {
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLockedSnapshotsCommand,
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
import { paginateListContainerRecipes, paginateListImageRecipes } from '@aws-sdk/client-imagebuilder';
import { PutObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
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
  idsIn: (page: Page) => readonly (string | undefined)[],
): Promise<(string | undefined)[]> {
  const ids: (string | undefined)[] = [];
  for await (const page of pages) ids.push(...idsIn(page));
  return ids;
}

type Opened = Awaited<ReturnType<typeof open>>;

const LISTS: Readonly<
  Record<string, (opened: Opened) => Promise<{ met: (string | undefined)[]; held: readonly string[] }>>
> = {
  DescribeImages: async ({ ec2, state }) => ({
    met: await idsOf(
      paginateDescribeImages({ client: ec2, pageSize: 7 }, { Owners: ['self'], IncludeDisabled: true }),
      (page) => (page.Images ?? []).map((image) => image.ImageId),
    ),
    held: [...state.images.keys()],
  }),
  DescribeSnapshots: async ({ ec2, state }) => ({
    met: await idsOf(paginateDescribeSnapshots({ client: ec2, pageSize: 9 }, { OwnerIds: ['self'] }), (page) =>
      (page.Snapshots ?? []).map((snapshot) => snapshot.SnapshotId),
    ),
    held: [...state.snapshots.keys()],
  }),
  DescribeLaunchTemplates: async ({ ec2, state }) => ({
    met: await idsOf(
      paginateDescribeLaunchTemplates({ client: ec2, pageSize: 4 }, { IncludeManagedResources: true }),
      (page) => (page.LaunchTemplates ?? []).map((template) => template.LaunchTemplateId),
    ),
    held: [...state.launchTemplates.keys()],
  }),
  DescribeLaunchTemplateVersions: async ({ ec2, state }) => ({
    met: await idsOf(
      paginateDescribeLaunchTemplateVersions(
        { client: ec2, pageSize: 4 },
        { Versions: ['$Latest', '$Default'], IncludeManagedResources: true },
      ),
      (page) =>
        (page.LaunchTemplateVersions ?? []).map((version) => `${version.LaunchTemplateId} ${version.VersionNumber}`),
    ),
    held: [...state.launchTemplates].flatMap(([id, { template }]) =>
      [...new Set([template.LatestVersionNumber, template.DefaultVersionNumber])].map((number) => `${id} ${number}`),
    ),
  }),
  DescribeInstances: async ({ ec2, state }) => ({
    met: await idsOf(
      paginateDescribeInstances({ client: ec2, pageSize: 5 }, { IncludeManagedResources: true }),
      (page) =>
        (page.Reservations ?? []).flatMap((reservation) =>
          (reservation.Instances ?? []).map((instance) => instance.InstanceId),
        ),
    ),
    held: [...state.instances.keys()],
  }),
  DescribeSpotFleetRequests: async ({ ec2, state }) => ({
    met: await idsOf(paginateDescribeSpotFleetRequests({ client: ec2, pageSize: 1 }, {}), (page) =>
      (page.SpotFleetRequestConfigs ?? []).map((fleet) => fleet.SpotFleetRequestId),
    ),
    held: [...state.spotFleets.keys()],
  }),
  DescribeFleets: async ({ ec2, state }) => ({
    met: await idsOf(paginateDescribeFleets({ client: ec2, pageSize: 1 }, {}), (page) =>
      (page.Fleets ?? []).map((fleet) => fleet.FleetId),
    ),
    held: [...state.fleets.keys()],
  }),
  DescribeSpotInstanceRequests: async ({ ec2, state }) => ({
    met: await idsOf(paginateDescribeSpotInstanceRequests({ client: ec2, pageSize: 5 }, {}), (page) =>
      (page.SpotInstanceRequests ?? []).map((request) => request.SpotInstanceRequestId),
    ),
    held: [...state.spotRequests.keys()],
  }),
  DescribeFastSnapshotRestores: async ({ ec2, state }) => ({
    met: await idsOf(paginateDescribeFastSnapshotRestores({ client: ec2, pageSize: 1 }, {}), (page) =>
      (page.FastSnapshotRestores ?? []).map((item) => item.SnapshotId),
    ),
    held: state.fastSnapshotRestores.map((item) => item.SnapshotId ?? ''),
  }),
  ListImagesInRecycleBin: async ({ ec2, state }) => ({
    met: await idsOf(paginateListImagesInRecycleBin({ client: ec2, pageSize: 1 }, {}), (page) =>
      (page.Images ?? []).map((image) => image.ImageId),
    ),
    held: [...state.recycleBin.images.keys()],
  }),
  DescribeAutoScalingGroups: async ({ autoScaling, state }) => ({
    met: await idsOf(paginateDescribeAutoScalingGroups({ client: autoScaling, pageSize: 3 }, {}), (page) =>
      (page.AutoScalingGroups ?? []).map((group) => group.AutoScalingGroupName),
    ),
    held: [...state.autoScalingGroups.keys()],
  }),
  DescribeLaunchConfigurations: async ({ autoScaling, state }) => ({
    met: await idsOf(paginateDescribeLaunchConfigurations({ client: autoScaling, pageSize: 1 }, {}), (page) =>
      (page.LaunchConfigurations ?? []).map((configuration) => configuration.LaunchConfigurationName),
    ),
    held: [...state.launchConfigurations.keys()],
  }),
  DescribeInstanceRefreshes: async ({ autoScaling, state }) => ({
    met: await idsOf(
      paginateDescribeInstanceRefreshes({ client: autoScaling, pageSize: 1 }, { AutoScalingGroupName: 'checkout' }),
      (page) => (page.InstanceRefreshes ?? []).map((refresh) => refresh.InstanceRefreshId),
    ),
    held: (state.instanceRefreshes.get('checkout') ?? []).map((refresh) => refresh.InstanceRefreshId ?? ''),
  }),
  DescribeParameters: async ({ ssm, state }) => ({
    met: await idsOf(paginateDescribeParameters({ client: ssm, pageSize: 3 }, {}), (page) =>
      (page.Parameters ?? []).map((parameter) => parameter.Name),
    ),
    held: [...state.parameters.keys()],
  }),
  GetParametersByPath: async ({ ssm, state }) => ({
    met: await idsOf(
      paginateGetParametersByPath({ client: ssm, pageSize: 2 }, { Path: '/golden', Recursive: true }),
      (page) => (page.Parameters ?? []).map((parameter) => parameter.Name),
    ),
    held: [...state.parameters.keys()].filter((name) => name.startsWith('/golden/')),
  }),
  GetParameterHistory: async ({ ssm }) => ({
    met: await idsOf(paginateGetParameterHistory({ client: ssm, pageSize: 2 }, { Name: '/golden/api/prod' }), (page) =>
      (page.Parameters ?? []).map((entry) => String(entry.Version)),
    ),
    held: ['1', '2', '3'],
  }),
  ListDocuments: async ({ ssm, state }) => ({
    met: await idsOf(
      paginateListDocuments({ client: ssm, pageSize: 1 }, { Filters: [{ Key: 'Owner', Values: ['Self'] }] }),
      (page) => (page.DocumentIdentifiers ?? []).map((document) => document.Name),
    ),
    held: [...state.documents.keys()],
  }),
  ListImageRecipes: async ({ imageBuilder, state }) => ({
    met: await idsOf(paginateListImageRecipes({ client: imageBuilder, pageSize: 1 }, { owner: 'Self' }), (page) =>
      (page.imageRecipeSummaryList ?? []).map((recipe) => recipe.arn),
    ),
    held: [...state.imageRecipes.keys()],
  }),
  ListContainerRecipes: async ({ imageBuilder, state }) => ({
    met: await idsOf(paginateListContainerRecipes({ client: imageBuilder, pageSize: 1 }, {}), (page) =>
      (page.containerRecipeSummaryList ?? []).map((recipe) => recipe.arn),
    ),
    held: [...state.containerRecipes.keys()],
  }),
  DescribeComputeEnvironments: async ({ batch, state }) => ({
    met: await idsOf(paginateDescribeComputeEnvironments({ client: batch, pageSize: 1 }, {}), (page) =>
      (page.computeEnvironments ?? []).map((environment) => environment.computeEnvironmentName),
    ),
    held: [...state.computeEnvironments.keys()],
  }),
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
    const first = await ec2.send(new DescribeLockedSnapshotsCommand({ MaxResults: 8 }));
    const second = await ec2.send(new DescribeLockedSnapshotsCommand({ MaxResults: 8, NextToken: first.NextToken }));
    expect([...(first.Snapshots ?? []), ...(second.Snapshots ?? [])].map((lock) => lock.SnapshotId)).toEqual([
      ...account.snapshotLocks.keys(),
    ]);
    expect(second.NextToken).toBeUndefined();
  });

  test('ListObjectsV2', async () => {
    const account = seedAccount({ now: NOW });
    const { s3 } = await open(account);
    const keys = ['a', 'b/1', 'b/2', 'c'];
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: 'ami-janitor-reports', Key, Body: Key }));
    const met = await idsOf(
      paginateListObjectsV2({ client: s3, pageSize: 3 }, { Bucket: 'ami-janitor-reports', MaxKeys: 3 }),
      (page) => (page.Contents ?? []).map((object) => object.Key),
    );
    expect(met).toEqual(keys);
  });

  test('a cap makes pages short, and nothing is lost', async () => {
    const account = seedAccount({ now: NOW });
    const { autoScaling, sandbox } = await open(account, { pageSizeCap: 2 });
    const met = await idsOf(paginateDescribeAutoScalingGroups({ client: autoScaling, pageSize: 100 }, {}), (page) =>
      (page.AutoScalingGroups ?? []).map((group) => group.AutoScalingGroupName),
    );
    expect(met).toEqual([...account.autoScalingGroups.keys()]);
    expect(sandbox.calls.count('DescribeAutoScalingGroups')).toBe(Math.ceil(account.autoScalingGroups.size / 2));
  });

  test('an image that goes between two pages hides no other', async () => {
    const account = seedAccount({ now: NOW });
    const { ec2 } = await open(account);
    const held = [...account.images.keys()];
    const first = await ec2.send(
      new DescribeImagesCommand({ Owners: ['self'], IncludeDisabled: true, MaxResults: 20 }),
    );
    const gone = first.Images?.find((image) => image.Name?.startsWith('untagged'))?.ImageId ?? '';
    await ec2.send(new DeregisterImageCommand({ ImageId: gone }));
    const rest = await ec2.send(
      new DescribeImagesCommand({
        Owners: ['self'],
        IncludeDisabled: true,
        MaxResults: 1000,
        NextToken: first.NextToken,
      }),
    );
    expect([...(first.Images ?? []), ...(rest.Images ?? [])].map((image) => image.ImageId)).toEqual(held);
  });
});

describe('tokens and sizes that AWS does not take', () => {
  test('a token that was never given, and one of another question', async () => {
    const { ec2, autoScaling } = await open(seedAccount({ now: NOW }));
    expect(await refusal(ec2.send(new DescribeImagesCommand({ NextToken: 'nonsense', MaxResults: 10 })))).toBe(
      'InvalidNextToken',
    );
    const { NextToken } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'], MaxResults: 10 }));
    expect(NextToken).toBeDefined();
    expect(await refusal(ec2.send(new DescribeLaunchTemplatesCommand({ NextToken })))).toBe('InvalidNextToken');
    expect(
      await refusal(
        ec2.send(new DescribeImagesCommand({ Owners: ['self'], IncludeDisabled: true, NextToken, MaxResults: 10 })),
      ),
    ).toBe('InvalidNextToken');
    expect(
      await refusal(
        autoScaling.send(new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: 'checkout', NextToken: 'x' })),
      ),
    ).toBe('InvalidNextToken');
  });

  test('a token can be used again, as a client does that heard no answer', async () => {
    const { ec2 } = await open(seedAccount({ now: NOW }));
    const { NextToken } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'], MaxResults: 10 }));
    const again = () => ec2.send(new DescribeImagesCommand({ Owners: ['self'], MaxResults: 10, NextToken }));
    expect((await again()).Images?.map((image) => image.ImageId)).toEqual(
      (await again()).Images?.map((image) => image.ImageId),
    );
  });
});
