import type { SourceName } from '../model/sources.ts';
import { autoScalingGroups, instanceRefreshes, launchConfigurations } from './auto-scaling.ts';
import { documents } from './documents.ts';
import type { Finder } from './finder.ts';
import { ec2Fleets, spotFleets, spotRequests } from './fleets.ts';
import { instances } from './instances.ts';
import { launchTemplates } from './launch-templates.ts';
import { ssmDocuments } from './ssm-documents.ts';
import { ssmParameters } from './ssm-parameters.ts';

/** Every source's finder, in the order of reports. */
export const FINDERS: readonly Finder[] = [
  autoScalingGroups,
  instanceRefreshes,
  launchConfigurations,
  instances,
  spotFleets,
  ec2Fleets,
  spotRequests,
  lazy('fast-launch', () => import('./fast-launch.ts')),
  lazy('image-builder-recipes', () => import('./image-builder-recipes.ts')),
  lazy('batch-compute-environments', () => import('./batch-compute-environments.ts')),
  lazy('emr-clusters', () => import('./emr-clusters.ts')),
  lazy('beanstalk-environments', () => import('./beanstalk-environments.ts')),
  lazy('codebuild-fleets', () => import('./codebuild-fleets.ts')),
  lazy('hyperpod-clusters', () => import('./hyperpod-clusters.ts')),
  lazy('rds-custom-versions', () => import('./rds-custom-versions.ts')),
  lazy('cloudformation-stacks', () => import('./cloudformation-stacks.ts')),
  lazy('lambda-functions', () => import('./lambda-functions.ts')),
  lazy('state-machines', () => import('./state-machines.ts')),
  lazy('schedules', () => import('./schedules.ts')),
  lazy('state-manager-associations', () => import('./state-manager-associations.ts')),
  lazy('maintenance-windows', () => import('./maintenance-windows.ts')),
  ssmDocuments,
  documents,
  launchTemplates,
  ssmParameters,
];

/** A finder for what few accounts use: its file, and with it the service's client, is loaded when the source is read. */
function lazy(source: SourceName, load: () => Promise<Pick<Finder, 'find'>>): Finder {
  return {
    source,
    async *find(context) {
      yield* (await load()).find(context);
    },
  };
}
