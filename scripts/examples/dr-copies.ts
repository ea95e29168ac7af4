import type { Image } from '@aws-sdk/client-ec2';
import type { Draft } from '../../sandbox/seed/draft.ts';
import { deprecation, group, image, template } from './scenery.ts';

const HOME = 'eu-west-1';

/** A recovery Region: copies of images at home, and re-encrypted copies of images of its own. */
export function drCopies(draft: Draft): void {
  const { region } = draft.state;
  const copyOf = (SourceImageId: string, SourceImageRegion: string): Partial<Image> => ({
    SourceImageId,
    SourceImageRegion,
  });
  const recovery = { Purpose: 'recovery', Family: 'billing', Owner: '#billing' };
  // Nothing here uses them, and that is the point of a recovery Region.
  for (const [index, number] of [9, 8, 7, 6, 5].entries()) {
    const ageDays = 20 + 90 * index;
    image(draft, `billing-${number}-copy`, { ageDays, tags: recovery }, copyOf(draft.id('ami'), HOME));
  }
  const retired = { ...recovery, Retired: 'true' };
  image(draft, 'billing-4-copy', { ageDays: 470, tags: retired }, copyOf(draft.id('ami'), HOME));
  image(
    draft,
    'billing-3-copy',
    { ageDays: 560, tags: retired, ...deprecation('retired copies', 30)(45) },
    copyOf(draft.id('ami'), HOME),
  );

  const gateway = { Family: 'gateway', Owner: '#network' };
  const ages = [10, 90, 180, 270];
  const originals = ages.map((ageDays, index) => image(draft, `gateway-${6 - index}`, { ageDays, tags: gateway }));
  const ownKey = { ...gateway, Encrypted: 'own-key' };
  for (const [index, { Name, ImageId }] of originals.entries()) {
    const ageDays = (ages[index] ?? 0) - 0.1;
    image(draft, `${Name}-own-key`, { ageDays, tags: ownKey }, copyOf(ImageId, region));
  }
  // Its original was removed long ago.
  image(draft, 'gateway-1-own-key', { ageDays: 500, tags: ownKey }, copyOf(draft.id('ami'), region));
  group(draft, 'gateway-standby', template(draft, 'gateway', [originals[2]?.ImageId ?? '']), '$Default');
}
