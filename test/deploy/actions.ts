import { LOCK_PARAMETER } from '../../src/execute/lock.ts';
import { TAG } from '../../src/model/tags.ts';
import type { RequestContext } from './simulate.ts';
import { ACCOUNT, REGION } from './template.ts';

const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
const BUCKET = 'arn:aws:s3:::reportbucket';
export const IMAGE = `arn:aws:ec2:${REGION}::image/ami-0123456789abcdef0`;
export const SNAPSHOT = `arn:aws:ec2:${REGION}::snapshot/snap-0123456789abcdef0`;
const REPORT = arn('ec2', 'image-usage-report/image-usage-report-0123456789abcdef0');
const CLUSTER = arn('elasticmapreduce', 'cluster/j-1A2B3C4D5E6F7');
/** What the condition on a tag of the resource reads. */
export const tagged = (key: string, value: string): RequestContext => ({ [`aws:ResourceTag/${key}`]: value });
export const tagKeys = (...keys: string[]): RequestContext => ({ 'aws:TagKeys': keys });
export const DEPRECATED = tagged(TAG.deprecatedAt, '2026-11-01T02:00:00.000Z');
export const PROTECTED = tagged(TAG.protectRun, '20261101T020000Z-1a2b3c4d');
export const ARCHIVED = tagged(TAG.archivedAt, '2026-11-01T02:00:00.000Z');
export const OF_IMAGE = tagged(TAG.image, 'ami-0123456789abcdef0');

/**
 * Where a template names what can be no parameter (`resolve:ssm:${Stage}/ami id`), SSM checks the permission on `…:*`.
 * The simulator takes that for a pattern, which any parameter fits: an ARN that is no parameter's stands for it.
 */
export const NO_PARAMETER = arn('ssm', 'no-parameter');

export interface Row {
  readonly action: string;
  readonly resource?: string;
  readonly context?: RequestContext;
}

const SHOP = arn('elasticbeanstalk', 'application/shop');
const ENVIRONMENT = {
  resource: arn('elasticbeanstalk', 'environment/shop/shop-prod'),
  context: { 'elasticbeanstalk:InApplication': SHOP },
};

/** What every function does: `Client.Command` as the code names it, and the IAM action that AWS checks for it. */
export const READS: Readonly<Record<string, Row>> = {
  'auto-scaling.DescribeAutoScalingGroups': { action: 'autoscaling:DescribeAutoScalingGroups' },
  'auto-scaling.DescribeInstanceRefreshes': { action: 'autoscaling:DescribeInstanceRefreshes' },
  'auto-scaling.DescribeLaunchConfigurations': { action: 'autoscaling:DescribeLaunchConfigurations' },
  'batch.DescribeComputeEnvironments': { action: 'batch:DescribeComputeEnvironments' },
  'ec2.DescribeFastLaunchImages': { action: 'ec2:DescribeFastLaunchImages' },
  'ec2.DescribeFastSnapshotRestores': { action: 'ec2:DescribeFastSnapshotRestores' },
  'ec2.DescribeFleets': { action: 'ec2:DescribeFleets' },
  'ec2.DescribeImageAttribute': { action: 'ec2:DescribeImageAttribute', resource: IMAGE },
  'ec2.DescribeImageReferences': { action: 'ec2:DescribeImageReferences' },
  'ec2.DescribeImageUsageReportEntries': { action: 'ec2:DescribeImageUsageReportEntries' },
  'ec2.DescribeImageUsageReports': { action: 'ec2:DescribeImageUsageReports' },
  'ec2.DescribeImages': { action: 'ec2:DescribeImages' },
  'ec2.DescribeInstances': { action: 'ec2:DescribeInstances' },
  'ec2.DescribeLaunchTemplateVersions': { action: 'ec2:DescribeLaunchTemplateVersions' },
  'ec2.DescribeLaunchTemplates': { action: 'ec2:DescribeLaunchTemplates' },
  'ec2.DescribeLockedSnapshots': { action: 'ec2:DescribeLockedSnapshots' },
  'ec2.DescribeSnapshotAttribute': { action: 'ec2:DescribeSnapshotAttribute', resource: SNAPSHOT },
  'ec2.DescribeSnapshotTierStatus': { action: 'ec2:DescribeSnapshotTierStatus' },
  'ec2.DescribeSnapshots': { action: 'ec2:DescribeSnapshots' },
  'ec2.DescribeSpotFleetRequests': { action: 'ec2:DescribeSpotFleetRequests' },
  'ec2.DescribeSpotInstanceRequests': { action: 'ec2:DescribeSpotInstanceRequests' },
  'ec2.GetAllowedImagesSettings': { action: 'ec2:GetAllowedImagesSettings' },
  'ec2.GetImageAncestry': { action: 'ec2:GetImageAncestry', resource: IMAGE },
  'ec2.GetImageBlockPublicAccessState': { action: 'ec2:GetImageBlockPublicAccessState' },
  'ec2.ListImagesInRecycleBin': { action: 'ec2:ListImagesInRecycleBin' },
  'ec2.ListSnapshotsInRecycleBin': { action: 'ec2:ListSnapshotsInRecycleBin' },
  'cloudformation.DescribeStacks': { action: 'cloudformation:DescribeStacks' },
  'cloudformation.GetTemplate': {
    action: 'cloudformation:GetTemplate',
    resource: arn('cloudformation', 'stack/web/1'),
  },
  'lambda.ListFunctions': { action: 'lambda:ListFunctions' },
  'scheduler.GetSchedule': {
    action: 'scheduler:GetSchedule',
    resource: arn('scheduler', 'schedule/default/nightly'),
  },
  'servicequotas.GetServiceQuota': {
    action: 'servicequotas:GetServiceQuota',
    resource: arn('servicequotas', 'ec2/L-0E3CBAB9'),
  },
  'scheduler.ListSchedules': { action: 'scheduler:ListSchedules' },
  'sfn.DescribeStateMachine': {
    action: 'states:DescribeStateMachine',
    resource: arn('states', 'stateMachine:nightly'),
  },
  'sfn.ListStateMachines': { action: 'states:ListStateMachines' },
  'ssm.DescribeAssociation': { action: 'ssm:DescribeAssociation', resource: arn('ssm', 'association/1') },
  'ssm.DescribeMaintenanceWindowTasks': {
    action: 'ssm:DescribeMaintenanceWindowTasks',
    resource: arn('ssm', 'maintenancewindow/mw-1'),
  },
  'ssm.DescribeMaintenanceWindows': { action: 'ssm:DescribeMaintenanceWindows' },
  'ssm.GetMaintenanceWindowTask': {
    action: 'ssm:GetMaintenanceWindowTask',
    resource: arn('ssm', 'maintenancewindow/mw-1'),
  },
  'ssm.ListAssociations': { action: 'ssm:ListAssociations' },
  'codebuild.BatchGetFleets': { action: 'codebuild:BatchGetFleets', resource: arn('codebuild', 'fleet/builders:1') },
  'codebuild.ListFleets': { action: 'codebuild:ListFleets' },
  'elastic-beanstalk.DescribeApplications': { action: 'elasticbeanstalk:DescribeApplications', resource: SHOP },
  'elastic-beanstalk.DescribeConfigurationSettings': {
    action: 'elasticbeanstalk:DescribeConfigurationSettings',
    ...ENVIRONMENT,
  },
  'elastic-beanstalk.DescribeEnvironments': { action: 'elasticbeanstalk:DescribeEnvironments', ...ENVIRONMENT },
  'emr.DescribeCluster': { action: 'elasticmapreduce:DescribeCluster', resource: CLUSTER },
  'emr.ListClusters': { action: 'elasticmapreduce:ListClusters' },
  'emr.ListInstanceFleets': { action: 'elasticmapreduce:ListInstanceFleets', resource: CLUSTER },
  'emr.ListInstanceGroups': { action: 'elasticmapreduce:ListInstanceGroups', resource: CLUSTER },
  'iam.ListAccountAliases': { action: 'iam:ListAccountAliases' },
  'imagebuilder.GetContainerRecipe': {
    action: 'imagebuilder:GetContainerRecipe',
    resource: arn('imagebuilder', 'container-recipe/web/1.0.0'),
  },
  'imagebuilder.GetImage': { action: 'imagebuilder:GetImage', resource: arn('imagebuilder', 'image/web/1.0.0/1') },
  'imagebuilder.GetImageRecipe': {
    action: 'imagebuilder:GetImageRecipe',
    resource: arn('imagebuilder', 'image-recipe/web/1.0.0'),
  },
  'imagebuilder.GetLifecyclePolicy': {
    action: 'imagebuilder:GetLifecyclePolicy',
    resource: arn('imagebuilder', 'lifecycle-policy/weekly'),
  },
  'imagebuilder.ListLifecyclePolicies': { action: 'imagebuilder:ListLifecyclePolicies' },
  'dlm.GetLifecyclePolicy': {
    action: 'dlm:GetLifecyclePolicy',
    resource: arn('dlm', 'policy/policy-0123456789abcdef0'),
  },
  'imagebuilder.ListContainerRecipes': { action: 'imagebuilder:ListContainerRecipes' },
  'imagebuilder.ListImageBuildVersions': { action: 'imagebuilder:ListImageBuildVersions' },
  'imagebuilder.ListImageRecipes': { action: 'imagebuilder:ListImageRecipes' },
  'rbin.GetRule': { action: 'rbin:GetRule', resource: arn('rbin', 'rule/abcdefghij1') },
  'rbin.ListRules': { action: 'rbin:ListRules' },
  'imagebuilder.ListImages': { action: 'imagebuilder:ListImages' },
  'sagemaker.DescribeCluster': {
    action: 'sagemaker:DescribeCluster',
    resource: arn('sagemaker', 'cluster/a1b2c3d4e5f6'),
  },
  'sagemaker.ListClusters': { action: 'sagemaker:ListClusters' },
  'rds.DescribeDBEngineVersions': { action: 'rds:DescribeDBEngineVersions' },
  's3.GetObject': { action: 's3:GetObject', resource: `${BUCKET}/policy/ami-janitor.yml` },
  's3.HeadObject': { action: 's3:GetObject', resource: `${BUCKET}/latest/${ACCOUNT}/${REGION}/report.json` },
  's3.ListObjectsV2': { action: 's3:ListBucket', resource: BUCKET },
  's3.PutObject': { action: 's3:PutObject', resource: `${BUCKET}/reports/${ACCOUNT}/${REGION}/report.json` },
  'ssm.DescribeParameters': { action: 'ssm:DescribeParameters' },
  'ssm.GetDocument': { action: 'ssm:GetDocument', resource: arn('ssm', 'document/web') },
  'ssm.GetParameter': { action: 'ssm:GetParameter', resource: arn('ssm', 'parameter/golden') },
  'ssm.GetParameterHistory': { action: 'ssm:GetParameterHistory', resource: arn('ssm', 'parameter/golden') },
  'ssm.GetParameters': { action: 'ssm:GetParameters', resource: arn('ssm', 'parameter/golden') },
  'ssm.GetParametersByPath': { action: 'ssm:GetParametersByPath', resource: arn('ssm', 'parameter/golden') },
  'ssm.ListDocuments': { action: 'ssm:ListDocuments' },
  'sts.GetCallerIdentity': { action: 'sts:GetCallerIdentity' },
};

const LOCK = arn('ssm', `parameter${LOCK_PARAMETER}`);
const HOLD_LOCK: readonly Row[] = [
  { action: 'ssm:PutParameter', resource: LOCK },
  { action: 'ssm:DeleteParameter', resource: LOCK },
];

const WRITE_JOURNAL: readonly Row[] = [
  { action: 's3:DeleteObject', resource: `${BUCKET}/journal/${ACCOUNT}/${REGION}/entries/1.json` },
];

const OWN_TAGS = [TAG.deprecatedAt, TAG.deregisterAfter, TAG.rule, TAG.run, TAG.previousDeprecationTime];
const DISABLED_TAGS = [TAG.disabledAt, TAG.launchPermissions, `${TAG.launchPermissions}-2`];

/** What only the acting functions do, by the function's role. */
export const WRITES: Readonly<Record<string, readonly Row[]>> = {
  ProtectRole: [
    ...HOLD_LOCK,
    ...WRITE_JOURNAL,
    { action: 'ec2:EnableImageDeregistrationProtection', resource: IMAGE },
    { action: 'ec2:DisableImageDeregistrationProtection', resource: IMAGE, context: PROTECTED },
    { action: 'ec2:CreateTags', resource: IMAGE, context: tagKeys(TAG.protectRun) },
    { action: 'ec2:DeleteTags', resource: IMAGE, context: tagKeys(TAG.protectRun) },
  ],
  DeprecateRole: [
    ...HOLD_LOCK,
    ...WRITE_JOURNAL,
    { action: 'ec2:EnableImageDeprecation', resource: IMAGE },
    { action: 'ec2:DisableImageDeprecation', resource: IMAGE, context: DEPRECATED },
    { action: 'ec2:EnableImage', resource: IMAGE, context: DEPRECATED },
    { action: 'ec2:ModifyImageAttribute', resource: IMAGE, context: DEPRECATED },
    { action: 'ec2:RestoreSnapshotTier', resource: SNAPSHOT, context: ARCHIVED },
    { action: 'ec2:CreateTags', resource: IMAGE, context: tagKeys(...OWN_TAGS) },
    { action: 'ec2:DeleteTags', resource: IMAGE, context: tagKeys(...OWN_TAGS, ...DISABLED_TAGS, TAG.deregisterRun) },
    {
      action: 'ec2:DeleteTags',
      resource: SNAPSHOT,
      context: tagKeys(TAG.image, TAG.run, TAG.orphanedAt, TAG.archivedAt),
    },
  ],
  ArchiveRole: [
    ...HOLD_LOCK,
    ...WRITE_JOURNAL,
    { action: 'ec2:ModifySnapshotTier', resource: SNAPSHOT, context: ARCHIVED },
    { action: 'ec2:CreateTags', resource: SNAPSHOT, context: tagKeys(TAG.archivedAt) },
  ],
  DisableRole: [
    ...HOLD_LOCK,
    ...WRITE_JOURNAL,
    { action: 'ec2:DisableImage', resource: IMAGE, context: DEPRECATED },
    { action: 'ec2:CreateTags', resource: IMAGE, context: { ...DEPRECATED, ...tagKeys(...DISABLED_TAGS, TAG.run) } },
    { action: 'ec2:DeleteTags', resource: IMAGE, context: { ...DEPRECATED, ...tagKeys(...DISABLED_TAGS) } },
  ],
  DeregisterRole: [
    ...HOLD_LOCK,
    ...WRITE_JOURNAL,
    { action: 'ec2:DeregisterImage', resource: IMAGE, context: DEPRECATED },
    { action: 'ec2:CreateImageUsageReport', resource: IMAGE },
    { action: 'ec2:CreateImageUsageReport', resource: REPORT },
    { action: 'ec2:DisableFastLaunch', resource: IMAGE, context: DEPRECATED },
    { action: 'ec2:DeleteSnapshot', resource: SNAPSHOT, context: OF_IMAGE },
    { action: 'ec2:CreateTags', resource: SNAPSHOT, context: tagKeys(TAG.image, TAG.recycle, TAG.run, TAG.kept) },
    {
      action: 'ec2:CreateTags',
      resource: IMAGE,
      context: {
        ...DEPRECATED,
        ...tagKeys(TAG.deregisterRun, TAG.recycle, TAG.launchPermissions, `${TAG.launchPermissions}-2`),
      },
    },
    { action: 'ec2:DeleteTags', resource: SNAPSHOT, context: tagKeys(TAG.image, TAG.kept, TAG.recycle, TAG.run) },
    {
      action: 'ec2:DeleteTags',
      resource: IMAGE,
      context: { ...DEPRECATED, ...tagKeys(TAG.deregisterRun, TAG.recycle) },
    },
  ],
  NotifyRole: [
    ...WRITE_JOURNAL,
    { action: 'ec2:CreateTags', resource: IMAGE, context: tagKeys(TAG.announcedAt) },
    { action: 'ec2:CreateTags', resource: IMAGE, context: tagKeys(TAG.remindedAt) },
  ],
  DeleteSnapshotsRole: [
    ...HOLD_LOCK,
    ...WRITE_JOURNAL,
    { action: 'ec2:DeleteSnapshot', resource: SNAPSHOT, context: OF_IMAGE },
    { action: 'ec2:CreateTags', resource: SNAPSHOT, context: tagKeys(TAG.image, TAG.orphanedAt, TAG.recycle, TAG.run) },
  ],
};
