import {
  type ContainerRecipe,
  GetContainerRecipe$,
  type GetContainerRecipeRequest,
  type GetContainerRecipeResponse,
  GetImageRecipe$,
  type GetImageRecipeRequest,
  type GetImageRecipeResponse,
  type ImageRecipe,
  ListContainerRecipes$,
  type ListContainerRecipesRequest,
  type ListContainerRecipesResponse,
  ListImageRecipes$,
  type ListImageRecipesRequest,
  type ListImageRecipesResponse,
} from '@aws-sdk/client-imagebuilder';
import { builtImageOperations, pageSize } from './built-images.ts';
import { ServiceError } from './error.ts';
import { imageLifecycleOperations } from './image-lifecycles.ts';
import { type Context, type Operation, read } from './operation.ts';

/** Recipes that the caller owns; those shared with it or Amazon's are not held here. */
function owned<Recipe extends ImageRecipe | ContainerRecipe>(
  recipes: ReadonlyMap<string, Recipe>,
  owner: string | undefined,
): readonly Recipe[] {
  return owner === undefined || owner === 'Self' ? [...recipes.values()] : [];
}

function listImageRecipes(input: ListImageRecipesRequest, { state, pages }: Context): ListImageRecipesResponse {
  const page = pages.take(owned(state.imageRecipes, input.owner), (recipe) => recipe.arn, {
    token: input.nextToken,
    size: pageSize(input.maxResults),
  });
  const imageRecipeSummaryList = page.items.map(({ arn, name, platform, owner, parentImage, dateCreated, tags }) => ({
    arn,
    name,
    platform,
    owner,
    parentImage,
    dateCreated,
    tags,
  }));
  return { imageRecipeSummaryList, nextToken: page.nextToken };
}

function listContainerRecipes(
  input: ListContainerRecipesRequest,
  { state, pages }: Context,
): ListContainerRecipesResponse {
  const page = pages.take(owned(state.containerRecipes, input.owner), (recipe) => recipe.arn, {
    token: input.nextToken,
    size: pageSize(input.maxResults),
  });
  const containerRecipeSummaryList = page.items.map(
    ({ arn, name, platform, owner, parentImage, dateCreated, tags, containerType, instanceConfiguration }) => ({
      arn,
      containerType,
      name,
      platform,
      owner,
      parentImage,
      dateCreated,
      instanceImage: instanceConfiguration?.image,
      tags,
    }),
  );
  return { containerRecipeSummaryList, nextToken: page.nextToken };
}

function recipeOf<Recipe>(recipes: ReadonlyMap<string, Recipe>, arn: string | undefined): Recipe {
  const recipe = recipes.get(arn ?? '');
  if (recipe === undefined)
    throw new ServiceError('ResourceNotFoundException', `The recipe with ARN ${arn} does not exist.`, 404);
  return recipe;
}

function getImageRecipe(input: GetImageRecipeRequest, { state }: Context): GetImageRecipeResponse {
  return { imageRecipe: recipeOf(state.imageRecipes, input.imageRecipeArn) };
}

function getContainerRecipe(input: GetContainerRecipeRequest, { state }: Context): GetContainerRecipeResponse {
  return { containerRecipe: recipeOf(state.containerRecipes, input.containerRecipeArn) };
}

export const imageBuilderOperations: readonly Operation[] = [
  read(ListImageRecipes$, listImageRecipes),
  read(ListContainerRecipes$, listContainerRecipes),
  ...builtImageOperations,
  ...imageLifecycleOperations,
  read(GetImageRecipe$, getImageRecipe),
  read(GetContainerRecipe$, getContainerRecipe),
];
