import {
  DisableImage$,
  DisableImageDeprecation$,
  type DisableImageDeprecationRequest,
  type DisableImageDeprecationResult,
  DisableImageDeregistrationProtection$,
  type DisableImageDeregistrationProtectionRequest,
  type DisableImageDeregistrationProtectionResult,
  type DisableImageRequest,
  type DisableImageResult,
  EnableImage$,
  EnableImageDeprecation$,
  type EnableImageDeprecationRequest,
  type EnableImageDeprecationResult,
  EnableImageDeregistrationProtection$,
  type EnableImageDeregistrationProtectionRequest,
  type EnableImageDeregistrationProtectionResult,
  type EnableImageRequest,
  type EnableImageResult,
  type Image,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import { snapshotIdsOf } from '../image-map.ts';
import { type Context, type Operation, write } from '../operation.ts';
import type { AccountState } from '../state.ts';
import { ownImage } from './shared-images.ts';
import { isAway } from './snapshot-tiers.ts';

const MINUTE_MILLISECONDS = 60_000;
const MOST_YEARS = 10;
const MOST_YEARS_PUBLIC = 2;

function yearsAfter(start: Date, years: number): Date {
  const end = new Date(start);
  end.setUTCFullYear(end.getUTCFullYear() + years);
  return end;
}

/** An own image in one of the states that a change asks for. */
function changeable(context: Context, id: string | undefined, ...states: readonly string[]): Image {
  const image = ownImage(context, id);
  if (states.includes(image.State ?? '')) return image;
  throw new ServiceError(
    'IncorrectState',
    `The image ID '${id}' is ${image.State}; it must be ${states.join(' or ')}.`,
  );
}

function change(state: AccountState, image: Image, changed: Partial<Image>): void {
  state.images.set(image.ImageId ?? '', { ...image, ...changed });
}

function enableDeprecation(input: EnableImageDeprecationRequest, context: Context): EnableImageDeprecationResult {
  const { state, now } = context;
  const image = changeable(context, input.ImageId, 'available', 'disabled');
  const asked = input.DeprecateAt ?? now;
  // EC2 rounds to the minute, so that a time just ahead can come to lie in the past.
  const rounded = new Date(Math.round(asked.getTime() / MINUTE_MILLISECONDS) * MINUTE_MILLISECONDS);
  if (asked <= now || rounded <= now) {
    throw new ServiceError(
      'InvalidParameterValue',
      `Invalid value '${asked.toISOString()}' for DeprecateAt. The date must be in the future.`,
    );
  }
  const latest = image.Public
    ? yearsAfter(new Date(image.CreationDate ?? now), MOST_YEARS_PUBLIC)
    : yearsAfter(now, MOST_YEARS);
  if (rounded > latest) {
    throw new ServiceError(
      'InvalidParameterValue',
      `Invalid value '${asked.toISOString()}' for DeprecateAt. The date must not be after ${latest.toISOString()}.`,
    );
  }
  if (rounded > new Date(image.DeprecationTime ?? rounded)) refuseIfPublic(image);
  change(state, image, { DeprecationTime: rounded.toISOString() });
  return { Return: true };
}

/** A public image's deprecation is neither taken off nor put off; the code that EC2 answers with is not documented. */
function refuseIfPublic({ ImageId, Public = false }: Image): void {
  if (Public)
    throw new ServiceError(
      'OperationNotPermitted',
      `The image ${ImageId} is public; to cancel its deprecation or to move it to a later date, make it private.`,
    );
}

function disableDeprecation(input: DisableImageDeprecationRequest, context: Context): DisableImageDeprecationResult {
  const { DeprecationTime: _lifted, ...image } = changeable(context, input.ImageId, 'available', 'disabled');
  refuseIfPublic(image);
  context.state.images.set(image.ImageId ?? '', image);
  return { Return: true };
}

function disableImage(input: DisableImageRequest, context: Context): DisableImageResult {
  const { state } = context;
  const image = changeable(context, input.ImageId, 'available');
  // Whom it was shared with is forgotten, and enabling it does not bring that back.
  state.launchPermissions.delete(image.ImageId ?? '');
  change(state, image, { State: 'disabled', Public: false });
  return { Return: true };
}

function enableImage(input: EnableImageRequest, context: Context): EnableImageResult {
  const image = changeable(context, input.ImageId, 'disabled');
  // AWS does not document it; the strict direction: nothing could be launched from what lies in the archive.
  const away = snapshotIdsOf(image).find((id) => isAway(id, context));
  if (away !== undefined)
    throw new ServiceError('IncorrectState', `The snapshot '${away}' of '${input.ImageId}' is archived or on its way.`);
  change(context.state, image, { State: 'available' });
  return { Return: true };
}

function enableProtection(
  { ImageId, WithCooldown }: EnableImageDeregistrationProtectionRequest,
  context: Context,
): EnableImageDeregistrationProtectionResult {
  const DeregistrationProtection = WithCooldown === true ? WITH_COOLDOWN : 'enabled-without-cooldown';
  // Whether EC2 protects what is disabled is not documented; the strict direction.
  change(context.state, changeable(context, ImageId, 'available'), { DeregistrationProtection });
  return { Return: 'true' };
}

const WITH_COOLDOWN = 'enabled-with-cooldown';
const COOLDOWN_MILLISECONDS = 86_400_000;
/** As aws-nuke reads it: https://github.com/ekristen/aws-nuke/blob/main/resources/ec2-image.go */
const COOLING_DOWN = 'disabled after ';

function disableProtection(
  { ImageId }: DisableImageDeregistrationProtectionRequest,
  context: Context,
): DisableImageDeregistrationProtectionResult {
  const image = changeable(context, ImageId, 'available', 'disabled');
  const until = new Date(context.now.getTime() + COOLDOWN_MILLISECONDS).toISOString();
  const { DeregistrationProtection: before = 'disabled' } = image;
  const after = before.startsWith(COOLING_DOWN) ? before : 'disabled';
  const DeregistrationProtection = before === WITH_COOLDOWN ? `${COOLING_DOWN}${until}` : after;
  change(context.state, image, { DeregistrationProtection });
  return { Return: 'true' };
}

/** Protection holds on for a day after it was taken off, where it was put on with a cooldown. */
export function isProtected({ DeregistrationProtection: word = 'disabled' }: Image, now: Date): boolean {
  return word.startsWith(COOLING_DOWN) ? now < new Date(word.slice(COOLING_DOWN.length)) : word !== 'disabled';
}

export const imageChanges: readonly Operation[] = [
  write(EnableImageDeprecation$, enableDeprecation),
  write(DisableImageDeprecation$, disableDeprecation),
  write(DisableImage$, disableImage),
  write(EnableImage$, enableImage),
  write(EnableImageDeregistrationProtection$, enableProtection),
  write(DisableImageDeregistrationProtection$, disableProtection),
];
