/** Which versions of a launch template count as use. */
export type LaunchTemplateVersions =
  | { readonly kind: 'in-use' }
  | { readonly kind: 'newest'; readonly newest: number }
  | { readonly kind: 'all' };

/** Where image ids are searched for: a glob of names, a file, or an S3 prefix. */
interface SearchPattern {
  readonly pattern: string;
  /** False: that nothing is there is taken for a mistake, and what it should have named is unknown. */
  readonly mayBeEmpty: boolean;
}

/** What an image has and a lookup has wildcards for. */
export const LOOKUP_TEXTS = ['name', 'description', 'architecture', 'virtualizationType', 'rootDeviceType'] as const;

/** What a lookup asks `DescribeImages` for: all conditions that are given must hold; wildcards as in AWS's filters. */
export interface LookupSelector extends Readonly<Partial<Record<(typeof LOOKUP_TEXTS)[number], readonly string[]>>> {
  /** `self`, account ids, and AWS's aliases such as `amazon`; absent: whoever owns it. */
  readonly owner?: readonly string[];
  /** Keys as they are, and values of which one must match. */
  readonly tags: readonly { readonly key: string; readonly value: readonly string[] }[];
}

/** A search by name or tag that something outside of the account's own API makes, such as Terraform's or Karpenter's. */
export interface Lookup {
  readonly name: string;
  readonly images: LookupSelector;
  readonly take: 'newest' | 'all';
  /** False: that it finds nothing is taken for a mistake, and what it should have found is unknown. */
  readonly mayBeEmpty: boolean;
}

/** How references are read. */
export interface ReferenceSettings {
  readonly launchTemplateVersions: LaunchTemplateVersions;
  readonly sharedImages: 'keep' | 'evaluate';
  /** Name globs of text parameters that are searched for image ids. */
  readonly ssmParameters: readonly SearchPattern[];
  /** Files and `s3://bucket/prefix` prefixes that are searched for image ids. */
  readonly documents: readonly SearchPattern[];
  /** What these would find now is referenced. */
  readonly lookups: readonly Lookup[];
  /** By source: name globs of what costs a call each to read. */
  readonly byName: Readonly<Partial<Record<string, readonly SearchPattern[]>>>;
  /** Sources that the policy switches off by name. */
  readonly off: readonly string[];
  /** Other targets may have what matches: what matches nothing here is reported, and judged over all of them. */
  readonly isOneOfMany?: boolean;
}
