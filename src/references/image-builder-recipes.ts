import {
  ImagebuilderClient,
  paginateListContainerRecipes,
  paginateListImageRecipes,
} from '@aws-sdk/client-imagebuilder';
import { failureOf } from '../aws/errors.ts';
import { essential, itemsOf } from '../aws/requests.ts';
import type { Reference } from '../model/reference.ts';
import { type Finder, type FinderContext, type Finding, UnreadableSourceError } from './finder.ts';
import { firstNames, imageFindings, nameOf, reference } from './findings.ts';
import { type Builds, readBuilds } from './image-builder-builds.ts';

/** A recipe, and the values of it that may name an image. */
interface Recipe {
  readonly reference: Reference;
  readonly values: readonly string[];
}

/** EC2 Image Builder recipes: the image each starts from, and the one that builds containers. */
export const find: Finder['find'] = async function* (context) {
  const recipes = await Array.fromAsync(readRecipes(context));
  const built = await readAllBuilds(context, recipes);
  context.requests.items = recipes.length;
  for (const recipe of recipes) yield* findingsOf(recipe, built);
};

/** What the account's recipes start from, in whatever words. */
export async function readParents(context: Pick<FinderContext, 'clients' | 'requests'>): Promise<string[]> {
  return (await Array.fromAsync(readRecipes(context))).flatMap(({ values }) => values);
}

async function* readRecipes({
  clients,
  requests,
}: Pick<FinderContext, 'clients' | 'requests'>): AsyncGenerator<Recipe> {
  const client = clients.of(ImagebuilderClient);
  const imageRecipes = paginateListImageRecipes({ client }, { owner: 'Self', maxResults: 25 });
  for await (const { arn = '', parentImage } of itemsOf(imageRecipes, 'imageRecipeSummaryList', requests)) {
    const values = [essential(parentImage, `parentImage of the image recipe ${arn}`)];
    yield { reference: reference('imagebuilder:ImageRecipe', arn), values };
  }
  const containerRecipes = paginateListContainerRecipes({ client }, { owner: 'Self', maxResults: 25 });
  for await (const summary of itemsOf(containerRecipes, 'containerRecipeSummaryList', requests)) {
    const { arn = '', instanceImage, parentImage } = summary;
    const parent = essential(parentImage, `parentImage of the container recipe ${arn}`);
    // Without an image of its own the instance starts from Amazon's.
    const values = instanceImage ? [instanceImage, parent] : [parent];
    yield { reference: reference('imagebuilder:ContainerRecipe', arn), values };
  }
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
  { clients, requests }: FinderContext,
  recipes: readonly Recipe[],
): Promise<Map<string, Builds>> {
  const read = async (arn: string): Promise<[string, Builds]> => {
    try {
      return [arn, await readBuilds(clients.of(ImagebuilderClient), requests, arn)];
    } catch (error) {
      const starting = recipes.filter(({ values }) => values.includes(arn)).map(({ reference }) => nameOf(reference));
      const { kind, sentence } = failureOf(error);
      const next = kind === 'denied' ? `; ${EXEMPT}` : '';
      throw new UnreadableSourceError(
        `${arn}, from which ${firstNames(starting, 3).join(' and ')} starts, could not be read: ${sentence}${next}`,
        { cause: error },
      );
    }
  };
  const builds = new Set(recipes.flatMap(({ values }) => values.filter(isSomeonesBuild)));
  return new Map(await requests.sendAll(builds, read));
}

const EXEMPT =
  'let the role read it, or name its images under protect.images and switch the source off (references.off: [image-builder-recipes])';

/** A build of an account; Amazon's own (`aws`, `aws-marketplace`) name no image of anyone else. */
function isSomeonesBuild(value: string): boolean {
  return value.includes(':imagebuilder:') && !/^aws\b/.test(value.split(':')[4] ?? '');
}
