import {
  GetAllowedImagesSettingsCommand,
  GetImageBlockPublicAccessStateCommand,
  type ImageCriterion,
} from '@aws-sdk/client-ec2';
import type { Clients } from '../aws/clients.ts';
import { unreadable } from '../aws/errors.ts';
import { BrokenAnswerError, essential, type Requests } from '../aws/requests.ts';
import type { AllowedImages, AllowedImagesCriterion, PublicImages } from '../model/account.ts';

/** States in which an account may launch whatever is shared with it. */
const NOT_APPLIED: ReadonlySet<string> = new Set(['disabled', 'audit-mode']);

/** What a Region's Allowed AMIs settings ask of other accounts' images. It throws nothing: what can't be read is unknown. */
export async function readAllowedImages({ ec2 }: Pick<Clients, 'ec2'>): Promise<AllowedImages> {
  try {
    const { State, ImageCriteria } = await ec2.send(new GetAllowedImagesSettingsCommand({}));
    if (State === undefined) throw new BrokenAnswerError('the answer has no State');
    return { status: 'read', criteria: NOT_APPLIED.has(State) ? [] : (ImageCriteria ?? []).map(criterionOf) };
  } catch (error) {
    return unreadable(error);
  }
}

function criterionOf({ ImageProviders, DeprecationTimeCondition, ...more }: ImageCriterion): AllowedImagesCriterion {
  const days = DeprecationTimeCondition && (DeprecationTimeCondition.MaximumDaysSinceDeprecated ?? 0);
  const asksMore = Object.values(more).some((one) => one !== undefined && !(Array.isArray(one) && one.length === 0));
  return {
    ...(ImageProviders?.length && { providers: ImageProviders }),
    ...(days !== undefined && { daysSinceDeprecated: days }),
    ...(asksMore && { asksMore }),
  };
}

/** How many images may be public here, and whether more can become so. It only informs: what can't be read is said. */
export async function readPublicImages(clients: Clients, requests: Requests): Promise<PublicImages> {
  try {
    const [quota, { ImageBlockPublicAccessState }] = await Promise.all([
      requests.send(() => clients.publicImagesQuota()),
      requests.send(() => clients.ec2.send(new GetImageBlockPublicAccessStateCommand({}))),
    ]);
    const state = essential(ImageBlockPublicAccessState, 'ImageBlockPublicAccessState');
    return { status: 'read', quota: essential(quota, 'Value of the quota'), isBlocked: state !== 'unblocked' };
  } catch (error) {
    return unreadable(error);
  }
}

/** As IAM takes them; whatever else an endpoint says is none. */
const ALIAS = /^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$/;

/** What people call the account; undefined where it has no alias, or IAM does not tell it in time. */
export async function readAccountAlias(clients: Clients): Promise<string | undefined> {
  const aliases = await clients.accountAliases().catch(() => []);
  return aliases.find((alias) => ALIAS.test(alias));
}
