import {
  GetImageCommand,
  type ImagebuilderClient,
  ListContainerRecipesCommand,
  ListImageRecipesCommand,
} from '@aws-sdk/client-imagebuilder';
import { failureOf } from '../aws/errors.ts';
import { listOf, pages } from '../aws/pages.ts';
import { imageIdsIn } from '../model/ids.ts';
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
  after: [],
  async *find(context) {
    const client = await context.clients.imageBuilder();
    const recipes = [...(await readImageRecipes(client, context)), ...(await readContainerRecipes(client, context))];
    for (const recipe of recipes) {
      for (const value of recipe.values) yield* findingsOf(client, context, recipe, value);
    }
  },
};

async function readImageRecipes(client: ImagebuilderClient, { requests }: FinderContext): Promise<Recipe[]> {
  const recipes: Recipe[] = [];
  const answers = pages(
    (nextToken) =>
      requests.send(() => client.send(new ListImageRecipesCommand({ owner: 'Self', maxResults: 25, nextToken }))),
    (page) => page.nextToken,
  );
  for await (const page of answers) {
    for (const { arn = '', parentImage } of listOf(page.imageRecipeSummaryList, 'imageRecipeSummaryList')) {
      recipes.push({ arn, reference: reference('imagebuilder:ImageRecipe', arn), values: present(parentImage) });
    }
  }
  return recipes;
}

async function readContainerRecipes(client: ImagebuilderClient, { requests }: FinderContext): Promise<Recipe[]> {
  const recipes: Recipe[] = [];
  const answers = pages(
    (nextToken) =>
      requests.send(() => client.send(new ListContainerRecipesCommand({ owner: 'Self', maxResults: 25, nextToken }))),
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

/** A value is an image id, `ssm:` and a parameter, an Image Builder image's ARN, or nothing of this account's. */
async function* findingsOf(
  client: ImagebuilderClient,
  context: FinderContext,
  recipe: Recipe,
  value: string,
): AsyncGenerator<Finding> {
  if (value.startsWith('ami-')) yield* imageFindings(value, recipe.reference);
  else if (value.startsWith('ssm:')) {
    yield { finds: 'parameter', name: value.slice('ssm:'.length), namedBy: nameOf(recipe.reference) };
  } else if (value.includes(':imagebuilder:') && accountOf(value) === accountOf(recipe.arn)) {
    yield* builtImageFindings(client, context, recipe, value);
  }
}

/** The AMIs that a build of this account gave. `GetImage` takes `x.x.x` and answers with the newest that fits. */
async function* builtImageFindings(
  client: ImagebuilderClient,
  { requests }: FinderContext,
  recipe: Recipe,
  arn: string,
): AsyncGenerator<Finding> {
  try {
    const answer = await requests.send(() => client.send(new GetImageCommand({ imageBuildVersionArn: arn })));
    for (const ami of answer.image?.outputResources?.amis ?? []) {
      for (const imageId of imageIdsIn(ami.image ?? '')) {
        yield { finds: 'image', imageId, reference: { ...recipe.reference, detail: `parent image ${arn}` } };
      }
    }
  } catch (error) {
    if (failureOf(error).kind !== 'not-found') throw error;
    yield { finds: 'dangling', missing: `Image Builder image ${arn}`, namedBy: [nameOf(recipe.reference)] };
  }
}

function accountOf(arn: string): string | undefined {
  return arn.split(':')[4];
}
