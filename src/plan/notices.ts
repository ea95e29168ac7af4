import { readDate } from '../model/dates.ts';
import type { Decision } from '../model/decision.ts';
import type { Announced } from '../model/journal.ts';
import type { Plan } from '../model/plan.ts';
import type { NotifySettings, Policy, Rule } from '../model/policy.ts';
import { rulesByName } from '../model/policy.ts';
import { TAG, tagValue } from '../model/tags.ts';
import { type Announcement, announcementOf, lastPromise } from '../policy/decision/announcement.ts';
import { type DeprecationMark, deprecationMark } from '../policy/decision/deprecation-tag.ts';
import { type PlannedStep, plannedSteps } from '../policy/decision/lifecycle.ts';
import { DAY } from '../text/days.ts';

/**
 * An image whose owner is to be told now, and what will become of it if nobody objects. The dates are what the owner is
 * promised: whoever tells them writes them down (`announcedBy`). A date that is absent means that none is planned.
 */
export interface DueNotice {
  readonly decision: Decision;
  readonly deprecated: boolean;
  readonly disableAt?: Date;
  readonly deregisterAt?: Date;
  readonly isReminder: boolean;
}

/** Told of a deprecation that has not come since, owners are told again after so long. */
const TOLD_OF_DEPRECATION = 30 * DAY;
/** An announcement and its reminder never come in the same run or right after each other. */
const BETWEEN_TELLINGS = DAY / 2;

/**
 * Whose owners are to be told: of an image that the next run deprecates, of one that is deprecated and was not announced
 * since to its present owner, of a step that was not promised, and once more when one goes soon. Nothing new, nobody is
 * told.
 */
export function dueNotices(plan: Plan, policy: Policy): DueNotice[] {
  const { notify } = policy;
  if (notify === undefined) return [];
  const rules = rulesByName(policy);
  const actedOn = new Set(plan.passes.flatMap(({ actions }) => actions.map(({ imageId }) => imageId)));
  return plan.decisions.flatMap((decision) => {
    const rule = rules.get(decision.rule);
    if (rule === undefined) return [];
    const telling = { plan, decision, rule, ownerTag: policy.owners.tag, now: plan.at.getTime() };
    if (decision.decision === 'deprecate') return actedOn.has(decision.image.imageId) ? beforeDeprecation(telling) : [];
    return isOnItsWay(decision) ? afterDeprecation(telling, notify) : [];
  });
}

/** Deprecated and due, with nothing against its next step but time, notice or a limit. */
function isOnItsWay(decision: Decision): boolean {
  if (decision.decision === 'keep') return decision.nextStep !== undefined;
  return decision.decision === 'disable' || decision.decision === 'deregister';
}

/**
 * What is recorded once a notice was certainly delivered: the dates that it told, and to whom. A reminder moves the
 * dates that were promised, and not the time from which the notice counts.
 * @param before what was recorded of the image until now
 */
export function announcedBy(
  notice: { readonly owner?: string } & Pick<DueNotice, 'disableAt' | 'deregisterAt' | 'isReminder'>,
  at: Date,
  before: Announced | undefined,
): Announced {
  const { owner, disableAt = 'none', deregisterAt = 'none' } = notice;
  const isReminder = notice.isReminder && before !== undefined;
  return {
    at: isReminder ? before.at : at,
    ...(owner !== undefined && { owner }),
    deregisterFrom: deregisterAt,
    disableFrom: disableAt,
    ...(isReminder && { remindedAt: at }),
  };
}

/** What is told of one image. */
interface Telling {
  readonly plan: Plan;
  readonly decision: Decision;
  readonly rule: Rule;
  readonly ownerTag: string;
  readonly now: number;
}

function announcementFor({ plan, decision, ownerTag }: Telling, mark: DeprecationMark): Announcement {
  return announcementOf({ image: decision.image, journal: plan.journal, ownerTag, mark });
}

function beforeDeprecation(telling: Telling): DueNotice[] {
  const { decision, rule, now } = telling;
  const announcement = announcementFor(telling, { kind: 'none' });
  const promised = lastPromise(announcement);
  const [disableAt, deregisterAt] = [
    { step: rule.disable, from: promised?.disableFrom },
    { step: rule.deregister, from: promised?.deregisterFrom },
  ].map(({ step, from }) =>
    step === undefined
      ? Infinity
      : Math.max(now + Math.max(step.after.milliseconds, step.notice.milliseconds), timeOf(from)),
  );
  const dates = datesOf(disableAt, deregisterAt, now);
  const told = announcement.kind === 'told' ? announcement.announced.at.getTime() : toldByTag(telling, undefined);
  const isTold = told !== undefined && now - told < TOLD_OF_DEPRECATION;
  if (isTold && (promised === undefined || isPromised(dates, promised))) return [];
  return [{ decision, deprecated: false, ...dates, isReminder: false }];
}

function afterDeprecation(telling: Telling, notify: NotifySettings): DueNotice[] {
  const { plan, decision, rule, now } = telling;
  const { image } = decision;
  const mark = deprecationMark(image, plan.journal, now);
  if (mark.kind !== 'deprecated') return [];
  const announcement = announcementFor(telling, mark);
  const steps = plannedSteps({ image, rule, mark, announcement, asksForNotice: true });
  if ('unreadable' in steps) return [];
  const { disable, deregister } = steps;
  if (announcement.kind === 'told' && !hasUnpromised(disable, deregister, now)) {
    if (!wantsReminder(announcement.announced, deregister.at, notify, now)) return [];
    return [{ decision, deprecated: true, ...datesOf(disable.at, deregister.at, now), isReminder: true }];
  }
  if (toldByTag(telling, mark.launchedAt ?? new Date(mark.at.getTime() - DAY)) !== undefined) return [];
  const dates = datesOf(onceTold(disable, now), onceTold(deregister, now), now);
  return [{ decision, deprecated: true, ...dates, isReminder: false }];
}

/** When a step comes if its owner is told now; infinity where there is no such step. */
function onceTold({ waitEnd, noticeMilliseconds }: PlannedStep, now: number): number {
  return Math.max(waitEnd, now + noticeMilliseconds);
}

/** Whether the owner was told that a step will not come which now would. */
function hasUnpromised(disable: PlannedStep, deregister: PlannedStep, now: number): boolean {
  if (deregister.waitEnd < Infinity && deregister.at === Infinity) return true;
  return disable.waitEnd < Infinity && disable.at === Infinity && onceTold(disable, now) < deregister.at;
}

/** Whether no step is to come of which the owner was told that it will not. */
function isPromised(dates: Pick<DueNotice, 'disableAt' | 'deregisterAt'>, promised: Announced): boolean {
  const missing = (date: Date | undefined, from: Date | 'none') => date !== undefined && from === 'none';
  return !missing(dates.disableAt, promised.disableFrom) && !missing(dates.deregisterAt, promised.deregisterFrom);
}

/** The dates that people read: disabling is told where it comes first, and nothing that is past. */
function datesOf(
  disableAt = Infinity,
  deregisterAt = Infinity,
  now: number,
): Pick<DueNotice, 'disableAt' | 'deregisterAt'> {
  return {
    ...(disableAt < deregisterAt && { disableAt: new Date(Math.max(disableAt, now)) }),
    ...(deregisterAt < Infinity && { deregisterAt: new Date(Math.max(deregisterAt, now)) }),
  };
}

function timeOf(from: Date | 'none' | undefined): number {
  return from === undefined || from === 'none' ? 0 : from.getTime();
}

/** Where no journal is kept, the tag proves nothing, and still saves people from hearing the same every day. */
function toldByTag({ plan, decision, now }: Telling, since: Date | undefined): number | undefined {
  if (plan.journal.status === 'read') return undefined;
  const told = readDate(tagValue(decision.image.tags, TAG.announcedAt) ?? '')?.getTime();
  return told === undefined || told > now || told < (since?.getTime() ?? 0) ? undefined : told;
}

function wantsReminder(
  { at, remindedAt }: Announced,
  removal: number,
  { remindBefore }: NotifySettings,
  now: number,
): boolean {
  const told = at.getTime();
  if (removal - now > remindBefore.milliseconds || now - told < BETWEEN_TELLINGS) return false;
  const reminded = remindedAt?.getTime();
  return reminded === undefined || reminded < told || reminded > now;
}
