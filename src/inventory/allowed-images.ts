import { GetAllowedImagesSettingsCommand, type ImageCriterion } from '@aws-sdk/client-ec2';
import type { Clients } from '../aws/clients.ts';
import { unreadable } from '../aws/errors.ts';
import { BrokenAnswerError } from '../aws/requests.ts';
import type { AllowedImages, AllowedImagesCriterion } from '../model/account.ts';

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
