import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import type { AccountState } from '../../sandbox/state.ts';
import {
  AWAY,
  GOLDEN_ID,
  HOME,
  MEMBER,
  OUTSIDER_ID,
  SUSPENDED_ID,
  seedOrganization,
} from '../builders/organization.ts';
import { as, NOW, open, refusal } from './open.ts';

/** All that can use an image in one account and Region, as text. */
function usesIn({ launchTemplates, autoScalingGroups, instances, parameters }: AccountState): string {
  const templates = [...launchTemplates.values()].flatMap(({ versions }) => [...versions.values()]);
  return JSON.stringify([templates, ...[autoScalingGroups, instances, parameters].map((map) => [...map.values()])]);
}

test('each golden image is used in its own place, and in no other', () => {
  const { images, consumer, outsider, golden, sandbox } = seedOrganization();
  const states = [sandbox.account, ...(sandbox.otherAccounts ?? [])];
  const targetsOf = (id: string) =>
    states
      .filter((state) => usesIn(state).includes(`"${id}"`))
      .map(({ accountId, region }) => `${accountId}/${region}`);
  const home = (number: number) => [`${consumer(number).accountId}/${HOME}`];
  const away = (number: number) => [`${consumer(number).accountId}/${AWAY}`];
  const places: [string, string[]][] = [
    [images.inTemplate37, home(37)],
    [images.inGroup12, home(12)],
    [images.onInstance5, home(5)],
    [images.inParameter20, home(20)],
    [images.mapped15, []],
    [golden.home.snapshotOf(images.mapped15), home(15)],
    [images.copied, []],
    [images.copy, away(7)],
    [images.copiedOnward, []],
    [images.copyOnward, []],
    [images.ownCopy9, away(9)],
    [images.inUnit3, home(3)],
    [images.outside, [`${outsider.accountId}/${HOME}`]],
    [images.outsideLately, [`${outsider.accountId}/${HOME}`]],
    [images.organizationWide, []],
    [images.unshared, []],
    ...images.unused.map((id): [string, string[]] => [id, []]),
  ];
  for (const [id, expected] of places) expect(targetsOf(id)).toEqual(expected);
  expect(targetsOf(images.current)).toHaveLength(40);
  expect(golden.away.state.images.get(images.copy)).toMatchObject({
    SourceImageId: images.copied,
    SourceImageRegion: HOME,
  });
});

test('it is the same each time', () => {
  const { sandbox } = seedOrganization();
  expect(seedOrganization().sandbox).toEqual(sandbox);
});

test('the janitor reaches every active member by its roles, and sees what is shared there', async () => {
  const { sandbox, images, consumer, golden } = seedOrganization();
  const { account, ...options } = sandbox;
  const { sts, config } = await open(account, options);
  const reach = async (accountId: string, role: string = MEMBER.readRole) => {
    const RoleArn = `arn:aws:iam::${accountId}:role/${role}`;
    const request = { RoleArn, RoleSessionName: 'ami-janitor', ExternalId: MEMBER.externalId };
    return as(config, await sts.assumeRole(request));
  };
  const { ec2, ssm } = await reach(consumer(37).accountId);
  const { Parameter } = await ssm.getParameter({ Name: MEMBER.templateParameter });
  expect(Parameter?.Value).toBe(MEMBER.templateVersion);
  const input = { ExecutableUsers: ['self'], IncludeDeprecated: true };
  const { Images = [] } = await ec2.describeImages(input);
  const seen = Images.map(({ ImageId }) => ImageId);
  expect(seen).toEqual(expect.arrayContaining([images.current, images.inTemplate37, images.organizationWide]));
  // Consumer 37 is no production account, and has nothing to do with what outsiders get.
  for (const hidden of [images.unshared, images.inUnit3, images.outside]) expect(seen).not.toContain(hidden);
  await reach(golden.accountId, MEMBER.actRole);
  expect(await refusal(reach(SUSPENDED_ID))).toBe('AccessDenied');
  expect(await refusal(reach(OUTSIDER_ID))).toBe('AccessDenied');
  const withoutId = new AssumeRoleCommand({
    RoleArn: `arn:aws:iam::${GOLDEN_ID}:role/${MEMBER.readRole}`,
    RoleSessionName: 'ami-janitor',
  });
  expect(await refusal(new STSClient(config).send(withoutId))).toBe('AccessDenied');
});

test('a usage report knows of the outsider’s old instance, and not of its new one', async () => {
  const { sandbox, images, golden } = seedOrganization();
  let now = NOW;
  const { sts, config } = await open(sandbox.account, { ...sandbox, now: () => now });
  const RoleArn = `arn:aws:iam::${golden.accountId}:role/${MEMBER.actRole}`;
  const request = { RoleArn, RoleSessionName: 'ami-janitor', ExternalId: MEMBER.externalId };
  const { ec2 } = as(config, await sts.assumeRole(request));
  const ResourceTypes = [{ ResourceType: 'ec2:Instance' }, { ResourceType: 'ec2:LaunchTemplate' }];
  const entriesOf = async (ImageId: string) => {
    const { ReportId = '' } = await ec2.createImageUsageReport({ ImageId, ResourceTypes });
    now = new Date(now.getTime() + 60_000);
    return (await ec2.describeImageUsageReportEntries({ ReportIds: [ReportId] })).ImageUsageReportEntries;
  };
  expect(await entriesOf(images.outside)).toMatchObject([{ AccountId: OUTSIDER_ID, UsageCount: 1 }]);
  expect((await entriesOf(images.outsideLately)) ?? []).toEqual([]);
});
