import type { Decision } from '../model/decision.ts';
import { day } from '../text/dates.ts';
import type { RestartedWait } from './shape.ts';

/** The images that were launched after their deprecation: each launch begins their waits and their notice anew. */
export function restartedWaits(decisions: readonly Decision[]): RestartedWait[] {
  return decisions.flatMap(({ image, rule, restarted }) =>
    restarted === undefined
      ? []
      : [
          {
            imageId: image.imageId,
            name: image.name,
            rule: rule ?? null,
            deprecatedAt: restarted.deprecatedAt.toISOString(),
            launchedAt: restarted.launchedAt.toISOString(),
          },
        ],
  );
}

/** What stands above the list of them. */
export const RESTARTED_TITLE = 'Launched after their deprecation: their waits began anew';

/** One of them, in a line. */
export function restartedText({ imageId, name, deprecatedAt, launchedAt }: RestartedWait): string {
  return `${imageId} ${name}: deprecated on ${day(deprecatedAt)}, launched on ${day(launchedAt)}`;
}
