import type { ImageSummary } from '@aws-sdk/client-imagebuilder';
import { unreadable } from '../aws/errors.ts';
import { findMissingImages } from '../inventory/recycle-bin.ts';
import type { Account } from '../model/account.ts';
import { type ImageBuilderLeftover, type ImageBuilderLeftovers, isBuildArn } from '../model/aws-lifecycles.ts';
import { readDate } from '../model/dates.ts';
import { type ImageId, isImageId } from '../model/ids.ts';
import type { FinderContext } from '../references/finder.ts';
import { readOwnBuilds, startedFrom } from '../references/image-builder-builds.ts';
import { readImageBuilderPolicies } from '../references/image-builder-policies.ts';
import { readParents } from '../references/image-builder-recipes.ts';

/** Of which account it is read, and with what. */
interface Context extends Pick<FinderContext, 'clients' | 'requests'> {
  readonly account: Account;
}

/** Younger builds may still be copied or brought back, and nobody is in a hurry. */
const GRACE_MILLISECONDS = 30 * 86_400_000;
/** What a build that gave images is; others run, failed or were canceled. */
const BUILT = ['AVAILABLE', 'DEPRECATED', 'DISABLED'];

/** One of another account can't be looked for: not to see it proves nothing. */
interface Ami {
  readonly imageId: ImageId;
  readonly region: string;
  readonly isOwn: boolean;
}
type Candidate = Omit<ImageBuilderLeftover, 'amis'> & { readonly amis: readonly Ami[] };

/** Image Builder's enabled lifecycle policies that act on images here, and what it left behind. All of it rests on what it built. */
export async function readImageBuilder(
  context: Context,
): Promise<Pick<Account, 'imageBuilderPolicies' | 'imageBuilderLeftovers'>> {
  const { account, clients, requests } = context;
  let builds: readonly ImageSummary[];
  try {
    builds = await readOwnBuilds(clients, requests);
  } catch (error) {
    return { imageBuilderLeftovers: unreadable(error) };
  }
  if (builds.length === 0) return {};
  const [imageBuilderPolicies, imageBuilderLeftovers] = await Promise.all([
    readImageBuilderPolicies(account, builds, clients, requests),
    findLeftovers(builds, context),
  ]);
  return {
    ...(imageBuilderPolicies && { imageBuilderPolicies }),
    ...(imageBuilderLeftovers && { imageBuilderLeftovers }),
  };
}

/**
 * Image resources whose AMIs are gone from every Region, the Recycle Bins included. One that a recipe may start from is none.
 * @param builds what Image Builder built for the account
 * @returns nothing where there is none
 */
async function findLeftovers(
  builds: readonly ImageSummary[],
  context: Context,
): Promise<ImageBuilderLeftovers | undefined> {
  const { account } = context;
  try {
    const here = new Set<string>(account.images.map(({ imageId }) => imageId));
    const gone = candidatesOf(builds, account).filter(({ amis }) => !amis.some(({ imageId }) => here.has(imageId)));
    if (gone.length === 0) return undefined;
    const named = startedFrom(builds, await readParents(context));
    const unnamed = gone.filter(({ arn }) => !named.has(arn));
    const amis = unnamed.flatMap((one) => one.amis);
    const isGone = await findGone(amis, context);
    const leftovers = unnamed
      .filter(({ amis }) => amis.every(({ imageId }) => isGone.has(imageId)))
      .map(leftoverOf)
      .sort((a, b) => (a.arn < b.arn ? -1 : 1));
    return leftovers.length === 0 ? undefined : { status: 'read', leftovers };
  } catch (error) {
    return unreadable(error);
  }
}

function leftoverOf({ arn, builtAt, amis }: Candidate): ImageBuilderLeftover {
  return { arn, builtAt, amis: amis.map(({ imageId, region }) => ({ imageId, region })) };
}

function candidatesOf(builds: readonly ImageSummary[], { target, observedAt }: Account): Candidate[] {
  return builds.flatMap(({ arn = '', state, dateCreated = '', outputResources }) => {
    const { amis: given = [], containers = [] } = outputResources ?? {};
    const builtAt = readDate(dateCreated);
    const isOld = builtAt !== undefined && observedAt.getTime() - builtAt.getTime() > GRACE_MILLISECONDS;
    if (!isOld || !isBuildArn(arn) || !BUILT.includes(state?.status ?? '')) return [];
    const amis = given.flatMap(({ image = '', region = '', accountId }) =>
      isImageId(image) ? [{ imageId: image, region, isOwn: accountId === target.accountId && region !== '' }] : [],
    );
    // Where it never gave any, none is gone; what is no id might be there.
    return containers.length > 0 || given.length === 0 || amis.length < given.length ? [] : [{ arn, builtAt, amis }];
  });
}

/** The AMIs of the account that are certainly gone, each looked for in its own Region. */
async function findGone(
  amis: readonly Ami[],
  { account: { target }, clients, requests }: Context,
): Promise<ReadonlySet<ImageId>> {
  const byRegion = Map.groupBy(
    amis.filter(({ isOwn }) => isOwn),
    ({ region }) => region,
  );
  const found = await requests.sendAll(byRegion, async ([region, all]) => {
    const ec2 = region === target.region ? clients.ec2 : clients.ec2In(region);
    const imageIds = [...new Set(all.map(({ imageId }) => imageId))];
    const missing = await findMissingImages({ ec2 }, requests, imageIds);
    // One in the Recycle Bin can come back, and so may one whose bin can't be read.
    return missing.status === 'unreadable'
      ? []
      : imageIds.filter((imageId) => missing.images.get(imageId)?.inRecycleBin === false);
  });
  return new Set(found.flat());
}
