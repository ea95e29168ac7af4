import { readDate } from '../../model/dates.ts';
import type { Image } from '../../model/image.ts';
import type { Announced } from '../../model/journal.ts';
import type { Rule, Step } from '../../model/policy.ts';
import type { KeepReason, Unannounced } from '../../model/reasons.ts';
import { TAG } from '../../model/tags.ts';
import { elapsedDays, limitDays } from '../../text/days.ts';
import { type Announcement, lastPromise } from './announcement.ts';
import { type DeprecationMark, startOfWaits } from './deprecation-tag.ts';
import { tagValue } from './tag-match.ts';

/** One step that a deprecated image has before it, in milliseconds since 1970. */
export interface PlannedStep {
  /** When its rule's wait is over and nothing earlier was promised; infinity where its rule has no such step. */
  readonly waitEnd: number;
  /** When it is taken: the owner had the time of notice too. Infinity where only telling the owner can begin that. */
  readonly at: number;
  /** How long before it its owner must have been told. */
  readonly noticeMilliseconds: number;
  /** Why `at` lies after `waitEnd`, where it does. */
  readonly notice?: PendingNotice;
}

type PendingNotice =
  | { readonly kind: 'untold'; readonly because?: Unannounced }
  | { readonly kind: 'running'; readonly announcedAt: Date };

/** Both steps of an image, or what stands where the date that people were promised should. */
export type PlannedSteps =
  | { readonly disable: PlannedStep; readonly deregister: PlannedStep }
  | { readonly unreadable: string };

/** What the steps of an image are counted by. */
export interface Counted {
  readonly image: Image;
  readonly rule: Rule;
  readonly mark: Extract<DeprecationMark, { kind: 'deprecated' }>;
  readonly announcement: Announcement;
  /** Whether the policy tells owners. */
  readonly asksForNotice: boolean;
}

const NEVER: PlannedStep = { waitEnd: Infinity, at: Infinity, noticeMilliseconds: 0 };

/**
 * The steps after this tool's deprecation. Nothing comes before the date that the present owner was last told, and what
 * that owner was told will not come (`none`) waits until it is announced, even where the policy tells nobody any more.
 */
export function plannedSteps(counted: Counted): PlannedSteps {
  const { image, rule, announcement } = counted;
  const value = tagValue(image.tags, TAG.deregisterAfter);
  const tagged = value === undefined ? 0 : readDate(value)?.getTime();
  if (tagged === undefined) return { unreadable: value ?? '' };
  const promised = lastPromise(announcement);
  const disable = image.state === 'available' ? rule.disable : undefined;
  return {
    disable: disable ? planned(disable, promised?.disableFrom, 0, counted) : NEVER,
    deregister: rule.deregister ? planned(rule.deregister, promised?.deregisterFrom, tagged, counted) : NEVER,
  };
}

function planned(
  step: Step,
  promised: Announced['deregisterFrom'] | undefined,
  notBefore: number,
  { image, mark, announcement, asksForNotice }: Counted,
): PlannedStep {
  // Never before the deprecation is in force.
  const inForce = image.deprecationTime?.getTime() ?? 0;
  const kept = promised === undefined || promised === 'none' ? 0 : promised.getTime();
  const waitEnd = Math.max(startOfWaits(mark) + step.after.milliseconds, inForce, notBefore, kept);
  const noticeMilliseconds = step.notice.milliseconds;
  const plain: PlannedStep = { waitEnd, at: waitEnd, noticeMilliseconds };
  if (announcement.kind === 'told' && promised !== 'none') {
    const announcedAt = announcement.announced.at;
    const noticeEnd = announcedAt.getTime() + noticeMilliseconds;
    if (!asksForNotice || noticeEnd <= waitEnd) return plain;
    return { ...plain, at: noticeEnd, notice: { kind: 'running', announcedAt } };
  }
  if (promised !== 'none' && !asksForNotice) return plain;
  const because = announcement.kind === 'told' ? 'not-promised' : announcement.because;
  return { ...plain, at: Infinity, notice: { kind: 'untold', ...(because && { because }) } };
}

/** Why a step whose wait is over is not taken yet, for the owner's sake. */
export function noticeReason({ notice, noticeMilliseconds }: PlannedStep, at: number): KeepReason | undefined {
  if (notice === undefined) return undefined;
  const ofDays = limitDays(noticeMilliseconds);
  if (notice.kind === 'untold')
    return { code: 'not-announced', noticeDays: ofDays, ...(notice.because && { because: notice.because }) };
  const elapsed = Math.max(0, at - notice.announcedAt.getTime());
  return {
    code: 'notice-running',
    announcedAt: notice.announcedAt,
    days: elapsedDays(elapsed, noticeMilliseconds),
    ofDays,
  };
}
