import { IMAGE_REASONS } from '../model/reasons.ts';
import { day } from '../text/dates.ts';
import { count, counted, newest } from '../text/format.ts';
import { referenceText } from './references.ts';
import type { ReportImage, ReportReason } from './shape.ts';

type Code = ReportReason['code'];

/** What nearly every due image has in common tells them apart least. */
const LEAST_TELLING: readonly Code[] = ['older-than', 'nothing-keeps-it', 'unreferenced'];
const MOST_TELLING: readonly Code[] = [
  'referenced',
  'expired',
  'beyond-newest',
  'not-launched-within',
  'deprecated-for',
];

/** The one reason that tells an image from its neighbors, in a few words; its age is told elsewhere. */
export function distinguishingReason({ reasons, references }: Pick<ReportImage, 'reasons' | 'references'>): string {
  const [first] = reasons.toSorted((a, b) => rankOf(a) - rankOf(b));
  return first === undefined ? '' : brief(first, references);
}

function rankOf({ code }: ReportReason): number {
  const telling = MOST_TELLING.indexOf(code);
  if (telling >= 0) return telling;
  return MOST_TELLING.length + 1 + LEAST_TELLING.indexOf(code);
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
