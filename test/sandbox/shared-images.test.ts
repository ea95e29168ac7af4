import {
  DescribeImageAttributeCommand,
  type DescribeImagesCommandInput,
  GetAllowedImagesSettingsCommand,
  type GetAllowedImagesSettingsResult,
  type Image,
  type LaunchPermission,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { newOrganization, organizationArn } from '../../sandbox/organizations/state.ts';
import { emptyAccount } from '../../sandbox/state.ts';
import { as, NOW, open, refusal } from './open.ts';

const SELF = '123456789012';
const OWNER = '222222222222';
const UNIT = 'ou-exmp-prod00001';
const organization = newOrganization(OWNER, NOW);
const ORGANIZATION_ARN = organizationArn(organization, 'organization');
const UNIT_ARN = organizationArn(organization, 'ou', UNIT);
const OTHER_UNIT_ARN = organizationArn(organization, 'ou', 'ou-exmp-other0001');
organization.units.set('ou-exmp-work00001', { name: 'Workloads', parentId: organization.rootId });
organization.units.set(UNIT, { name: 'Prod', parentId: organization.rootId });
organization.units.set('ou-exmp-inprod001', { name: 'Within', parentId: UNIT });
organization.accounts.set(SELF, {
  name: 'self',
  email: 'self@example.com',
  state: 'ACTIVE',
  parentId: 'ou-exmp-inprod001',
  joined: NOW,
});

const id = (number: number) => `ami-${number.toString(16).padStart(17, '0')}`;
const BY_ACCOUNT = id(1);
const BY_ORGANIZATION = id(2);
const BY_UNIT = id(3);
const PUBLIC = id(4);
const BY_ACCOUNT_AND_UNIT = id(5);
const NOT_SHARED = id(6);
const OWN = id(7);
const ELSEWHERE = id(8);
const NOT_THE_OWNERS = id(9);

const deprecatedFor = (MaximumDaysSinceDeprecated: number): GetAllowedImagesSettingsResult => ({
  State: 'enabled',
  ImageCriteria: [{ DeprecationTimeCondition: { MaximumDaysSinceDeprecated } }],
});

/** The caller’s account, and an owner who shares with it in every way. */
async function shared(changes: Partial<Image> = {}) {
  const owner = emptyAccount(OWNER);
  const add = (ImageId: string, ...permissions: LaunchPermission[]) => {
    const LastLaunchedTime = NOW.toISOString();
    const Tags = [{ Key: 'Family', Value: 'golden' }];
    const more = { Tags, LastLaunchedTime, SourceImageId: id(99), SourceImageRegion: 'eu-central-1' };
    owner.images.set(ImageId, { ImageId, Name: 'n', OwnerId: OWNER, State: 'available', ...more, ...changes });
    owner.launchPermissions.set(ImageId, permissions);
  };
  add(BY_ACCOUNT, { UserId: SELF }, { UserId: '333333333333' });
  add(BY_ORGANIZATION, { OrganizationArn: ORGANIZATION_ARN });
  add(BY_UNIT, { OrganizationalUnitArn: UNIT_ARN });
  add(PUBLIC, { Group: 'all' });
  add(BY_ACCOUNT_AND_UNIT, { UserId: SELF }, { OrganizationalUnitArn: UNIT_ARN });
  add(NOT_SHARED, { UserId: '333333333333' }, { OrganizationalUnitArn: OTHER_UNIT_ARN });
  owner.images.set(NOT_THE_OWNERS, { ImageId: NOT_THE_OWNERS, OwnerId: '444444444444', State: 'available' });
  owner.launchPermissions.set(NOT_THE_OWNERS, [{ UserId: SELF }]);
  const away = emptyAccount(OWNER, 'eu-central-1');
  away.images.set(ELSEWHERE, { ImageId: ELSEWHERE, OwnerId: OWNER, State: 'available' });
  away.launchPermissions.set(ELSEWHERE, [{ UserId: SELF }]);
  const self = emptyAccount(SELF);
  self.images.set(OWN, { ImageId: OWN, OwnerId: SELF, State: 'available', Tags: [] });
  const opened = await open(self, { otherAccounts: [owner, away], organization });
  const ids = async (input: DescribeImagesCommandInput) =>
    (await opened.ec2.describeImages(input)).Images?.map((image) => image.ImageId).sort();
  const cancel = (ImageId: string) => opened.ec2.cancelImageLaunchPermission({ ImageId });
  return { ...opened, account: self, owner, ids, cancel };
}

describe('images of others', () => {
  test('are seen by whom they are shared with, and by no other', async () => {
    const { ids } = await shared();
    const visible = [BY_ACCOUNT, BY_ORGANIZATION, BY_UNIT, PUBLIC, BY_ACCOUNT_AND_UNIT];
    expect(await ids({})).toEqual([...visible, OWN]);
    expect(await ids({ Owners: ['self'] })).toEqual([OWN]);
    expect(await ids({ Owners: [OWNER] })).toEqual(visible);
    expect(await ids({ ExecutableUsers: ['self'] })).toEqual([
      BY_ACCOUNT,
      BY_ORGANIZATION,
      BY_UNIT,
      BY_ACCOUNT_AND_UNIT,
    ]);
    expect(await ids({ ExecutableUsers: [SELF] })).toEqual(await ids({ ExecutableUsers: ['self'] }));
    expect(await ids({ ExecutableUsers: ['all'] })).toEqual([PUBLIC]);
  });

  test.each<[string, GetAllowedImagesSettingsResult, boolean]>([
    ['no settings', {}, true],
    ['settings in audit-mode', { State: 'audit-mode', ImageCriteria: [{ ImageProviders: ['amazon'] }] }, true],
    ['another provider', { State: 'enabled', ImageCriteria: [{ ImageProviders: ['amazon'] }] }, false],
    [
      'its owner',
      { State: 'enabled', ImageCriteria: [{ ImageProviders: ['amazon'] }, { ImageProviders: [OWNER] }] },
      true,
    ],
    ['no deprecated one', deprecatedFor(0), false],
    ['one deprecated since yesterday', deprecatedFor(1), true],
    ['a name', { State: 'enabled', ImageCriteria: [{ ImageNames: ['web-*'] }] }, false],
  ])('deprecated a day ago are seen where Allowed AMIs ask for %s: %j %s', async (_, settings, isSeen) => {
    const { account, ids, ec2 } = await shared({ DeprecationTime: new Date(NOW.getTime() - 86_400_000).toISOString() });
    account.allowedImages = settings;
    expect(await ids({ IncludeDeprecated: true, Owners: [OWNER] })).toHaveLength(isSeen ? 5 : 0);
    expect(await ids({ ImageIds: [OWN] })).toEqual([OWN]);
    const asked = ec2.describeImages({ ImageIds: [PUBLIC] });
    if (isSeen) expect((await asked).Images).toHaveLength(1);
    else expect(await refusal(asked)).toMatch(/^InvalidAMIID.NotFound/);
    const { State, ImageCriteria } = await ec2.send(new GetAllowedImagesSettingsCommand({}));
    expect({ State, ImageCriteria }).toEqual({ State: 'disabled', ImageCriteria: [], ...settings });
  });

  test('are found by id; one that is not shared refuses the call', async () => {
    const { ec2, ids } = await shared();
    expect(await ids({ ImageIds: [BY_UNIT, OWN] })).toEqual([BY_UNIT, OWN]);
    expect(await ids({ ImageIds: [BY_UNIT], Owners: ['self'] })).toEqual([]);
    const asked = ec2.describeImages({ ImageIds: [BY_UNIT, NOT_SHARED] });
    expect(await refusal(asked)).toBe('InvalidAMIID.NotFound');
  });

  test('show nothing of what is the owner’s alone', async () => {
    const { ec2 } = await shared();
    const { Images } = await ec2.describeImages({ ImageIds: [BY_ACCOUNT] });
    expect(Images?.[0]).toMatchObject({ ImageId: BY_ACCOUNT, OwnerId: OWNER, Name: 'n' });
    expect(Images?.[0]?.Tags ?? []).toEqual([]);
    for (const member of ['LastLaunchedTime', 'SourceImageId', 'SourceImageRegion'])
      expect(Images?.[0]).not.toHaveProperty(member);
  });

  test('are not seen once disabled, nor once deprecated unless that is asked for', async () => {
    const disabled = await shared({ State: 'disabled' });
    expect(await disabled.ids({ ExecutableUsers: ['self'], IncludeDisabled: true })).toEqual([]);
    const deprecated = await shared({ DeprecationTime: '2026-01-01T00:00:00.000Z' });
    expect(await deprecated.ids({ ExecutableUsers: ['self'] })).toEqual([]);
    expect(await deprecated.ids({ ExecutableUsers: ['self'], IncludeDeprecated: true })).toContain(BY_ACCOUNT);
  });

  test('are nobody else’s to change: refused, and not as if they were gone', async () => {
    const { ec2, owner } = await shared();
    const attribute = new DescribeImageAttributeCommand({ ImageId: BY_ACCOUNT, Attribute: 'launchPermission' });
    expect(await refusal(ec2.send(attribute))).toBe('AuthFailure');
    expect(await refusal(ec2.deregisterImage({ ImageId: BY_ACCOUNT }))).toBe('AuthFailure');
    expect(await refusal(ec2.deregisterImage({ ImageId: NOT_SHARED }))).toBe('InvalidAMIID.NotFound');
    expect(owner.images.has(BY_ACCOUNT)).toBe(true);
  });
});

test('an image is seen in its own Region alone', async () => {
  const { ec2, config, ids } = await shared();
  expect(await ids({ ExecutableUsers: ['self'] })).not.toContain(ELSEWHERE);
  expect(await refusal(ec2.describeImages({ ImageIds: [ELSEWHERE] }))).toBe('InvalidAMIID.NotFound');
  const away = as({ ...config, region: 'eu-central-1' }).ec2;
  const { Images } = await away.describeImages({ ExecutableUsers: ['self'] });
  expect(Images?.map((image) => image.ImageId)).toEqual([ELSEWHERE]);
});

describe('letting go of a shared image', () => {
  test('takes the account out, and leaves everyone else in', async () => {
    const { owner, cancel, ids } = await shared();
    expect((await cancel(BY_ACCOUNT)).Return).toBe(true);
    expect(owner.launchPermissions.get(BY_ACCOUNT)).toEqual([{ UserId: '333333333333' }]);
    expect(await ids({})).not.toContain(BY_ACCOUNT);
    expect(await refusal(cancel(BY_ACCOUNT))).toBe('InvalidAMIID.NotFound');
  });

  test('leaves it visible where the organization has it too', async () => {
    const { cancel, ids } = await shared();
    await cancel(BY_ACCOUNT_AND_UNIT);
    expect(await ids({})).toContain(BY_ACCOUNT_AND_UNIT);
    expect(await refusal(cancel(BY_ACCOUNT_AND_UNIT))).toBe('OperationNotPermitted');
  });

  test.each([
    ['shared with the organization', BY_ORGANIZATION, 'OperationNotPermitted'],
    ['shared with a unit', BY_UNIT, 'OperationNotPermitted'],
    ['public', PUBLIC, 'OperationNotPermitted'],
    ['not shared', NOT_SHARED, 'InvalidAMIID.NotFound'],
    ['of nobody', id(80), 'InvalidAMIID.NotFound'],
    ['the account’s own', OWN, 'InvalidParameterValue'],
    ['no image id', 'ami-1', 'InvalidAMIID.Malformed'],
  ])('is refused for one that is %s', async (_, imageId, code) => {
    const { owner, cancel } = await shared();
    const before = structuredClone(owner.launchPermissions);
    expect(await refusal(cancel(imageId))).toBe(code);
    expect(owner.launchPermissions).toEqual(before);
  });
});
