import { minute } from '../../text/dates.ts';
import { count } from '../../text/format.ts';
import { reasonSentence } from '../reason-sentences.ts';
import type { ChangedImage, ReportChanges } from '../shape.ts';

type Compared = Extract<ReportChanges, { status: 'compared' }>;

/** Each kind of change, in the order in which people want to know of it. */
const CHANGES = ['came-back', 'kept-again', 'decided-differently', 'new', 'gone'] as const;

const TITLES: Readonly<Record<ChangedImage['change'], string>> = {
  'came-back': 'came back',
  'kept-again': 'no longer due',
  'decided-differently': 'decided differently',
  new: 'new',
  gone: 'gone',
};

/** `no longer due`, `decided differently`, … */
export function changeTitle({ change }: ChangedImage): string {
  return TITLES[change];
}

/** How much has changed since when, or why that cannot be told. */
export function changesSentence(changes: ReportChanges): string {
  if (changes.status === 'not-compared') return `Not compared with an earlier report: ${changes.problem}.`;
  const { earlier, images } = changes;
  const counts = CHANGES.flatMap((change) => {
    const number = images.filter((image) => image.change === change).length;
    return number === 0 ? [] : [`${count(number)} ${TITLES[change]}`];
  });
  const since = `Since ${minute(earlier.observedAt)} (run ${earlier.runId})`;
  return [`${since}: ${counts.length === 0 ? 'nothing has changed' : counts.join(', ')}.`, ...notes(changes)].join(' ');
}

/** What makes two reports differ beside the account itself. */
function notes({ earlier, samePolicy }: Compared): string[] {
  return [
    ...(samePolicy ? [] : ['The policy also changed.']),
    ...(earlier.complete ? [] : ['Not everything could be read then.']),
  ];
}

/** What became of one image between the two reports, and why. */
export function changeSentence({ change, before, now }: ChangedImage): string {
  const was = before === undefined ? '' : `${before.decision} before`;
  switch (change) {
    case 'gone':
      return before?.decision === 'deregister' ? 'It was to be deregistered.' : `Not by this plan: ${was}.`;
    case 'new':
    case 'came-back':
      return now === undefined ? '' : `${now.decision}: ${why(now)}`;
    case 'kept-again':
    case 'decided-differently':
      return now === undefined ? '' : `${now.decision}, ${was}: ${why(now)}`;
  }
}

/** The changed images, the most telling first. */
export function changedImages({ images }: Compared): ChangedImage[] {
  return CHANGES.flatMap((change) => images.filter((image) => image.change === change));
}

function why({ reasons, references }: NonNullable<ChangedImage['now']>): string {
  return reasons.map((reason) => reasonSentence(reason, references)).join(' ');
}
