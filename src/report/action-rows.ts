import { resourceOf } from '../model/action-ref.ts';
import type { Lookup } from './grouping.ts';
import { reasonSentence, snapshotReasonSentence } from './reason-sentences.ts';
import { actionSentence, outcomeSentence } from './sentences.ts';
import type { ReportAction } from './shape.ts';

/** One action as people read it: still anyone's text. */
export interface ActionRow {
  readonly resourceId: string;
  readonly name: string;
  readonly owner: string;
  readonly what: string;
  readonly why: string;
  /** Empty in a dry run. */
  readonly outcome: string;
  readonly status?: 'done' | 'skipped' | 'failed';
}

/** What an action does, to what, why, and how it ended. */
export function actionRow(action: ReportAction, { image, snapshot, outcome }: Lookup): ActionRow {
  const about = image(action.imageId);
  const ended = outcome(action);
  const reasons =
    'snapshotId' in action
      ? (snapshot(action.snapshotId)?.reasons.map(snapshotReasonSentence) ?? [])
      : (about?.reasons.map((reason) => reasonSentence(reason, about.references)) ?? []);
  return {
    resourceId: resourceOf(action),
    name: about?.name ?? '',
    owner: about?.owner ?? '',
    what: actionSentence(action),
    why: reasons.join(' '),
    outcome: ended === undefined ? '' : outcomeSentence(ended),
    ...(ended === undefined ? {} : { status: ended.status }),
  };
}
