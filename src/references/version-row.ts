import type { BlockDeviceMapping } from './image-value.ts';

/** What counts of one version of a launch template. */
export interface VersionRow {
  readonly templateId: string;
  readonly templateName: string;
  readonly version: number;
  readonly isDefault: boolean;
  readonly imageValue: string | undefined;
  readonly blockDevices: readonly BlockDeviceMapping[];
}

/** A version that counts as use, and who names it. */
export interface CountedVersion extends VersionRow {
  readonly isLatest: boolean;
  readonly namedBy: readonly string[];
}

/** A version that something names. `version` is NaN where AWS would not take the text for one either. */
export interface NamedVersion {
  /** The template's id, or its name where no template of that name was listed. */
  readonly template: { readonly id: string } | { readonly name: string };
  readonly version: number;
  readonly text: string;
  readonly namedBy: readonly string[];
  /** Only what was launched once names it, so that its absence is nobody's fault. */
  readonly past: boolean;
}

/** Versions still to be read of one template: those of some numbers, or every one after a number. */
export type MissingVersions = { readonly template: NamedVersion['template'] } & (
  | { readonly numbers: readonly number[] }
  | { readonly after: number }
);
