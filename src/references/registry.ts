import { autoScalingGroups, instanceRefreshes, launchConfigurations } from './auto-scaling.ts';
import { batchComputeEnvironments } from './batch-compute-environments.ts';
import { documents } from './documents.ts';
import type { Finder } from './finder.ts';
import { ec2Fleets, spotFleets, spotRequests } from './fleets.ts';
import { imageBuilderRecipes } from './image-builder-recipes.ts';
import { instances } from './instances.ts';
import { launchTemplates } from './launch-templates.ts';
import { ssmDocuments } from './ssm-documents.ts';
import { ssmParameters } from './ssm-parameters.ts';

/** Every source of references. A new one is a finder beside these and a line here. */
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
