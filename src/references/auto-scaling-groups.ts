import {
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  type MixedInstancesPolicy,
} from '@aws-sdk/client-auto-scaling';
import { BrokenAnswerError, essential, listOf, pages } from '../aws/pages.ts';
import type { Finder, Finding } from './finder.ts';
import { imageFindings, reference } from './image-value.ts';
import { templateFindings } from './template-mention.ts';

/** Auto Scaling groups, those of size 0 too: what they launch next, and what their instances run. */
export const autoScalingGroups: Finder = {
  source: 'auto-scaling-groups',
  permissions: ['autoscaling:DescribeAutoScalingGroups'],
  after: [],
  async *find({ clients, requests }) {
    const answers = pages(
      (NextToken) =>
        requests.send(() =>
          clients.autoScaling.send(new DescribeAutoScalingGroupsCommand({ MaxRecords: 100, NextToken })),
        ),
      (page) => page.NextToken,
    );
    for await (const page of answers) {
      for (const group of listOf(page.AutoScalingGroups, 'AutoScalingGroups')) yield* findingsOf(group);
    }
  },
};

function* findingsOf(group: AutoScalingGroup): Generator<Finding> {
  const name = essential(group.AutoScalingGroupName, 'AutoScalingGroupName of a group');
  const label = `Auto Scaling group "${name}"`;
  if (!(group.LaunchTemplate || group.LaunchConfigurationName || group.MixedInstancesPolicy)) {
    // A group that was made from an instance has a launch configuration, too.
    throw new BrokenAnswerError(`the answer does not say what ${label} launches, which AWS always sends`);
  }
  yield { finds: 'group', group: name };
  yield* templateFindings(group.LaunchTemplate, label);
  yield* configurationFindings(group.LaunchConfigurationName, label);
  yield* mixedInstancesFindings(group.MixedInstancesPolicy, name, label);
  for (const instance of group.Instances ?? []) {
    const running = `instance ${instance.InstanceId} of ${label}`;
    yield* templateFindings(instance.LaunchTemplate, running, true);
    yield* configurationFindings(instance.LaunchConfigurationName, running);
    yield* imageFindings(
      instance.ImageId,
      reference('autoscaling:AutoScalingGroup', name, `instance ${instance.InstanceId}`),
    );
  }
}

/**
 * What a mixed instances policy names: its template, and each override's template or image.
 * @param resource the group whose policy it is
 * @param label who names them, in words
 */
export function* mixedInstancesFindings(
  policy: MixedInstancesPolicy | undefined,
  resource: string,
  label: string,
  kind: 'autoscaling:AutoScalingGroup' | 'autoscaling:InstanceRefresh' = 'autoscaling:AutoScalingGroup',
): Generator<Finding> {
  if (policy === undefined) return;
  const template = essential(policy.LaunchTemplate, `LaunchTemplate in the mixed instances policy of ${label}`);
  const { LaunchTemplateSpecification: specification, Overrides } = template;
  yield* templateFindings(essential(specification, `LaunchTemplateSpecification of ${label}`), label);
  for (const override of Overrides ?? []) {
    const type = override.InstanceType ?? 'any type';
    yield* templateFindings(override.LaunchTemplateSpecification, `${label}, override for ${type}`);
    yield* imageFindings(override.ImageId, reference(kind, resource, `mixed instances policy, override for ${type}`));
  }
}

function* configurationFindings(name: string | undefined, namedBy: string): Generator<Finding> {
  if (name !== undefined && name !== '') yield { finds: 'launch-configuration', name, namedBy };
}
