import {
  DescribeImageReferences$,
  type DescribeImageReferencesRequest,
  type DescribeImageReferencesResult,
  type ImageReference,
  type ImageReferenceResourceType,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, read } from '../operation.ts';
import { currentParameter } from '../ssm/parameters.ts';
import type { AccountState } from '../state.ts';
import { IMAGE_ID, mustFind, pageSize } from './parameters.ts';
import { sharedWithCaller } from './shared-images.ts';

const RESOURCE_TYPES: readonly ImageReferenceResourceType[] = [
  'ec2:Instance',
  'ec2:LaunchTemplate',
  'ssm:Parameter',
  'imagebuilder:ImageRecipe',
  'imagebuilder:ContainerRecipe',
];
const DEFAULT_VERSION_DEPTH = 10;

interface Options {
  readonly versionDepth: number;
  readonly stateNames: readonly string[];
}

type Found = { readonly imageId: string | undefined; readonly arn: string };

/** What AWS's own check looks at, and nothing more: no groups, configurations, fleets or Spot requests. */
function resources(type: ImageReferenceResourceType, state: AccountState, options: Options): Found[] {
  const arn = (service: string, name: string) => `arn:aws:${service}:${state.region}:${state.accountId}:${name}`;
  switch (type) {
    case 'ec2:Instance':
      return [...state.instances.values()]
        .filter(
          (instance) => options.stateNames.length === 0 || options.stateNames.includes(instance.State?.Name ?? ''),
        )
        .map((instance) => ({ imageId: instance.ImageId, arn: arn('ec2', `instance/${instance.InstanceId}`) }));
    case 'ec2:LaunchTemplate':
      return [...state.launchTemplates.values()].flatMap(({ template, versions }) =>
        [...versions.keys()]
          .sort((a, b) => b - a)
          .slice(0, options.versionDepth)
          .map((number) => ({
            imageId: versions.get(number)?.LaunchTemplateData?.ImageId,
            arn: arn('ec2', `launch-template/${template.LaunchTemplateId}`),
          })),
      );
    case 'ssm:Parameter':
      return [...state.parameters.values()]
        .map(currentParameter)
        .filter((parameter) => parameter.DataType === 'aws:ec2:image')
        .map((parameter) => ({
          imageId: parameter.Value,
          arn: arn('ssm', `parameter/${(parameter.Name ?? '').replace(/^\//, '')}`),
        }));
    case 'imagebuilder:ImageRecipe':
      return [...state.imageRecipes.values()].map((recipe) => ({ imageId: recipe.parentImage, arn: recipe.arn ?? '' }));
    case 'imagebuilder:ContainerRecipe':
      return [...state.containerRecipes.values()].map((recipe) => ({
        imageId: recipe.instanceConfiguration?.image,
        arn: recipe.arn ?? '',
      }));
  }
}

function optionsFor(type: ImageReferenceResourceType, input: DescribeImageReferencesRequest): Options {
  const given = input.ResourceTypes?.find((entry) => entry.ResourceType === type)?.ResourceTypeOptions ?? [];
  const depth = Number(
    given.find((option) => option.OptionName === 'version-depth')?.OptionValues?.[0] ?? DEFAULT_VERSION_DEPTH,
  );
  if (!(Number.isInteger(depth) && depth >= 1 && depth <= 10_000)) {
    throw new ServiceError('InvalidParameterValue', 'version-depth must be between 1 and 10000');
  }
  return {
    versionDepth: depth,
    stateNames: given.find((option) => option.OptionName === 'state-name')?.OptionValues ?? [],
  };
}

function describeImageReferences(
  input: DescribeImageReferencesRequest,
  context: Context,
): DescribeImageReferencesResult {
  const { state, pages } = context;
  const ids = input.ImageIds ?? [];
  if (ids.length < 1 || ids.length > 10)
    throw new ServiceError('InvalidParameterValue', 'Between 1 and 10 image IDs can be specified.');
  // Images are asked about whoever owns them, if the caller sees them.
  for (const id of ids) if (sharedWithCaller(context, [id]).length === 0) mustFind(state.images, id, IMAGE_ID);
  const asked = input.ResourceTypes?.map((entry) => entry.ResourceType);
  if (input.IncludeAllResourceTypes !== true && (asked === undefined || asked.length === 0)) {
    throw new ServiceError('MissingParameter', 'Either IncludeAllResourceTypes or ResourceTypes must be specified.');
  }
  const size = pageSize(input.MaxResults, { min: 1, max: 1000, default: 1000 });
  const types = RESOURCE_TYPES.filter((type) => input.IncludeAllResourceTypes === true || asked?.includes(type));
  const found = types.flatMap((ResourceType) =>
    resources(ResourceType, state, optionsFor(ResourceType, input)).flatMap(({ imageId, arn }): ImageReference[] =>
      imageId !== undefined && ids.includes(imageId) ? [{ ImageId: imageId, ResourceType, Arn: arn }] : [],
    ),
  );
  // A template's versions share its ARN, and the answer names no version.
  const unique = [...new Map(found.map((reference) => [`${reference.ImageId} ${reference.Arn}`, reference])).values()];
  const page = pages.take(unique, (reference) => `${reference.ImageId} ${reference.Arn}`, {
    token: input.NextToken,
    size,
  });
  return { ImageReferences: page.items, NextToken: page.nextToken };
}

export const imageReferenceReads: readonly Operation[] = [read(DescribeImageReferences$, describeImageReferences)];
