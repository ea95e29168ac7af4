import { SEVERITIES } from '../model/image.ts';
import type { Mode } from '../model/run.ts';
import { count, counted, day, listed } from '../text/format.ts';
import type { DecisionName, Report, ReportAction, ReportImage, ReportOutcome, ReportPass, Totals } from './shape.ts';

/** The decisions in the order in which figures stand. */
export const DECISIONS: readonly DecisionName[] = [
  'keep',
  'reinstate',
  'deprecate',
  'disable',
  'archive',
  'deregister',
];

/** What each decision means for its image. */
export const DECISION_SENTENCES: Readonly<Record<DecisionName, string>> = {
  keep: 'No action.',
  deprecate: 'It is due, and is deprecated first: launches still work, new users no longer find it.',
  disable: 'It is due, and is disabled: launches fail until it is enabled again.',
  archive: 'It is due and disabled, and its snapshots are archived: they come back within 72 hours, for a fee.',
  deregister: 'It is due, and is deregistered.',
  reinstate: 'It is no longer due, and gets back what deprecating took.',
};

/** What one action does, or would do. */
export function actionSentence(action: ReportAction): string {
  switch (action.action) {
    case 'protect':
      return 'Turn its deregistration protection on.';
    case 'unprotect':
      return 'Turn its deregistration protection off, which ami-janitor turned on.';
    case 'deprecate': {
      const what = action.alreadyDeprecated ? 'Mark as deprecated (someone else set the date)' : 'Deprecate';
      return action.deregisterAfter === undefined
        ? `${what}.`
        : `${what}; deregister not before ${day(action.deregisterAfter)}.`;
    }
    case 'reinstate': {
      const steps = [
        action.liftDeprecation ? 'lift the deprecation' : 'take the tags off',
        ...(action.enable ? ['enable it'] : []),
      ];
      const shared = action.giveBack === undefined ? '' : `; share it again with ${listed(action.giveBack)}`;
      const unproven =
        action.unproven === undefined
          ? ''
          : `; not shared again with ${listed(action.unproven)}, whom only its tags name`;
      return `Reinstate: ${steps.join(' and ')}${shared}${unproven}.`;
    }
    case 'disable':
      return 'Disable.';
    case 'archive':
      return `Archive ${counted(action.archiveSnapshots.length, 'snapshot')}.`;
    case 'deregister': {
      const kept =
        action.keepSnapshots.length === 0 ? '' : `, keep ${counted(action.keepSnapshots.length, 'snapshot')}`;
      return `Deregister; delete ${counted(action.deleteSnapshots.length, 'snapshot')}${kept}.`;
    }
    case 'mark-orphan':
      return `Mark as orphaned: its image ${action.imageId} is gone.`;
    case 'delete-snapshot':
      return `Delete; its image was ${action.imageId}.`;
  }
}

/** How one action ended. */
export function outcomeSentence(outcome: ReportOutcome): string {
  const why = outcome.reason === undefined ? '' : `: ${outcome.reason.replace(/\.$/, '')}`;
  const recovered = outcome.status === 'done' ? recovery(outcome.recoverableUntil) : '';
  return `${ENDED[outcome.status]}${why}${recovered}.`;
}

const ENDED = { done: 'Done', skipped: 'Skipped', failed: 'Failed' } as const;

function recovery(until: string | null | undefined): string {
  if (until === undefined) return '';
  return until === null ? '; not in the Recycle Bin' : `; in the Recycle Bin until ${day(until)}`;
}

/** How much is due, and the limit that it is above. */
export function stoppedText({ due, ofImages, percent, stopAbovePercent }: NonNullable<ReportPass['stopped']>): string {
  return `${count(due)} of ${count(ofImages)} are due (${count(percent)} %), and limits.stopAbove is ${count(stopAbovePercent)} %`;
}

/** What a pass does as a whole, or what stops it. */
export function passSentence({ actions, deferred, withheld = [], stopped }: ReportPass, mode: Mode): string {
  if (stopped !== undefined) return `Stopped: ${stoppedText(stopped)}. Nothing is done.`;
  if (actions.length + deferred.length + withheld.length === 0) return 'Nothing to do.';
  const parts = [
    `${counted(actions.length, 'action')}${mode === 'dry-run' ? ' would be taken' : ''}`,
    ...(deferred.length === 0 ? [] : [`${count(deferred.length)} left to later runs`]),
    ...(withheld.length === 0 ? [] : [`${count(withheld.length)} withheld, since no Recycle Bin rule covers them`]),
  ];
  return `${parts.join('; ')}.`;
}

/** What time alone will change, and when. */
export function nextSentence({ next }: ReportImage): string {
  if (next === undefined) return '';
  return `If nothing else changes: ${next.decision} on ${day(next.at)}.`;
}

/** A plan is for the present where the account was read so soon after, or just before. */
const PRESENT = { before: 60_000, after: 3_600_000 };

/** The time that a plan was made for, where that is not when the account was read: `--at`, or a recording of earlier. */
export function plannedFor({ at, observedAt }: Pick<Report, 'at' | 'observedAt'>): string | undefined {
  const after = Date.parse(observedAt) - Date.parse(at);
  return after >= -PRESENT.before && after <= PRESENT.after ? undefined : at;
}

/** How many due images nobody asked yet whom they are shared with; nothing where none is. */
export function unverifiedSentence({ unverified = 0 }: Totals): string[] {
  if (unverified === 0) return [];
  const those = unverified === 1 ? '1 due image is' : `${count(unverified)} due images are`;
  return [`${those} unverified: nobody asked yet whom they are shared with, so they may stay, and count in no saving.`];
}

/** What something names while Amazon Inspector found the worst in it: its owner should replace it. */
export function criticalInUse({ images }: Report): ReportImage[] {
  return images.filter(({ severity, references }) => severity === SEVERITIES[0] && references.length > 0);
}

/** Whether a fix exists for an image's worst finding, and since when. */
export function fixText(fixAvailableSince: string | undefined): string {
  return fixAvailableSince === undefined ? 'no fix known' : `a fix exists since ${day(fixAvailableSince)}`;
}
