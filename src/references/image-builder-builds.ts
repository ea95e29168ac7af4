import {
  GetImageCommand,
  type Image,
  ImagebuilderClient,
  type ImageSummary,
  type OutputResources,
  paginateListImageBuildVersions,
  paginateListImages,
} from '@aws-sdk/client-imagebuilder';
import type { Clients } from '../aws/clients.ts';
import { unlessGone } from '../aws/errors.ts';
import { BrokenAnswerError, essential, itemsOf, type Requests } from '../aws/requests.ts';
import { type ImageId, imageIdsIn } from '../model/ids.ts';

/** What the builds that an ARN means gave. */
export interface Builds {
  /** `available`: the newest that can be started from is among them; `none`: there is none such; `gone`: none at all. */
  readonly status: 'available' | 'none' | 'gone';
  /** The AMIs of the newest build and of every one before it, down to the newest that is available. */
  readonly imageIds: readonly ImageId[];
}

/** `arn:…:image/NAME/1.2.3/4`; an `x` for any number, and without a build the newest one. */
const ARN = /^(?<name>.+:image\/[^/]+)\/(?<version>(?:\d+|x)\.(?:\d+|x)\.(?:\d+|x))(?:\/(?<build>\d+))?$/;

/** Of ARNs of one image: by version and build, number by number. */
const byNumber = new Intl.Collator('en', { numeric: true });

/**
 * Reads the builds that an ARN means, newest first, until one is AVAILABLE: a build that runs or failed gives no image
 * yet, and recipes start from the one before it. Where the newest is available that is one call.
 */
export async function readBuilds(client: ImagebuilderClient, requests: Requests, arn: string): Promise<Builds> {
  let status: Builds['status'] = 'gone';
  const imageIds: ImageId[] = [];
  for await (const build of newestFirst(client, requests, arn)) {
    status = isAvailable(build) ? 'available' : 'none';
    imageIds.push(...imageIdsOf(build, arn));
    if (status === 'available') break;
  }
  return { status, imageIds };
}

/** The newest build; then those of the same version, and where the ARN leaves the version open those of earlier ones. */
async function* newestFirst(
  client: ImagebuilderClient,
  requests: Requests,
  arn: string,
): AsyncGenerator<Image | ImageSummary> {
  const command = new GetImageCommand({ imageBuildVersionArn: arn });
  // An ARN that ends in `x.x.x` is answered with the newest build that fits.
  const answer = await unlessGone(
    'ResourceNotFoundException',
    requests.send(() => client.send(command)),
  );
  if (answer === undefined) return;
  if (answer.image === undefined) throw new BrokenAnswerError(`the answer has no image for ${arn}`);
  yield answer.image;
  const asked = ARN.exec(arn)?.groups;
  const found = ARN.exec(answer.image.arn ?? arn)?.groups;
  // One build is one build; of an ARN in a shape of its own nothing more can be asked.
  if (asked?.name === undefined || asked.build !== undefined || found?.name === undefined) return;
  const own = `${found.name}/${found.version}`;
  yield* await buildsOf(client, requests, own);
  if (!asked.version?.includes('x')) return;
  for (const version of await versionsOf(client, requests, asked.name, asked.version)) {
    if (version !== own) yield* await buildsOf(client, requests, version);
  }
}

/** Every build of the account's own images, those of containers left out. */
export async function readOwnBuilds(clients: Clients, requests: Requests): Promise<ImageSummary[]> {
  const client = clients.of(ImagebuilderClient);
  const listed = paginateListImages({ client }, { owner: 'Self', includeDeprecated: true, maxResults: 25 });
  const versions: string[] = [];
  for await (const { arn, type } of itemsOf(listed, 'imageVersionList', requests))
    if (type !== 'DOCKER') versions.push(essential(arn, 'arn of an Image Builder image'));
  return (await requests.sendAll(versions, (arn) => buildsOf(client, requests, arn))).flat();
}

/** The builds that recipes with these parents start from, now or once what runs is done; newest first, down to one that is available. */
export function startedFrom(builds: readonly ImageSummary[], parents: Iterable<string>): Set<string | undefined> {
  const named = new Set<string | undefined>();
  for (const parent of parents) {
    const { name, version, build } = ARN.exec(parent)?.groups ?? {};
    if (name === undefined || version === undefined) continue;
    const meant = builds.filter(
      ({ arn = '' }) => fits(arn, name, version) && (build === undefined || ARN.exec(arn)?.groups?.build === build),
    );
    for (const one of meant.sort(newest)) {
      named.add(one.arn);
      if (isAvailable(one)) break;
    }
  }
  return named;
}

/** The builds of one version, newest first. */
async function buildsOf(
  client: ImagebuilderClient,
  requests: Requests,
  imageVersionArn: string,
): Promise<ImageSummary[]> {
  const paginator = paginateListImageBuildVersions({ client }, { imageVersionArn, maxResults: 25 });
  // Deleted since it was listed: there is none.
  const builds = await unlessGone(
    'ResourceNotFoundException',
    Array.fromAsync(itemsOf(paginator, 'imageSummaryList', requests)),
  );
  return (builds ?? []).sort(newest);
}

/** The ARNs of an image's versions that fit `1.x.x`, newest first. */
async function versionsOf(
  client: ImagebuilderClient,
  requests: Requests,
  name: string,
  pattern: string,
): Promise<readonly string[]> {
  const versions: string[] = [];
  const filters = [{ name: 'name', values: [name.slice(name.lastIndexOf('/') + 1)] }];
  for (const owner of ['Self', 'Shared'] as const) {
    const listed = paginateListImages({ client }, { owner, filters, includeDeprecated: true, maxResults: 25 });
    for await (const { arn = '' } of itemsOf(listed, 'imageVersionList', requests))
      if (fits(arn, name, pattern)) versions.push(arn);
    if (versions.length > 0) break;
  }
  return versions.sort((a, b) => byNumber.compare(b, a));
}

/** Whether an ARN is of a version of the image of that name (`arn:…:image/NAME`) that fits `1.x.x`. */
export function fits(arn: string, name: string, pattern: string): boolean {
  const found = ARN.exec(arn)?.groups;
  const numbers = found?.version?.split('.') ?? [];
  return found?.name === name && pattern.split('.').every((part, index) => part === 'x' || part === numbers[index]);
}

function newest(a: ImageSummary, b: ImageSummary): number {
  return byNumber.compare(b.arn ?? '', a.arn ?? '');
}

function isAvailable({ state }: Image | ImageSummary): boolean {
  return state?.status === 'AVAILABLE';
}

function imageIdsOf(
  build: { readonly outputResources?: OutputResources | undefined } & (Image | ImageSummary),
  arn: string,
): ImageId[] {
  const { amis, containers } = build.outputResources ?? {};
  if (isAvailable(build) && amis === undefined && containers === undefined) {
    throw new BrokenAnswerError(`the answer has no output of the available build ${build.arn ?? arn}`);
  }
  return (amis ?? []).flatMap(({ image }) =>
    // A build that is not done has none yet.
    imageIdsIn(isAvailable(build) ? essential(image, `image of an AMI of ${build.arn ?? arn}`) : (image ?? '')),
  );
}
