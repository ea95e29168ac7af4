/** Of one resource more or less there is no saying here: all of an organization's take the place of one account's. */
export const ORGANIZATION = {
  Organization: 'true',
  MemberExternalId: 'ami-janitor-example',
  MemberNamePrefix: 'acme',
  OrganizationScheduleExpression: 'rate(12 hours)',
  OrganizationAccountsAtATime: '2',
  OrganizationRegionsAtATime: '3',
  OrganizationToleratedPercent: '0',
  OrganizationMemorySizeMiB: '1024',
  OrganizationExpiryDays: '7',
};
/** A second deployment beside the first, its files elsewhere. */
export const BESIDE = { NamePrefix: 'acme', Stage: 'test', CodePrefix: 'elsewhere/' };
const KEY = 'arn:aws:kms:eu-west-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const VPC = { SubnetIds: 'subnet-0a,subnet-0b', SecurityGroupIds: 'sg-0a' };

/** Each parameter turned, and the resources that there are then and were not before. */
export const TURNED: readonly (readonly [Readonly<Record<string, string>>, string[]])[] = [
  [
    { Enforce: 'true' },
    [
      'ArchiveMissingAlarm',
      'DeleteSnapshotsMissingAlarm',
      'DeprecateMissingAlarm',
      'DeregisterMissingAlarm',
      'DisableMissingAlarm',
      'ProtectMissingAlarm',
    ],
  ],
  [{ Regions: 'eu-west-1,us-east-1', PolicyKey: 'policy/other.yml', Timezone: 'Europe/Berlin' }, []],
  [{ DocumentBuckets: 'arn:aws:s3:::deployments', DocumentObjects: 'arn:aws:s3:::deployments/*' }, []],
  [{ ReportScheduleExpression: 'rate(12 hours)', RecycleBinDays: '7', RecycleBinRules: 'false' }, []],
  [
    {
      NotifyScheduleExpression: 'rate(1 day)',
      DeprecateScheduleExpression: 'cron(0 6 ? * MON-FRI *)',
      DisableScheduleExpression: 'rate(2 days)',
      ProtectScheduleExpression: 'rate(2 days)',
      ArchiveScheduleExpression: 'rate(2 days)',
      DeregisterScheduleExpression: 'rate(3 days)',
      DeleteSnapshotsScheduleExpression: 'rate(7 days)',
    },
    [],
  ],
  [{ KeepButtons: 'true' }, ['KeepButtonCallPermission', 'KeepButtonUrl', 'KeepButtonUrlPermission']],
  [
    { KeepButtons: 'http-api' },
    [
      'KeepButtonApi',
      'KeepButtonApiIntegration',
      'KeepButtonApiPermission',
      'KeepButtonApiRoute',
      'KeepButtonApiStage',
    ],
  ],
  [{ ReportBaseUrl: 'https://reports.example.com', MissingRunHours: '48', ReserveConcurrency: 'false' }, []],
  [{ EventBus: 'ami-janitor' }, []],
  [{ EventBus: '' }, []],
  [{ AlarmTopicArn: 'arn:aws:sns:eu-west-1:000000000000:alarms' }, []],
  [{ PermissionsBoundaryArn: 'arn:aws:iam::000000000000:policy/boundary' }, []],
  [{ KmsKeyArn: KEY }, ['KmsPolicy']],
  [VPC, ['VpcPolicy']],
  [
    { MemorySizeMiB: '2048', LogLevel: 'DEBUG', LogRetentionDays: '30', ReportExpiryDays: '30', AuditExpiryDays: '60' },
    [],
  ],
];
/** Values that are to be refused, and the words of it. */
export const REFUSED: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
  [{ Enforce: 'True' }, /Enforce/],
  [{ Regions: 'a,b' }, /must be Regions with commas between them/],
  [{ MissingRunHours: '400' }, /168/],
  [{ Organization: 'true' }, /Organization needs MemberExternalId/],
  [{ SubnetIds: 'subnet-0a' }, /SubnetIds needs SecurityGroupIds/],
];
