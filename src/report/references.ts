import type { Reference } from '../model/reference.ts';
import type { ReportReference } from './shape.ts';
import { byText } from './to-json.ts';

const MAX_NAMED = 3;

/** A reference as reports hold it, with who names it folded into its detail. */
export function reportReference(reference: Reference): ReportReference {
  const { kind, resource, accountId, region } = reference;
  const detail = [reference.detail, namedBy(reference.namedBy)]
    .filter((part) => part !== undefined && part !== '')
    .join(', ');
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

function namedBy(names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : `named by ${names.join(' and ')}`;
}
