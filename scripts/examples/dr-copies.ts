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
  for (const [number, ageDays] of [
    [9, 20],
    [8, 110],
    [7, 200],
    [6, 290],
    [5, 380],
  ] as const) {
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
  const originals = (
    [
      [6, 10],
      [5, 90],
      [4, 180],
      [3, 270],
    ] as const
  ).map(([number, ageDays]) => ({
    number,
    ageDays,
    original: image(draft, `gateway-${number}`, { ageDays, tags: gateway }),
  }));
  for (const { number, ageDays, original } of originals) {
    const tags = { ...gateway, Encrypted: 'own-key' };
    image(draft, `gateway-${number}-own-key`, { ageDays: ageDays - 0.1, tags }, copyOf(original.ImageId, region));
  }
  // Its original was removed long ago.
  const old = { ...gateway, Encrypted: 'own-key' };
  image(draft, 'gateway-1-own-key', { ageDays: 500, tags: old }, copyOf(draft.id('ami'), region));
  const standby = originals.find(({ number }) => number === 4);
  group(draft, 'gateway-standby', template(draft, 'gateway', [standby?.original.ImageId ?? '']), '$Default');
}
