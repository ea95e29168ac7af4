import type { Target } from '../model/account.ts';
import { actionKey } from '../model/action-ref.ts';
import type { ImageId } from '../model/ids.ts';
import type { ActionNotice, Notice } from '../model/notice.ts';
import { classOf } from '../model/reasons.ts';
import { holdsEverything } from '../model/reference.ts';
import { detailSentences } from './incomplete.ts';
import { reasonSentence } from './reason-sentences.ts';
import { refusalProblems } from './refused.ts';
import { outcomeSentence, passSentence } from './sentences.ts';
import type { Report, ReportImage, ReportOutcome } from './shape.ts';

/** What the plan wants told of an image. */
interface Wanted {
  readonly deprecated: boolean;
  readonly disableAt?: Date;
  readonly deregisterAt?: Date;
  readonly isReminder: boolean;
}

/** What an owner is to hear of one image, with why it is to go. */
export function noticeOf(wanted: Wanted, imageId: ImageId, image: ReportImage, target: Target): Notice {
  const { deprecated, disableAt, deregisterAt, isReminder } = wanted;
  return {
    imageId,
    name: image.name,
    accountId: target.accountId,
    region: target.region,
    ...(image.owner !== null && { owner: image.owner }),
    deprecated,
    ...(disableAt && { disableAt }),
    ...(deregisterAt && { deregisterAt }),
    isReminder,
    why: image.reasons
      .filter((reason) => classOf(reason) === 'due')
      .map((reason) => reasonSentence(reason, image.references))
      .join(' '),
  };
}

/** What owners hear of what a run did: what is gone or can't be launched, and what came back. Deprecation was announced. */
export function actionNoticesOf(report: Report & { readonly auditKey?: string }): ActionNotice[] {
  const { auditKey } = report;
  const images = new Map(report.images.map((image) => [image.imageId, image]));
  return report.outcomes.flatMap((outcome) => {
    const image = images.get(outcome.resourceId);
    const sentence = outcome.status === 'done' ? doneSentence(outcome, image) : undefined;
    if (image === undefined || sentence === undefined) return [];
    return [
      {
        imageId: image.imageId,
        name: image.name,
        accountId: report.target.accountId,
        region: report.target.region,
        ...(image.owner !== null && { owner: image.owner }),
        sentence,
        ...(auditKey !== undefined && { auditKey }),
      },
    ];
  });
}

function doneSentence(outcome: ReportOutcome, image: ReportImage | undefined): string | undefined {
  switch (outcome.action) {
    case 'disable':
      return 'It was disabled: launches fail until it is enabled again.';
    case 'deregister':
      return `It was deregistered. ${outcomeSentence(outcome)}`;
    case 'reinstate': {
      const why = image?.reasons
        .filter((reason) => classOf(reason) !== 'due')
        .map((reason) => reasonSentence(reason, image.references));
      return `It stays, and got back what deprecating took. ${why?.join(' ') ?? ''}`.trim();
    }
    default:
      return undefined;
  }
}

/** What went wrong in a run, in sentences. */
export function runProblemsOf(report: Report): string[] {
  const { target, sources, outcomes, passes, mode } = report;
  return [
    ...sources.flatMap((source) =>
      holdsEverything(source) && source.status === 'unreadable'
        ? [`${target.region}: ${source.name} could not be read, so every image is kept: ${source.error}`]
        : [],
    ),
    ...detailSentences(sources).map((sentence) => `${target.region}: ${sentence}`),
    ...passes.flatMap((pass) =>
      pass.stopped === undefined && (pass.withheld === undefined || mode === 'dry-run')
        ? []
        : [`${target.region}: ${pass.pass}: ${passSentence(pass, mode)}`],
    ),
    ...refusalProblems(report).map((sentence) => `${target.region}: ${sentence}`),
    ...outcomes.flatMap((outcome) =>
      outcome.status === 'failed' ? [`${target.region}: ${actionKey(outcome)}: ${outcomeSentence(outcome)}`] : [],
    ),
  ];
}

/** What each pass would do in a Region, a line each; passes with nothing to do are left out. */
export function planLines({ target, passes, mode, totals }: Report): string[] {
  const lines = passes
    .filter(({ actions, deferred, withheld = [] }) => actions.length + deferred.length + withheld.length > 0)
    .map((pass) => `${target.region}: ${pass.pass}: ${passSentence(pass, mode)}`);
  return [`${target.region}: ${totals.images} images, ${totals.dueImages} due.`, ...lines];
}
