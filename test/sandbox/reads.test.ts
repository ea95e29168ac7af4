import type { DescribeLaunchTemplateVersionsRequest, EC2, LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { seedAccount } from '../../sandbox/seed/seed-account.ts';
import { emptyAccount } from '../../sandbox/state.ts';
import { StoryAccount } from '../scenarios/account.ts';
import { NOW, open, refusal } from './open.ts';

const GONE = 'ami-0123456789abcdef0';

/** A template of five versions, the third deleted, the second the default one, and one that EKS manages. */
function accountWithTemplates() {
  const account = emptyAccount();
  const add = (LaunchTemplateId: string, LaunchTemplateName: string, numbers: readonly number[], managed: boolean) => {
    const Operator = { Managed: managed };
    const versions = new Map(
      numbers.map((VersionNumber): [number, LaunchTemplateVersion] => [
        VersionNumber,
        { LaunchTemplateId, LaunchTemplateName, VersionNumber, Operator, LaunchTemplateData: { ImageId: GONE } },
      ]),
    );
    account.launchTemplates.set(LaunchTemplateId, {
      template: { LaunchTemplateId, LaunchTemplateName, DefaultVersionNumber: 2, LatestVersionNumber: 5, Operator },
      versions,
    });
  };
  add('lt-00000000000000001', 'web', [1, 2, 4, 5], false);
  add('lt-00000000000000002', 'eks', [1, 2, 5], true);
  return account;
}

async function versions(ec2: EC2, input: DescribeLaunchTemplateVersionsRequest) {
  const { LaunchTemplateVersions } = await ec2.describeLaunchTemplateVersions(input);
  return (LaunchTemplateVersions ?? []).map(
    (version) => `${version.LaunchTemplateName} ${version.VersionNumber}${version.DefaultVersion ? ' default' : ''}`,
  );
}

test('answers with a group’s template by its id and its name, whichever it was made with', async () => {
  const story = new StoryAccount(emptyAccount());
  const id = story.template('web', ['ami-0123456789abcdef0']);
  const byName = { LaunchTemplateName: 'web', Version: '1' };
  const Overrides = [{ LaunchTemplateSpecification: { LaunchTemplateId: id } }];
  story.group('named', { LaunchTemplate: byName });
  story.group('mixed', {
    MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: byName, Overrides } },
  });
  story.group('gone', { LaunchTemplate: { LaunchTemplateName: 'gone' } });
  const { autoScaling } = await open(story.state);
  const { AutoScalingGroups } = await autoScaling.describeAutoScalingGroups({});
  const both = { LaunchTemplateId: id, LaunchTemplateName: 'web' };
  expect(AutoScalingGroups).toMatchObject([
    { LaunchTemplate: { ...both, Version: '1' } },
    {
      MixedInstancesPolicy: {
        LaunchTemplate: { LaunchTemplateSpecification: both, Overrides: [{ LaunchTemplateSpecification: both }] },
      },
    },
    { LaunchTemplate: { LaunchTemplateName: 'gone' } },
  ]);
});

describe('launch template versions', () => {
  test.each<[string, DescribeLaunchTemplateVersionsRequest, string[]]>([
    ['of every template', { Versions: ['$Latest', '$Default'] }, ['web 5', 'web 2 default']],
    ['managed ones, asked for', { Versions: ['$Latest'], IncludeManagedResources: true }, ['web 5', 'eks 5']],
    [
      'of one, all that are left, newest first',
      { LaunchTemplateName: 'web' },
      ['web 5', 'web 4', 'web 2 default', 'web 1'],
    ],
    ['of one, by number', { LaunchTemplateId: 'lt-00000000000000001', Versions: ['4', '1'] }, ['web 4', 'web 1']],
    ['of one, in a range', { LaunchTemplateName: 'web', MinVersion: '2', MaxVersion: '4' }, ['web 4', 'web 2 default']],
  ])('%s', async (_, input, expected) => {
    const { ec2 } = await open(accountWithTemplates());
    expect(await versions(ec2, input)).toEqual(expected);
  });

  test.each<[string, DescribeLaunchTemplateVersionsRequest, string]>([
    ['numbers without a template', { Versions: ['3'] }, 'InvalidParameterValue'],
    ['nothing at all', {}, 'MissingParameter'],
    [
      'one of several is gone',
      { LaunchTemplateName: 'web', Versions: ['5', '3'] },
      'InvalidLaunchTemplateId.VersionNotFound',
    ],
    [
      'the template is gone, by id',
      { LaunchTemplateId: 'lt-0000000000000000f', Versions: ['1'] },
      'InvalidLaunchTemplateId.NotFound',
    ],
    ['the template is gone, by name', { LaunchTemplateName: 'nobody' }, 'InvalidLaunchTemplateName.NotFoundException'],
    [
      'by id and by name',
      { LaunchTemplateId: 'lt-00000000000000001', LaunchTemplateName: 'web' },
      'InvalidParameterCombination',
    ],
    ['aliases of many', { Versions: ['$Latest'], ResolveAlias: true }, 'InvalidParameterCombination'],
    ['a page of 201', { Versions: ['$Latest'], MaxResults: 201 }, 'InvalidParameterValue'],
  ])('refused: %s', async (_, input, code) => {
    const { ec2 } = await open(accountWithTemplates());
    expect(await refusal(versions(ec2, input))).toBe(code);
  });

  test('an alias is resolved for one version of one template', async () => {
    const { ec2, state } = await open(seedAccount({ now: NOW }));
    const byVersion = await ec2.describeLaunchTemplateVersions({
      LaunchTemplateName: 'golden-by-version',
      Versions: ['$Latest'],
      ResolveAlias: true,
    });
    expect(byVersion.LaunchTemplateVersions?.[0]?.LaunchTemplateData?.ImageId).toBe(
      state.parameters.get('/golden/api/prod')?.history[1]?.Value,
    );
    const plain = await ec2.describeLaunchTemplateVersions({
      LaunchTemplateName: 'golden-by-version',
      Versions: ['$Latest'],
    });
    expect(plain.LaunchTemplateVersions?.[0]?.LaunchTemplateData?.ImageId).toBe('resolve:ssm:/golden/api/prod:2');
  });

  test('managed templates and instances are hidden unless asked for', async () => {
    const { ec2 } = await open(seedAccount({ now: NOW }));
    const names = async (IncludeManagedResources?: boolean) =>
      (
        await ec2.describeLaunchTemplates(IncludeManagedResources === undefined ? {} : { IncludeManagedResources })
      ).LaunchTemplates?.map((template) => template.LaunchTemplateName);
    expect(await names()).not.toContain('k8s-eks-managed');
    expect(await names(true)).toContain('k8s-eks-managed');
    const managed = async (IncludeManagedResources: boolean) =>
      (await ec2.describeInstances({ IncludeManagedResources })).Reservations?.flatMap(
        (reservation) => reservation.Instances ?? [],
      ).filter((instance) => instance.Operator?.Managed);
    expect(await managed(false)).toEqual([]);
    expect(await managed(true)).toHaveLength(1);
  });
});

describe('images', () => {
  test('disabled ones are told only where they are asked for, deprecated ones always', async () => {
    const { ec2, state } = await open(seedAccount({ now: NOW }));
    const states = async (IncludeDisabled: boolean) =>
      (await ec2.describeImages({ Owners: ['self'], IncludeDisabled })).Images ?? [];
    expect((await states(false)).some((image) => image.State === 'disabled')).toBe(false);
    expect((await states(true)).filter((image) => image.State === 'disabled')).toHaveLength(2);
    const deprecated = [...state.images.values()].filter(
      (image) => image.DeprecationTime !== undefined && image.State !== 'disabled',
    );
    expect((await states(false)).filter((image) => image.DeprecationTime !== undefined)).toHaveLength(
      deprecated.length,
    );
  });

  test('filters with wildcards, tags and names that do not exist', async () => {
    const { ec2 } = await open(seedAccount({ now: NOW }));
    const named = async (Name: string, ...Values: string[]) =>
      (await ec2.describeImages({ Filters: [{ Name, Values }] })).Images?.map((image) => image.Name);
    expect(await named('name', 'scratch-*')).toEqual(['scratch-expired', 'scratch-not-yet', 'scratch-no-date']);
    expect(await named('tag:ENVIRONMENT', 'D?v')).toEqual(['webapp-odd-casing']);
    expect(await named('tag-key', 'aws:backup:source-resource')).toEqual(['AwsBackup_i-0123456789abcdef0_9c1f']);
    expect(await refusal(named('no-such-filter', 'x'))).toBe('InvalidParameterValue');
  });

  test('ids that are wrong or name nothing', async () => {
    const { ec2 } = await open(seedAccount({ now: NOW }));
    expect(await refusal(ec2.describeImages({ ImageIds: [GONE] }))).toBe('InvalidAMIID.NotFound');
    expect(await refusal(ec2.describeImages({ ImageIds: ['ami-12'] }))).toBe('InvalidAMIID.Malformed');
    expect(await refusal(ec2.describeImageAttribute({ ImageId: GONE, Attribute: 'launchPermission' }))).toBe(
      'InvalidAMIID.NotFound',
    );
  });

  test('launch permissions of a shared and of a public image', async () => {
    const { ec2, state } = await open(seedAccount({ now: NOW }));
    const permissions = async (name: string) => {
      const ImageId = [...state.images.values()].find((image) => image.Name === name)?.ImageId;
      return (await ec2.describeImageAttribute({ ImageId, Attribute: 'launchPermission' })).LaunchPermissions;
    };
    expect(await permissions('base-public-2025')).toEqual([{ Group: 'all' }]);
    expect(await permissions('webapp-shared-accounts')).toEqual([
      { UserId: '210987654321' },
      { UserId: '345678901234' },
    ]);
    expect(await permissions('scratch-expired')).toEqual([]);
  });
});

describe("AWS's own second opinion", () => {
  test('covers templates to a depth, instances, parameters and recipes, and no groups or fleets', async () => {
    const { ec2, state } = await open(seedAccount({ now: NOW }));
    const kinds = async (ImageId: string | undefined) =>
      (
        await ec2.describeImageReferences({ ImageIds: [ImageId ?? ''], IncludeAllResourceTypes: true })
      ).ImageReferences?.map((reference) => reference.ResourceType);
    const configured = state.launchConfigurations.get('billing-lc-2021')?.ImageId;
    expect(await kinds(configured)).toEqual([]);
    expect(await kinds([...state.imageRecipes.values()][0]?.parentImage)).toEqual(['imagebuilder:ImageRecipe']);
    expect(await kinds([...state.containerRecipes.values()][0]?.instanceConfiguration?.image)).toEqual([
      'imagebuilder:ContainerRecipe',
    ]);
    expect(await kinds(state.parameters.get('/ami/nobody-resolves-it')?.history[0]?.Value)).toEqual(['ssm:Parameter']);
  });

  test('asks for ten versions of a template unless told otherwise', async () => {
    const account = seedAccount({ now: NOW });
    const [image] = account.images.keys();
    const LaunchTemplateId = 'lt-00000000000000abc';
    const versionOf = (VersionNumber: number): [number, LaunchTemplateVersion] => [
      VersionNumber,
      { LaunchTemplateId, VersionNumber, LaunchTemplateData: VersionNumber === 1 ? { ImageId: image } : {} },
    ];
    account.launchTemplates.set(LaunchTemplateId, {
      template: { LaunchTemplateId, LaunchTemplateName: 'deep', DefaultVersionNumber: 11, LatestVersionNumber: 11 },
      versions: new Map(Array.from({ length: 11 }, (_, index) => versionOf(index + 1))),
    });
    const { ec2 } = await open(account);
    const found = async (depth: string) =>
      (
        await ec2.describeImageReferences({
          ImageIds: [image ?? ''],
          ResourceTypes: [
            {
              ResourceType: 'ec2:LaunchTemplate',
              ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: [depth] }],
            },
          ],
        })
      ).ImageReferences?.length;
    expect(await found('10')).toBe(0);
    expect(await found('11')).toBe(1);
    expect(await refusal(ec2.describeImageReferences({ ImageIds: [image ?? ''] }))).toBe('MissingParameter');
    const eleven = [...account.images.keys()].slice(0, 11);
    expect(await refusal(ec2.describeImageReferences({ ImageIds: eleven, IncludeAllResourceTypes: true }))).toBe(
      'InvalidParameterValue',
    );
  });
});

test('sizes and combinations out of range', async () => {
  const { ec2, autoScaling, state } = await open(seedAccount({ now: NOW }));
  const InstanceIds = [[...state.instances.keys()][0] ?? ''];
  const SnapshotIds = [[...state.snapshots.keys()][0] ?? ''];
  expect(await refusal(ec2.describeInstances({ InstanceIds, MaxResults: 10 }))).toBe('InvalidParameterCombination');
  expect(await refusal(ec2.describeSnapshots({ SnapshotIds, MaxResults: 10 }))).toBe('InvalidParameterCombination');
  expect(await refusal(ec2.describeInstances({ MaxResults: 4 }))).toBe('InvalidParameterValue');
  expect(await refusal(ec2.describeLockedSnapshots({ MaxResults: 1001 }))).toBe('InvalidParameterValue');
  expect(await refusal(ec2.describeImages({ MaxResults: 1001 }))).toBe('InvalidParameterValue');
  expect(await refusal(autoScaling.describeAutoScalingGroups({ MaxRecords: 101 }))).toBe('ValidationError');
  expect(await refusal(autoScaling.describeInstanceRefreshes({ AutoScalingGroupName: 'nobody' }))).toBe(
    'ValidationError',
  );
});

test('an operation that the endpoint does not know is refused, never answered with nothing', async () => {
  const { ec2 } = await open();
  expect(await refusal(ec2.describeInstanceTypes({}))).toBe('InvalidAction');
});

test('a parameter that the schema does not know is refused', async () => {
  const { sandbox } = await open();
  const authorization =
    'AWS4-HMAC-SHA256 Credential=AKIASANDBOXEXAMPLE00/20261121/eu-west-1/ec2/aws4_request, SignedHeaders=host, Signature=0';
  const send = async (body: string) =>
    (await fetch(sandbox.url, { method: 'POST', headers: { authorization }, body })).text();
  expect(await send('Action=DescribeImages&Version=2016-11-15&Ownr.1=self')).toContain('<Code>UnknownParameter</Code>');
  expect(await send('Action=DescribeImages&Version=2016-11-15&IncludeDisabled=yes')).toContain(
    '<Code>InvalidParameterValue</Code>',
  );
  expect(await send('Action=DescribeImageAttribute&Version=2016-11-15&ImageId=ami-12345678')).toContain(
    '<Code>MissingParameter</Code>',
  );
  expect(
    await (await fetch(sandbox.url, { method: 'POST', body: 'Action=DescribeImages&Version=2016-11-15' })).text(),
  ).toContain('MissingAuthenticationToken');
});

test('Regions, recipes and compute environments', async () => {
  const { ec2, imageBuilder, batch, state } = await open(seedAccount({ now: NOW }));
  const { Regions } = await ec2.describeRegions({});
  expect(Regions?.map((region) => region.RegionName)).toContain('eu-west-1');
  expect(Regions?.some((region) => region.OptInStatus === 'not-opted-in')).toBe(false);
  const [arn] = state.imageRecipes.keys();
  const recipe = await imageBuilder.getImageRecipe({ imageRecipeArn: arn });
  expect(recipe.imageRecipe).toMatchObject({ name: 'golden-base', version: '1.4.0' });
  expect(await refusal(imageBuilder.getImageRecipe({ imageRecipeArn: `${arn}9` }))).toBe('ResourceNotFoundException');
  const { computeEnvironments } = await batch.describeComputeEnvironments({ computeEnvironments: ['nightly'] });
  expect(computeEnvironments?.[0]?.computeResources?.ec2Configuration?.[0]?.imageIdOverride).toMatch(/^ami-/);
});
