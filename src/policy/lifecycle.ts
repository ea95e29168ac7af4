import type { DueReason, KeepReason, Next } from '../model/decision.ts';
import type { Image } from '../model/image.ts';
import type { Duration, Rule } from '../model/policy.ts';
import { TAG } from '../model/tags.ts';
import { announcementOf, noticeEnd, noticeReason } from './announcement.ts';
import { readDate } from './dates.ts';
import type { DeprecationMark } from './marks.ts';
import { tagValue } from './tag-match.ts';
import { elapsedDays, limitDays } from './time.ts';

/** What is next in the life of an image that is due: an act now, or why nothing is done yet. */
export type Step =
  | { readonly act: 'deprecate' | 'disable' | 'deregister'; readonly reasons: readonly DueReason[] }
  | { readonly stay: KeepReason; readonly next?: Next };

/**
 * The step of a due image at a time: deprecate first, then what its rule asks for after that.
 * @param asksForNotice whether the policy tells owners, so that an image goes only after its owner was told in time
 */
export function dueStep(image: Image, rule: Rule, mark: DeprecationMark, at: number, asksForNotice: boolean): Step {
  if (mark.kind === 'unreadable') return { stay: { code: 'deprecated-at-unreadable', value: mark.value } };
  if (mark.kind !== 'deprecated') return deprecateStep(image, at);

  const times = stepTimes(image, rule, mark.at);
  if ('unreadable' in times) return { stay: { code: 'deregister-after-unreadable', value: times.unreadable } };
  const { disableAt, deregisterAt } = times;
  const notice = asksForNotice ? rule.deregister?.notice : undefined;
  const announcement = announcementOf(image, mark.at, at);
  // Without a notice asked for, it ended long ago; where nobody was told, no time can be named.
  const noticeAt = notice === undefined ? 0 : noticeEnd(announcement, notice);
  const removal = Math.max(deregisterAt, noticeAt);
  const next = removal === Infinity ? {} : { next: { decision: 'deregister' as const, at: new Date(removal) } };

  const heldBy = at < deregisterAt ? undefined : notice && noticeReason(announcement, notice, at);
  if (at >= deregisterAt && heldBy === undefined) return actNow('deregister', mark.at, deregisterAt, at);
  if (at >= disableAt) return actNow('disable', mark.at, disableAt, at);
  if (heldBy !== undefined) return { stay: heldBy, ...next };
  if (disableAt < deregisterAt) {
    return { ...wait(mark.at, disableAt, at), next: { decision: 'disable', at: new Date(disableAt) } };
  }
  return deregisterAt === Infinity
    ? { stay: { code: 'nothing-further' } }
    : { ...wait(mark.at, deregisterAt, at), ...next };
}

/** When a deprecated image is disabled and deregistered, by its rule alone; infinity where it never is. */
export interface StepTimes {
  readonly disableAt: number;
  readonly deregisterAt: number;
}

/** The date that people were promised, as it stands in the tag: it can't be read. */
interface UnreadablePromise {
  readonly unreadable: string;
}

/** The times of the steps after this tool's deprecation, where what people were promised can be read. */
export function stepTimes(image: Image, rule: Rule, deprecatedAt: Date): StepTimes | UnreadablePromise {
  const promise = promisedUntil(image);
  if (typeof promise !== 'number') return promise;
  return {
    disableAt: timeAfter(image, deprecatedAt, image.state === 'available' ? rule.disable?.after : undefined),
    deregisterAt: Math.max(timeAfter(image, deprecatedAt, rule.deregister?.after), promise),
  };
}

function deprecateStep({ deprecationTime }: Image, at: number): Step {
  const byOther = deprecationTime !== undefined && deprecationTime.getTime() <= at;
  return { act: 'deprecate', reasons: byOther ? [{ code: 'deprecated-by-other', deprecationTime }] : [] };
}

/** The time of a step: its delay after this tool's deprecation, and never before the deprecation is in force. */
function timeAfter(image: Image, deprecatedAt: Date, after: Duration | undefined): number {
  if (after === undefined) return Infinity;
  return Math.max(deprecatedAt.getTime() + after.milliseconds, image.deprecationTime?.getTime() ?? 0);
}

/** The date before which people were told that the image stays; a policy that was changed since can't shorten it. */
function promisedUntil(image: Image): number | UnreadablePromise {
  const value = tagValue(image.tags, TAG.deregisterAfter);
  return value === undefined ? 0 : (readDate(value)?.getTime() ?? { unreadable: value });
}

function actNow(act: 'disable' | 'deregister', deprecatedAt: Date, stepAt: number, at: number): Step {
  return { act, reasons: [{ code: 'deprecated-for', deprecatedAt, ...daysSince(deprecatedAt, stepAt, at) }] };
}

function wait(deprecatedAt: Date, stepAt: number, at: number): { readonly stay: KeepReason } {
  return { stay: { code: 'waiting', deprecatedAt, ...daysSince(deprecatedAt, stepAt, at) } };
}

function daysSince(deprecatedAt: Date, stepAt: number, at: number): { days: number; ofDays: number } {
  const start = deprecatedAt.getTime();
  return { days: elapsedDays(Math.max(0, at - start), stepAt - start), ofDays: limitDays(stepAt - start) };
}
