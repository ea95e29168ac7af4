import { describe, expect, it } from 'vitest';
import type { Call } from '../../sandbox/calls.ts';
import { StoryAccount, tell } from './account.ts';

const outcomesOf = ({ report }: Awaited<ReturnType<typeof tell>>) =>
  report.outcomes.map(({ action, resourceId, status }) => `${action} ${resourceId} ${status}`);

describe('a run that acts', () => {
  it('goes on past a snapshot that came into use meanwhile (backup-monkey #10; ec2-expire-snapshots #3; cloud-nuke #727; aws-samples/remote-swe-agents #171)', async () => {
    const account = new StoryAccount();
    const gone = { 'ami-janitor:image': account.id('ami'), 'ami-janitor:run': 'earlier' };
    const taken = account.snapshot('of an image that is gone', { ageDays: 500, tags: gone });
    const free = account.snapshot('of an image that is gone', { ageDays: 400, tags: gone });
    let registered = false;
    const before = () => {
      if (registered) return;
      registered = true;
      const BlockDeviceMappings = [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: taken } }];
      account.image('registered-meanwhile', { ageDays: 0, deprecatedDaysAgo: null, with: { BlockDeviceMappings } });
    };
    const intercept = ({ operation }: Call) => (operation === 'DeleteSnapshot' ? { before } : undefined);
    const told = await tell(account.state, { enforce: true, intercept });
    expect(told.calls.entries.map(({ outcome }) => outcome)).toContain('InvalidSnapshot.InUse');
    expect(outcomesOf(told)).toEqual([`delete-snapshot ${taken} skipped`, `delete-snapshot ${free} done`]);
    expect(account.state.snapshots.has(taken)).toBe(true);
    expect(account.state.snapshots.has(free)).toBe(false);
  });

  it('sets the deprecation date once, and removes the image when its days have passed (cloud-custodian set-deprecation)', async () => {
    const account = new StoryAccount();
    const image = account.image('webapp-2023', { deprecatedDaysAgo: null });
    const snapshot = account.snapshotOf(image);
    const dateOn = async (day: number) => {
      await tell(account.state, { enforce: true, at: account.daysAgo(-day) });
      return account.state.images.get(image)?.DeprecationTime;
    };
    const date = await dateOn(0);
    expect(date).toBeDefined();
    expect([await dateOn(10), await dateOn(20), await dateOn(30)]).toEqual([date, date, date]);
    expect(await dateOn(31)).toBeUndefined();
    expect([account.state.images.size, account.state.snapshots.has(snapshot)]).toEqual([0, false]);
  });

  it('gives back what was marked and is used again (Netflix/SimianArmy, guardian/amigo)', async () => {
    const account = new StoryAccount();
    const image = account.image('webapp-2023', { deprecatedDaysAgo: null });
    await tell(account.state, { enforce: true });
    expect(account.state.images.get(image)?.DeprecationTime).toBeDefined();
    account.template('used-again', [image]);
    await tell(account.state, { enforce: true, at: account.daysAgo(-31) });
    const kept = account.state.images.get(image);
    expect(kept?.DeprecationTime).toBeUndefined();
    expect((kept?.Tags ?? []).filter(({ Key }) => Key?.startsWith('ami-janitor:'))).toEqual([]);
  });

  it('leaves what came into use between its plan and its act (Netflix/SimianArmy, guardian/amigo)', async () => {
    const account = new StoryAccount();
    const [image, other] = account.images('webapp-2023', 'unused');
    // The lock is the first thing that a run writes after its plan is made.
    const before = () => account.launchConfiguration('made-meanwhile', image);
    const intercept = ({ operation }: Call) => (operation === 'PutParameter' ? { before } : undefined);
    const told = await tell(account.state, { enforce: true, intercept });
    expect(told.report.outcomes).toContainEqual(
      expect.objectContaining({ action: 'deregister', resourceId: image, status: 'skipped' }),
    );
    expect([account.state.images.has(image), account.state.images.has(other)]).toEqual([true, false]);
  });

  it('never tries what AWS Backup manages, on any run (cloud-custodian #9459)', async () => {
    const account = new StoryAccount();
    const tags = { 'aws:backup:source-resource': 'i-0123456789abcdef0' };
    const backup = account.image('AwsBackup_i-0123456789abcdef0', { tags });
    account.image('unused');
    const first = await tell(account.state, { enforce: true });
    expect(JSON.stringify(first.calls.writes())).not.toContain(backup);
    const second = await tell(account.state, { enforce: true, at: account.daysAgo(-1) });
    expect(second.calls.writes()).toEqual([]);
    expect(account.state.images.has(backup)).toBe(true);
  });

  it('leaves no snapshot behind that nobody finds again (bonclay7/aws-amicleaner #19; va.gov-team #2106)', async () => {
    const account = new StoryAccount();
    const image = account.image('unused');
    const snapshot = account.snapshotOf(image);
    account.state.snapshotLocks.set(snapshot, { SnapshotId: snapshot, LockState: 'governance' });
    const told = await tell(account.state, { enforce: true });
    expect(outcomesOf(told)).toContain(`deregister ${image} done`);
    expect(account.state.snapshots.has(snapshot)).toBe(true);
    // The lock is lifted later, and by then nothing else tells whose the snapshot was.
    account.state.snapshotLocks.clear();
    account.state.snapshots.set(snapshot, { ...account.state.snapshots.get(snapshot), Description: '' });
    await tell(account.state, { enforce: true, at: account.daysAgo(-30) });
    expect(account.state.snapshots.has(snapshot)).toBe(false);
  });
});
