import {
  CreateImageUsageReportCommand,
  DescribeImageUsageReportsCommand,
  EC2Client,
  type ImageUsageReport,
} from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { askForUsageReports } from '../../src/execute/usage-reports.ts';
import { readUsage } from '../../src/inventory/usage-reports.ts';
import { imageIdsIn } from '../../src/model/ids.ts';
import { seedOrganization } from '../builders/organization.ts';
import { NOW } from '../scenarios/account.ts';
import { AT_HOME, POLICY, Running, type RunningOptions } from './running.ts';

let running: Running;

const DAY = 86_400_000;
/** An image goes as soon as it is deprecated. */
const POLICY_AT_ONCE = POLICY.replace('after: 30d', 'after: 0d');
const TEMPLATES = { type: 'ec2:LaunchTemplate', versionDepth: 10_000 };
const RECIPES = [{ type: 'imagebuilder:ImageRecipe' }, { type: 'imagebuilder:ContainerRecipe' }];
/** What others, and earlier versions, asked for. */
const NARROW = [
  ['without its depth', { resourceTypes: [{ type: 'ec2:Instance' }, { ...TEMPLATES, versionDepth: 20 }, ...RECIPES] }],
  ['without recipes', { resourceTypes: [{ type: 'ec2:Instance' }, TEMPLATES] }],
  ['of templates alone', { resourceTypes: [TEMPLATES, ...RECIPES] }],
  ['of some accounts', { accountIds: ['123456789012'] }],
] as const;

/** A run a day over the same organization; gives what the report says of an image. */
async function day(seeded: ReturnType<typeof seedOrganization>, number: number, options: RunningOptions = {}) {
  const runId = `20261121T020000Z-${String(number).padStart(8, '0')}`;
  running = await Running.start(seeded, { runId, laterMilliseconds: number * DAY, ...AT_HOME, ...options });
  await running.readAndJoin();
  await running.act();
  const { images } = await running.report();
  return (id: string) => images.find(({ imageId }) => imageId === id);
}

const asked = () => running.sandbox.calls.entries.filter(({ operation }) => operation === 'CreateImageUsageReport');

describe('an image that is shared with an account outside the targets', () => {
  it('stays until a usage report speaks, and for good where that tells of a use', async () => {
    const seeded = seedOrganization({ consumers: 1, unused: 2 });
    const { images, golden } = seeded;
    const there = (id: string) => golden.home.state.images.has(id);
    const first = await day(seeded, 0);
    expect(first(images.outside)?.reasons).toMatchObject([{ code: 'usage-unknown', status: 'none' }]);
    expect(asked().map(({ input }) => input)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          ImageId: images.outside,
          ResourceTypes: [
            { ResourceType: 'ec2:Instance' },
            {
              ResourceType: 'ec2:LaunchTemplate',
              ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: ['10000'] }],
            },
            { ResourceType: 'imagebuilder:ImageRecipe' },
            { ResourceType: 'imagebuilder:ContainerRecipe' },
          ],
        }),
      ]),
    );
    expect(there(images.organizationWide)).toBe(true);

    const second = await day(seeded, 1);
    expect(second(images.outside)).toMatchObject({
      decision: 'reinstate',
      reasons: [{ code: 'used-elsewhere', uses: [{ accountId: seeded.outsider.accountId, count: 1 }] }],
    });
    expect(there(images.outside)).toBe(true);
    // Of this one the report knows no use: it is shared with the whole organization, and nobody launches it.
    expect(there(images.organizationWide)).toBe(false);
  });

  it('is asked about once, not again while the answer is being made', async () => {
    const seeded = seedOrganization({ consumers: 1, unused: 0 });
    const { usageReports } = seeded.golden.home.state.settings;
    seeded.golden.home.state.settings.usageReports = { ...usageReports, pendingSeconds: 3 * 86_400 };
    await day(seeded, 0);
    expect(asked().length).toBe(3);
    const second = await day(seeded, 1);
    expect(asked()).toEqual([]);
    expect(second(seeded.images.outside)?.reasons).toMatchObject([{ code: 'usage-unknown', status: 'pending' }]);
  });

  it('stays where the report is older than the deprecation and its lag', async () => {
    const seeded = seedOrganization({ consumers: 1, unused: 0 });
    const { images, golden } = seeded;
    await day(seeded, 0);
    const image = golden.home.state.images.get(images.organizationWide);
    const lately = new Date(NOW.getTime() - 2 * DAY).toISOString();
    golden.home.state.images.set(images.organizationWide, {
      ...image,
      DeprecationTime: lately,
      Tags: [{ Key: 'ami-janitor:deprecated-at', Value: lately }],
    });
    const second = await day(seeded, 1, { policy: POLICY_AT_ONCE });
    expect(second(images.organizationWide)?.reasons).toMatchObject([{ code: 'usage-report-too-early' }]);
    expect(golden.home.state.images.has(images.organizationWide)).toBe(true);
  });

  it('is asked about again once that can help, and then once: an older report does not count as an answer', async () => {
    const seeded = seedOrganization({ consumers: 1, unused: 0 });
    const { images, golden } = seeded;
    const lately = new Date(NOW.getTime() - DAY).toISOString();
    const image = golden.home.state.images.get(images.organizationWide);
    const Tags = [{ Key: 'ami-janitor:deprecated-at', Value: lately }];
    golden.home.state.images.set(images.organizationWide, { ...image, DeprecationTime: lately, Tags });
    const askedAbout = () => asked().filter(({ input }) => JSON.stringify(input).includes(images.organizationWide));
    await day(seeded, 0, { policy: POLICY_AT_ONCE });
    expect(askedAbout()).toHaveLength(1);
    const { usageReports } = golden.home.state.settings;
    golden.home.state.settings.usageReports = { ...usageReports, pendingSeconds: 3 * 86_400 };
    await day(seeded, 7, { policy: POLICY_AT_ONCE });
    expect(askedAbout()).toHaveLength(1);
    const third = await day(seeded, 8, { policy: POLICY_AT_ONCE });
    expect(third(images.organizationWide)?.reasons).toMatchObject([{ code: 'usage-report-too-early' }]);
    expect(askedAbout()).toEqual([]);
  });

  it('stays where its report is older than 48 hours: what began since is asked about first', async () => {
    const seeded = seedOrganization({ consumers: 1, unused: 0 });
    const { images, golden, outsider } = seeded;
    const { organizationWide } = images;
    await day(seeded, 0);
    outsider.home.instance(organizationWide, { LaunchTime: new Date(NOW.getTime() + 5 * DAY) });
    const later = await day(seeded, 13);
    expect(later(organizationWide)).toMatchObject({ decision: 'keep', reasons: [{ code: 'usage-report-too-early' }] });
    expect(asked().some(({ input }) => JSON.stringify(input).includes(organizationWide))).toBe(true);
    const next = await day(seeded, 14);
    expect(next(organizationWide)?.reasons).toMatchObject([{ code: 'used-elsewhere' }]);
    expect(golden.home.state.images.has(organizationWide)).toBe(true);
  });

  it('stays where it was shared with somebody since its report was made, however young that is', async () => {
    const seeded = seedOrganization({ consumers: 1, unused: 0 });
    const { images, golden, outsider } = seeded;
    const { organizationWide } = images;
    const { launchPermissions } = golden.home.state;
    await day(seeded, 0);
    const before = launchPermissions.get(organizationWide) ?? [];
    launchPermissions.set(organizationWide, [...before, { UserId: outsider.accountId }]);
    outsider.home.instance(organizationWide, { LaunchTime: new Date(NOW.getTime() + DAY / 2) });
    const countsFrom = new Date(NOW.getTime() + 8 * DAY).toISOString();
    const later = await day(seeded, 1);
    expect(later(organizationWide)).toMatchObject({
      decision: 'keep',
      reasons: [{ code: 'usage-report-too-early', countsFrom }],
    });
    await day(seeded, 8);
    const next = await day(seeded, 9);
    expect(next(organizationWide)?.reasons).toMatchObject([{ code: 'used-elsewhere' }]);
    expect(golden.home.state.images.has(organizationWide)).toBe(true);
  });

  it('stays where the reports can’t be read', async () => {
    const seeded = seedOrganization({ consumers: 1, unused: 0 });
    await day(seeded, 0);
    const second = await day(seeded, 1, {
      intercept: ({ operation }) =>
        operation === 'DescribeImageUsageReportEntries' ? { kind: 'access-denied' } : undefined,
    });
    expect(second(seeded.images.organizationWide)?.reasons).toMatchObject([
      { code: 'usage-unknown', status: 'unreadable' },
    ]);
    expect(seeded.golden.home.state.images.has(seeded.images.organizationWide)).toBe(true);
  });

  it('is not asked about by a dry run', async () => {
    await day(seedOrganization({ consumers: 1, unused: 0 }), 0, { mode: 'dry-run' });
    expect(asked()).toEqual([]);
  });

  it.each(NARROW)('is not judged by a report that others made of less: %s', async (_, less) => {
    const seeded = seedOrganization({ consumers: 1, unused: 0 });
    const { images, golden } = seeded;
    await day(seeded, 0);
    const { imageUsageReports } = golden.home.state;
    for (const [id, report] of imageUsageReports) imageUsageReports.set(id, { ...report, ...less });
    const second = await day(seeded, 1);
    expect(second(images.organizationWide)?.reasons).toMatchObject([{ code: 'usage-unknown', status: 'none' }]);
    expect(golden.home.state.images.has(images.organizationWide)).toBe(true);
  });

  it('is asked about all the same while others make a report of less', async () => {
    const seeded = seedOrganization({ consumers: 1, unused: 0 });
    const { imageUsageReports, settings } = seeded.golden.home.state;
    settings.usageReports = { ...settings.usageReports, pendingSeconds: 3 * 86_400 };
    await day(seeded, 0);
    for (const [id, report] of imageUsageReports) imageUsageReports.set(id, { ...report, ...NARROW[1][1] });
    await day(seeded, 1);
    expect(asked()).toHaveLength(3);
  });
});

describe('an image that is gone since', () => {
  const ids = imageIdsIn('ami-0000000a ami-0000000b ami-0000000c');
  const [, gone] = ids;
  const RESOURCE_TYPES: ImageUsageReport['ResourceTypes'] = [
    { ResourceType: 'ec2:Instance' },
    {
      ResourceType: 'ec2:LaunchTemplate',
      ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: ['10000'] }],
    },
    { ResourceType: 'imagebuilder:ImageRecipe' },
    { ResourceType: 'imagebuilder:ContainerRecipe' },
  ];

  it('hides no other’s report, neither in reading nor in asking', async () => {
    const ec2 = new EC2Client({ region: 'eu-west-1' });
    const mock = mockClient(ec2);
    mock.on(DescribeImageUsageReportsCommand).callsFake(({ ImageIds }: { ImageIds: string[] }) => {
      if (ImageIds.some((id) => id === gone)) throw Object.assign(new Error('gone'), { name: 'InvalidAMIID.NotFound' });
      const report = { State: 'pending', CreationTime: NOW, ResourceTypes: RESOURCE_TYPES };
      return { ImageUsageReports: ImageIds.map((ImageId) => ({ ...report, ImageId, ReportId: `of ${ImageId}` })) };
    });
    const readings = await readUsage(ec2, ids);
    expect(ids.map((id) => readings.get(id)?.status)).toEqual(['pending', 'unreadable', 'pending']);
    await askForUsageReports(ec2, ids);
    expect(mock.commandCalls(CreateImageUsageReportCommand).map(({ args }) => args[0].input.ImageId)).toEqual([gone]);
  });
});
