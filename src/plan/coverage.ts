import type { Account, RecyclableKind, RetentionRule, RetentionRulesReading, RuleTag } from '../model/account.ts';
import type { SnapshotId } from '../model/ids.ts';
import type { Image, Snapshot, Tags } from '../model/image.ts';
import type { Uncovered } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import { TAG } from '../model/tags.ts';

/** An image or a snapshot as far as the Recycle Bin's rules regard it. */
export interface Recyclable {
  readonly kind: RecyclableKind;
  readonly resourceId: string;
  readonly tags: Tags;
  /** Of an image: the bin takes EBS-backed ones alone. */
  readonly rootDeviceType?: string;
}

/** What is written before a removal and differs from run to run: no rule is believed to match it. */
const WRITTEN_BEFORE: ReadonlySet<string> = new Set([TAG.deregisterRun, TAG.run, TAG.image, TAG.launchPermissions]);

/**
 * Why the Recycle Bin would not take a resource, or nothing where a rule covers it: by one of its tags, key and value
 * equal, or as a rule for the whole Region with no exclusion that the resource carries. In doubt it covers nothing.
 * @param reading the rules for its kind; absent where nobody asked
 */
export function coverageGap(resource: Recyclable, reading: RetentionRulesReading | undefined): Uncovered | undefined {
  const { kind, resourceId, rootDeviceType } = resource;
  const gap = (why: Uncovered['why'], rule?: RetentionRule): Uncovered => {
    return { kind, resourceId, why, ...(rule && { rule: rule.identifier }) };
  };
  if (rootDeviceType === 'instance-store') return gap('instance-store');
  if (reading?.status !== 'read') return gap('rules-unreadable');
  const tags: Tags = { ...resource.tags, [TAG.recycle]: 'true' };
  const rules = reading.rules.filter((rule) => rule.kind === kind && rule.retentionDays >= 1);
  const matching = rules.filter((rule) => selects(rule, tags));
  if (matching.some(({ status }) => status === 'available')) return undefined;
  if (matching[0]) return gap('rule-pending', matching[0]);
  const excluding = rules.find((rule) => rule.tags.length === 0);
  return excluding ? gap('excluded', excluding) : gap('no-rule');
}

function selects({ tags: ruleTags, excludeTags }: RetentionRule, tags: Tags): boolean {
  if (ruleTags.length > 0) return ruleTags.some((tag) => !WRITTEN_BEFORE.has(tag.key) && hasExactly(tags, tag));
  return !excludeTags.some((tag) => WRITTEN_BEFORE.has(tag.key) || hasAny(tags, tag));
}

/** AWS does not say what a rule's tag without a value matches: here, nothing. */
function hasExactly(tags: Tags, { key, value }: RuleTag): boolean {
  return value !== undefined && tags[key] === value;
}

/** An exclusion without a value is taken to exclude every value. */
function hasAny(tags: Tags, { key, value }: RuleTag): boolean {
  return Object.hasOwn(tags, key) && (value === undefined || tags[key] === value);
}

/** The kinds whose rules are still to be read before a removal can be undone; once they are, what none covers. */
export function undoFindings(removed: readonly Recyclable[], { retentionRules: rules }: Account, { undo }: Policy) {
  const asked = undo === 'none' ? [] : removed;
  const retentionRules = [...new Set(asked.map(({ kind }) => kind))].filter((kind) => !rules.has(kind));
  const covered = retentionRules.length > 0 ? [] : asked;
  return { retentionRules, uncovered: covered.flatMap((one) => coverageGap(one, rules.get(one.kind)) ?? []) };
}

export function recyclableImage({ imageId, tags, rootDeviceType }: Image): Recyclable {
  return { kind: 'image', resourceId: imageId, tags, rootDeviceType };
}

/** A snapshot that the inventory does not hold has no known tags. */
export function recyclableSnapshot(snapshotId: SnapshotId, snapshot: Snapshot | undefined): Recyclable {
  return { kind: 'snapshot', resourceId: snapshotId, tags: snapshot?.tags ?? {} };
}
