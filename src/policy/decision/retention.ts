import { readDate, readDuration } from '../../model/dates.ts';
import type { Image } from '../../model/image.ts';
import type { Duration, ExpiryRule, RetentionRule, Rule } from '../../model/policy.ts';
import type { DueReason } from '../../model/reasons.ts';
import { tagValue } from '../../model/tags.ts';
import { DAY, elapsedDays, limitDays } from '../../text/format.ts';
import type { GroupRank } from './groups.ts';
import type { Hold } from './protections.ts';

/** What of a rule keeps an image (any one does), and with what facts the rest of it does not. */
export interface RuleFindings {
  readonly holds: readonly Hold[];
  readonly dueReasons: readonly DueReason[];
}

/** Asks every condition of the rule that owns an image. */
export function ruleFindings(image: Image, rule: Rule, ranked: GroupRank | undefined, at: number): RuleFindings {
  switch (rule.kind) {
    case 'permanent':
      return heldBy({ reason: { code: 'rule-keeps-always' } });
    case 'expiry':
      return expiryFindings(image, rule, at);
    case 'retention':
      return retentionFindings(image, rule, ranked, at);
  }
}

function heldBy(hold: Hold): RuleFindings {
  return { holds: [hold], dueReasons: [] };
}

function retentionFindings(
  { creationDate, lastLaunchedTime }: Image,
  { keep: { newest, youngerThan, launchedWithin } }: RetentionRule,
  { rank, ungrouped }: GroupRank = {},
  at: number,
): RuleFindings {
  const holds: Hold[] = [];
  const dueReasons: DueReason[] = [];
  if (newest && rank) {
    const ranked = { ...rank, keep: newest.count };
    const age = newest.youngerThan && creationDate && since(creationDate, newest.youngerThan, at);
    if (rank.rank > newest.count) dueReasons.push({ code: 'beyond-newest', ...ranked });
    else if (age && at >= age.endsAt)
      dueReasons.push({ code: 'newest-too-old', ...ranked, ageDays: age.elapsed, days: age.limit });
    else holds.push({ reason: { code: 'newest-of-group', ...ranked }, ...(age && { endsAt: age.endsAt }) });
  }
  if (ungrouped !== undefined) holds.push({ reason: { code: 'group-unknown', groupBy: ungrouped } });

  if (creationDate === undefined) holds.push({ reason: { code: 'creation-date-unknown' } });
  else if (youngerThan) {
    const { elapsed, limit, endsAt } = since(creationDate, youngerThan, at);
    if (at >= endsAt) dueReasons.push({ code: 'older-than', ageDays: elapsed, days: limit });
    else holds.push({ reason: { code: 'younger-than', ageDays: elapsed, days: limit }, endsAt });
  }

  // No launch time proves nothing: EC2 keeps it since 2017 and for the owner's launches only.
  if (launchedWithin && lastLaunchedTime) {
    const { elapsed, limit, endsAt } = since(lastLaunchedTime, launchedWithin, at);
    if (at >= endsAt) dueReasons.push({ code: 'not-launched-within', daysAgo: elapsed, days: limit });
    else holds.push({ reason: { code: 'launched-within', daysAgo: elapsed, days: limit }, endsAt });
  } else if (launchedWithin) {
    dueReasons.push({ code: 'not-launched-within', days: limitDays(launchedWithin.milliseconds) });
  }
  return { holds, dueReasons };
}

function since(start: Date, { milliseconds }: Duration, at: number) {
  const elapsed = elapsedDays(Math.max(0, at - start.getTime()), milliseconds);
  return { elapsed, limit: limitDays(milliseconds), endsAt: start.getTime() + milliseconds };
}

/** The tag keeps until its date has passed or its age is reached, and always where it can't be read. */
function expiryFindings(image: Image, { expireTag: tag, expireAs }: ExpiryRule, at: number): RuleFindings {
  const hold = (reason: Hold['reason']) => heldBy({ reason });
  const value = tagValue(image.tags, tag);
  if (value === undefined) return hold({ code: 'expiry-missing', tag });
  if (expireAs === 'age' && image.creationDate === undefined) return hold({ code: 'creation-date-unknown' });
  const date = expireAs === 'age' ? endOfAge(image.creationDate, value) : readDate(value);
  if (date === undefined)
    return hold({ code: 'expiry-unreadable', tag, value, ...(expireAs === 'age' && { as: expireAs }) });
  const time = date.getTime();
  if (at <= time) return heldBy({ reason: { code: 'not-expired', tag, expiresAt: date }, endsAt: time + 1 });
  return { holds: [], dueReasons: [{ code: 'expired', tag, expiredAt: date, days: elapsedDays(at - time, DAY) }] };
}

/** When an image reaches the age that a tag says: days, or a duration. No age at all could as well mean that it never goes. */
function endOfAge(start: Date | undefined, value: string): Date | undefined {
  const age = readDuration(/^\d{1,9}$/.test(value) ? `${value}d` : value);
  return start && age && age.milliseconds > 0 ? new Date(start.getTime() + age.milliseconds) : undefined;
}
