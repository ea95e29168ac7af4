import type * as z from 'zod';
import type { Notice } from '../model/notice.ts';
import type { Mode } from '../model/run.ts';
import { cut } from '../text/format.ts';
import { type Lookup, lookup } from './grouping.ts';
import { refusedRows, runProblemsOf } from './notifications.ts';
import type { EVENT_DETAILS } from './schema/events.ts';
import type { Report, ReportOutcome } from './shape.ts';
import { isHeldUp } from './withheld.ts';

type Details = { readonly [Type in keyof typeof EVENT_DETAILS]: z.input<(typeof EVENT_DETAILS)[Type]> };

/** One event that others may act on: its detail type, and its detail as docs/events.md says. */
export type JanitorEvent = {
  readonly [Type in keyof Details]: { readonly type: Type; readonly detail: Details[Type] };
}[keyof Details];

/** The longest text, so that ten events fit one request. */
const CHARACTERS = 1000;
const PROBLEMS = 20;

/** What a run over one account and Region tells: each of its outcomes once, and last that it ended. */
export function eventsOfRun(report: Report, location: string | undefined): JanitorEvent[] {
  const told: Told = { report, location, find: lookup(report), refused: refusedRows(report) };
  const problems = runProblemsOf(report);
  return [...report.outcomes.map((outcome) => actionEvent(outcome, told)), endOfRun(told, problems)];
}

/** What the events of a run say it by. */
interface Told {
  readonly report: Report;
  readonly location: string | undefined;
  readonly find: Lookup;
  readonly refused: ReturnType<typeof refusedRows>;
}

function actionEvent(outcome: ReportOutcome, { report, location, find, refused }: Told): JanitorEvent {
  const { action, resourceId, reason, requestId } = outcome;
  const { imageId, image } = find.about(resourceId);
  const about = {
    ...targetOf(report),
    action,
    resourceId,
    ...(imageId !== undefined && { imageId }),
    ...(image && { imageName: image.name }),
    owner: image?.owner ?? null,
    rule: image?.rule ?? null,
    ...(location !== undefined && { report: location }),
  };
  if (outcome.status !== 'done' && outcome.refused === true) {
    const row = refused.find((one) => one.action === action && one.resourceId === resourceId);
    const { times = 1, firstAt } = row ?? {};
    const detail = {
      ...about,
      reason: cut(outcome.reason, CHARACTERS),
      times,
      ...(firstAt !== undefined && { firstAt }),
    };
    return { type: 'Action Refused', detail };
  }
  const detail = {
    ...about,
    status: outcome.status,
    ...(reason !== undefined && { reason: cut(reason, CHARACTERS) }),
    ...(requestId !== undefined && { requestId }),
    ...('recoverableUntil' in outcome && { recoverableUntil: outcome.recoverableUntil }),
  };
  return { type: 'Action Ended', detail };
}

function endOfRun({ report, location }: Told, problems: readonly string[]): JanitorEvent {
  const { observedAt, complete, passes, totals } = report;
  const sum = (of: (pass: Report['passes'][number]) => readonly unknown[]) =>
    passes.reduce((total, pass) => total + of(pass).length, 0);
  const detail = {
    ...targetOf(report),
    observedAt,
    complete,
    images: totals.images,
    dueImages: totals.dueImages,
    dueMonthlyCostUpTo: totals.dueStorage.monthlyCostUpTo,
    planned: sum(({ actions }) => actions),
    deferred: sum(({ deferred }) => deferred),
    ...totals.outcomes,
    stoppedPasses: passes.filter((pass) => isHeldUp(report, pass)).map(({ pass }) => pass),
    problems: firstOf(problems),
    ...(location !== undefined && { report: location }),
  };
  return { type: 'Run Ended', detail };
}

function targetOf({ runId, mode, target: { accountId, region } }: Report) {
  return { schemaVersion: 1 as const, runId, mode, accountId, region };
}

/** That a run over one Region ended without a report. */
export function endWithoutReport(run: { readonly runId: string; readonly mode: Mode }, region: string, error: string) {
  const { runId, mode } = run;
  const detail = { schemaVersion: 1 as const, runId, mode, region, error: cut(error, CHARACTERS) };
  return { type: 'Run Failed', detail } satisfies JanitorEvent;
}

/** What owners were told for certain, an event for each image. */
export function eventsOfNotices(run: { readonly runId: string; readonly mode: Mode }, notices: readonly Notice[]) {
  const { runId, mode } = run;
  return notices.map((notice): JanitorEvent => {
    const {
      accountId,
      region,
      imageId,
      name: imageName,
      owner = null,
      isReminder,
      disableAt,
      archiveAt,
      deregisterAt,
    } = notice;
    const detail = {
      ...{ schemaVersion: 1 as const, runId, mode, accountId, region, imageId, imageName, owner, isReminder },
      ...(disableAt && { disableAt: disableAt.toISOString() }),
      ...(archiveAt && { archiveAt: archiveAt.toISOString() }),
      ...(deregisterAt && { deregisterAt: deregisterAt.toISOString() }),
      why: cut(notice.why, CHARACTERS),
    };
    return { type: 'Owner Notified', detail };
  });
}

/** The first of a run's problems, as an event has them. */
export function firstOf(problems: readonly string[]): string[] {
  return problems.slice(0, PROBLEMS).map((problem) => cut(problem, CHARACTERS));
}
