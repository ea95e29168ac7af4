import type { Draft } from '../../sandbox/seed/draft.ts';
import { deprecation, group, image, instance, template } from './scenery.ts';

const ARM = { Architecture: 'arm64' } as const;

/** Two families, two architectures; what is in use, what is a rollback, and what only looks like one. */
export function goldenImages(draft: Draft): void {
  const webapp = { Family: 'webapp', Owner: 'webapp-team@example.com' };
  const api = { Family: 'api', Owner: '#api' };
  const since = deprecation('golden images', 30);

  const newest = image(draft, 'webapp-arm64-120', { ageDays: 5, tags: webapp }, ARM);
  const previous = image(draft, 'webapp-arm64-119', { ageDays: 30, tags: webapp }, ARM);
  image(draft, 'webapp-arm64-118', { ageDays: 75, tags: webapp }, ARM);
  const pinned = image(draft, 'webapp-arm64-117', { ageDays: 100, tags: webapp }, ARM);
  image(draft, 'webapp-arm64-116', { ageDays: 130, tags: webapp, launchedDaysAgo: 110 }, ARM);
  image(draft, 'webapp-arm64-115', { ageDays: 160, tags: webapp, launchedDaysAgo: 20 }, ARM);
  image(draft, 'webapp-arm64-114', { ageDays: 190, tags: webapp, ...since(10) }, ARM);
  image(draft, 'webapp-arm64-113', { ageDays: 220, tags: webapp, ...since(20) }, ARM);
  image(draft, 'webapp-arm64-112', { ageDays: 250, tags: webapp, rootGiB: 30, ...since(40) }, ARM);
  const usedAgain = image(draft, 'webapp-arm64-111', { ageDays: 280, tags: webapp, ...since(25) }, ARM);

  // A canary group still names version 1; $Default and $Latest have moved on.
  const webTemplate = template(draft, 'webapp', [pinned.ImageId, previous.ImageId, newest.ImageId]);
  group(draft, 'webapp-prod', webTemplate, '$Latest');
  group(draft, 'webapp-canary', webTemplate, '1');
  instance(draft, 'incident-rollback', usedAgain.ImageId);

  // The family was last built ten months ago; its newest three are the only rollback there is.
  for (const [index, number] of [44, 43, 42, 41].entries()) {
    image(draft, `webapp-x86-${number}`, { ageDays: 300 + 20 * index, tags: webapp });
  }

  // Disabled by hand because it was broken: not launchable, so no rollback.
  image(draft, 'api-arm64-33', { ageDays: 70, tags: api }, { ...ARM, State: 'disabled' });
  image(draft, 'api-arm64-32', { ageDays: 80, tags: api }, ARM);
  image(draft, 'api-arm64-31', { ageDays: 110, tags: api }, ARM);
  image(draft, 'api-arm64-30', { ageDays: 140, tags: api }, ARM);
  image(
    draft,
    'api-arm64-29',
    { ageDays: 170, tags: api },
    { ...ARM, DeregistrationProtection: 'enabled-with-cooldown' },
  );
  image(draft, 'forensics-2025-03', { ageDays: 600 });
}
