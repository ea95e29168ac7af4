import type { ImageId } from './ids.ts';
import type { Reading } from './reference.ts';

/*
 * What AWS's own lifecycle services do in an account and Region.
 */

/** An enabled Image Builder lifecycle policy, and the account's images here that it acts on by ages and counts of its own. */
export interface ImageBuilderPolicy {
  readonly arn: string;
  readonly name: string;
  /** What it does to any of them, in AWS's words: `DEPRECATE`, `DISABLE`, `DELETE`. */
  readonly actions: readonly string[];
  readonly imageIds: readonly ImageId[];
}

/** Image Builder's enabled policies that do anything to images, or why they could not be read. */
export type ImageBuilderPolicies = Reading<{ readonly policies: readonly ImageBuilderPolicy[] }>;

/**
 * Of each Data Lifecycle Manager policy that made something here AWS's word for its state (`ENABLED`, `DISABLED`,
 * `ERROR`), or `gone`; or why that could not be read.
 */
export type DlmPolicies = Reading<{ readonly states: ReadonlyMap<string, string> }>;
