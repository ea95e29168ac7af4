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

const BUILD_ARN = /^arn:aws[a-z-]*:imagebuilder:[a-z0-9-]+:\d{12}:image\/[a-z0-9_-]+\/\d+\.\d+\.\d+\/\d+$/;

/** Whether a text is the ARN of a build, and nothing that a shell would take for more. */
export function isBuildArn(text: string): boolean {
  return BUILD_ARN.test(text);
}

/** An image resource of Image Builder's, one build, of which no AMI is left in any Region. */
export interface ImageBuilderLeftover {
  readonly arn: string;
  readonly builtAt: Date;
  readonly amis: readonly { readonly imageId: ImageId; readonly region: string }[];
}

/** Those of which it is known that all AMIs are gone, or why they could not be looked for. */
export type ImageBuilderLeftovers = Reading<{ readonly leftovers: readonly ImageBuilderLeftover[] }>;

/**
 * Of each Data Lifecycle Manager policy that made something here AWS's word for its state (`ENABLED`, `DISABLED`,
 * `ERROR`), or `gone`; or why that could not be read.
 */
export type DlmPolicies = Reading<{ readonly states: ReadonlyMap<string, string> }>;
