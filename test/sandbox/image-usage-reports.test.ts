import type { CreateImageUsageReportRequest, ImageUsageReportEntry } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { emptyAccount } from '../../sandbox/state.ts';
import { StoryAccount } from '../scenarios/account.ts';
import { NOW, open, refusal } from './open.ts';

const BOTH = [{ ResourceType: 'ec2:Instance' }, { ResourceType: 'ec2:LaunchTemplate' }];
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000);

/** An owner with one image, two accounts that may use it, and a clock that can be moved. */
async function reported() {
  const ids = { last: 0 };
  const at = (accountId: string) => new StoryAccount(emptyAccount(accountId), ids);
  const [owner, first, second] = [at('222222222222'), at('300000000001'), at('300000000002')];
  const imageId = owner.image('golden');
  let now = NOW;
  const opened = await open(owner.state, { otherAccounts: [first.state, second.state], now: () => now });
  const { ec2 } = opened;
  const ask = async (given: Partial<CreateImageUsageReportRequest> = {}) => {
    const input = { ImageId: imageId, ResourceTypes: BOTH, ...given };
    return (await ec2.createImageUsageReport(input)).ReportId ?? '';
  };
  const reports = async () => (await ec2.describeImageUsageReports({ ImageIds: [imageId] })).ImageUsageReports ?? [];
  /** What a report says once it is ready. */
  const entries = async (reportId: string) => {
    now = new Date(now.getTime() + 60_000);
    const answer = await ec2.describeImageUsageReportEntries({ ReportIds: [reportId] });
    return (answer.ImageUsageReportEntries ?? []).map(rowOf);
  };
  const wait = (seconds: number) => {
    now = new Date(now.getTime() + seconds * 1000);
  };
  return { ...opened, owner, first, second, imageId, ask, reports, entries, wait };
}

function rowOf({ AccountId, ResourceType, UsageCount }: ImageUsageReportEntry): unknown[] {
  return [AccountId, ResourceType, UsageCount];
}

describe('a usage report', () => {
  test('counts by account and kind what others use, and nothing of the owner’s', async () => {
    const { owner, first, second, imageId, ask, entries } = await reported();
    owner.instance(imageId);
    owner.template('own', [imageId]);
    first.instance(imageId, { LaunchTime: hoursAgo(30) });
    first.instance(imageId, { LaunchTime: hoursAgo(25), State: { Code: 80, Name: 'stopped' } });
    first.instance(imageId, { State: { Code: 48, Name: 'terminated' } });
    first.template('web', [imageId, imageId, 'ami-0ffffffffffffffff']);
    second.template('api', [imageId]);
    second.template('worker', [imageId]);
    second.template('other', ['ami-0ffffffffffffffff']);
    expect(await entries(await ask())).toEqual([
      ['300000000001', 'ec2:Instance', 2],
      ['300000000001', 'ec2:LaunchTemplate', 1],
      ['300000000002', 'ec2:LaunchTemplate', 2],
    ]);
  });

  test('speaks of the accounts and kinds that were asked for', async () => {
    const { first, second, imageId, ask, entries } = await reported();
    for (const account of [first, second]) account.instance(imageId);
    first.template('web', [imageId]);
    expect(await entries(await ask({ AccountIds: ['300000000001'] }))).toHaveLength(2);
    expect(await entries(await ask({ ResourceTypes: [{ ResourceType: 'ec2:LaunchTemplate' }] }))).toEqual([
      ['300000000001', 'ec2:LaunchTemplate', 1],
    ]);
  });

  test('has not heard of what happened lately: instances a day, templates some days', async () => {
    const { first, second, imageId, ask, entries, wait } = await reported();
    first.instance(imageId, { LaunchTime: hoursAgo(23) });
    second.template('web', [imageId]);
    const [stored] = second.state.launchTemplates.values();
    for (const [number, version] of stored?.versions ?? [])
      stored?.versions.set(number, { ...version, CreateTime: hoursAgo(71) });
    expect(await entries(await ask())).toEqual([]);
    wait(3600);
    expect(await entries(await ask())).toHaveLength(2);
  });

  test('looks at the newest twenty versions of a template unless asked for more', async () => {
    const { first, imageId, ask, entries } = await reported();
    const other = 'ami-0ffffffffffffffff';
    first.template('long-lived', [imageId, ...Array.from({ length: 20 }, () => other)]);
    const deep = (depth: string) => ({
      ResourceType: 'ec2:LaunchTemplate',
      ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: [depth] }],
    });
    expect(await entries(await ask())).toEqual([]);
    expect(await entries(await ask({ ResourceTypes: [deep('21')] }))).toHaveLength(1);
  });

  test('is pending at first, stays as it was made, and goes after 30 days', async () => {
    const { first, imageId, ask, reports, ec2, wait } = await reported();
    const ReportId = await ask();
    const entries = () => ec2.describeImageUsageReportEntries({ ReportIds: [ReportId] });
    first.instance(imageId);
    expect(await reports()).toMatchObject([
      {
        ReportId,
        ImageId: imageId,
        State: 'pending',
        CreationTime: NOW,
        ExpirationTime: hoursAgo(-720),
        ResourceTypes: [
          { ResourceType: 'ec2:Instance' },
          { ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: ['20'] }] },
        ],
      },
    ]);
    wait(59);
    expect((await reports())[0]?.State).toBe('pending');
    wait(1);
    expect((await reports())[0]?.State).toBe('available');
    expect((await entries()).ImageUsageReportEntries ?? []).toEqual([]);
    wait(30 * 86_400 - 61);
    expect(await reports()).toHaveLength(1);
    wait(1);
    expect(await reports()).toEqual([]);
    expect(await refusal(entries())).toBe('InvalidImageUsageReportId.NotFound');
  });

  test('that is not ready or failed has no entries', async () => {
    const { first, owner, imageId, ask, reports, entries, ec2 } = await reported();
    first.instance(imageId);
    const ReportId = await ask();
    const early = await ec2.describeImageUsageReportEntries({ ReportIds: [ReportId] });
    expect(early.ImageUsageReportEntries ?? []).toEqual([]);
    const { imageUsageReports } = owner.state;
    for (const [id, report] of imageUsageReports) imageUsageReports.set(id, { ...report, failed: 'try again' });
    expect(await entries(ReportId)).toEqual([]);
    expect(await reports()).toMatchObject([{ State: 'error', StateReason: 'try again' }]);
  });

  test('is asked for once by the same token', async () => {
    const { ask, reports } = await reported();
    const ClientToken = 'once';
    expect(await ask({ ClientToken })).toBe(await ask({ ClientToken }));
    expect(await reports()).toHaveLength(1);
    const other = ask({ ClientToken, AccountIds: ['300000000001'] });
    expect(await refusal(other)).toBe('IdempotentParameterMismatch');
  });
});

test('reports are told of by the images that they are on', async () => {
  const { owner, imageId, ask, reports } = await reported();
  const other = owner.image('other');
  const [mine, its] = [await ask(), await ask({ ImageId: other })];
  expect((await reports()).map(({ ReportId }) => ReportId)).toEqual([mine]);
  expect(owner.state.imageUsageReports.get(its)?.imageId).toBe(other);
  expect(imageId).not.toBe(other);
});

test('reports and entries come in pages', async () => {
  const { first, second, imageId, ask, ec2, wait } = await reported();
  for (const account of [first, second]) account.instance(imageId);
  const ReportIds = [await ask(), await ask(), await ask()];
  wait(60);
  const page = await ec2.describeImageUsageReports({ ReportIds, MaxResults: 2 });
  expect(page.ImageUsageReports).toHaveLength(2);
  const { NextToken } = page;
  const rest = await ec2.describeImageUsageReports({ ReportIds, MaxResults: 2, NextToken });
  expect(rest).toMatchObject({ ImageUsageReports: [{ ReportId: ReportIds[2] }] });
  expect(rest.NextToken).toBeUndefined();
  const Filters = [{ Name: 'account-id', Values: ['300000000002'] }];
  const entries = await ec2.describeImageUsageReportEntries({ ReportIds, Filters, MaxResults: 2 });
  expect(entries.ImageUsageReportEntries?.map((entry) => [entry.ReportId, entry.AccountId])).toEqual([
    [ReportIds[0], '300000000002'],
    [ReportIds[1], '300000000002'],
  ]);
  expect(entries.NextToken).toBeDefined();
});

describe('refused', () => {
  const depth = (OptionName: string, value: string) => [{ OptionName, OptionValues: [value] }];
  test.each<[string, Partial<CreateImageUsageReportRequest>, string]>([
    ['no kinds', { ResourceTypes: [] }, 'MissingParameter'],
    ['a kind that is none', { ResourceTypes: [{ ResourceType: 'ssm:Parameter' }] }, 'InvalidParameterValue'],
    [
      'versions of instances',
      { ResourceTypes: [{ ResourceType: 'ec2:Instance', ResourceTypeOptions: depth('version-depth', '5') }] },
      'InvalidParameterValue',
    ],
    [
      'too many versions',
      { ResourceTypes: [{ ResourceType: 'ec2:LaunchTemplate', ResourceTypeOptions: depth('version-depth', '10001') }] },
      'InvalidParameterValue',
    ],
    ['201 accounts', { AccountIds: Array.from({ length: 201 }, () => '300000000001') }, 'InvalidParameterValue'],
    ['an account that is none', { AccountIds: ['3'] }, 'InvalidParameterValue'],
    ['no image', { ImageId: 'ami-0ffffffffffffffff' }, 'InvalidAMIID.NotFound'],
    [
      'tags for something else',
      { TagSpecifications: [{ ResourceType: 'image', Tags: [{ Key: 'a', Value: 'b' }] }] },
      'InvalidParameterValue',
    ],
  ])('%s', async (_, given, code) => {
    const { ask, reports } = await reported();
    expect(await refusal(ask(given))).toBe(code);
    expect(await reports()).toEqual([]);
  });

  test('an image that is another’s', async () => {
    const { owner, second, ask } = await reported();
    const ImageId = second.image('theirs');
    second.state.launchPermissions.set(ImageId, [{ UserId: owner.state.accountId }]);
    expect(await refusal(ask({ ImageId }))).toBe('AuthFailure');
  });

  test('more than 200 ids, and more reports under way than there may be', async () => {
    const { owner, imageId, ask, ec2, wait } = await reported();
    const ImageIds = Array.from({ length: 201 }, () => imageId);
    expect(await refusal(ec2.describeImageUsageReports({ ImageIds }))).toBe('InvalidParameterValue');
    const { settings } = owner.state;
    settings.usageReports = { ...settings.usageReports, mostPending: 1 };
    await ask();
    expect(await refusal(ask())).toBe('ResourceLimitExceeded');
    wait(60);
    expect(await ask()).toMatch(/^amiur-/);
  });
});
