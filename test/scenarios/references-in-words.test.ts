import { describe, expect, it } from 'vitest';
import { StoryAccount, tell } from './account.ts';
import { EVERY_KIND, POLICY_OF_EVERY_KIND } from './every-kind.ts';

/** Every image is referenced in one way alone; each reference says what to look up, where in it, and who names it. */
describe('a reference is precise enough to act on', async () => {
  const account = new StoryAccount();
  // With nothing else there, the S3 place of the policy must still exist.
  account.state.buckets.set('runbooks', new Map());
  const unused = account.image('unused');
  const made = Object.entries(EVERY_KIND).map(([kind, add]) => {
    const imageId = account.image(kind);
    return { kind, imageId, expected: add(account, imageId) };
  });
  const { taken, referencesOf, report } = await tell(account.state, { policy: POLICY_OF_EVERY_KIND });

  it.each(made)('$kind', ({ imageId, expected }) => {
    expect(referencesOf(imageId)).toEqual([expected]);
  });

  it('and each source says how much of its own was read', () => {
    const { state } = account;
    const { texts } = state;
    const refreshes = [...state.instanceRefreshes.values()].flat();
    const recipes = state.imageRecipes.size + state.containerRecipes.size;
    const saved = [...state.beanstalkTemplates.values()].reduce((sum, { size }) => sum + size, 0);
    expect(
      Object.fromEntries(report.sources.map((source) => [source.name, source.status === 'read' && source.read])),
    ).toEqual({
      images: state.images.size,
      snapshots: state.snapshots.size,
      journal: state.images.size + state.snapshots.size,
      'auto-scaling-groups': state.autoScalingGroups.size,
      'instance-refreshes': refreshes.length,
      'launch-configurations': state.launchConfigurations.size,
      instances: state.instances.size,
      'spot-fleets': state.spotFleets.size,
      'ec2-fleets': state.fleets.size,
      'fast-launch': state.fastLaunch.size,
      'spot-requests': state.spotRequests.size,
      'image-builder-recipes': recipes,
      'batch-compute-environments': state.computeEnvironments.size,
      'emr-clusters': state.emrClusters.size,
      'beanstalk-environments': state.beanstalkEnvironments.size + saved,
      'codebuild-fleets': state.codeBuildFleets.size,
      'hyperpod-clusters': state.hyperPodClusters.size,
      'rds-custom-versions': state.engineVersions.size,
      'cloudformation-stacks': texts.stacks.size,
      'lambda-functions': texts.functions.size,
      'state-machines': texts.stateMachines.size,
      schedules: texts.schedules.size,
      'state-manager-associations': texts.associations.size,
      'maintenance-windows': texts.maintenanceWindows.size,
      'ssm-documents': state.documents.size,
      documents: state.buckets.get('runbooks')?.size,
      // Which versions are read is another test's matter.
      'launch-templates': expect.any(Number),
      'ssm-parameters': state.parameters.size,
      lookups: 0,
    });
  });

  it('and only the unused image goes', () => {
    expect(taken).toEqual([unused]);
    expect(report.complete).toBe(true);
    expect(report.dangling.map(({ missing }) => missing)).toEqual([]);
  });
});
