import type { DecisionName } from './shape.ts';

const STILL_DUE: ReadonlySet<string> = new Set(['waiting', 'nothing-further', 'not-announced', 'notice-running']);

/** True where nothing keeps an image, though its next step may not have come. */
export function isDue(image: {
  readonly decision: DecisionName;
  readonly reasons: readonly { readonly code: string }[];
}): boolean {
  if (image.decision === 'reinstate') return false;
  if (image.decision !== 'keep') return true;
  return image.reasons.some(({ code }) => STILL_DUE.has(code));
}
