import { isDue } from '../due.ts';
import { parseReport } from '../schema/schema.ts';
import type { ChangedImage, Report, ReportChanges, ReportImage, ReportReason } from '../shape.ts';
import { byText } from '../written.ts';

/** What lay where this report goes: nothing, an earlier report's text, or something that could not be read. */
export type EarlierReport =
  | { readonly status: 'none' }
  | { readonly status: 'read'; readonly json: string }
  | { readonly status: 'unreadable'; readonly problem: string };

/** New images are listed a moment late, and clocks differ. */
const LATE_MILLISECONDS = 3_600_000;

/** The report with what is new and what is different since the earlier one in the same place, if there is one. */
export function withChanges(report: Report, earlier: EarlierReport): Report {
  switch (earlier.status) {
    case 'none':
      return report;
    case 'unreadable':
      return { ...report, changes: { status: 'not-compared', problem: earlier.problem } };
    case 'read': {
      const parsed = parseReport(earlier.json);
      return {
        ...report,
        changes: parsed.ok
          ? changesBetween(parsed.report, report)
          : { status: 'not-compared', problem: `the earlier report cannot be used: ${parsed.problem}` },
      };
    }
  }
}

/** What is new, what is gone, what came back, and what is decided differently and why, between two reports. */
export function changesBetween(earlier: Report, report: Report): ReportChanges {
  const { runId, mode, observedAt, complete, target, policy } = earlier;
  if (target.accountId !== report.target.accountId || target.region !== report.target.region) {
    const problem = `the earlier report is of account ${target.accountId} in ${target.region}`;
    return { status: 'not-compared', problem };
  }
  const before = new Map(earlier.images.map((image) => [image.imageId, image]));
  const now = new Set(report.images.map(({ imageId }) => imageId));
  const present = report.images.flatMap((image) => changeOf(image, before.get(image.imageId), earlier) ?? []);
  const gone = earlier.images.filter(({ imageId }) => !now.has(imageId)).map(goneImage);
  return {
    status: 'compared',
    earlier: { runId, mode, observedAt, complete },
    samePolicy: policy.sha256 === report.policy.sha256,
    images: [...present, ...gone].sort((a, b) => byText(a.imageId, b.imageId)),
  };
}

function changeOf(image: ReportImage, before: ReportImage | undefined, earlier: Report): ChangedImage | undefined {
  if (before === undefined)
    return { ...about(image), change: isBack(image, earlier) ? 'came-back' : 'new', now: side(image) };
  const wasRemoved = earlier.outcomes.some(
    ({ action, resourceId, status }) => action === 'deregister' && status === 'done' && resourceId === image.imageId,
  );
  if (wasRemoved) return { ...about(image), change: 'came-back', before: side(before), now: side(image) };
  if (image.decision === before.decision && isDue(image) === isDue(before)) return undefined;
  return {
    ...about(image),
    change: isDue(before) && !isDue(image) ? 'kept-again' : 'decided-differently',
    before: side(before, image),
    now: side(image, before),
  };
}

function goneImage(image: ReportImage): ChangedImage {
  return { ...about(image), change: 'gone', before: side(image) };
}

/** Older than the earlier report, which did not have it: restored from the Recycle Bin, most likely. */
function isBack({ creationDate }: ReportImage, { observedAt }: Report): boolean {
  return creationDate !== null && Date.parse(creationDate) < Date.parse(observedAt) - LATE_MILLISECONDS;
}

function about({ imageId, name, owner }: ReportImage): Pick<ChangedImage, 'imageId' | 'name' | 'owner'> {
  return { imageId, name, owner };
}

/** One side of a change; of its reasons those that the other does not give, where there are any. */
function side(
  { decision, rule, reasons, references }: ReportImage,
  other?: ReportImage,
): NonNullable<ChangedImage['now']> {
  const others = new Set(other?.reasons.map(({ code }) => code));
  const own: readonly ReportReason[] = reasons.filter(({ code }) => !others.has(code));
  const told = own.length === 0 ? reasons : own;
  const named = told.some(({ code }) => code === 'referenced') ? references : [];
  return { decision, rule, reasons: told, references: named };
}
