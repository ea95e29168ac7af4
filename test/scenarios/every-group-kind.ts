import type { InstanceRefresh } from '@aws-sdk/client-auto-scaling';
import type { StoryAccount } from './account.ts';
import type { AddReference } from './every-kind.ts';

/** An image that nobody has, for all that must be something else. */
export const OTHER = 'ami-0000000f';

/** A template whose first version, neither default nor latest, launches an image. */
export function oldVersion(account: StoryAccount, imageId: string): { id: string; name: string; text: string } {
  const name = `template-${account.id('t')}`;
  const id = account.template(name, [imageId, OTHER]);
  return { id, name, text: `ec2:LaunchTemplate ${id} "${name}" version 1, named by` };
}

/** What a group launches beside what a kind is about. */
const otherTemplate = (account: StoryAccount) => ({ LaunchTemplateId: account.template(account.id('t'), [OTHER]) });

const newName = (account: StoryAccount) => account.id('group');

const groupInstance = (account: StoryAccount) => ({
  InstanceId: account.id('i'),
  AvailabilityZone: 'eu-west-1a',
  LifecycleState: 'InService' as const,
  HealthStatus: 'Healthy',
  ProtectedFromScaleIn: false,
});

/** Adds a group with refreshes, newest first, and gives its name. */
function refreshing(account: StoryAccount, ...refreshes: readonly Partial<InstanceRefresh>[]): string {
  const group = newName(account);
  account.group(group, { LaunchTemplate: { LaunchTemplateId: account.template(`of-${group}`, [OTHER]) } });
  const made = refreshes.map((given, index) => ({
    InstanceRefreshId: `${group}-refresh-${index + 1}`,
    AutoScalingGroupName: group,
    StartTime: account.daysAgo(index + 1),
    ...given,
  }));
  account.state.instanceRefreshes.set(group, made);
  return group;
}

/** What Auto Scaling has: groups, their instances, configurations and refreshes. */
export const GROUP_KINDS: Readonly<Record<string, AddReference>> = {
  'a group by template id': (account, imageId) => {
    const { id, text } = oldVersion(account, imageId);
    const group = newName(account);
    account.group(group, { LaunchTemplate: { LaunchTemplateId: id, Version: '1' } });
    return `${text} Auto Scaling group "${group}"`;
  },
  'a group by template name, without a version': (account, imageId) => {
    const group = newName(account);
    const id = account.template(`default-of-${group}`, [imageId, OTHER], { default: 1 });
    account.group(group, { LaunchTemplate: { LaunchTemplateName: `default-of-${group}` } });
    const place = `"default-of-${group}" version 1, $Default`;
    return `ec2:LaunchTemplate ${id} ${place}, named by Auto Scaling group "${group}"`;
  },
  'a mixed instances policy': (account, imageId) => {
    const { name, text } = oldVersion(account, imageId);
    const group = newName(account);
    const LaunchTemplateSpecification = { LaunchTemplateName: name, Version: '1' };
    account.group(group, { MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification } } });
    return `${text} Auto Scaling group "${group}"`;
  },
  "an override's template": (account, imageId) => {
    const { id, text } = oldVersion(account, imageId);
    const group = newName(account);
    const LaunchTemplateSpecification = { LaunchTemplateId: id, Version: '1' };
    const Overrides = [{ InstanceType: 'c7g.large', LaunchTemplateSpecification }];
    const LaunchTemplate = { LaunchTemplateSpecification: otherTemplate(account), Overrides };
    account.group(group, { MixedInstancesPolicy: { LaunchTemplate } });
    return `${text} Auto Scaling group "${group}", override for c7g.large`;
  },
  "an override's image": (account, ImageId) => {
    const group = newName(account);
    const LaunchTemplate = { LaunchTemplateSpecification: otherTemplate(account), Overrides: [{ ImageId }] };
    account.group(group, { MixedInstancesPolicy: { LaunchTemplate } });
    return `autoscaling:AutoScalingGroup ${group} mixed instances policy, override for any type`;
  },
  "a group's instance by template version": (account, imageId) => {
    const { id, text } = oldVersion(account, imageId);
    const group = newName(account);
    const instance = { ...groupInstance(account), LaunchTemplate: { LaunchTemplateId: id, Version: '1' } };
    account.group(group, { LaunchTemplate: otherTemplate(account), Instances: [instance] });
    return `${text} instance ${instance.InstanceId} of Auto Scaling group "${group}"`;
  },
  "a group's instance by image": (account, ImageId) => {
    const group = newName(account);
    const instance = { ...groupInstance(account), ImageId };
    account.group(group, { LaunchTemplate: otherTemplate(account), Instances: [instance] });
    return `autoscaling:AutoScalingGroup ${group} instance ${instance.InstanceId}`;
  },
  'a launch configuration': (account, imageId) => {
    const name = account.id('lc');
    account.launchConfiguration(name, imageId);
    return `autoscaling:LaunchConfiguration ${name} `;
  },
  'a launch configuration that only an instance still runs': (account, imageId) => {
    const name = account.id('lc');
    const group = newName(account);
    const instance = { ...groupInstance(account), LaunchConfigurationName: name };
    account.launchConfiguration(name, imageId);
    account.group(group, { LaunchTemplate: otherTemplate(account), Instances: [instance] });
    const who = `instance ${instance.InstanceId} of Auto Scaling group "${group}"`;
    return `autoscaling:LaunchConfiguration ${name} named by ${who}`;
  },
  'what an instance refresh goes to': (account, imageId) => {
    const { id, text } = oldVersion(account, imageId);
    const DesiredConfiguration = { LaunchTemplate: { LaunchTemplateId: id, Version: '1' } };
    const group = refreshing(account, { Status: 'InProgress', DesiredConfiguration });
    return `${text} instance refresh ${group}-refresh-1 of Auto Scaling group "${group}", which goes to it`;
  },
  'an override of what an instance refresh goes to': (account, ImageId) => {
    const Overrides = [{ InstanceType: 'm7g.large', ImageId }];
    const LaunchTemplate = { LaunchTemplateSpecification: otherTemplate(account), Overrides };
    const DesiredConfiguration = { MixedInstancesPolicy: { LaunchTemplate } };
    const group = refreshing(account, { Status: 'Baking', DesiredConfiguration });
    const place = 'mixed instances policy, override for m7g.large';
    return `autoscaling:InstanceRefresh ${group}/${group}-refresh-1 ${place}`;
  },
  'what an instance refresh may roll back to': (account, imageId) => {
    const { id, text } = oldVersion(account, imageId);
    const goesTo = (Version: string) => ({ LaunchTemplate: { LaunchTemplateId: id, Version } });
    const group = refreshing(
      account,
      { Status: 'RollbackInProgress', DesiredConfiguration: goesTo('2') },
      { Status: 'Failed', DesiredConfiguration: goesTo('2') },
      { Status: 'Successful', DesiredConfiguration: goesTo('1') },
      { Status: 'Successful', DesiredConfiguration: goesTo('2') },
    );
    return `${text} instance refresh ${group}-refresh-1 of Auto Scaling group "${group}", which may roll back to it`;
  },
};
