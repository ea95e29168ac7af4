import {
  GetLifecyclePolicyCommand,
  ImagebuilderClient,
  type ImageSummary,
  type LifecyclePolicy,
  type LifecyclePolicyDetail,
  paginateListLifecyclePolicies,
} from '@aws-sdk/client-imagebuilder';
import type { Clients } from '../aws/clients.ts';
import { unreadable } from '../aws/errors.ts';
import { essential, itemsOf, listOf, type Requests } from '../aws/requests.ts';
import type { Account } from '../model/account.ts';
import type { ImageBuilderPolicies, ImageBuilderPolicy } from '../model/aws-lifecycles.ts';
import type { Image, Tags } from '../model/image.ts';
import { fits } from './image-builder-builds.ts';

/**
 * Image Builder's enabled lifecycle policies, and which of the account's images here each acts on. What time alone decides
 * there (ages, counts, the last launch) is not asked, nor who an image is shared with: they may act on it one day.
 * @param builds what Image Builder built for the account
 * @returns nothing where none acts on any
 */
export async function readImageBuilderPolicies(
  account: Account,
  builds: readonly ImageSummary[],
  clients: Clients,
  requests: Requests,
): Promise<ImageBuilderPolicies | undefined> {
  try {
    const policies = await readActing(clients.of(ImagebuilderClient), requests);
    const acting = policies
      .map((policy) => policyOf(policy, builds, account))
      .filter(({ imageIds }) => imageIds.length > 0);
    return acting.length === 0 ? undefined : { status: 'read', policies: acting };
  } catch (error) {
    return unreadable(error);
  }
}

/** The enabled policies that do anything to AMIs. */
async function readActing(client: ImagebuilderClient, requests: Requests): Promise<LifecyclePolicy[]> {
  const listed = paginateListLifecyclePolicies({ client }, { maxResults: 25 });
  const enabled: string[] = [];
  for await (const { arn, status, resourceType } of itemsOf(listed, 'lifecyclePolicySummaryList', requests))
    if (status !== 'DISABLED' && resourceType !== 'CONTAINER_IMAGE')
      enabled.push(essential(arn, 'arn of an Image Builder lifecycle policy'));
  const policies = await requests.sendAll(enabled, async (lifecyclePolicyArn) => {
    const asked = new GetLifecyclePolicyCommand({ lifecyclePolicyArn });
    const { lifecyclePolicy } = await requests.send(() => client.send(asked));
    return essential(lifecyclePolicy, `lifecyclePolicy ${lifecyclePolicyArn}`);
  });
  return policies.filter((policy) => detailsOf(policy).length > 0);
}

function detailsOf({ arn, policyDetails }: LifecyclePolicy): readonly LifecyclePolicyDetail[] {
  const details = listOf(policyDetails, `policyDetails of ${arn}`);
  return details.filter(({ action }) => action?.includeResources?.amis === true);
}

function policyOf(policy: LifecyclePolicy, builds: readonly ImageSummary[], account: Account): ImageBuilderPolicy {
  const { accountId, region } = account.target;
  const own = new Map<string, Image>(account.images.map((image) => [image.imageId, image]));
  const acts = builds
    .filter((build) => isSelected(build, policy))
    .flatMap((build) =>
      (build.outputResources?.amis ?? []).flatMap((ami) => {
        const image = (ami.accountId ?? accountId) === accountId ? own.get(ami.image ?? '') : undefined;
        if (image === undefined) return [];
        const details = detailsOf(policy).filter((detail) => !isExcluded(detail, build, image, region));
        return details.map(({ action }) => ({ imageId: image.imageId, action: action?.type ?? '' }));
      }),
    );
  return {
    arn: policy.arn ?? '',
    name: policy.name ?? '',
    actions: [...new Set(acts.map(({ action }) => action))].sort(),
    imageIds: [...new Set(acts.map(({ imageId }) => imageId))].sort(),
  };
}

/** By recipe or by any one of the tags: an image has the name and the version of its recipe. */
function isSelected({ arn = '', tags }: ImageSummary, { resourceSelection }: LifecyclePolicy): boolean {
  const { recipes = [], tagMap } = resourceSelection ?? {};
  const image = arn.slice(0, arn.indexOf(':image/') + ':image/'.length);
  const isOfRecipe = recipes.some(({ name = '', semanticVersion = '' }) =>
    fits(arn, `${image}${name.toLowerCase().replaceAll(' ', '-')}`, semanticVersion),
  );
  return isOfRecipe || hasAny(tags, tagMap);
}

function isExcluded({ exclusionRules }: LifecyclePolicyDetail, build: ImageSummary, image: Image, region: string) {
  const { tagMap, amis } = exclusionRules ?? {};
  return (
    hasAny(build.tags, tagMap) ||
    hasAny(image.tags, amis?.tagMap) ||
    amis?.regions?.includes(region) === true ||
    (amis?.isPublic === true && image.isPublic)
  );
}

function hasAny(tags: Tags = {}, wanted: Tags = {}): boolean {
  return Object.entries(wanted).some(([key, value]) => Object.hasOwn(tags, key) && tags[key] === value);
}
