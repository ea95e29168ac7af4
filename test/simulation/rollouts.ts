import type { Life, UsedBy, World } from './world.ts';

/**
 * A group refreshes its instances, or a template gets a new version: until that is settled, `to` is in use beside `from`.
 * Nothing begins where neither uses `from`, or where it goes elsewhere already.
 */
export function rollOut(world: World, from: Life, to: Life): void {
  const { state, story, time, rollouts } = world;
  const by = from.uses.has('group') ? 'group' : 'template';
  const used = from.uses.get(by);
  const stored = state.launchTemplates.get(used?.templateId ?? '');
  // AWS refuses a second refresh of a group beside the first.
  const isUnderWay = [...rollouts.keys()].some(({ uses }) => uses.get(by)?.templateId === used?.templateId);
  const isBusy = isUnderWay || [from, to].some((life) => rollouts.has(life)) || from === to || to.uses.has(by);
  if (!used || !stored || isBusy || state.images.get(to.id)?.State !== 'available') return;
  const version = addVersion(world, used, to.id);
  to.uses.set(by, { ...used, since: time.milliseconds });
  const { group } = used;
  if (group === undefined) {
    rollouts.set(from, (goesOn) => {
      if (goesOn) change(world, used, { DefaultVersionNumber: version });
      else addVersion(world, used, from.id);
      (goesOn ? from : to).uses.delete(by);
    });
    return;
  }
  // Neither the newest nor the default: nothing but the refresh names it.
  addVersion(world, used, undefined);
  const refresh = {
    InstanceRefreshId: story.id('refresh'),
    AutoScalingGroupName: group,
    StartTime: time.now(),
    DesiredConfiguration: {
      LaunchTemplate: { LaunchTemplateId: used.templateId ?? '', Version: String(version) },
    },
  };
  const earlier = state.instanceRefreshes.get(group) ?? [];
  state.instanceRefreshes.set(group, [...earlier, { ...refresh, Status: 'InProgress' }]);
  rollouts.set(from, (goesOn) => {
    const Status = goesOn ? 'Successful' : 'RollbackSuccessful';
    state.instanceRefreshes.set(group, [...earlier, { ...refresh, Status }]);
    const present = state.autoScalingGroups.get(group);
    if (goesOn && present) state.autoScalingGroups.set(group, { ...present, ...refresh.DesiredConfiguration });
    (goesOn ? from : to).uses.delete(by);
  });
}

/** A rollout comes to its end, or goes back to what was before. */
export function settle({ rollouts }: World, from: Life, goesOn: boolean): void {
  rollouts.get(from)?.(goesOn);
  rollouts.delete(from);
}

function addVersion(world: World, used: UsedBy, ImageId: string | undefined): number {
  const stored = world.state.launchTemplates.get(used.templateId ?? '');
  const number = (stored?.template.LatestVersionNumber ?? 0) + 1;
  const { LaunchTemplateId = '', LaunchTemplateName = '' } = stored?.template ?? {};
  const LaunchTemplateData = { ...(ImageId !== undefined && { ImageId }) };
  const version = { LaunchTemplateId, LaunchTemplateName, VersionNumber: number, LaunchTemplateData };
  change(world, used, { LatestVersionNumber: number }, new Map([[number, version]]));
  return number;
}

type Stored = NonNullable<ReturnType<World['state']['launchTemplates']['get']>>;

function change(
  { state }: World,
  { templateId = '' }: UsedBy,
  numbers: Partial<Stored['template']>,
  added: Stored['versions'] = new Map(),
): void {
  const stored = state.launchTemplates.get(templateId);
  if (!stored) return;
  const versions = new Map([...stored.versions, ...added]);
  state.launchTemplates.set(templateId, { template: { ...stored.template, ...numbers }, versions });
}
