import { beforeAll, describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/commands/plan.ts';
import { EXIT } from '../../src/cli/io.ts';
import { SOURCE_OF } from '../../src/model/sources.ts';
import { retryAtOnce } from '../builders/pass-waits.ts';
import { IS_SAMPLE } from '../builders/runs.ts';
import { aPolicy, StoryAccount, tell } from './account.ts';
import { addAssociation, addSchedule, addStack, addStateMachine, addWindow, EVERY_NAME } from './every-text-kind.ts';

/** An account in which each source that takes a call a thing has a thing, so that every operation is called. */
function everySource(): StoryAccount {
  const account = new StoryAccount();
  account.image('unused');
  const named = account.template('named', ['ami-00000001', 'ami-00000002'], { default: 2 });
  account.group('web', { LaunchTemplate: { LaunchTemplateId: named, Version: '1' } });
  account.parameter('/ami', ['ami-00000003']);
  account.parameter('/aws/service/acme/ami', ['ami-00000007'], { dataType: 'text' });
  const identifier = { Name: 'Recover', Owner: account.state.accountId, DocumentVersion: '1' };
  account.state.documents.set('Recover', { identifier, content: 'ImageId: ami-00000004' });
  const base = `arn:aws:imagebuilder:eu-west-1:${account.state.accountId}:image/base`;
  const arn = `arn:aws:imagebuilder:eu-west-1:${account.state.accountId}:image-recipe/base/1.0.0`;
  account.state.imageRecipes.set(arn, { arn, parentImage: `${base}/x.x.x` });
  // The newest build runs, so that earlier ones are asked for.
  for (const [build, status] of [
    ['1.0.0/1', 'AVAILABLE'],
    ['2.0.0/1', 'BUILDING'],
  ] as const) {
    const outputResources = { amis: [{ image: 'ami-00000006' }] };
    account.state.builtImages.set(`${base}/${build}`, { arn: `${base}/${build}`, state: { status }, outputResources });
  }
  for (const [Id, parts] of [
    ['j-GROUPS', { groups: [] }],
    ['j-FLEETS', { fleets: [] }],
  ] as const) {
    const InstanceCollectionType = 'fleets' in parts ? 'INSTANCE_FLEET' : 'INSTANCE_GROUP';
    const cluster = { Id, Name: 'etl', Status: { State: 'RUNNING' }, InstanceCollectionType } as const;
    account.state.emrClusters.set(Id, { cluster, ...parts });
  }
  account.state.beanstalkTemplates.set('shop', new Map([['saved', []]]));
  account.state.hyperPodClusters.set('trainer', {
    ClusterName: 'trainer',
    ClusterArn: 'arn:aws:sagemaker:cluster/trainer',
    ClusterStatus: 'InService',
    InstanceGroups: [],
  });
  account.state.codeBuildFleets.set('builders', { name: 'builders', arn: 'arn:aws:codebuild:fleet/builders' });
  addStack(account);
  addStateMachine(account, '{}');
  addSchedule(account, '{}');
  addAssociation(account, {});
  addWindow(account, {});
  const body = new TextEncoder().encode('Start from ami-00000005.');
  const plan = { body, eTag: '"1"', lastModified: account.daysAgo(9), metadata: {} };
  account.state.buckets.set('runbooks', new Map([['plan.md', plan]]));
  return account;
}

const POLICY = aPolicy({
  references: { documents: ['s3://runbooks/'], ssmParameters: ['/aws/service/acme/*'], byName: EVERY_NAME },
});

const READS: readonly (readonly [source: string, operation: string, permission: string])[] = [
  ['auto-scaling-groups', 'DescribeAutoScalingGroups', 'autoscaling:DescribeAutoScalingGroups'],
  ['instance-refreshes', 'DescribeInstanceRefreshes', 'autoscaling:DescribeInstanceRefreshes'],
  ['launch-configurations', 'DescribeLaunchConfigurations', 'autoscaling:DescribeLaunchConfigurations'],
  ['instances', 'DescribeInstances', 'ec2:DescribeInstances'],
  ['spot-fleets', 'DescribeSpotFleetRequests', 'ec2:DescribeSpotFleetRequests'],
  ['ec2-fleets', 'DescribeFleets', 'ec2:DescribeFleets'],
  ['fast-launch', 'DescribeFastLaunchImages', 'ec2:DescribeFastLaunchImages'],
  ['spot-requests', 'DescribeSpotInstanceRequests', 'ec2:DescribeSpotInstanceRequests'],
  ['launch-templates', 'DescribeLaunchTemplateVersions', 'ec2:DescribeLaunchTemplateVersions'],
  ['image-builder-recipes', 'ListImageRecipes', 'imagebuilder:ListImageRecipes'],
  ['image-builder-recipes', 'ListContainerRecipes', 'imagebuilder:ListContainerRecipes'],
  ['image-builder-recipes', 'GetImage', 'imagebuilder:GetImage'],
  ['image-builder-recipes', 'ListImageBuildVersions', 'imagebuilder:ListImageBuildVersions'],
  ['image-builder-recipes', 'ListImages', 'imagebuilder:ListImages'],
  ['batch-compute-environments', 'DescribeComputeEnvironments', 'batch:DescribeComputeEnvironments'],
  ['emr-clusters', 'ListClusters', 'elasticmapreduce:ListClusters'],
  ['emr-clusters', 'DescribeCluster', 'elasticmapreduce:DescribeCluster'],
  ['emr-clusters', 'ListInstanceGroups', 'elasticmapreduce:ListInstanceGroups'],
  ['emr-clusters', 'ListInstanceFleets', 'elasticmapreduce:ListInstanceFleets'],
  ['beanstalk-environments', 'DescribeEnvironments', 'elasticbeanstalk:DescribeEnvironments'],
  ['beanstalk-environments', 'DescribeApplications', 'elasticbeanstalk:DescribeApplications'],
  ['beanstalk-environments', 'DescribeConfigurationSettings', 'elasticbeanstalk:DescribeConfigurationSettings'],
  ['codebuild-fleets', 'ListFleets', 'codebuild:ListFleets'],
  ['codebuild-fleets', 'BatchGetFleets', 'codebuild:BatchGetFleets'],
  ['hyperpod-clusters', 'ListClusters', 'sagemaker:ListClusters'],
  ['hyperpod-clusters', 'DescribeCluster', 'sagemaker:DescribeCluster'],
  ['rds-custom-versions', 'DescribeDBEngineVersions', 'rds:DescribeDBEngineVersions'],
  ['cloudformation-stacks', 'DescribeStacks', 'cloudformation:DescribeStacks'],
  ['cloudformation-stacks', 'GetTemplate', 'cloudformation:GetTemplate'],
  ['lambda-functions', 'ListFunctions', 'lambda:ListFunctions'],
  ['state-machines', 'ListStateMachines', 'states:ListStateMachines'],
  ['state-machines', 'DescribeStateMachine', 'states:DescribeStateMachine'],
  ['schedules', 'ListSchedules', 'scheduler:ListSchedules'],
  ['schedules', 'GetSchedule', 'scheduler:GetSchedule'],
  ['state-manager-associations', 'ListAssociations', 'ssm:ListAssociations'],
  ['state-manager-associations', 'DescribeAssociation', 'ssm:DescribeAssociation'],
  ['maintenance-windows', 'DescribeMaintenanceWindows', 'ssm:DescribeMaintenanceWindows'],
  ['maintenance-windows', 'DescribeMaintenanceWindowTasks', 'ssm:DescribeMaintenanceWindowTasks'],
  ['maintenance-windows', 'GetMaintenanceWindowTask', 'ssm:GetMaintenanceWindowTask'],
  ['ssm-documents', 'ListDocuments', 'ssm:ListDocuments'],
  ['ssm-documents', 'GetDocument', 'ssm:GetDocument'],
  ['ssm-parameters', 'DescribeParameters', 'ssm:DescribeParameters'],
  ['ssm-parameters', 'GetParameters', 'ssm:GetParameters'],
  ['ssm-parameters', 'GetParametersByPath', 'ssm:GetParametersByPath'],
  ['documents', 'ListObjectsV2', 's3:ListBucket'],
  ['documents', 'GetObject', 's3:GetObject'],
  ['snapshots', 'DescribeSnapshots', 'ec2:DescribeSnapshots'],
  ['launch-permissions', 'DescribeImageAttribute', 'ec2:DescribeImageAttribute'],
];

const KINDS = ['access-denied', 'server-error', 'drop-before', 'garbage', 'empty-answer'] as const;
/** One of each service: after a throttled call the SDK is slow, as it should be. */
const THROTTLED = ['DescribeLaunchTemplateVersions', 'DescribeInstanceRefreshes', 'GetParameters', 'GetImage'];

/**
 * The look-up that protects images failed, and the cleaner took that as "not in use" (github-aws-runners
 * ami-housekeeper, servian aws-auto-cleanup): here nothing is taken, and the report says why.
 */
describe.each(READS)('when %s can not be read (%s)', (source, operation, permission) => {
  beforeAll(retryAtOnce);
  const throttled = THROTTLED.includes(operation) ? (['throttle'] as const) : [];
  const row = READS.findIndex((read) => read[1] === operation);
  // In `npm test` every other of them: each kind strikes half of the operations, each operation meets half of the kinds.
  const kinds = KINDS.filter((_, index) => !IS_SAMPLE || (row + index) % 2 === 0);
  it.each([...throttled, ...kinds])('%s', async (kind) => {
    const intercept = (call: { readonly operation: string }) => (call.operation === operation ? { kind } : undefined);
    const { report, taken, reasonsOf } = await tell(everySource().state, { policy: POLICY, intercept });
    expect(taken).toEqual([]);
    expect([report.complete, exitCodeOf(report)]).toEqual([false, EXIT.failed]);
    const failed = report.sources.find(({ name, status }) => name === source && status === 'unreadable');
    expect(failed).toBeDefined();
    if (kind === 'access-denied') expect(failed).toMatchObject({ error: expect.stringContaining(permission) });
    expect(report.images.flatMap(({ imageId }) => reasonsOf(imageId))).toContain('source-unreadable');
  });
});

it('each source says which permissions it needs', () => {
  const needed = Map.groupBy(READS, ([source]) => source);
  for (const [source, { permissions }] of SOURCE_OF) {
    expect((needed.get(source) ?? []).map(([, , permission]) => permission)).toEqual(permissions);
  }
});

describe('what every source gives while all can be read', () => {
  it('is a complete report, in which the unused image goes', async () => {
    const { report, taken, calls } = await tell(everySource().state, { policy: POLICY });
    expect(report.complete).toBe(true);
    expect(taken).toHaveLength(1);
    const asked = new Set(calls.entries.map(({ operation }) => operation));
    expect(READS.filter(([, operation]) => !asked.has(operation))).toEqual([]);
  });

  it('is as many calls as the endpoint took', async () => {
    const { report, calls } = await tell(everySource().state, { policy: POLICY });
    const said = report.sources.reduce((sum, source) => sum + source.calls, 0);
    const aside = calls.count('GetCallerIdentity') + calls.count('DescribeImageAttribute');
    // Snapshot details and the Recycle Bin's rules are no sources of references.
    const rules = ['ListRules', 'GetRule'];
    const details = [...rules, 'DescribeLockedSnapshots', 'DescribeFastSnapshotRestores', 'DescribeSnapshotAttribute'];
    const further = details.reduce((sum, operation) => sum + calls.count(operation), 0);
    // Nor are the look-up of named images that are gone, the account's alias, and AWS's own lifecycles: they only inform.
    // Of the latter the policies, the versions, and the builds of both versions.
    const lifecycles = calls.count('ListLifecyclePolicies') + 1 + 2;
    const informing = 1 + lifecycles + calls.count('ListImagesInRecycleBin') + calls.count('ListAccountAliases');
    expect(said).toBe(calls.entries.length - aside - further - informing);
  });
});
