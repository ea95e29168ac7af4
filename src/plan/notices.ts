import { readDate } from '../model/dates.ts';
import type { Decision } from '../model/decision.ts';
import { archivedOf, type Image, liesInArchive } from '../model/image.ts';
import type { Announced, JournalReading } from '../model/journal.ts';
import type { Plan } from '../model/plan.ts';
import { type Duration, type NotifySettings, type Policy, type Rule, rulesByName } from '../model/policy.ts';
import { TAG, tagValue } from '../model/tags.ts';
import { deprecationNotice, type PlannedSteps, plannedSteps } from '../policy/decision/lifecycle.ts';
import { announcementOf, deprecationMark, lastPromise } from '../policy/decision/proof.ts';
import { DAY } from '../text/format.ts';
import { type Dates, datesOf, isPromised, onceDeprecated, onceNotified, timesOf } from './notice-dates.ts';

/**
 * An image whose owner is to be notified now, and what will become of it if nobody objects. The dates are what the owner is
 * promised: whoever delivers them records them (`announcedBy`). A date that is absent means that none is planned.
 */
export interface DueNotice extends Dates {
  readonly decision: Decision;
  readonly deprecated: boolean;
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
  const archived = archivedOf(plan.snapshots.flatMap(({ snapshot }) => snapshot ?? []));
  const actedOn = new Set(plan.passes.flatMap(({ actions }) => actions.map(({ imageId }) => imageId)));
  return plan.decisions.flatMap((decision) => {
    const rule = rules.get(decision.rule);
    if (rule === undefined) return [];
    const { image } = decision;
    const { journal, at } = plan;
    const isArchived = liesInArchive(image, archived);
    const context = { decision, image, journal, ownerTag: policy.owners.tag, rule, now: at.getTime(), isArchived };
    const step = nextStepOf(decision);
    if (step === undefined) return [];
    if (step !== 'deprecate') return afterDeprecation(context, notify);
    return decision.decision === 'keep' || actedOn.has(image.imageId) ? beforeDeprecation(context) : [];
  });
}

/** What an image comes to that is due, with nothing against it but time, notice or a limit. */
function nextStepOf(decision: Decision) {
  if (decision.decision === 'keep') return decision.nextStep;
  return decision.decision === 'reinstate' ? undefined : decision.decision;
}

/**
 * What is recorded once a notice was certainly delivered: the dates that it gave, and to whom. A reminder moves the
 * dates that were promised, and not the time from which the notice counts.
 * @param before what was recorded of the image until now
 */
export function announcedBy(
  notice: { readonly owner?: string } & Pick<DueNotice, keyof Dates | 'isReminder'>,
  at: Date,
  before: Announced | undefined,
): Announced {
  const { owner, deprecateAt, disableAt = 'none', archiveAt, deregisterAt = 'none' } = notice;
  const isReminder = notice.isReminder && before !== undefined;
  return {
    at: isReminder ? before.at : at,
    ...(owner !== undefined && { owner }),
    deregisterFrom: deregisterAt,
    disableFrom: disableAt,
    ...(deprecateAt && { deprecateFrom: deprecateAt }),
    ...(archiveAt && { archiveFrom: archiveAt }),
    ...(isReminder && { remindedAt: at }),
  };
}

interface NoticeContext {
  readonly decision: Decision;
  readonly image: Image;
  readonly journal: JournalReading;
  readonly ownerTag: string;
  readonly rule: Rule;
  readonly now: number;
  /** All of its snapshots lie in the archive, or it has none. */
  readonly isArchived: boolean;
}

function beforeDeprecation(context: NoticeContext): DueNotice[] {
  const { decision, rule, now } = context;
  const announcement = announcementOf(context);
  const promised = lastPromise(announcement);
  const isBlocked = decision.reasons.some(({ code }) => code === 'blocked-once-deprecated');
  const deprecateAt = Math.max(
    now + (isBlocked ? deprecationNotice(rule) : 0),
    promised?.deprecateFrom?.getTime() ?? 0,
  );
  const from = { now, deprecateAt };
  const dates = {
    ...datesOf(
      {
        disable: onceDeprecated(rule.disable, promised?.disableFrom, from),
        archive: context.isArchived ? Infinity : onceDeprecated(rule.archive, promised?.archiveFrom, from),
        deregister: onceDeprecated(rule.deregister, promised?.deregisterFrom, from),
      },
      now,
    ),
    ...(isBlocked && { deprecateAt: new Date(deprecateAt) }),
  };
  const notifiedAt = announcement.counts ? announcement.announced.at.getTime() : notifiedByTag(context, undefined);
  const isNotified = now - (notifiedAt ?? -Infinity) < REPEATED_AFTER;
  if (isNotified && (promised === undefined || isPromised(dates, promised))) return [];
  return [{ decision, deprecated: false, ...dates, isReminder: false }];
}

function afterDeprecation(context: NoticeContext, { remindBefore }: NotifySettings): DueNotice[] {
  const { decision, image, journal, rule, now, isArchived } = context;
  const mark = deprecationMark(image, journal, now);
  if (mark.kind !== 'deprecated') return [];
  const announcement = announcementOf({ ...context, mark });
  const steps = plannedSteps({ image, rule, mark, announcement, asksForNotice: true, isArchived }, now);
  if ('unreadable' in steps) return [];
  if (announcement.counts && !hasUnpromised(steps, now)) {
    if (!wantsReminder(announcement.announced, steps.deregister.at, remindBefore, now)) return [];
    return [
      {
        decision,
        deprecated: true,
        ...datesOf(
          timesOf(steps, ({ at }) => at),
          now,
        ),
        isReminder: true,
      },
    ];
  }
  if (notifiedByTag(context, mark.launchedAt ?? new Date(mark.at.getTime() - DAY)) !== undefined) return [];
  const dates = datesOf(
    timesOf(steps, (step) => onceNotified(step, now)),
    now,
  );
  return [{ decision, deprecated: true, ...dates, isReminder: false }];
}

/** Whether the owner was told that a step will not come which now would. */
function hasUnpromised({ disable, archive, deregister }: PlannedSteps, now: number): boolean {
  if (deregister.waitEnd < Infinity && deregister.at === Infinity) return true;
  return [disable, archive].some((step) => step.at === Infinity && onceNotified(step, now) < deregister.at);
}

/** Where no journal is kept, the tag proves nothing, and still saves people from hearing the same every day. */
function notifiedByTag({ image, journal, now }: NoticeContext, since: Date | undefined): number | undefined {
  if (journal.status === 'read') return undefined;
  const notifiedAt = readDate(tagValue(image.tags, TAG.announcedAt) ?? '')?.getTime();
  return notifiedAt === undefined || notifiedAt > now || notifiedAt < (since?.getTime() ?? 0) ? undefined : notifiedAt;
}

function wantsReminder({ at, remindedAt }: Announced, removal: number, remindBefore: Duration, now: number): boolean {
  const notifiedAt = at.getTime();
  if (removal - now > remindBefore.milliseconds || now - notifiedAt < BETWEEN_NOTICES) return false;
  const reminded = remindedAt?.getTime();
  return reminded === undefined || reminded < notifiedAt || reminded > now;
}
