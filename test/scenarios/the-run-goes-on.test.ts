import { describe, expect, it } from 'vitest';
import type { Call } from '../../sandbox/calls.ts';
import { aPolicy, StoryAccount, tell } from './account.ts';

/** Things that ended a cleaner's run, or made it useless: here the run goes on, and does what is right. */
describe('the run goes on', () => {
  it('where a group names a template that is gone (cloud-custodian #4568)', async () => {
    const account = new StoryAccount();
    const [used, newest, unused] = account.images('used', 'newest', 'unused');
    const web = account.template('web', [newest, used, newest, newest], { deleted: [3] });
    account.group('orphaned', { LaunchTemplate: { LaunchTemplateId: 'lt-0badbadbadbadbad0', Version: '1' } });
    account.group('orphaned-by-name', { LaunchTemplate: { LaunchTemplateName: 'long-gone', Version: '$Latest' } });
    // The version that is gone is asked for together with one that is not.
    account.group('web-gone', { LaunchTemplate: { LaunchTemplateId: web, Version: '3' } });
    account.group('web', { LaunchTemplate: { LaunchTemplateId: web, Version: '2' } });
    account.group('configured', { LaunchConfigurationName: 'deleted-lc' });
    const { taken, report } = await tell(account.state);
    expect(taken).toEqual([unused]);
    expect(report.complete).toBe(true);
    expect(report.dangling).toEqual([
      { missing: 'launch configuration "deleted-lc"', namedBy: ['Auto Scaling group "configured"'] },
      { missing: 'launch template "long-gone" version $Latest', namedBy: ['Auto Scaling group "orphaned-by-name"'] },
      { missing: `launch template ${web} version 3`, namedBy: ['Auto Scaling group "web-gone"'] },
      { missing: 'launch template lt-0badbadbadbadbad0 version 1', namedBy: ['Auto Scaling group "orphaned"'] },
    ]);
  });

  it('where an image and a snapshot vanish in the middle of the look: they are gone, and hide nothing else', async () => {
    const account = new StoryAccount();
    const [gone, unused] = [account.image('gone'), account.image('unused')];
    const [goneSnapshot, left] = [1, 2].map(() =>
      account.snapshot('left behind', { tags: { 'ami-janitor:image': account.id('ami'), 'ami-janitor:run': 'r' } }),
    );
    const asks = ({ operation, input }: Call, about: string, id = '') =>
      operation === about && JSON.stringify(input).includes(id);
    const { taken, deleted, report } = await tell(account.state, {
      intercept: (call) => {
        if (asks(call, 'DescribeImageAttribute', gone)) return { before: () => void account.state.images.delete(gone) };
        if (!asks(call, 'DescribeSnapshotAttribute', goneSnapshot)) return undefined;
        return { before: () => void account.state.snapshots.delete(goneSnapshot ?? '') };
      },
    });
    expect(report.complete).toBe(true);
    expect(taken).toEqual([unused]);
    expect(deleted).toContain(left);
    expect(report.images.map(({ imageId }) => imageId)).toEqual([unused]);
    expect(report.snapshots.map(({ snapshotId }) => snapshotId)).not.toContain(goneSnapshot);
  });

  it('and removes what only old template versions name (wata727/packer-plugin-amazon-ami-management #266)', async () => {
    const account = new StoryAccount();
    const versions = ['v1', 'v2', 'v3', 'v4', 'v5'].map((name) => account.image(name));
    account.template('pipeline', versions, { default: 4 });
    const removedUnder = async (launchTemplateVersions: unknown) => {
      const policy = aPolicy({ references: { launchTemplateVersions } });
      const { taken } = await tell(account.state, { policy });
      return versions.flatMap((id, index) => (taken.includes(id) ? [index + 1] : []));
    };
    expect(await removedUnder('in-use')).toEqual([1, 2, 3]);
    expect(await removedUnder({ newest: 3 })).toEqual([1, 2]);
    expect(await removedUnder('all')).toEqual([]);
  });

  it('and a vestigial template that keeps an image of 2018 is listed (compiler-explorer/infra #2220)', async () => {
    const account = new StoryAccount();
    const keptFromTheFirst = { deprecatedDaysAgo: null };
    const old = account.image('ubuntu-2018', { ageDays: 3000, ...keptFromTheFirst });
    const busy = account.image('launched-yesterday', {
      ...keptFromTheFirst,
      with: { LastLaunchedTime: account.daysAgo(1).toISOString() },
    });
    const grouped = account.image('grouped', keptFromTheFirst);
    const twice = account.image('named-twice', keptFromTheFirst);
    const ran = account.image('ran', keptFromTheFirst);
    const vestigial = account.template('ce-2018', [old]);
    account.template('launches-by-hand', [busy]);
    account.template('web', [grouped]);
    account.group('web', { LaunchTemplate: { LaunchTemplateName: 'web' } });
    account.template('blue', [twice]);
    account.template('green', [twice]);
    const runs = account.template('runs', [ran]);
    const tag = (Key: string, Value: string) => ({ Key: `aws:ec2launchtemplate:${Key}`, Value });
    account.instance('ami-0000000f', { Tags: [tag('id', runs), tag('version', '1')] });
    const { report, taken } = await tell(account.state);
    expect(taken).toEqual([]);
    expect(report.vestigial).toEqual([
      {
        imageId: old,
        kind: 'ec2:LaunchTemplate',
        resource: vestigial,
        detail: '"ce-2018" version 1, $Default, $Latest',
        lastLaunchedTime: null,
      },
    ]);
  });

  it('without the images and snapshots of AWS Backup, which it never tries (cloud-custodian #9459)', async () => {
    const account = new StoryAccount();
    const vault = { 'aws:backup:source-resource': 'i-0123456789abcdef0' };
    const backup = account.image('AwsBackup_i-0123456789abcdef0', { tags: vault });
    account.snapshot('This snapshot is created by the AWS Backup service.', { tags: vault });
    const snapshot = account.snapshotOf(backup);
    account.state.snapshots.set(snapshot, {
      ...account.state.snapshots.get(snapshot),
      Tags: [{ Key: 'aws:backup:source-resource', Value: 'i-0123456789abcdef0' }],
    });
    const unused = account.image('unused');
    const { taken, deleted, reasonsOf } = await tell(account.state);
    expect(taken).toEqual([unused]);
    expect(deleted).toEqual([account.snapshotOf(unused)]);
    expect(reasonsOf(backup)).toContain('managed');
  });

  it('with nothing done where far too much is due (guardian/amigo #300)', async () => {
    const account = new StoryAccount();
    for (let number = 0; number < 6; number += 1) account.image(`due-${number}`);
    for (let number = 0; number < 4; number += 1) account.template(`t-${number}`, [account.image(`kept-${number}`)]);
    const { report } = await tell(account.state, { policy: aPolicy({ limits: {} }) });
    const deregister = report.passes.find(({ pass }) => pass === 'deregister');
    expect(deregister).toMatchObject({ actions: [], stopped: { due: 6, ofImages: 10, percent: 60 } });
  });
});
