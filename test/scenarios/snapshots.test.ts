import { describe, expect, it } from 'vitest';
import { aPolicy, StoryAccount, tell } from './account.ts';

describe('a snapshot', () => {
  it('of a disabled image is in use (cloud-custodian #9138, #9444)', async () => {
    const account = new StoryAccount();
    const disabled = account.image('disabled', { deprecatedDaysAgo: null, with: { State: 'disabled' } });
    account.template('asleep', [disabled]);
    const unused = account.image('unused');
    const policy = aPolicy({ orphanSnapshots: { deleteAfter: '0d' } });
    const { deleted, report } = await tell(account.state, { policy });
    expect(deleted).toEqual([account.snapshotOf(unused)]);
    expect(report.snapshots.find(({ snapshotId }) => snapshotId === account.snapshotOf(disabled))).toMatchObject({
      decision: 'keep',
      reasons: [{ code: 'mapped', images: [disabled] }],
    });
  });

  it('that another image holds stays when its own image goes (backup-monkey #10; ec2-expire-snapshots #3; cloud-nuke #727; aws-samples/remote-swe-agents #171)', async () => {
    const account = new StoryAccount();
    const going = [300, 500].map((ageDays) => {
      const imageId = account.image('goes');
      const BlockDeviceMappings = account.state.images.get(imageId)?.BlockDeviceMappings ?? [];
      // One of the two that stay is younger than the one that goes, the other older.
      const stays = account.image('registered-from-the-same', { ageDays, with: { BlockDeviceMappings } });
      account.template(`uses-${ageDays}`, [stays]);
      return imageId;
    });
    const other = account.image('other');
    const { taken, deleted } = await tell(account.state);
    expect([...taken].sort()).toEqual([...going, other].sort());
    expect(deleted).toEqual([account.snapshotOf(other)]);
  });

  it('that an earlier deregistration left behind is found (bonclay7/aws-amicleaner #19; va.gov-team #2106)', async () => {
    const account = new StoryAccount();
    const gone = account.id('ami');
    const tagged = account.snapshot('any words', { tags: { 'ami-janitor:image': gone, 'ami-janitor:run': 'r' } });
    const described = account.snapshot(`Created by CreateImage(i-0123456789abcdef0) for ${gone}`);
    account.snapshot('nightly backup of the database');
    const { deleted, report } = await tell(account.state, {
      policy: aPolicy({ orphanSnapshots: { deleteAfter: '30d' } }),
    });
    // What this tool tagged goes; what a description alone says is marked first.
    expect(deleted).toEqual([tagged]);
    expect(report.passes.flatMap(({ actions }) => actions)).toContainEqual({
      action: 'mark-orphan',
      snapshotId: described,
      imageId: gone,
    });
  });

  it('that a template, a configuration, a Spot request or a fleet mounts is never deleted', async () => {
    const account = new StoryAccount();
    const mounted = ['template', 'configuration', 'spot request', 'spot fleet', 'fleet'].map((who) =>
      account.image(`mounted by a ${who}`),
    );
    const [byTemplate, byConfiguration, bySpot, bySpotFleet, byFleet] = mounted.map((imageId) => [
      { DeviceName: '/dev/sdf', Ebs: { SnapshotId: account.snapshotOf(imageId) } },
    ]);
    const data = account.template('data', [undefined], { data: { BlockDeviceMappings: byTemplate } });
    account.launchConfiguration('data', 'ami-0000000f', { BlockDeviceMappings: byConfiguration });
    const LaunchSpecification = { ImageId: 'ami-0000000f', BlockDeviceMappings: bySpot };
    account.state.spotRequests.set('sir-1', { SpotInstanceRequestId: 'sir-1', State: 'open', LaunchSpecification });
    account.state.spotFleets.set('sfr-1', {
      SpotFleetRequestId: 'sfr-1',
      SpotFleetRequestState: 'active',
      SpotFleetRequestConfig: {
        IamFleetRole: 'arn:aws:iam::123456789012:role/fleet',
        TargetCapacity: 1,
        LaunchSpecifications: [{ ImageId: 'ami-0000000f', BlockDeviceMappings: bySpotFleet }],
      },
    });
    account.state.fleets.set('fleet-1', {
      FleetId: 'fleet-1',
      FleetState: 'active',
      LaunchTemplateConfigs: [
        { LaunchTemplateSpecification: { LaunchTemplateId: data }, Overrides: [{ BlockDeviceMappings: byFleet }] },
      ],
    });
    const { taken, deleted } = await tell(account.state);
    // The images themselves are unused and go; their snapshots stay.
    expect([...taken].sort()).toEqual([...mounted].sort());
    expect(deleted).toEqual([]);
  });
});
