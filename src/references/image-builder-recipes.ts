import { failureOf } from '../aws/errors.ts';
import type { ImageBuilder } from '../aws/image-builder.ts';
import { BrokenAnswerError, listOf, pages } from '../aws/pages.ts';
import { type ImageId, imageIdsIn } from '../model/ids.ts';
import type { Reference } from '../model/reference.ts';
import type { Finder, FinderContext, Finding } from './finder.ts';
import { imageFindings, nameOf, reference } from './image-value.ts';

/** A recipe, and the values of it that may name an image. */
interface Recipe {
  readonly arn: string;
  readonly reference: Reference;
  readonly values: readonly string[];
}

/** EC2 Image Builder recipes: the image each starts from, and the one that builds containers. */
export const imageBuilderRecipes: Finder = {
  source: 'image-builder-recipes',
  permissions: ['imagebuilder:ListImageRecipes', 'imagebuilder:ListContainerRecipes', 'imagebuilder:GetImage'],
  after: [],
  async *find(context) {
    const client = await context.clients.imageBuilder();
    const recipes = [...(await readImageRecipes(client, context)), ...(await readContainerRecipes(client, context))];
    const built = await readBuilds(client, context, recipes);
    for (const recipe of recipes) yield* findingsOf(recipe, built);
  },
};

async function readImageRecipes(client: ImageBuilder, { requests }: FinderContext): Promise<Recipe[]> {
  const recipes: Recipe[] = [];
  const answers = pages(
    (nextToken) => requests.send(() => client.listImageRecipes({ owner: 'Self', maxResults: 25, nextToken })),
    (page) => page.nextToken,
  );
  for await (const page of answers) {
    for (const { arn = '', parentImage } of listOf(page.imageRecipeSummaryList, 'imageRecipeSummaryList')) {
      recipes.push({ arn, reference: reference('imagebuilder:ImageRecipe', arn), values: present(parentImage) });
    }
  }
  return recipes;
}

async function readContainerRecipes(client: ImageBuilder, { requests }: FinderContext): Promise<Recipe[]> {
  const recipes: Recipe[] = [];
  const answers = pages(
    (nextToken) => requests.send(() => client.listContainerRecipes({ owner: 'Self', maxResults: 25, nextToken })),
    (page) => page.nextToken,
  );
  for await (const page of answers) {
    for (const summary of listOf(page.containerRecipeSummaryList, 'containerRecipeSummaryList')) {
      const { arn = '', instanceImage, parentImage } = summary;
      const named = reference('imagebuilder:ContainerRecipe', arn);
      recipes.push({ arn, reference: named, values: present(instanceImage, parentImage) });
    }
  }
  return recipes;
}

function present(...values: (string | undefined)[]): string[] {
  return values.flatMap((value) => value || []);
}

/** What of an image or container recipe a value may be: an image id, `ssm:` and a parameter, or a build's ARN. */
function* findingsOf({ arn, reference, values }: Recipe, built: ReadonlyMap<string, Build>): Generator<Finding> {
  for (const value of values) {
    if (value.startsWith('ami-')) yield* imageFindings(value, reference);
    else if (value.startsWith('ssm:')) {
      yield { finds: 'parameter', name: value.slice('ssm:'.length), namedBy: nameOf(reference) };
    } else if (isOwnBuild(value, arn)) {
      const imageIds = built.get(value);
      if (imageIds === undefined) {
        yield { finds: 'dangling', missing: `Image Builder image ${value}`, namedBy: [nameOf(reference)] };
      }
      for (const imageId of imageIds ?? []) {
        yield { finds: 'image', imageId, reference: { ...reference, detail: `parent image ${value}` } };
      }
    }
    // Anything else is Amazon's, the Marketplace's, another account's or a container image.
  }
}

/** The AMIs that a build gave; undefined where there is no such build any more. */
type Build = readonly ImageId[] | undefined;

/** The builds of this account that recipes start from, one call each. */
async function readBuilds(
  client: ImageBuilder,
  { requests }: FinderContext,
  recipes: readonly Recipe[],
): Promise<Map<string, Build>> {
  const arns = new Set(recipes.flatMap(({ arn, values }) => values.filter((value) => isOwnBuild(value, arn))));
  const read = async (arn: string): Promise<[string, Build]> => {
    try {
      // An ARN that ends in `x.x.x` is answered with the newest build that fits.
      const answer = await requests.send(() => client.getImage({ imageBuildVersionArn: arn }));
      if (answer.image === undefined) throw new BrokenAnswerError(`the answer has no image for ${arn}`);
      return [arn, (answer.image.outputResources?.amis ?? []).flatMap(({ image }) => imageIdsIn(image ?? ''))];
    } catch (error) {
      if (failureOf(error).kind === 'not-found') return [arn, undefined];
      throw error;
    }
  };
  return new Map(await requests.sendAll(arns, read));
}

function isOwnBuild(value: string, recipeArn: string): boolean {
  return value.includes(':imagebuilder:') && accountOf(value) === accountOf(recipeArn);
}

function accountOf(arn: string): string | undefined {
  return arn.split(':')[4];
}
