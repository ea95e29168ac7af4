import { type Draft, tagsOf } from '../../sandbox/seed/draft.ts';
import { addSnapshot } from '../../sandbox/seed/images.ts';
import { group, image, instance, template } from './scenery.ts';

/** An account that nobody maintains: little is tagged, and somewhere in it is what production runs on. */
export function reportOnly(draft: Draft): void {
  const production = image(draft, 'prod-final-v2', { ageDays: 900 });
  group(draft, 'prod', template(draft, 'prod', [production.ImageId]), '$Default');
  const legacy = image(draft, 'server backup before upgrade', { ageDays: 1500, rootGiB: 100 });
  instance(draft, 'do not touch', legacy.ImageId, {}, 'stopped');
  image(draft, 'server backup before upgrade (2)', { ageDays: 1490, rootGiB: 100 });
  image(draft, 'test', { ageDays: 1200 });
  image(draft, 'test2', { ageDays: 1199 });
  image(draft, 'Johns image', { ageDays: 700, tags: { owner: 'john' } });
  image(draft, 'webapp-1', { ageDays: 400, tags: { Family: 'webapp' } });
  image(draft, 'webapp-2', { ageDays: 200, tags: { Family: 'webapp' } });
  image(draft, 'webapp-3', { ageDays: 30, tags: { Family: 'webapp' } });
  image(
    draft,
    'imported',
    { ageDays: 500, tags: { Name: 'imported from VMware' } },
    { DeprecationTime: draft.isoDaysAgo(100) },
  );
  for (const ageDays of [1400, 1100, 800]) {
    addSnapshot(draft, {
      ageDays,
      sizeGiB: 100,
      Description: `Created by CreateImage(${draft.id('i')}) for ${draft.id('ami')}`,
    });
  }
  addSnapshot(draft, { ageDays: 50, sizeGiB: 20, Description: 'nightly', Tags: tagsOf({ Name: 'database' }) });
}
