import type { Decision } from '../model/decision.ts';
import type { Reference } from '../model/reference.ts';
import type { ReferenceKind } from '../model/sources.ts';
import { DAY } from '../text/format.ts';
import type { ReportReference, StaleReference } from './shape.ts';
import { byText } from './to-json.ts';

const MAX_NAMED = 3;

/** A reference as reports hold it, with who names it folded into its detail. */
export function reportReference(reference: Reference): ReportReference {
  const { kind, resource, accountId, region } = reference;
  const namedBy = reference.namedBy.length === 0 ? '' : `named by ${reference.namedBy.join(' and ')}`;
  const detail = [reference.detail, namedBy].filter(Boolean).join(', ');
  return {
    kind,
    resource,
    ...(detail !== '' && { detail }),
    ...(accountId !== undefined && { accountId }),
    ...(region !== undefined && { region }),
  };
}

/** References in an order that does not depend on how they were read. */
export function reportReferences(references: readonly Reference[]): ReportReference[] {
  return references.map(reportReference).sort((a, b) => byText(referenceText(a), referenceText(b)));
}

/**
 * `ec2:LaunchTemplate lt-0abc "web" version 7, named by Auto Scaling group "web-prod"`; from elsewhere
 * `ec2:LaunchTemplate lt-0abc in account 210987654321 (eu-west-1): "web" version 7`.
 */
export function referenceText(reference: ReportReference): string {
  const { kind, resource, detail } = reference;
  const place = placeOf(reference);
  if (detail === undefined) return `${kind} ${resource}${place}`;
  return `${kind} ${resource}${place}${place === '' ? '' : ':'} ${detail}`;
}

function placeOf({ accountId, region }: ReportReference): string {
  if (accountId === undefined) return region === undefined ? '' : ` in ${region}`;
  return region === undefined ? ` in account ${accountId}` : ` in account ${accountId} (${region})`;
}

/** References in one line: the first three, and how many more there are. */
export function referencesText(references: readonly ReportReference[]): string {
  const named = references.slice(0, MAX_NAMED).map(referenceText).join('; ');
  const more = references.length - MAX_NAMED;
  return more > 0 ? `${named}; and ${more} more` : named;
}

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
