import { readDate } from '../../model/dates.ts';
import type { Decision, Next } from '../../model/decision.ts';
import type { Image } from '../../model/image.ts';
import type { Announced } from '../../model/journal.ts';
import { firstStep, type Rule, type Step } from '../../model/policy.ts';
import type { DueReason, KeepReason, Waited } from '../../model/reasons.ts';
import { TAG, tagValue } from '../../model/tags.ts';
import { DAY, elapsedDays, limitDays } from '../../text/format.ts';
import { type Announcement, type DeprecationMark, lastPromise, startOfWaits } from './proof.ts';

/** What is next in the life of an image that is due: an act now, or why nothing is done yet. */
export type DueStep =
  | { readonly act: 'deprecate' | 'disable' | 'deregister'; readonly reasons: readonly DueReason[] }
  | {
      readonly act: 'archive';
      readonly reasons: readonly DueReason[];
      /** The step where there is nothing to archive. */
      readonly otherwise: Staying;
      readonly deregisterAt?: Date;
    }
  | Staying;

interface Staying {
  readonly stay: KeepReason;
  readonly nextStep?: Extract<Decision, { decision: 'keep' }>['nextStep'];
  readonly next?: Next;
}

interface Life<Mark = DeprecationMark> {
  readonly image: Image;
  readonly rule: Rule;
  readonly mark: Mark;
  readonly announcement: Announcement;
  /** Whether all of its snapshots lie in the archive, or it has none. */
  readonly isArchived: boolean;
  /** Whether the policy notifies owners, so that an image is disabled or goes only after its owner was notified in time. */
  readonly asksForNotice: boolean;
}

type Deprecated = Extract<DeprecationMark, { kind: 'deprecated' }>;

/** One step that a deprecated image has before it, in milliseconds since 1970. */
export interface PlannedStep {
  /** When its rule's wait is over and nothing earlier was promised; infinity where its rule has no such step. */
  readonly waitEnd: number;
  /** When it is taken: the owner had the time of notice too. Infinity where only notifying the owner can begin that. */
  readonly at: number;
  /** How long before it its owner must have been notified. */
  readonly noticeMilliseconds: number;
  /** Why `at` lies after `waitEnd`, where it does. */
  readonly pending?: KeepReason;
}

const WEEK = 7 * DAY;
export interface PlannedSteps {
  readonly disable: PlannedStep;
  readonly archive: PlannedStep;
  readonly deregister: PlannedStep;
}

const NEVER: PlannedStep = { waitEnd: Infinity, at: Infinity, noticeMilliseconds: 0 };

/**
 * The step of a due image at a time: deprecate first, then what its rule asks for after that.
 * @param isBlocked whether deprecating it blocks launches elsewhere: its owner is told before, as before disabling
 */
export function dueStep({ mark, isBlocked, ...life }: Life & { readonly isBlocked: boolean }, at: number): DueStep {
  if (mark.kind === 'unreadable') return { stay: { code: 'deprecated-at-unreadable', value: mark.value } };
  if (mark.kind === 'no-record') return { stay: { code: 'no-record' } };
  if (mark.kind === 'deprecated') return laterStep({ ...life, mark }, at);
  const pending = pendingDeprecation({ ...life, asksForNotice: life.asksForNotice && isBlocked }, at);
  if (pending) return pending;
  const { deprecationTime } = life.image;
  const byOther = deprecationTime !== undefined && deprecationTime.getTime() <= at;
  return { act: 'deprecate', reasons: byOther ? [{ code: 'deprecated-by-other', deprecationTime }] : [] };
}

/** How long before a deprecation that blocks launches elsewhere its owner must have been notified, in milliseconds. */
export function deprecationNotice(rule: Rule): number {
  return firstStep(rule)?.notice.milliseconds ?? WEEK;
}

/** Why a deprecation waits: for its owner's notice where that is asked for, and for the date that was promised. */
function pendingDeprecation(
  { rule, announcement, asksForNotice }: Omit<Life, 'mark'>,
  at: number,
): DueStep | undefined {
  const noticeMilliseconds = deprecationNotice(rule);
  const told = lastPromise(announcement);
  const promised = told?.deprecateFrom?.getTime() ?? 0;
  if (asksForNotice && (!announcement.counts || promised === 0)) {
    const because = announcement.counts ? 'not-promised' : announcement.because;
    const noticeDays = limitDays(noticeMilliseconds);
    return { stay: { code: 'not-announced', noticeDays, ...(because && { because }) }, nextStep: 'deprecate' };
  }
  if (told === undefined) return undefined;
  const announcedAt = told.at;
  const from = Math.max(promised, asksForNotice ? announcedAt.getTime() + noticeMilliseconds : 0);
  if (at >= from) return undefined;
  const wait = from - announcedAt.getTime();
  const days = elapsedDays(Math.max(0, at - announcedAt.getTime()), wait);
  const stay: KeepReason = { code: 'notice-running', announcedAt, days, ofDays: limitDays(wait) };
  return { stay, nextStep: 'deprecate', next: { decision: 'deprecate', at: new Date(from) } };
}

function laterStep(life: Life<Deprecated>, at: number): DueStep {
  const { mark } = life;
  const steps = plannedSteps(life, at);
  if ('unreadable' in steps) return { stay: { code: 'deregister-after-unreadable', value: steps.unreadable } };
  const { disable, archive, deregister } = steps;
  const act = at >= deregister.at ? 'deregister' : at >= disable.at ? 'disable' : undefined;
  if (act) return { act, reasons: [{ code: 'deprecated-for', ...waited(mark, steps[act].waitEnd, at) }] };
  if (life.image.state === 'disabled' && at >= archive.at) {
    const { waitEnd } = deregister;
    return {
      act: 'archive',
      reasons: [{ code: 'deprecated-for', ...waited(mark, archive.waitEnd, at) }],
      otherwise: staying(life, { ...steps, archive: NEVER }, at),
      ...(waitEnd < Infinity && { deregisterAt: new Date(waitEnd) }),
    };
  }
  return staying(life, steps, at);
}

/** What an image waits for that no step is taken on. */
function staying({ image, mark }: Life<Deprecated>, steps: PlannedSteps, at: number): Staying {
  // Nothing is archived before it is disabled, so that this is the next step until then.
  const first = image.state === 'disabled' ? 'archive' : 'disable';
  const [before, { deregister }] = [steps[first], steps];
  const isFirst = before.at === deregister.at ? before.waitEnd < deregister.waitEnd : before.at < deregister.at;
  const nextStep = isFirst ? first : 'deregister';
  const step = steps[nextStep];
  if (step.waitEnd === Infinity) return { stay: { code: 'nothing-further' }, nextStep: 'none' };
  const pending = at < step.waitEnd ? undefined : step.pending;
  const stay = pending ?? { code: 'waiting', ...waited(mark, step.waitEnd, at) };
  return { stay, nextStep, ...(step.at < Infinity && { next: { decision: nextStep, at: new Date(step.at) } }) };
}

function waited(mark: Deprecated, waitEnd: number, at: number): Waited {
  const start = startOfWaits(mark);
  return {
    deprecatedAt: mark.at,
    ...(mark.launchedAt && { launchedAt: mark.launchedAt }),
    days: elapsedDays(Math.max(0, at - start), waitEnd - start),
    ofDays: limitDays(waitEnd - start),
  };
}

/**
 * The steps after this tool's deprecation, or what stands where the date that people were promised should. Nothing comes
 * before the date that the present owner was last promised, and what that owner was told will not come (`none`) waits until
 * it is announced, even where the policy notifies nobody any more.
 */
export function plannedSteps(life: Life<Deprecated>, now: number): PlannedSteps | { readonly unreadable: string } {
  const { image, rule, announcement, isArchived } = life;
  const value = tagValue(image.tags, TAG.deregisterAfter);
  const tagged = value === undefined ? undefined : readDate(value);
  if (value !== undefined && tagged === undefined) return { unreadable: value };
  const promised = lastPromise(announcement);
  const disable = image.state === 'available' ? rule.disable : undefined;
  return {
    disable: planned(disable, promised?.disableFrom, 0, life, now),
    // Announcements of earlier versions say nothing of it: it was not promised.
    archive: planned(isArchived ? undefined : rule.archive, promised && (promised.archiveFrom ?? 'none'), 0, life, now),
    deregister: planned(rule.deregister, promised?.deregisterFrom, tagged?.getTime() ?? 0, life, now),
  };
}

function planned(
  step: Step | undefined,
  promised: Announced['deregisterFrom'] | undefined,
  notBefore: number,
  { image, mark, announcement, asksForNotice }: Life<Deprecated>,
  now: number,
): PlannedStep {
  if (step === undefined) return NEVER;
  // Never before the deprecation is in force.
  const inForce = image.deprecationTime?.getTime() ?? 0;
  const kept = promised === undefined || promised === 'none' ? 0 : promised.getTime();
  const waitEnd = Math.max(startOfWaits(mark) + step.after.milliseconds, inForce, notBefore, kept);
  const noticeMilliseconds = step.notice.milliseconds;
  const plain: PlannedStep = { waitEnd, at: waitEnd, noticeMilliseconds };
  const ofDays = limitDays(noticeMilliseconds);
  if (announcement.counts && promised !== 'none') {
    const announcedAt = announcement.announced.at;
    const noticeEnd = announcedAt.getTime() + noticeMilliseconds;
    if (!asksForNotice || noticeEnd <= waitEnd) return plain;
    const days = elapsedDays(Math.max(0, now - announcedAt.getTime()), noticeMilliseconds);
    return { ...plain, at: noticeEnd, pending: { code: 'notice-running', announcedAt, days, ofDays } };
  }
  if (promised !== 'none' && !asksForNotice) return plain;
  const because = announcement.counts ? 'not-promised' : announcement.because;
  const pending: KeepReason = { code: 'not-announced', noticeDays: ofDays, ...(because && { because }) };
  return { ...plain, at: Infinity, pending };
}
