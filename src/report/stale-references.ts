import type { Decision } from '../model/decision.ts';
import type { Reference, ReferenceKind } from '../model/reference.ts';
import { reportReference } from './references.ts';
import type { StaleReference } from './shape.ts';

const QUIET_DAYS = 90;
const DAY = 24 * 60 * 60 * 1000;
const HOLDS_BY_ITSELF: readonly ReferenceKind[] = ['ec2:LaunchTemplate', 'autoscaling:LaunchConfiguration'];

/**
 * The templates (and launch configurations) that alone keep an image, though nobody names any version of them, and
 * the image launched nothing for 90 days as far as AWS tells. Such a template kept an image of 2018 for years.
 */
export function staleReferences(decisions: readonly Decision[], at: Date): StaleReference[] {
  const named = new Set(
    decisions.flatMap(({ references }) =>
      references.filter(({ namedBy }) => namedBy.length > 0).map(({ resource }) => resource),
    ),
  );
  return decisions.flatMap((decision) => vestigialOf(decision, named, at) ?? []);
}

function vestigialOf(decision: Decision, named: ReadonlySet<string>, at: Date): StaleReference | undefined {
  const { image, references, reasons } = decision;
  const [first] = references;
  if (decision.decision !== 'keep' || first === undefined || named.has(first.resource)) return undefined;
  if (!reasons.every(({ code }) => code === 'referenced')) return undefined;
  if (!references.every((reference) => reference.resource === first.resource && holdsByItself(reference)))
    return undefined;
  const launched = image.lastLaunchedTime;
  if (launched !== undefined && at.getTime() - launched.getTime() < QUIET_DAYS * DAY) return undefined;
  return { imageId: image.imageId, ...reportReference(first), lastLaunchedTime: launched?.toISOString() ?? null };
}

function holdsByItself({ kind }: Reference): boolean {
  return HOLDS_BY_ITSELF.includes(kind);
}
