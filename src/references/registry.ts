import { autoScalingGroups } from './auto-scaling-groups.ts';
import { batchComputeEnvironments } from './batch-compute-environments.ts';
import { documents } from './documents.ts';
import { ec2Fleets } from './ec2-fleets.ts';
import type { Finder } from './finder.ts';
import { imageBuilderRecipes } from './image-builder-recipes.ts';
import { instanceRefreshes } from './instance-refreshes.ts';
import { instances } from './instances.ts';
import { launchConfigurations } from './launch-configurations.ts';
import { launchTemplates } from './launch-templates.ts';
import { spotFleets } from './spot-fleets.ts';
import { spotRequests } from './spot-requests.ts';
import { ssmDocuments } from './ssm-documents.ts';
import { ssmParameters } from './ssm-parameters.ts';

/** Every source of references. A new one is a file beside these and a line here. */
export const FINDERS: readonly Finder[] = [
  autoScalingGroups,
  instanceRefreshes,
  launchConfigurations,
  instances,
  spotFleets,
  ec2Fleets,
  spotRequests,
  imageBuilderRecipes,
  batchComputeEnvironments,
  ssmDocuments,
  documents,
  launchTemplates,
  ssmParameters,
];
