import { DescribeLaunchConfigurationsCommand, type LaunchConfiguration } from '@aws-sdk/client-auto-scaling';
import { essential, listOf, pages } from '../aws/pages.ts';
import type { Reference } from '../model/reference.ts';
import type { Finder } from './finder.ts';
import { imageFindings, snapshotFindings } from './image-value.ts';

/** Launch configurations, attached to a group or not. */
export const launchConfigurations: Finder = {
  source: 'launch-configurations',
  permissions: ['autoscaling:DescribeLaunchConfigurations'],
  after: ['auto-scaling-groups'],
  async *find({ clients, requests, mentions }) {
    const configurations: LaunchConfiguration[] = [];
    const answers = pages(
      (NextToken) =>
        requests.send(() =>
          clients.autoScaling.send(new DescribeLaunchConfigurationsCommand({ MaxRecords: 100, NextToken })),
        ),
      (page) => page.NextToken,
    );
    for await (const page of answers) configurations.push(...listOf(page.LaunchConfigurations, 'LaunchConfigurations'));

    const named = Map.groupBy(await mentions('launch-configuration'), (mention) => mention.name);
    for (const configuration of configurations) {
      const name = essential(configuration.LaunchConfigurationName, 'LaunchConfigurationName');
      const reference: Reference = {
        kind: 'autoscaling:LaunchConfiguration',
        resource: name,
        namedBy: (named.get(name) ?? []).map(({ namedBy }) => namedBy),
      };
      yield* imageFindings(essential(configuration.ImageId, `ImageId of launch configuration "${name}"`), reference);
      yield* snapshotFindings(configuration.BlockDeviceMappings, reference);
      named.delete(name);
    }
    for (const [name, mentioned] of named) {
      const namedBy = mentioned.map((mention) => mention.namedBy);
      yield { finds: 'dangling', missing: `launch configuration "${name}"`, namedBy };
    }
  },
};
