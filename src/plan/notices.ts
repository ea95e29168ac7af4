import type { Decision, Reason } from '../model/decision.ts';
import type { Plan } from '../model/plan.ts';
import type { NotifySettings, Policy, Rule } from '../model/policy.ts';
import { TAG } from '../model/tags.ts';
import { type Announcement, announcementOf } from '../policy/announcement.ts';
import { readDate } from '../policy/dates.ts';
import { stepTimes } from '../policy/lifecycle.ts';
import { deprecationMark } from '../policy/marks.ts';
import { tagValue } from '../policy/tag-match.ts';
import { DAY } from '../policy/time.ts';
import { rulesByName } from './rules.ts';

/** An image whose owner is to be told now, and what will become of it if nobody objects. */
export interface WantedNotice {
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

/** First reasons of what is deprecated and due, and has nothing against its next step but time, notice or a limit. */
const ON_ITS_WAY: ReadonlySet<Reason['code']> = new Set([
  'waiting',
  'nothing-further',
  'not-announced',
  'notice-running',
  'deprecated-for',
]);

/**
 * Whose owners are to be told: of an image that the next run deprecates, of one that is deprecated and was not
 * announced since, and once more when one goes soon. Nothing new, nobody is told.
 */
export function wantedNotices(plan: Plan, policy: Policy): WantedNotice[] {
  const { notify } = policy;
  if (notify === undefined) return [];
  const rules = rulesByName(policy);
  const actedOn = new Set(plan.passes.flatMap(({ actions }) => actions.map(({ imageId }) => imageId)));
  return plan.decisions.flatMap((decision) => {
    const rule = rules.get(decision.rule);
    if (rule === undefined) return [];
    if (decision.decision === 'deprecate')
      return actedOn.has(decision.image.imageId) ? beforeDeprecation(decision, rule, plan) : [];
    return ON_ITS_WAY.has(decision.reasons[0].code) ? afterDeprecation(decision, rule, notify, plan) : [];
  });
}

function beforeDeprecation(decision: Decision, rule: Rule, { at }: Plan): WantedNotice[] {
  const now = at.getTime();
  const announcement = announcementOf(decision.image, undefined, now);
  if (announcement.kind === 'told' && now - announcement.at.getTime() < TOLD_OF_DEPRECATION) return [];
  const { disable, deregister } = rule;
  return [
    {
      decision,
      deprecated: false,
      ...(disable && { disableAt: new Date(now + disable.after.milliseconds) }),
      ...(deregister && {
        deregisterAt: new Date(now + Math.max(deregister.after.milliseconds, deregister.notice.milliseconds)),
      }),
      isReminder: false,
    },
  ];
}

function afterDeprecation(decision: Decision, rule: Rule, notify: NotifySettings, { at }: Plan): WantedNotice[] {
  const now = at.getTime();
  const mark = deprecationMark(decision.image, now);
  if (mark.kind !== 'deprecated') return [];
  const times = stepTimes(decision.image, rule, mark.at);
  if ('unreadable' in times) return [];
  const announcement = announcementOf(decision.image, mark.at, now);
  const told = announcement.kind === 'told' ? announcement.at.getTime() : now;
  const removal = Math.max(times.deregisterAt, told + (rule.deregister?.notice.milliseconds ?? 0));
  const isReminder = announcement.kind === 'told';
  if (isReminder && !wantsReminder(decision, announcement, removal, notify, now)) return [];
  return [
    {
      decision,
      deprecated: true,
      ...(times.disableAt < removal && { disableAt: new Date(Math.max(times.disableAt, now)) }),
      ...(removal < Infinity && { deregisterAt: new Date(Math.max(removal, now)) }),
      isReminder,
    },
  ];
}

function wantsReminder(
  { image }: Decision,
  announcement: Extract<Announcement, { kind: 'told' }>,
  removal: number,
  { remindBefore }: NotifySettings,
  now: number,
): boolean {
  const told = announcement.at.getTime();
  if (removal - now > remindBefore.milliseconds) return false;
  if (now - told < BETWEEN_TELLINGS) return false;
  const reminded = readDate(tagValue(image.tags, TAG.remindedAt) ?? '')?.getTime();
  return reminded === undefined || reminded < told || reminded > now;
}
