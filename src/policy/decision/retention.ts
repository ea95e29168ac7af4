import { readDate } from '../../model/dates.ts';
import type { Image } from '../../model/image.ts';
import type { Duration, ExpiryRule, RetentionRule, Rule } from '../../model/policy.ts';
import type { DueReason } from '../../model/reasons.ts';
import { tagValue } from '../../model/tags.ts';
import { DAY, elapsedDays, limitDays } from '../../text/dates.ts';
import type { GroupRank } from './groups.ts';
import type { Hold } from './protections.ts';

/** What of a rule keeps an image (any one does), and with what facts the rest of it does not. */
export interface RuleFindings {
  readonly holds: readonly Hold[];
  readonly dueReasons: readonly DueReason[];
}

/** Asks every condition of the rule that owns an image. */
export function ruleFindings(image: Image, rule: Rule, rank: GroupRank, at: number): RuleFindings {
  return rule.kind === 'expiry' ? expiryFindings(image, rule, at) : retentionFindings(image, rule, rank, at);
}

function retentionFindings(
  { creationDate, lastLaunchedTime }: Image,
  { keep: { newest, youngerThan, launchedWithin } }: RetentionRule,
  { rank, ungrouped }: GroupRank,
  at: number,
): RuleFindings {
  const holds: Hold[] = [];
  const dueReasons: DueReason[] = [];
  if (newest !== undefined && rank) {
    if (rank.rank <= newest) holds.push({ reason: { code: 'newest-of-group', ...rank, keep: newest } });
    else dueReasons.push({ code: 'beyond-newest', ...rank, keep: newest });
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

/** The tag keeps until its date has passed, and always where it can't be read. */
function expiryFindings(image: Image, { expireTag: tag }: ExpiryRule, at: number): RuleFindings {
  const value = tagValue(image.tags, tag);
  if (value === undefined) return { holds: [{ reason: { code: 'expiry-missing', tag } }], dueReasons: [] };
  const date = readDate(value);
  if (date === undefined) return { holds: [{ reason: { code: 'expiry-unreadable', tag, value } }], dueReasons: [] };
  const time = date.getTime();
  if (at <= time)
    return { holds: [{ reason: { code: 'not-expired', tag, expiresAt: date }, endsAt: time + 1 }], dueReasons: [] };
  return { holds: [], dueReasons: [{ code: 'expired', tag, expiredAt: date, days: elapsedDays(at - time, DAY) }] };
}
