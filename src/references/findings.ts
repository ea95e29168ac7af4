import { BrokenAnswerError } from '../aws/requests.ts';
import { imageIdsIn, isImageId, isSnapshotId } from '../model/ids.ts';
import type { Reference } from '../model/reference.ts';
import { NOUNS, type ReferenceKind } from '../model/sources.ts';
import type { Finding } from './finder.ts';

const RESOLVE_SSM = 'resolve:ssm:';

/**
 * What an `ImageId` field of a template, group, fleet or configuration refers to: an image, or a parameter
 * (`resolve:ssm:NAME[:VERSION or :LABEL]`) that holds one. Absent and empty refer to nothing.
 */
export function* imageFindings(value: string | undefined, reference: Reference): Generator<Finding> {
  if (value === undefined || value === '') return;
  if (isImageId(value)) yield { finds: 'image', imageId: value, reference };
  else if (value.startsWith(RESOLVE_SSM)) {
    yield { finds: 'parameter', name: value.slice(RESOLVE_SSM.length), namedBy: nameOf(reference) };
  } else {
    // An id with something around it may mean its image all the same.
    const within = imageIdsIn(value);
    for (const imageId of within) yield { finds: 'image', imageId, reference };
    if (within.length === 0) {
      yield { finds: 'dangling', missing: `"${value}", which is no image id`, namedBy: [nameOf(reference)] };
    }
  }
}

/** As much of a block device mapping as counts here; every API has a type of its own for it. */
export interface BlockDeviceMapping {
  readonly Ebs?: { readonly SnapshotId?: string | undefined } | undefined;
}

/** The snapshots that block device mappings name. Nothing in EC2 refuses their deletion, and launches break. */
export function* snapshotFindings(
  mappings: readonly BlockDeviceMapping[] | undefined,
  reference: Reference,
): Generator<Finding> {
  for (const { Ebs } of mappings ?? []) {
    if (isSnapshotId(Ebs?.SnapshotId)) yield { finds: 'snapshot', snapshotId: Ebs.SnapshotId, reference };
  }
}

interface Specification {
  readonly LaunchTemplateId?: string | undefined;
  readonly LaunchTemplateName?: string | undefined;
  readonly Version?: string | undefined;
}

/**
 * The launch template that a specification names. A missing version means `$Default`
 * (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchTemplateSpecification.html).
 *
 * @param past true where it only says what something was once launched from
 */
export function* templateFindings(
  specification: Specification | undefined,
  namedBy: string,
  past = false,
): Generator<Finding> {
  if (specification === undefined) return;
  const { LaunchTemplateId, LaunchTemplateName, Version } = specification;
  if (!LaunchTemplateId && !LaunchTemplateName) {
    throw new BrokenAnswerError(
      `the answer does not say which launch template ${namedBy} names, which AWS always sends`,
    );
  }
  yield {
    finds: 'launch-template',
    mention: {
      templateId: LaunchTemplateId || undefined,
      templateName: LaunchTemplateName,
      version: Version || '$Default',
    },
    namedBy,
    past,
  };
}

/** Every image whose id stands in a text; what is found too much only keeps. */
export function* textFindings(text: string, reference: Reference): Generator<Finding> {
  for (const imageId of imageIdsIn(text)) yield { finds: 'image', imageId, reference };
}

/** A reference's resource as others name it, and who names it in turn: `launch template lt-0abc "web" version 7`. */
export function nameOf(reference: Reference): string {
  const parts = [NOUNS.get(reference.kind), reference.resource];
  if (reference.detail !== undefined) parts.push(reference.detail);
  if (reference.namedBy.length > 0) parts.push(`(named by ${firstNames(reference.namedBy, 3).join(' and ')})`);
  return parts.join(' ');
}

/** The first of some names, each once, and how many more there are: thousands of instances can name one template. */
export function firstNames(names: Iterable<string>, most = 20): string[] {
  const unique = [...new Set(names)];
  const more = unique.length - most;
  return more > 0 ? [...unique.slice(0, most), `${more} more`] : unique;
}

/** A reference that nothing names in turn. */
export function reference(kind: ReferenceKind, resource: string, detail?: string): Reference {
  return { kind, resource, ...(detail === undefined ? {} : { detail }), namedBy: [] };
}
