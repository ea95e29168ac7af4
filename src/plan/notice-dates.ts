import type { Announced } from '../model/journal.ts';
import type { Step } from '../model/policy.ts';
import type { PlannedStep, PlannedSteps } from '../policy/decision/lifecycle.ts';

/** The days on which an image's steps come; one that is absent does not. */
export interface Dates {
  /** Where the deprecation is announced with a notice of its own, since it blocks launches elsewhere. */
  readonly deprecateAt?: Date;
  readonly disableAt?: Date;
  readonly archiveAt?: Date;
  readonly deregisterAt?: Date;
}

/** When a step comes if its owner is notified now and the image deprecated then, and not before what was promised. */
export function onceDeprecated(
  step: Step | undefined,
  promised: Date | 'none' | undefined,
  { now, deprecateAt }: { readonly now: number; readonly deprecateAt: number },
): number {
  if (step === undefined) return Infinity;
  const from = promised instanceof Date ? promised.getTime() : 0;
  return Math.max(deprecateAt + step.after.milliseconds, now + step.notice.milliseconds, from);
}

export function timesOf({ disable, archive, deregister }: PlannedSteps, timeOf: (step: PlannedStep) => number) {
  return { disable: timeOf(disable), archive: timeOf(archive), deregister: timeOf(deregister) };
}

/** When a step comes if its owner is notified now; infinity where there is no such step. */
export function onceNotified({ waitEnd, noticeMilliseconds }: PlannedStep, now: number): number {
  return Math.max(waitEnd, now + noticeMilliseconds);
}

/** Whether no step is to come of which the owner was told that it will not, or of whose day nothing was said. */
export function isPromised(dates: Dates, promised: Announced): boolean {
  const { deprecateAt, disableAt, archiveAt, deregisterAt } = dates;
  const { deprecateFrom, disableFrom, archiveFrom = 'none', deregisterFrom } = promised;
  if ((deprecateAt && deprecateFrom === undefined) || (archiveAt && archiveFrom === 'none')) return false;
  return !(disableAt && disableFrom === 'none') && !(deregisterAt && deregisterFrom === 'none');
}

/** The dates that people read: disabling and archiving are given where they come first, and nothing that is past. */
export function datesOf({ disable, archive, deregister }: ReturnType<typeof timesOf>, now: number): Dates {
  const date = (at: number) => new Date(Math.max(at, now));
  return {
    ...(disable < deregister && { disableAt: date(disable) }),
    ...(archive < deregister && { archiveAt: date(archive) }),
    ...(deregister < Infinity && { deregisterAt: date(deregister) }),
  };
}
