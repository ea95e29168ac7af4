import type { Account } from '../model/account.ts';
import type { MissingImage } from '../model/plan.ts';
import type { Reference } from '../model/reference.ts';

/** The images that something names and the account can't see, with what would launch them again; it only informs. */
export function missingImages({ missingImages: reading, references }: Account): MissingImage[] {
  if (reading?.status !== 'read') return [];
  return [...reading.images].map(([imageId, { inRecycleBin }]) => {
    const all = references.images.get(imageId) ?? [];
    const namedBy = all.filter((reference) => !isRunning(reference));
    return { imageId, inRecycleBin, namedBy, running: runningOf(all) };
  });
}

/** It runs already, and needs its image no more. */
function isRunning({ kind, detail = '' }: Reference): boolean {
  return kind === 'ec2:Instance' || (kind === 'autoscaling:AutoScalingGroup' && INSTANCE.test(detail));
}

const INSTANCE = /^instance (i-\w+)/;

/** An instance of a group stands in the group's row and in its own. */
function runningOf(references: readonly Reference[]): number {
  const instances = references
    .filter(isRunning)
    .map(({ kind, resource, detail = '' }) => (kind === 'ec2:Instance' ? resource : INSTANCE.exec(detail)?.[1]));
  return new Set(instances).size;
}
