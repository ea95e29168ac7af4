import type { Decision } from '../model/decision.ts';
import type { ReferenceKind } from '../model/sources.ts';
import { DAY } from '../text/dates.ts';
import { reportReference } from './references.ts';
import type { StaleReference } from './shape.ts';

const QUIET_DAYS = 90;
const HOLDS_BY_ITSELF: readonly ReferenceKind[] = ['ec2:LaunchTemplate', 'autoscaling:LaunchConfiguration'];

/**
 * The templates (and launch configurations) that alone keep an image, though nobody names any version of them, and
 * the image launched nothing for 90 days as far as AWS tells. Such a template kept an image of 2018 for years.
 */
export function staleReferences(decisions: readonly Decision[], at: Date): StaleReference[] {
  const all = decisions.flatMap(({ references }) => references);
  const named = new Set(all.flatMap(({ namedBy, resource }) => (namedBy.length > 0 ? [resource] : [])));
  return decisions.flatMap(({ image, decision, references, reasons }) => {
    const [first] = references;
    if (decision !== 'keep' || first === undefined || named.has(first.resource)) return [];
    if (!reasons.every(({ code }) => code === 'referenced')) return [];
    if (!references.every(({ resource, kind }) => resource === first.resource && HOLDS_BY_ITSELF.includes(kind)))
      return [];
    const launched = image.lastLaunchedTime;
    if (launched !== undefined && at.getTime() - launched.getTime() < QUIET_DAYS * DAY) return [];
    return { imageId: image.imageId, ...reportReference(first), lastLaunchedTime: launched?.toISOString() ?? null };
  });
}
