import { IMAGE_REASONS } from '../model/reasons.ts';
import { count, counted, day, newest } from '../text/format.ts';
import { referenceText } from './references.ts';
import type { ReportImage, ReportReason } from './shape.ts';

/** How telling a reason is, the least first: nearly every due image has the first three in common, all others none. */
const TELLING: readonly (ReportReason['code'] | 'others')[] = [
  ...(['unreferenced', 'nothing-keeps-it', 'older-than', 'others'] as const),
  ...(['deprecated-for', 'not-launched-within', 'beyond-newest', 'expired', 'referenced'] as const),
];

/** The one reason that tells an image from its neighbors, in a few words; its age is told elsewhere. */
export function distinguishingReason(image: Pick<ReportImage, 'reasons' | 'references'>): string {
  return briefReasons(image)[0] ?? '';
}

/** Every reason of an image in a few words, the one first that tells it from its neighbors. */
export function briefReasons({ reasons, references }: Pick<ReportImage, 'reasons' | 'references'>): string[] {
  return reasons.toSorted((a, b) => telling(b) - telling(a)).map((reason) => briefReason(reason, references));
}

/** How telling a reason is among an image's others; the greatest stands first. */
export function telling({ code }: ReportReason): number {
  return TELLING.indexOf(TELLING.includes(code) ? code : 'others');
}

/** A reason in a few words. */
export function briefReason(reason: ReportReason, references: ReportImage['references']): string {
  switch (reason.code) {
    case 'referenced': {
      const [first] = references;
      return `in use${first === undefined ? '' : `: ${referenceText(first)}`}`;
    }
    case 'beyond-newest':
    case 'newest-of-group':
      return `${newest(reason.rank)} of ${count(reason.size)}`;
    case 'not-launched-within':
      return reason.daysAgo === undefined
        ? `no launch in ${counted(reason.days, 'day')}`
        : `launched ${counted(reason.daysAgo, 'day')} ago`;
    case 'launched-within':
      return `launched ${counted(reason.daysAgo, 'day')} ago`;
    case 'younger-than':
    case 'older-than':
      return `${counted(reason.ageDays, 'day')} old (limit ${count(reason.days)})`;
    case 'waiting':
      return `waited ${count(reason.days)} of ${counted(reason.ofDays, 'day')}`;
    case 'protected-tag':
      return `protected by tag ${reason.key}=${reason.value}`;
    case 'expired':
      return `expired ${day(reason.expiredAt)}`;
    case 'deprecated-for':
      return `deprecated ${counted(reason.days, 'day')} ago`;
    default:
      return IMAGE_REASONS[reason.code].title;
  }
}
