import type { Draft } from '../../sandbox/seed/draft.ts';
import { deprecation, group, image, template } from './scenery.ts';

/** Images that say themselves until when they are wanted, in every way that people write a date. */
export function expiryTags(draft: Draft): void {
  const of = (ExpiresOn: string) => ({ ExpiresOn, Environment: 'dev', Owner: 'data@example.com' });
  const since = deprecation('expiry date in a tag', 7);
  image(draft, 'load-test', { ageDays: 40, tags: of('2026-11-01') });
  image(draft, 'demo-for-friday', { ageDays: 3, tags: of('2026-11-27') });
  // A date alone means the end of that day, in UTC.
  image(draft, 'ends-today', { ageDays: 20, tags: of('2026-11-21') });
  image(draft, 'ended-yesterday', { ageDays: 20, tags: of('2026-11-20') });
  image(draft, 'with-a-zone', { ageDays: 10, tags: of('2026-11-20T18:00:00+01:00') });
  image(draft, 'next-tuesday', { ageDays: 60, tags: of('next tuesday') });
  image(draft, 'day-first', { ageDays: 60, tags: of('01.11.2026') });
  image(draft, 'thirtieth-of-february', { ageDays: 300, tags: of('2026-02-30') });
  const inUse = image(draft, 'expired-and-in-use', { ageDays: 200, tags: of('2026-06-30') });
  group(draft, 'reporting', template(draft, 'reporting', [inUse.ImageId]), '$Default');
  image(draft, 'expired-long-ago', {
    ageDays: 90,
    tags: of('2026-10-31'),
    ...since(14),
  });
  // Deprecated after it had expired; then someone moved the date.
  image(draft, 'extended', {
    ageDays: 90,
    tags: of('2026-12-24'),
    ...since(4),
  });
  image(draft, 'forgot-the-tag', { ageDays: 400, tags: { Environment: 'dev', Owner: 'data@example.com' } });
}
