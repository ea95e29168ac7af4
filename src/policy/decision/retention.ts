import { readDate } from '../../model/dates.ts';
import type { Image } from '../../model/image.ts';
import type { Duration, ExpiryRule, RetentionRule } from '../../model/policy.ts';
import type { DueReason } from '../../model/reasons.ts';
import { tagValue } from '../../model/tags.ts';
import { DAY, elapsedDays, limitDays } from '../../text/dates.ts';
import type { GroupRank } from './groups.ts';
import type { Hold } from './protections.ts';

/** What of a retention rule keeps an image: any one does. */
export function retentionHolds(image: Image, rule: RetentionRule, { rank, ungrouped }: GroupRank, at: number): Hold[] {
  const { newest, youngerThan, launchedWithin } = rule.keep;
  const holds: Hold[] = [];
  if (newest !== undefined) {
    if (rank && rank.rank <= newest) {
      holds.push({ reason: { code: 'newest-of-group', ...rank, keep: newest } });
    }
    if (ungrouped !== undefined) holds.push({ reason: { code: 'group-unknown', groupBy: ungrouped } });
  }
  if (image.creationDate === undefined) holds.push({ reason: { code: 'creation-date-unknown' } });
  else if (youngerThan) {
    const days = within(image.creationDate, youngerThan, at);
    if (days) {
      holds.push({
        reason: { code: 'younger-than', ageDays: days.elapsed, days: days.limit },
        endsAt: image.creationDate.getTime() + youngerThan.milliseconds,
      });
    }
  }
  // No launch time proves nothing: EC2 keeps it since 2017 and for the owner's launches only.
  if (launchedWithin && image.lastLaunchedTime) {
    const days = within(image.lastLaunchedTime, launchedWithin, at);
    if (days) {
      holds.push({
        reason: { code: 'launched-within', daysAgo: days.elapsed, days: days.limit },
        endsAt: image.lastLaunchedTime.getTime() + launchedWithin.milliseconds,
      });
    }
  }
  return holds;
}

/** Why a retention rule does not keep an image, with the facts. */
export function retentionDueReasons(image: Image, rule: RetentionRule, { rank }: GroupRank, at: number): DueReason[] {
  const { newest, youngerThan, launchedWithin } = rule.keep;
  const reasons: DueReason[] = [];
  if (newest !== undefined && rank) reasons.push({ code: 'beyond-newest', ...rank, keep: newest });
  if (youngerThan && image.creationDate) {
    const { elapsed, limit } = since(image.creationDate, youngerThan, at);
    reasons.push({ code: 'older-than', ageDays: elapsed, days: limit });
  }
  if (launchedWithin) {
    const launched = image.lastLaunchedTime && since(image.lastLaunchedTime, launchedWithin, at);
    reasons.push({
      code: 'not-launched-within',
      ...(launched && { daysAgo: launched.elapsed }),
      days: limitDays(launchedWithin.milliseconds),
    });
  }
  return reasons;
}

function within(start: Date, limit: Duration, at: number): { elapsed: number; limit: number } | undefined {
  return at - start.getTime() >= limit.milliseconds ? undefined : since(start, limit, at);
}

function since(start: Date, limit: Duration, at: number): { elapsed: number; limit: number } {
  const elapsed = Math.max(0, at - start.getTime());
  return { elapsed: elapsedDays(elapsed, limit.milliseconds), limit: limitDays(limit.milliseconds) };
}

/** What the expiry tag says of an image: it keeps until its date has passed, and always where it can't be read. */
export function expiryHolds(image: Image, { expireTag: tag }: ExpiryRule, at: number): Hold[] {
  const value = tagValue(image.tags, tag);
  if (value === undefined) return [{ reason: { code: 'expiry-missing', tag } }];
  const expiresAt = readDate(value);
  if (expiresAt === undefined) return [{ reason: { code: 'expiry-unreadable', tag, value } }];
  if (at > expiresAt.getTime()) return [];
  return [{ reason: { code: 'not-expired', tag, expiresAt }, endsAt: expiresAt.getTime() + 1 }];
}

/** Why an expiry rule does not keep an image. */
export function expiryDueReasons(image: Image, { expireTag: tag }: ExpiryRule, at: number): DueReason[] {
  const expiredAt = readDate(tagValue(image.tags, tag) ?? '');
  if (expiredAt === undefined) return [];
  return [{ code: 'expired', tag, expiredAt, days: elapsedDays(at - expiredAt.getTime(), DAY) }];
}
