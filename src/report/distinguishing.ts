import { IMAGE_REASONS } from '../model/reasons.ts';
import { day } from '../text/dates.ts';
import { count, counted, newest } from '../text/format.ts';
import { referenceText } from './references.ts';
import type { ReportImage, ReportReason } from './shape.ts';

/** How telling a reason is, the least first: nearly every due image has the first three in common, all others none. */
const TELLING: readonly (ReportReason['code'] | 'others')[] = [
  ...(['unreferenced', 'nothing-keeps-it', 'older-than', 'others'] as const),
  ...(['deprecated-for', 'not-launched-within', 'beyond-newest', 'expired', 'referenced'] as const),
];

/** The one reason that tells an image from its neighbors, in a few words; its age is told elsewhere. */
export function distinguishingReason({ reasons, references }: Pick<ReportImage, 'reasons' | 'references'>): string {
  const [first] = reasons.toSorted((a, b) => telling(b) - telling(a));
  return first === undefined ? '' : brief(first, references);
}

function telling({ code }: ReportReason): number {
  return TELLING.indexOf(TELLING.includes(code) ? code : 'others');
}

function brief(reason: ReportReason, references: ReportImage['references']): string {
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
    case 'expired':
      return `expired ${day(reason.expiredAt)}`;
    case 'deprecated-for':
      return `deprecated ${counted(reason.days, 'day')} ago`;
    default:
      return IMAGE_REASONS[reason.code].title;
  }
}
