import type { AssumeRoleRequest } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import type { StoredRole } from '../../sandbox/account-wide.ts';
import { newOrganization } from '../../sandbox/organizations/state.ts';
import type { SandboxOptions } from '../../sandbox/server.ts';
import { emptyAccount } from '../../sandbox/state.ts';
import { as, NOW, open, refusal } from './open.ts';

const JANITOR = '123456789012';
const MEMBER = '210987654321';
const ROLE = 'ami-janitor/ami-janitor-read';
const ARN = `arn:aws:iam::${MEMBER}:role/${ROLE}`;
const USER = `arn:aws:iam::${JANITOR}:user/sandbox`;

/** A janitor's account and a member with one role. */
async function twoAccounts(role: StoredRole, options: Partial<SandboxOptions> = {}) {
  const member = emptyAccount(MEMBER);
  member.everywhere.roles.set(ROLE, role);
  const opened = await open(emptyAccount(JANITOR), { otherAccounts: [member], ...options });
  const assume = (given: Partial<AssumeRoleRequest> = {}, sts = opened.sts) =>
    sts.assumeRole({ RoleArn: ARN, RoleSessionName: 'ami-janitor', ...given });
  return { ...opened, member, assume };
}

describe('a role', () => {
  test.each([
    ['the user itself', USER],
    ['everyone of its account', `arn:aws:iam::${JANITOR}:root`],
  ])('is assumed where it trusts %s', async (_, principal) => {
    const { assume } = await twoAccounts({ trusts: [principal] });
    const { AssumedRoleUser, Credentials } = await assume();
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${MEMBER}:assumed-role/ami-janitor-read/ami-janitor`);
    expect(Credentials?.Expiration).toEqual(new Date(NOW.getTime() + 3_600_000));
  });

  test.each<[string, StoredRole, Partial<AssumeRoleRequest>]>([
    ['another is trusted', { trusts: [`arn:aws:iam::${JANITOR}:user/other`] }, {}],
    ['nobody is trusted', { trusts: [] }, {}],
    ['the external id is left out', { trusts: [USER], externalId: 'example' }, {}],
    ['the external id is another', { trusts: [USER], externalId: 'example' }, { ExternalId: 'Example' }],
    ['its path is left out', { trusts: [USER] }, { RoleArn: `arn:aws:iam::${MEMBER}:role/ami-janitor-read` }],
    ['no such role', { trusts: [USER] }, { RoleArn: `${ARN}er` }],
    ['no such account', { trusts: [USER] }, { RoleArn: ARN.replace(MEMBER, '999999999999') }],
  ])('is refused where %s, in the same words', async (_, role, given) => {
    const { assume } = await twoAccounts(role);
    await expect(assume(given)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: ${USER} is not authorized to perform: sts:AssumeRole on resource: ${given.RoleArn ?? ARN}`,
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('is refused in an account that is suspended, and its sessions end', async () => {
    const organization = newOrganization(JANITOR, NOW);
    const active = { name: 'm', email: 'm@example.com', state: 'ACTIVE', parentId: 'r-exmp', joined: NOW } as const;
    organization.accounts.set(MEMBER, active);
    const { assume, config } = await twoAccounts({ trusts: [USER], externalId: 'example' }, { organization });
    const { ec2 } = as(config, await assume({ ExternalId: 'example' }));
    await ec2.describeImages({});
    organization.accounts.set(MEMBER, { ...active, state: 'SUSPENDED' });
    expect(await refusal(assume({ ExternalId: 'example' }))).toBe('AccessDenied');
    expect(await refusal(ec2.describeImages({}))).toBe('AuthFailure');
  });

  test('can be trusted by another role, by its path and name; such a chain lasts an hour at most', async () => {
    const { assume, config, sandbox, state } = await twoAccounts({
      trusts: [`arn:aws:iam::${JANITOR}:role/tools/run`],
    });
    state.everywhere.roles.set('tools/run', { trusts: [USER], accessKeyId: 'ASIAFUNCTION00000000' });
    expect(await refusal(assume())).toBe('AccessDenied');
    const run = await assume({ RoleArn: `arn:aws:iam::${JANITOR}:role/tools/run` });
    const chained = as(config, run).sts;
    expect((await assume({}, chained)).Credentials?.AccessKeyId).toMatch(/^ASIA/);
    expect(await refusal(assume({ DurationSeconds: 7200 }, chained))).toBe('ValidationError');
    const credentials = { accessKeyId: 'ASIAFUNCTION00000000', secretAccessKey: 's', sessionToken: 't' };
    const fromFunction = as({ ...config, endpoint: sandbox.url, credentials }).sts;
    expect((await fromFunction.getCallerIdentity({})).Arn).toBe(`arn:aws:sts::${JANITOR}:assumed-role/run/function`);
    expect((await assume({}, fromFunction)).Credentials?.AccessKeyId).toMatch(/^ASIA/);
  });

  test('lasts twelve hours at most where nobody acts as another role already', async () => {
    const { assume } = await twoAccounts({ trusts: [USER] });
    const { Credentials } = await assume({ DurationSeconds: 43_200 });
    expect(Credentials?.Expiration).toEqual(new Date(NOW.getTime() + 43_200_000));
  });

  test('that may only read is refused what writes', async () => {
    const { assume, config, member } = await twoAccounts({ trusts: [USER], readOnly: true });
    const { ec2 } = as(config, await assume());
    const ImageId = 'ami-0000000000000000a';
    member.images.set(ImageId, { ImageId, OwnerId: MEMBER, State: 'available', BlockDeviceMappings: [] });
    expect((await ec2.describeImages({})).Images).toHaveLength(1);
    expect(await refusal(ec2.deregisterImage({ ImageId }))).toBe('UnauthorizedOperation');
    expect(member.images.has(ImageId)).toBe(true);
  });

  test.each([
    [{ DurationSeconds: 899 }],
    [{ DurationSeconds: 43_201 }],
    [{ ExternalId: 'e' }],
    [{ ExternalId: 'a b' }],
  ])('is refused for %j', async (given) => {
    const { assume } = await twoAccounts({ trusts: [USER] });
    expect(await refusal(assume(given))).toBe('ValidationError');
  });
});

test('credentials that ended, or that nobody has, are refused in each service’s words', async () => {
  let now = NOW;
  const { assume, config } = await twoAccounts({ trusts: [USER] }, { now: () => now });
  const asked = async (clients: ReturnType<typeof as>) => [
    await refusal(clients.ec2.describeImages({})),
    await refusal(clients.ssm.describeParameters({})),
    await refusal(clients.autoScaling.describeAutoScalingGroups({})),
    await refusal(clients.sts.getCallerIdentity({})),
  ];
  const assumed = as(config, await assume({ DurationSeconds: 900 }));
  await assumed.ec2.describeImages({});
  now = new Date(NOW.getTime() + 900_000);
  expect(await asked(assumed)).toEqual(['RequestExpired', 'ExpiredTokenException', 'ExpiredToken', 'ExpiredToken']);
  const unknown = { accessKeyId: 'ASIANOBODY0000000000', secretAccessKey: 's', sessionToken: 't' };
  expect(await asked(as({ ...config, credentials: unknown }))).toEqual([
    'AuthFailure',
    'UnrecognizedClientException',
    'InvalidClientTokenId',
    'InvalidClientTokenId',
  ]);
});

describe('Regions', () => {
  test('are told with how they stand in the account that asks', async () => {
    const { ec2, assume, config, member } = await twoAccounts({ trusts: [USER] });
    member.everywhere.regions.set('af-south-1', 'opted-in').set('eu-south-1', 'not-opted-in');
    member.everywhere.regions.set('eu-west-1', 'not-opted-in');
    const statuses = async (client: typeof ec2) => {
      const RegionNames = ['af-south-1', 'eu-south-1', 'eu-west-1'];
      const { Regions } = await client.describeRegions({ RegionNames });
      return Regions?.map((region) => region.OptInStatus);
    };
    expect(await statuses(ec2)).toEqual(['not-opted-in', 'opted-in', 'opt-in-not-required']);
    expect(await statuses(as(config, await assume()).ec2)).toEqual(['opted-in', 'not-opted-in', 'opt-in-not-required']);
  });

  test('that are not enabled are left out unless all are asked for', async () => {
    const { ec2 } = await open();
    const names = async (AllRegions: boolean) =>
      (await ec2.describeRegions({ AllRegions })).Regions?.map((region) => region.RegionName);
    expect(await names(false)).not.toContain('af-south-1');
    expect(await names(true)).toContain('af-south-1');
  });

  test('that are not enabled know no credentials of the account', async () => {
    const { assume, config } = await twoAccounts({ trusts: [USER] });
    const there = as({ ...config, region: 'af-south-1' }, await assume());
    expect(await refusal(there.ec2.describeImages({}))).toBe('AuthFailure');
    expect(await refusal(there.ssm.describeParameters({}))).toBe('UnrecognizedClientException');
    const groups = there.autoScaling.describeAutoScalingGroups({});
    expect(await refusal(groups)).toBe('InvalidClientTokenId');
  });
});
