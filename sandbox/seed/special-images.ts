import type { Draft } from './draft.ts';
import { addImage, addSnapshot, volume } from './images.ts';
import { addDated, addOddText } from './odd-tags.ts';

/** Due by any rule about age and count, were they not shared. */
const SHARED = { Family: 'webapp', Environment: 'prod', Owner: 'webapp-team@example.com' };
const CENTRAL = { Family: 'base', Environment: 'prod', Owner: 'platform' };

function addOthersManaged(draft: Draft): void {
  addImage(
    draft,
    {
      ageDays: 400,
      tags: { 'aws:backup:source-resource': 'i-0123456789abcdef0', Name: 'AwsBackup_i-0123456789abcdef0' },
    },
    { Name: 'AwsBackup_i-0123456789abcdef0_9c1f', Description: 'This image is created by the AWS Backup service.' },
  );
  addImage(
    draft,
    { ageDays: 500, tags: { 'aws:dlm:lifecycle-policy-id': 'policy-0a1b2c3d4e5f60718', 'dlm:managed': 'true' } },
    { Name: 'DLM_policy-0a1b2c3d4e5f60718_i-0fedcba9876543210' },
  );
  addImage(
    draft,
    { ageDays: 700, tags: { Name: 'waf-appliance' } },
    {
      Name: 'waf-appliance-7.2',
      ProductCodes: [{ ProductCodeId: '8kvmtkmrd2sdr1tdmcvffo0cz', ProductCodeType: 'marketplace' }],
    },
  );
  addImage(
    draft,
    { ageDays: 900, tags: { ...CENTRAL, Name: 'base-protected' } },
    { Name: 'base-protected-2024', DeregistrationProtection: 'enabled-with-cooldown' },
  );
}

function addOddDevices(draft: Draft): void {
  addImage(
    draft,
    { ageDays: 1300, tags: { Family: 'legacy', Environment: 'prod', Owner: 'platform' } },
    {
      Name: 'legacy-instance-store',
      RootDeviceType: 'instance-store',
      RootDeviceName: '/dev/sda1',
      ImageLocation: 'legacy-bucket/legacy.manifest.xml',
      BlockDeviceMappings: [{ DeviceName: '/dev/sda2', VirtualName: 'ephemeral0' }],
    },
  );
  const root = addSnapshot(draft, { ageDays: 800, sizeGiB: 20, Description: 'registered by hand' });
  addImage(
    draft,
    { ageDays: 800, tags: { Family: 'legacy', Environment: 'dev', Owner: 'platform' } },
    {
      Name: 'legacy-scratch-volumes',
      BlockDeviceMappings: [
        volume('/dev/xvda', root, 20),
        { DeviceName: '/dev/sdb', VirtualName: 'ephemeral0' },
        { DeviceName: '/dev/sdc', NoDevice: '' },
        {
          DeviceName: '/dev/sdd',
          Ebs: { VolumeSize: 100, VolumeType: 'gp3', DeleteOnTermination: true, Encrypted: true },
        },
      ],
    },
  );
  // Two images of one snapshot: the first to go must leave it to the other.
  const shared = addSnapshot(draft, { ageDays: 600, sizeGiB: 30, Description: 'golden root, registered twice' });
  for (const [name, ageDays] of [
    ['webapp-hotfix-a', 600],
    ['webapp-hotfix-b', 590],
  ] as const) {
    addImage(
      draft,
      { ageDays, tags: { Name: name, Family: 'webapp', Environment: 'staging', Owner: 'webapp-team@example.com' } },
      { Name: name, BlockDeviceMappings: [volume('/dev/xvda', shared, 30)] },
    );
  }
}

function addStates(draft: Draft): void {
  const { state } = draft;
  addImage(
    draft,
    { ageDays: 650, tags: { Family: 'api', Environment: 'dev', Owner: 'webapp-team@example.com' } },
    { Name: 'api-dev-disabled-by-hand', State: 'disabled' },
  );
  addImage(
    draft,
    { ageDays: 550, tags: { Family: 'worker', Environment: 'dev', Owner: '#data-eng' } },
    { Name: 'worker-dev-disabled', State: 'disabled', DeprecationTime: draft.isoDaysAgo(100) },
  );
  addImage(
    draft,
    { ageDays: 0, tags: { Family: 'api', Environment: 'dev', Owner: 'webapp-team@example.com' } },
    { Name: 'api-dev-being-made', State: 'pending' },
  );
  addImage(
    draft,
    { ageDays: 30, tags: { Family: 'api', Environment: 'dev', Owner: 'webapp-team@example.com' } },
    {
      Name: 'api-dev-failed',
      State: 'failed',
      StateReason: { Code: 'Client.InternalError', Message: 'Client error on launch' },
      BlockDeviceMappings: [],
    },
  );
  addImage(
    draft,
    { ageDays: 480, tags: { Family: 'bastion', Environment: 'staging', Owner: 'platform' } },
    { Name: 'bastion-deprecated-by-hand', DeprecationTime: draft.isoDaysAgo(200) },
  );
  const published = addImage(
    draft,
    { ageDays: 500, tags: { ...CENTRAL, Name: 'base-public' } },
    { Name: 'base-public-2025', Public: true, DeprecationTime: draft.isoDaysAgo(500 - 730) },
  );
  state.launchPermissions.set(published.ImageId, [{ Group: 'all' }]);
  const withAccounts = addImage(
    draft,
    { ageDays: 420, tags: { ...SHARED, Name: 'webapp-shared' } },
    { Name: 'webapp-shared-accounts' },
  );
  state.launchPermissions.set(withAccounts.ImageId, [{ UserId: '210987654321' }, { UserId: '345678901234' }]);
  const withOrganization = addImage(
    draft,
    { ageDays: 430, tags: { ...SHARED, Name: 'webapp-shared-org' } },
    { Name: 'webapp-shared-organization' },
  );
  state.launchPermissions.set(withOrganization.ImageId, [
    { OrganizationArn: 'arn:aws:organizations::123456789012:organization/o-a1b2c3d4e5' },
  ]);
}

/** One or two of every kind of image that a janitor must not misjudge. */
export function addSpecialImages(draft: Draft): void {
  addOthersManaged(draft);
  addOddDevices(draft);
  addStates(draft);
  addOddText(draft);
  addDated(draft);
}
