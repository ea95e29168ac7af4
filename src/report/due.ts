import { classOf, type Reason } from '../model/reasons.ts';
import type { DecisionName } from './shape.ts';

/** True where nothing keeps an image, though its next step may not have come. */
export function isDue(image: {
  readonly decision: DecisionName;
  readonly reasons: readonly { readonly code: Reason['code'] }[];
}): boolean {
  if (image.decision === 'reinstate') return false;
  if (image.decision !== 'keep') return true;
  return image.reasons.some((reason) => classOf(reason) === 'wait');
}
