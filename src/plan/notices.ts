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
import { DAY } from '../text/dates.ts';

/**
 * An image whose owner is to be notified now, and what will become of it if nobody objects. The dates are what the owner is
 * promised: whoever delivers them records them (`announcedBy`). A date that is absent means that none is planned.
 */
export interface DueNotice {
  readonly decision: Decision;
  readonly deprecated: boolean;
  readonly disableAt?: Date;
  readonly deregisterAt?: Date;
  readonly isReminder: boolean;
}

/** Notified of a deprecation that has not come since, owners are notified again after so long. */
const REPEATED_AFTER = 30 * DAY;
/** An announcement and its reminder never come in the same run or right after each other. */
const BETWEEN_NOTICES = DAY / 2;

/**
 * Whose owners are to be notified: of an image that the next run deprecates, of one that is deprecated and was not announced
 * since to its present owner, of a step that was not promised, and once more when one goes soon. Nothing new, nobody is
 * notified.
 */
export function dueNotices(plan: Plan, policy: Policy): DueNotice[] {
  const { notify } = policy;
  if (notify === undefined) return [];
  const rules = rulesByName(policy);
  const actedOn = new Set(plan.passes.flatMap(({ actions }) => actions.map(({ imageId }) => imageId)));
  return plan.decisions.flatMap((decision) => {
    const rule = rules.get(decision.rule);
    if (rule === undefined) return [];
    const context = { plan, decision, rule, ownerTag: policy.owners.tag, now: plan.at.getTime() };
    if (decision.decision === 'deprecate') return actedOn.has(decision.image.imageId) ? beforeDeprecation(context) : [];
    return isOnItsWay(decision) ? afterDeprecation(context, notify) : [];
  });
}

/** Deprecated and due, with nothing against its next step but time, notice or a limit. */
function isOnItsWay(decision: Decision): boolean {
  if (decision.decision === 'keep') return decision.nextStep !== undefined;
  return decision.decision === 'disable' || decision.decision === 'deregister';
}

/**
 * What is recorded once a notice was certainly delivered: the dates that it gave, and to whom. A reminder moves the
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

/** What a notice of one image rests on. */
interface NoticeContext {
  readonly plan: Plan;
  readonly decision: Decision;
  readonly rule: Rule;
  readonly ownerTag: string;
  readonly now: number;
}

function announcementFor({ plan, decision, ownerTag }: NoticeContext, mark: DeprecationMark): Announcement {
  return announcementOf({ image: decision.image, journal: plan.journal, ownerTag, mark });
}

function beforeDeprecation(context: NoticeContext): DueNotice[] {
  const { decision, rule, now } = context;
  const announcement = announcementFor(context, { kind: 'none' });
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
  const notifiedAt =
    announcement.kind === 'counts' ? announcement.announced.at.getTime() : notifiedByTag(context, undefined);
  const isNotified = notifiedAt !== undefined && now - notifiedAt < REPEATED_AFTER;
  if (isNotified && (promised === undefined || isPromised(dates, promised))) return [];
  return [{ decision, deprecated: false, ...dates, isReminder: false }];
}

function afterDeprecation(context: NoticeContext, notify: NotifySettings): DueNotice[] {
  const { plan, decision, rule, now } = context;
  const { image } = decision;
  const mark = deprecationMark(image, plan.journal, now);
  if (mark.kind !== 'deprecated') return [];
  const announcement = announcementFor(context, mark);
  const steps = plannedSteps({ image, rule, mark, announcement, asksForNotice: true });
  if ('unreadable' in steps) return [];
  const { disable, deregister } = steps;
  if (announcement.kind === 'counts' && !hasUnpromised(disable, deregister, now)) {
    if (!wantsReminder(announcement.announced, deregister.at, notify, now)) return [];
    return [{ decision, deprecated: true, ...datesOf(disable.at, deregister.at, now), isReminder: true }];
  }
  if (notifiedByTag(context, mark.launchedAt ?? new Date(mark.at.getTime() - DAY)) !== undefined) return [];
  const dates = datesOf(onceNotified(disable, now), onceNotified(deregister, now), now);
  return [{ decision, deprecated: true, ...dates, isReminder: false }];
}

/** When a step comes if its owner is notified now; infinity where there is no such step. */
function onceNotified({ waitEnd, noticeMilliseconds }: PlannedStep, now: number): number {
  return Math.max(waitEnd, now + noticeMilliseconds);
}

/** Whether the owner was told that a step will not come which now would. */
function hasUnpromised(disable: PlannedStep, deregister: PlannedStep, now: number): boolean {
  if (deregister.waitEnd < Infinity && deregister.at === Infinity) return true;
  return disable.waitEnd < Infinity && disable.at === Infinity && onceNotified(disable, now) < deregister.at;
}

/** Whether no step is to come of which the owner was told that it will not. */
function isPromised(dates: Pick<DueNotice, 'disableAt' | 'deregisterAt'>, promised: Announced): boolean {
  const missing = (date: Date | undefined, from: Date | 'none') => date !== undefined && from === 'none';
  return !missing(dates.disableAt, promised.disableFrom) && !missing(dates.deregisterAt, promised.deregisterFrom);
}

/** The dates that people read: disabling is given where it comes first, and nothing that is past. */
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
function notifiedByTag({ plan, decision, now }: NoticeContext, since: Date | undefined): number | undefined {
  if (plan.journal.status === 'read') return undefined;
  const notifiedAt = readDate(tagValue(decision.image.tags, TAG.announcedAt) ?? '')?.getTime();
  return notifiedAt === undefined || notifiedAt > now || notifiedAt < (since?.getTime() ?? 0) ? undefined : notifiedAt;
}

function wantsReminder(
  { at, remindedAt }: Announced,
  removal: number,
  { remindBefore }: NotifySettings,
  now: number,
): boolean {
  const notifiedAt = at.getTime();
  if (removal - now > remindBefore.milliseconds || now - notifiedAt < BETWEEN_NOTICES) return false;
  const reminded = remindedAt?.getTime();
  return reminded === undefined || reminded < notifiedAt || reminded > now;
}
