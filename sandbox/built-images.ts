import {
  type Image as BuiltImage,
  GetImage$,
  type GetImageRequest,
  type GetImageResponse,
  ListImageBuildVersions$,
  type ListImageBuildVersionsRequest,
  type ListImageBuildVersionsResponse,
  ListImages$,
  type ListImagesRequest,
  type ListImagesResponse,
} from '@aws-sdk/client-imagebuilder';
import { ServiceError } from './error.ts';
import { type Context, type Operation, read } from './operation.ts';

const MOST_RESULTS = 25;

/** How many rows a page has; Image Builder gives no more than 25. */
export function pageSize(asked: number | undefined): number {
  if (asked === undefined || (asked >= 1 && asked <= MOST_RESULTS)) return asked ?? MOST_RESULTS;
  throw new ServiceError('InvalidRequestException', `maxResults must be between 1 and ${MOST_RESULTS}`);
}

const VERSION = /^(.+:image\/[^/]+)\/(\d+|x)\.(\d+|x)\.(\d+|x)(?:\/(\d+))?$/;

interface Version {
  readonly name: string;
  readonly numbers: readonly number[];
}

/** The numbers of a version and build; undefined where the text is none, NaN for an `x`. */
function versionOf(arn: string): Version | undefined {
  const [, name, ...parts] = VERSION.exec(arn) ?? [];
  return name === undefined ? undefined : { name, numbers: parts.map((part) => Number(part ?? 'x')) };
}

/** The builds that an ARN means, newest first: one build, those of one version, or of all that its `x` leave open. */
function buildsOf(builds: Iterable<BuiltImage>, asked: Version): BuiltImage[] {
  const fitting = [...builds].flatMap((image) => {
    const version = versionOf(image.arn ?? '');
    const fits =
      version?.name === asked.name &&
      asked.numbers.every((number, index) => Number.isNaN(number) || number === version.numbers[index]);
    return fits ? [{ image, numbers: version.numbers }] : [];
  });
  const byVersion = (a: readonly number[], b: readonly number[]) =>
    a.map((number, index) => number - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
  return fitting.sort((a, b) => byVersion(b.numbers, a.numbers)).map(({ image }) => image);
}

/** The builds that the caller may see under an ARN: its own, and another account's where they are shared with it. */
function visibleUnder(arn: string, { state, others, caller }: Context): Iterable<BuiltImage> {
  const owner = arn.split(':')[4];
  if (owner === state.accountId) return state.builtImages.values();
  const theirs = others().find(({ accountId }) => accountId === owner);
  if (theirs?.buildsSharedWith.has(caller.accountId)) return theirs.builtImages.values();
  const message = `User: ${caller.arn} is not authorized to perform: imagebuilder:GetImage on resource: ${arn} because no resource-based policy allows the imagebuilder:GetImage action`;
  throw new ServiceError('AccessDeniedException', message, 403);
}

function getImage(input: GetImageRequest, context: Context): GetImageResponse {
  const arn = input.imageBuildVersionArn ?? '';
  const asked = versionOf(arn);
  if (asked === undefined) throw new ServiceError('InvalidRequestException', `The ARN ${arn} is not of an image.`);
  const [image] = buildsOf(visibleUnder(arn, context), asked);
  if (image !== undefined) return { image };
  throw new ServiceError('ResourceNotFoundException', `The image with ARN ${arn} does not exist.`, 404);
}

/** Wants the ARN of one version: without a build, and without an `x`. */
function listImageBuildVersions(
  input: ListImageBuildVersionsRequest,
  context: Context,
): ListImageBuildVersionsResponse {
  const arn = input.imageVersionArn ?? '';
  const asked = versionOf(arn);
  if (asked === undefined || /\/\d+\.\d+\.\d+$/.test(arn) === false) {
    throw new ServiceError(
      'InvalidParameterValueException',
      `The value supplied for imageVersionArn is not valid: ${arn}`,
    );
  }
  // In no order that anyone promises.
  const builds = buildsOf(visibleUnder(arn, context), asked).reverse();
  const page = context.pages.take(builds, (build) => build.arn, {
    token: input.nextToken,
    size: pageSize(input.maxResults),
  });
  const imageSummaryList = page.items.map(
    ({ arn: build, name, type, version, state, dateCreated, outputResources, tags }) => ({
      arn: build,
      name,
      type,
      version,
      state,
      dateCreated,
      outputResources,
      tags,
    }),
  );
  return { imageSummaryList, nextToken: page.nextToken };
}

function listImages(input: ListImagesRequest, { state, others, caller, pages }: Context): ListImagesResponse {
  const owners =
    input.owner === 'Shared' ? others().filter((one) => one.buildsSharedWith.has(caller.accountId)) : [state];
  const names = input.filters?.find(({ name }) => name === 'name')?.values;
  const versions = new Set(
    owners.flatMap(({ builtImages }) => [...builtImages.keys()].map((arn) => arn.replace(/\/\d+$/, ''))),
  );
  const nameOf = (arn: string) => arn.split('/')[1] ?? '';
  const wanted = [...versions].filter((arn) => names === undefined || names.includes(nameOf(arn)));
  const page = pages.take(wanted, (arn) => arn, { token: input.nextToken, size: pageSize(input.maxResults) });
  const imageVersionList = page.items.map((arn) => ({ arn, name: nameOf(arn), version: arn.split('/').at(-1) ?? '' }));
  return { imageVersionList, nextToken: page.nextToken };
}

/** What Image Builder built, for those who may see it. */
export const builtImageOperations: readonly Operation[] = [
  read(GetImage$, getImage),
  read(ListImageBuildVersions$, listImageBuildVersions),
  read(ListImages$, listImages),
];
