import { failureOf } from '../aws/errors.ts';
import type { ImageBuilder } from '../aws/image-builder.ts';
import { essential, listOf, pages } from '../aws/pages.ts';
import type { Reference } from '../model/reference.ts';
import { type Finder, type FinderContext, type Finding, UnreadableSourceError } from './finder.ts';
import { type Builds, readBuilds } from './image-builder-builds.ts';
import { firstNames, imageFindings, nameOf, reference } from './image-value.ts';

/** A recipe, and the values of it that may name an image. */
interface Recipe {
  readonly reference: Reference;
  readonly values: readonly string[];
}

/** EC2 Image Builder recipes: the image each starts from, and the one that builds containers. */
export const imageBuilderRecipes: Finder = {
  source: 'image-builder-recipes',
  permissions: [
    'imagebuilder:ListImageRecipes',
    'imagebuilder:ListContainerRecipes',
    'imagebuilder:GetImage',
    'imagebuilder:ListImageBuildVersions',
    'imagebuilder:ListImages',
  ],
  service: 'imagebuilder',
  after: [],
  async *find(context) {
    const client = await context.clients.imageBuilder();
    const recipes = [...(await readImageRecipes(client, context)), ...(await readContainerRecipes(client, context))];
    const built = await readAllBuilds(client, context, recipes);
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
      const values = [essential(parentImage, `parentImage of the image recipe ${arn}`)];
      recipes.push({ reference: reference('imagebuilder:ImageRecipe', arn), values });
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
      const parent = essential(parentImage, `parentImage of the container recipe ${arn}`);
      // Without an image of its own the instance starts from Amazon's.
      recipes.push({ reference: named, values: instanceImage ? [instanceImage, parent] : [parent] });
    }
  }
  return recipes;
}

/** What of an image or container recipe a value may be: an image id, `ssm:` and a parameter, or a build's ARN. */
function* findingsOf({ reference, values }: Recipe, built: ReadonlyMap<string, Builds>): Generator<Finding> {
  for (const value of values) {
    if (value.startsWith('ami-')) yield* imageFindings(value, reference);
    else if (value.startsWith('ssm:')) {
      yield { finds: 'parameter', name: value.slice('ssm:'.length), namedBy: nameOf(reference) };
    } else if (isSomeonesBuild(value)) {
      const { status = 'gone', imageIds = [] } = built.get(value) ?? {};
      if (status !== 'available') {
        const why = status === 'gone' ? '' : ', of which no build is available,';
        yield { finds: 'dangling', missing: `Image Builder image ${value}${why}`, namedBy: [nameOf(reference)] };
      }
      for (const imageId of imageIds) {
        yield { finds: 'image', imageId, reference: { ...reference, detail: `parent image ${value}` } };
      }
    }
    // Anything else is Amazon's, the Marketplace's or a container image.
  }
}

/** The builds that recipes start from, this account's and others'; each is read once. */
async function readAllBuilds(
  client: ImageBuilder,
  { requests }: FinderContext,
  recipes: readonly Recipe[],
): Promise<Map<string, Builds>> {
  const startingFrom = new Map<string, string[]>();
  for (const { reference, values } of recipes) {
    for (const value of values.filter(isSomeonesBuild)) {
      startingFrom.set(value, [...(startingFrom.get(value) ?? []), nameOf(reference)]);
    }
  }
  const read = async ([arn, recipesOf]: [string, string[]]): Promise<[string, Builds]> => {
    try {
      return [arn, await readBuilds(client, requests, arn)];
    } catch (error) {
      const who = firstNames(recipesOf, 3).join(' and ');
      const { kind, sentence } = failureOf(error);
      const next = kind === 'denied' ? `; ${EXEMPT}` : '';
      throw new UnreadableSourceError(`${arn}, from which ${who} starts, could not be read: ${sentence}${next}`, {
        cause: error,
      });
    }
  };
  return new Map(await requests.sendAll(startingFrom, read));
}

const EXEMPT =
  'let the role read it, or name its images under protect.images and switch the source off (references.off: [image-builder-recipes])';

/** A build of an account; Amazon's own (`aws`, `aws-marketplace`) name no image of anyone else. */
function isSomeonesBuild(value: string): boolean {
  return value.includes(':imagebuilder:') && !/^aws\b/.test(value.split(':')[4] ?? '');
}
