import type { Target } from '../model/account.ts';
import { type ActionRef, actionKey, actionRef } from '../model/action-ref.ts';
import type { ImageId } from '../model/ids.ts';
import type { ActionNotice, CriticalImage, Notice } from '../model/notice.ts';
import type { Rule } from '../model/policy.ts';
import { classOf } from '../model/reasons.ts';
import { holdsEverything } from '../model/reference.ts';
import { count, counted, day } from '../text/format.ts';
import { detailSentences } from './incomplete.ts';
import { whySentence } from './reason-sentences.ts';
import { criticalInUse, fixText, outcomeSentence, passSentence } from './sentences.ts';
import type { Report, ReportImage, ReportOutcome, ReportReason } from './shape.ts';
import { isHeldUp } from './withheld.ts';

/**
 * What an owner is notified of about one image, with why it is to go.
 * @param snapshots what its rule does with its snapshots
 */
export function noticeOf(
  step: Pick<Notice, 'deprecated' | 'deprecateAt' | 'disableAt' | 'archiveAt' | 'deregisterAt' | 'isReminder'>,
  imageId: ImageId,
  image: ReportImage,
  target: Target,
  snapshots: Rule['snapshots'],
): Notice {
  const { deprecated, deprecateAt, disableAt, archiveAt, deregisterAt, isReminder } = step;
  const isSaving = deregisterAt !== undefined && snapshots === 'delete';
  return {
    imageId,
    ...about(image, target),
    ...familyOf(image),
    ...(isSaving && { monthlyCostUpTo: image.monthlyCostUpTo }),
    deprecated,
    ...(deprecateAt && { deprecateAt }),
    ...(disableAt && { disableAt }),
    ...(archiveAt && { archiveAt }),
    ...(deregisterAt && { deregisterAt }),
    isReminder,
    why: whyOf(image, (reason) => classOf(reason) === 'due'),
  };
}

/** What owners are notified of after a run: what is gone or can't be launched, and what came back. Deprecation was announced. */
export function actionNoticesOf(report: Report & { readonly auditKey?: string }): ActionNotice[] {
  const { auditKey } = report;
  const images = new Map(report.images.map((image) => [image.imageId, image]));
  return report.outcomes.flatMap((outcome) => {
    const image = images.get(outcome.resourceId);
    const sentence = image && outcome.status === 'done' ? doneSentence(outcome, image) : undefined;
    if (image === undefined || sentence === undefined) return [];
    return [
      {
        imageId: image.imageId,
        ...about(image, report.target),
        ...familyOf(image),
        sentence,
        ...undoOf(outcome),
        runId: report.runId,
        ...(auditKey !== undefined && { auditKey }),
      },
    ];
  });
}

/** What owners should replace, in whatever message they get. */
export function criticalImagesOf(report: Report): CriticalImage[] {
  return criticalInUse(report).map((image) => ({
    imageId: image.imageId,
    ...about(image, report.target),
    fix: fixText(image.fixAvailableSince),
  }));
}

function about({ name, owner }: ReportImage, { accountId, region }: Target) {
  return { name, accountId, region, ...(owner !== null && { owner }) };
}

function familyOf({ group, rule }: ReportImage): Pick<Notice, 'family'> {
  const family = group ?? rule;
  return family === null ? {} : { family };
}

function undoOf(outcome: ReportOutcome): Pick<ActionNotice, 'undo'> {
  if (outcome.action === 'disable' || outcome.action === 'archive') return { undo: 'keep' };
  const mayBeBack = outcome.status === 'done' && outcome.recoverableUntil !== null;
  return outcome.action === 'deregister' && mayBeBack ? { undo: 'restore' } : {};
}

function doneSentence(outcome: ReportOutcome, image: ReportImage): string | undefined {
  switch (outcome.action) {
    case 'disable':
      return 'It was disabled: launches fail until it is enabled again.';
    case 'archive':
      return 'Its snapshots go to the archive: to have it back takes up to 72 hours then.';
    case 'deregister':
      return `It was deregistered. ${outcomeSentence(outcome)}`;
    case 'reinstate':
      return `It stays, and got back what deprecating took. ${whyOf(image, (reason) => classOf(reason) !== 'due')}`.trim();
    default:
      return undefined;
  }
}

function whyOf({ reasons, references }: ReportImage, counts: (reason: ReportReason) => boolean): string {
  return whySentence({ reasons: reasons.filter(counts), references });
}

/** What went wrong in a run, in sentences. */
export function runProblemsOf(report: Report): string[] {
  const { target, sources, outcomes, passes, mode } = report;
  const sentences = [
    ...sources.flatMap((source) =>
      holdsEverything(source) && source.status === 'unreadable'
        ? [`${source.name} could not be read, so every image is kept: ${source.error}`]
        : [],
    ),
    ...detailSentences(sources),
    ...passes.filter((pass) => isHeldUp(report, pass)).map((pass) => `${pass.pass}: ${passSentence(pass, mode)}`),
    ...refusalProblems(report),
    ...outcomes
      .filter(({ status }) => status === 'failed')
      .map((outcome) => `${actionKey(outcome)}: ${outcomeSentence(outcome)}`),
  ];
  return sentences.map((sentence) => `${target.region}: ${sentence}`);
}

/** What each pass would do in a Region, a line each; passes with nothing to do are left out. */
export function planLines({ target, passes, mode, totals }: Report): string[] {
  const lines = passes
    .filter(({ actions, deferred, withheld = [] }) => actions.length + deferred.length + withheld.length > 0)
    .map((pass) => `${target.region}: ${pass.pass}: ${passSentence(pass, mode)}`);
  return [`${target.region}: ${totals.images} images, ${totals.dueImages} due.`, ...lines];
}

/** What AWS, or its second opinion, said no to: before this run, in it, or both. */
interface RefusedRow extends ActionRef {
  readonly reason: string;
  /** So many runs tried it, this one included where it did; 0 where nothing is remembered of earlier ones. */
  readonly times: number;
  readonly firstAt?: string;
  /** Absent where this run tried it. */
  readonly nextTryAt?: string;
}

/** From so many refusals on, it does not pass by itself. */
const STAYS = 3;

/** Everything that is due and refused, most often refused first. */
export function refusedRows({ passes, outcomes }: Pick<Report, 'passes' | 'outcomes'>): RefusedRow[] {
  const ended = new Map(outcomes.map((one) => [actionKey(one), one]));
  const before = passes.flatMap(({ refused = [] }) => refused);
  const known = new Map(before.map((one) => [actionKey(one.action), one]));
  const now = outcomes.flatMap((outcome): RefusedRow[] => {
    if (outcome.status === 'done' || outcome.refused !== true) return [];
    const { action, resourceId } = outcome;
    const earlier = known.get(actionKey(outcome));
    const times = (earlier?.times ?? 0) + 1;
    return [{ action, resourceId, reason: outcome.reason, times, ...(earlier && { firstAt: earlier.firstAt }) }];
  });
  const left = before.flatMap((one): RefusedRow[] => {
    const { reason, times, firstAt, nextTryAt } = one;
    return ended.has(actionKey(one.action)) ? [] : [{ ...actionRef(one.action), reason, times, firstAt, nextTryAt }];
  });
  return [...now, ...left].sort((a, b) => b.times - a.times);
}

/** One refusal in words. */
export function refusedSentence({ action, resourceId, reason, times, firstAt, nextTryAt }: RefusedRow): string {
  const since = firstAt === undefined ? '' : ` since ${day(firstAt)}`;
  const tried = times <= 1 ? 'refused once' : `refused ${count(times)} times${since}`;
  const next = nextTryAt === undefined ? '' : `; next try ${day(nextTryAt)}`;
  return `${actionKey({ action, resourceId })}: ${tried}${next}: ${reason}`;
}

/**
 * Why an enforcing run that did all it could must fail nevertheless: what is refused for the third time stays, and a
 * run of which all was refused did nothing.
 */
export function refusalProblems(report: Pick<Report, 'mode' | 'passes' | 'outcomes'>): string[] {
  if (report.mode !== 'enforce') return [];
  const rows = refusedRows(report);
  const staying = rows.filter(({ times }) => times >= STAYS);
  const [first] = staying;
  if (first !== undefined) {
    const what = counted(staying.length, 'action');
    return [`${what} refused ${STAYS} times or more, the first: ${refusedSentence(first)}`];
  }
  const [one] = rows;
  if (one === undefined || report.outcomes.some(({ status }) => status === 'done')) return [];
  return [`all that was due was refused (${counted(rows.length, 'action')}), the first: ${refusedSentence(one)}`];
}
