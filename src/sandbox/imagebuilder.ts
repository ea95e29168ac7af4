import {
  type Image as BuiltImage,
  type ContainerRecipe,
  GetContainerRecipe$,
  type GetContainerRecipeRequest,
  type GetContainerRecipeResponse,
  GetImage$,
  GetImageRecipe$,
  type GetImageRecipeRequest,
  type GetImageRecipeResponse,
  type GetImageRequest,
  type GetImageResponse,
  type ImageRecipe,
  ListContainerRecipes$,
  type ListContainerRecipesRequest,
  type ListContainerRecipesResponse,
  ListImageRecipes$,
  type ListImageRecipesRequest,
  type ListImageRecipesResponse,
} from '@aws-sdk/client-imagebuilder';
import { ServiceError } from './error.ts';
import { type Context, type Operation, read } from './operation.ts';

const MOST_RESULTS = 25;

function pageSize(asked: number | undefined): number {
  if (asked === undefined || (asked >= 1 && asked <= MOST_RESULTS)) return asked ?? MOST_RESULTS;
  throw new ServiceError('InvalidRequestException', `maxResults must be between 1 and ${MOST_RESULTS}`);
}

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

const VERSION = /^(.+:image\/[^/]+)\/(\d+|x)\.(\d+|x)\.(\d+|x)(?:\/(\d+))?$/;

/** The numbers of a version and build; undefined where the text is none, NaN for an `x`. */
function versionOf(arn: string): { readonly name: string; readonly numbers: readonly number[] } | undefined {
  const [, name, ...parts] = VERSION.exec(arn) ?? [];
  return name === undefined ? undefined : { name, numbers: parts.map((part) => Number(part ?? 'x')) };
}

/** The newest build that an ARN means: of one build, of one version, or of all that its `x` leave open. */
function newestBuild(builds: Iterable<BuiltImage>, arn: string): BuiltImage | undefined {
  const asked = versionOf(arn);
  if (asked === undefined) throw new ServiceError('InvalidRequestException', `The ARN ${arn} is not of an image.`);
  const fitting = [...builds].flatMap((image) => {
    const version = versionOf(image.arn ?? '');
    const fits =
      version?.name === asked.name &&
      asked.numbers.every((number, index) => Number.isNaN(number) || number === version.numbers[index]);
    return fits ? [{ image, numbers: version.numbers }] : [];
  });
  const byVersion = (a: readonly number[], b: readonly number[]) =>
    a.map((number, index) => number - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
  return fitting.sort((a, b) => byVersion(b.numbers, a.numbers))[0]?.image;
}

function getImage(input: GetImageRequest, { state }: Context): GetImageResponse {
  const arn = input.imageBuildVersionArn ?? '';
  const image = newestBuild(state.builtImages.values(), arn);
  if (image !== undefined) return { image };
  throw new ServiceError('ResourceNotFoundException', `The image with ARN ${arn} does not exist.`, 404);
}

function getContainerRecipe(input: GetContainerRecipeRequest, { state }: Context): GetContainerRecipeResponse {
  return { containerRecipe: recipeOf(state.containerRecipes, input.containerRecipeArn) };
}

export const imageBuilderOperations: readonly Operation[] = [
  read(ListImageRecipes$, listImageRecipes),
  read(ListContainerRecipes$, listContainerRecipes),
  read(GetImage$, getImage),
  read(GetImageRecipe$, getImageRecipe),
  read(GetContainerRecipe$, getContainerRecipe),
];
