import {
  GetAllowedImagesSettings$,
  type GetAllowedImagesSettingsRequest,
  type GetAllowedImagesSettingsResult,
  type Image,
  type ImageCriterion,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, read } from '../operation.ts';
import type { AccountState } from '../state.ts';

const DAY = 86_400_000;

function getAllowedImagesSettings(
  _: GetAllowedImagesSettingsRequest,
  { state }: Context,
): GetAllowedImagesSettingsResult {
  const { State = 'disabled', ImageCriteria = [], ManagedBy = 'account' } = state.allowedImages;
  return { State, ImageCriteria, ManagedBy };
}

/** Whether an account may see and launch another's image: any criterion is enough, and each asks for all that it names. */
export function isAllowed(image: Image, { allowedImages: { State, ImageCriteria = [] } }: AccountState, now: Date) {
  return State !== 'enabled' || ImageCriteria.some((one) => matches(image, one, now));
}

function matches(image: Image, criterion: ImageCriterion, now: Date): boolean {
  const { ImageProviders, ImageNames, MarketplaceProductCodes, DeprecationTimeCondition, CreationDateCondition } =
    criterion;
  const within = (since: string | undefined, days: number | undefined) =>
    since === undefined || days === undefined || now.getTime() - new Date(since).getTime() <= days * DAY;
  const isAnyOf = (wanted: readonly string[] | undefined, isOne: (one: string) => boolean) =>
    wanted === undefined || wanted.length === 0 || wanted.some(isOne);
  // Watermarks and findings are not modelled: what asks for them matches nothing.
  if (criterion.ImageWatermarks?.length || criterion.ScanResultCondition) return false;
  return (
    isAnyOf(ImageProviders, (one) => one === image.OwnerId || one === image.ImageOwnerAlias) &&
    isAnyOf(ImageNames, (one) => globOf(one).test(image.Name ?? '')) &&
    isAnyOf(MarketplaceProductCodes, (one) => (image.ProductCodes ?? []).some((code) => code.ProductCodeId === one)) &&
    within(deprecatedAt(image, now), DeprecationTimeCondition?.MaximumDaysSinceDeprecated) &&
    within(image.CreationDate, CreationDateCondition?.MaximumDaysSinceCreated)
  );
}

function deprecatedAt({ DeprecationTime }: Image, now: Date): string | undefined {
  return DeprecationTime !== undefined && new Date(DeprecationTime) <= now ? DeprecationTime : undefined;
}

function globOf(pattern: string): RegExp {
  const text = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${text}$`);
}

export const allowedImagesReads: readonly Operation[] = [read(GetAllowedImagesSettings$, getAllowedImagesSettings)];
