import type { ImageId, SnapshotId } from './ids.ts';
import type { ReferenceKind } from './sources.ts';

/** One thing that still uses an image or a snapshot. */
export interface Reference {
  readonly kind: ReferenceKind;
  /** What a person would look up: an id, a name or an ARN. */
  readonly resource: string;
  /** Where in the resource, and its name: `"web" version 7`. */
  readonly detail?: string;
  /** Who names the resource in turn: `Auto Scaling group "web-prod"`. Empty: nobody that was read. */
  readonly namedBy: readonly string[];
  /** The account that the resource lies in; only where it was found from another account or Region than the image's own. */
  readonly accountId?: string;
  /** Its Region, likewise. */
  readonly region?: string;
}

/** A setting of an image in its own account, which nothing launches by: it goes before the image does. */
export function isOwnFastLaunch({ kind, accountId }: Reference): boolean {
  return kind === 'ec2:FastLaunch' && accountId === undefined;
}

/** What could not be read, and why: it keeps whatever it might have held. */
export interface Unreadable {
  readonly status: 'unreadable';
  readonly error: string;
}

/** What was read, or why it could not be. */
export type Reading<Facts> = ({ readonly status: 'read' } & Facts) | Unreadable;

/** What came of one source; for the inventory itself `references` counts what it holds. */
export type SourceReading =
  | {
      readonly name: string;
      readonly status: 'read';
      readonly references: number;
      readonly calls: number;
      /** How many things were read, in the source's noun; absent where an older recording or report tells of it. */
      readonly read?: number;
    }
  | {
      readonly name: string;
      readonly status: 'unreadable';
      readonly references: number;
      readonly calls: number;
      readonly error: string;
      /** The images or snapshots of which alone it could not be read; absent: it might concern any, so it holds all. */
      readonly only?: readonly string[];
    }
  | {
      readonly name: string;
      readonly status: 'off';
      readonly references: 0;
      readonly calls: number;
      /** Why, where the policy does not switch it off: AWS does not offer it in the Region, or it is read by name alone. */
      readonly reason?: string;
    };

/** Whether what could not be read might concern any image: then nothing is done that takes away. */
export function holdsEverything(reading: SourceReading): boolean {
  return reading.status === 'unreadable' && reading.only === undefined;
}

/** The sources that could not be read and that hold everything: any of them could name any image. */
export function unreadForAll(sources: readonly SourceReading[]): string[] {
  return sources.filter(holdsEverything).map(({ name }) => name);
}

/** A reference that leads nowhere (a template, a version or a parameter that is gone); reported, and in nobody's way. */
export interface DanglingReference {
  /** What is gone: `launch template lt-0abc version 3`. */
  readonly missing: string;
  /** Who names it. */
  readonly namedBy: readonly string[];
}

/** Everything that the sources said. */
export interface References {
  readonly images: ReadonlyMap<ImageId, readonly Reference[]>;
  readonly snapshots: ReadonlyMap<SnapshotId, readonly Reference[]>;
  readonly dangling: readonly DanglingReference[];
  readonly sources: readonly SourceReading[];
  /** The policy's globs that matched nothing here, each as `unmatchedGlob` says it; only where other targets may match them. */
  readonly unmatched?: readonly string[];
  /** The names of `references.lookups` that found nothing here, likewise. */
  readonly unmatchedLookups?: readonly string[];
}

/** A glob that matched nothing, and where the policy has it: `"/golden/*" of references.ssmParameters`. */
export function unmatchedGlob(pattern: string, key: string): string {
  return `"${pattern}" of references.${key}`;
}

/** Why globs that match nothing keep every image: a misspelled one would protect nothing. */
export function whyUnmatched(globs: readonly string[], where: string): string {
  return `nothing ${where} matches ${globs.join(' and ')}; correct it, or say { name: …, mayBeEmpty: true }`;
}

/** Why lookups that find nothing keep every image: a misspelled one would protect nothing. */
export function whyLookupsAreUnmatched(names: readonly string[], where: string): string {
  const lookups = names.map((name) => `"${name}"`).join(', ');
  return `no image ${where} is found by ${lookups} of references.lookups; correct it, or say mayBeEmpty: true`;
}
