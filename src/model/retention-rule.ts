/** What the Recycle Bin may hold of what this tool removes. */
export const RECYCLABLE = ['image', 'snapshot'] as const;
export type RecyclableKind = (typeof RECYCLABLE)[number];

/** A tag that a rule names; without a value its meaning is not documented. */
export interface RuleTag {
  readonly key: string;
  readonly value?: string;
}

/** A retention rule of the Recycle Bin, as `rbin:GetRule` returns it. */
export interface RetentionRule {
  readonly identifier: string;
  readonly kind: RecyclableKind;
  readonly retentionDays: number;
  /** `available` where the rule works; AWS takes up to half an hour for an account's first one (`pending`). */
  readonly status: string;
  /** Any one of them is enough; none: everything of its kind in the Region. */
  readonly tags: readonly RuleTag[];
  /** Of a rule without tags: what carries any of them is left out. */
  readonly excludeTags: readonly RuleTag[];
}

/** The rules for one kind, or why they could not be read. */
export type RetentionRulesReading =
  | { readonly status: 'read'; readonly rules: readonly RetentionRule[] }
  | { readonly status: 'unreadable'; readonly error: string };

/** The kinds of which a run removes no more, and why: what it removed first does not lie in the Recycle Bin. */
export type MissingFromBin = ReadonlyMap<RecyclableKind, string>;
