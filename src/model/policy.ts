import type { ReferenceSettings } from './reference-settings.ts';

/** A policy after parsing: durations in milliseconds, defaults filled in, globs still as text. */

/** A glob on a tag key, and one on its value. */
interface TagPattern {
  readonly key: string;
  readonly value: string;
}

/** A tag that must be there with one of some values (globs), or (`absent`) that must not. */
export interface TagCondition {
  readonly key: string;
  readonly value: readonly string[] | { readonly absent: true };
}

/** A duration as it was written and in milliseconds. */
export interface Duration {
  readonly text: string;
  readonly milliseconds: number;
}

/** What every image has and a selector has globs for. */
export const IMAGE_TEXTS = ['name', 'description', 'architecture', 'platform', 'rootDeviceType', 'state'] as const;

/** What an image must be for a rule to own it; all conditions that are given must hold. */
export interface Selector extends Readonly<Partial<Record<(typeof IMAGE_TEXTS)[number], readonly string[]>>> {
  readonly tags: readonly TagCondition[];
  /** Globs of the ids of the images that they were copied or made from. */
  readonly sourceImage?: readonly string[];
  /** The worst findings of Amazon Inspector's, in AWS's own words. */
  readonly severity?: readonly string[];
  /** Globs of watermarks' keys. */
  readonly watermark?: readonly string[];
  readonly olderThan?: Duration;
  readonly youngerThan?: Duration;
  /** Account ids and Regions in which the rule selects anything at all. */
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
  /** What all of these conditions describe is not selected. */
  readonly not?: Selector;
}

/** One part of a group's key. */
export type GroupKey =
  | { readonly kind: 'tag'; readonly key: string }
  | { readonly kind: 'architecture' }
  /** A name pattern; what its `{…}` part matches is the key: `webapp-{*}-20??????`. */
  | { readonly kind: 'name'; readonly pattern: string };

/** Any one of these keeps an image. */
interface Keep {
  /** So many of the newest of each group, and of these only what is younger. */
  readonly newest?: { readonly count: number; readonly youngerThan?: Duration };
  readonly youngerThan?: Duration;
  readonly launchedWithin?: Duration;
  readonly copiesOfKept: boolean;
  readonly ancestorsOfKept: boolean;
}

/** A step some time after the deprecation. */
export interface Step {
  readonly after: Duration;
  /** How long before that the owner must have been notified, where the policy has a notify section. */
  readonly notice: Duration;
}

interface RuleBase {
  readonly name: string;
  readonly select: Selector;
  /** False: the rule only reports, it never acts. */
  readonly deprecate: boolean;
  /** Absent: images of this rule are never disabled. */
  readonly disable?: Step;
  /** Absent: the snapshots of its disabled images are never archived. */
  readonly archive?: Step;
  /** Absent: images of this rule are never deregistered. */
  readonly deregister?: Step;
  readonly snapshots: 'delete' | 'keep';
  /** True: public images of this rule may be deprecated and deregistered like others. */
  readonly public?: true;
}

/** Keeps by count, age and use. */
export interface RetentionRule extends RuleBase {
  readonly kind: 'retention';
  readonly groupBy: readonly GroupKey[];
  readonly keep: Keep;
}

/** Keeps until what a tag says: a date, or an age that the image reaches. */
export interface ExpiryRule extends RuleBase {
  readonly kind: 'expiry';
  readonly expireTag: string;
  readonly expireAs: 'date' | 'age';
}

/** Keeps everything that it owns. */
interface PermanentRule extends RuleBase {
  readonly kind: 'permanent';
}

export type Rule = RetentionRule | ExpiryRule | PermanentRule;

/** The first step after the deprecation that takes something away. */
export function firstStep({ disable, deregister }: Pick<Rule, 'disable' | 'deregister'>): Step | undefined {
  return disable ?? deregister;
}

/** Where Slack's credentials lie; never the credentials themselves. */
interface SlackSettings {
  readonly token?: string;
  readonly webhook?: string;
  /** Where the platform's people are notified, and owners that nobody knows. */
  readonly channel?: string;
  /** Of the app whose buttons stand under the messages; absent: no buttons. */
  readonly signingSecret?: string;
}

/** The accounts and Regions that a run over an organization goes through. */
export interface TargetSettings {
  readonly accounts: readonly string[];
  /** Ids of organizational units and roots: every account below them, however deep. */
  readonly organizationalUnits: readonly string[];
  /** Accounts that are left out whatever else names them. */
  readonly except: readonly string[];
  /** Region names; `enabled`: every one that is enabled in the account; absent: those that the deployment names. */
  readonly regions?: readonly string[] | 'enabled';
}

/** Who is notified, how, and when. */
export interface NotifySettings {
  readonly slack?: SlackSettings;
  readonly sns?: { readonly topicArn: string };
  /** How long before an image goes its owner is reminded. */
  readonly remindBefore: Duration;
  /** Whether owners hear of a dry run too; the platform's people always do. */
  readonly tellOwnersOnDryRun: boolean;
}

export interface Policy {
  readonly version: 1;
  /** What stays whatever the rules say; any entry protects. */
  readonly protect: {
    readonly tags: readonly TagPattern[];
    readonly images: readonly string[];
    /** Globs of image names. */
    readonly names: readonly string[];
    /** Everything in these accounts and Regions. */
    readonly accounts: readonly string[];
    readonly regions: readonly string[];
    /** Whether EC2's deregistration protection is on for what something references. */
    readonly inUse: boolean;
  };
  readonly references: ReferenceSettings;
  /** Absent: this account alone. */
  readonly targets?: TargetSettings;
  /** Images of others that are shared with an account; absent: they are not read. */
  readonly sharedWithAccount?: { readonly cancelUnusedAfter: Duration };
  readonly rules: readonly Rule[];
  /** Absent: orphaned snapshots are reported only. */
  readonly orphanSnapshots?: { readonly deleteAfter: Duration };
  /** Whether what is removed must be recoverable: `recycle-bin` removes only what a retention rule covers. */
  readonly undo: 'recycle-bin' | 'none';
  /** `stopAbovePercent` of all images, for each pass. */
  readonly limits: { readonly perRun: number; readonly stopAbovePercent: number };
  /** Absent: nobody is notified, and nothing waits for it. */
  readonly notify?: NotifySettings;
  readonly owners: {
    readonly tag: string;
    readonly fallback?: string;
    readonly aliases: Readonly<Record<string, string>>;
    /** Who may keep any image from Slack: user ids, mail addresses, channels, user groups. */
    readonly platformGroup: readonly string[];
  };
}

/** A policy's rules by name; an image that no rule owns has no name to ask for, and finds none. */
export type RulesByName = ReadonlyMap<string | undefined, Rule>;

/** Makes them findable. */
export function rulesByName({ rules }: Pick<Policy, 'rules'>): RulesByName {
  return new Map(rules.map((rule) => [rule.name, rule]));
}
