import { isDue } from '../due.ts';
import { readReport } from '../schema/read-report.ts';
import type { ChangedImage, Report, ReportChanges, ReportImage, ReportReason } from '../shape.ts';
import { byText } from '../to-json.ts';

/** What lay where this report goes: nothing, an earlier report's file, or something that could not be read. */
export type EarlierReport =
  | { readonly status: 'none' }
  | { readonly status: 'read'; readonly json: Uint8Array }
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
      const comparison = new Comparison(report);
      const parsed = readReport(earlier.json, (image, of) => comparison.see(image, of));
      return {
        ...report,
        changes: parsed.ok
          ? comparison.changes(parsed.report)
          : { status: 'not-compared', problem: `the earlier report cannot be used: ${parsed.problem}` },
      };
    }
  }
}

/** Sees the earlier report's images one by one, and holds what has changed: most have not. */
class Comparison {
  readonly #report: Report;
  readonly #unseen: Map<string, ReportImage>;
  readonly #changed: ChangedImage[] = [];

  constructor(report: Report) {
    this.#report = report;
    this.#unseen = new Map(report.images.map((image) => [image.imageId, image]));
  }

  see(before: ReportImage, earlier: Report): void {
    const image = this.#unseen.get(before.imageId);
    this.#unseen.delete(before.imageId);
    const change = image && changeOf(image, before, earlier);
    if (image === undefined) this.#changed.push({ ...about(before), change: 'gone', before: side(before) });
    else if (change !== undefined) this.#changed.push(change);
  }

  /** What is new, what is gone, what came back, and what is decided differently and why, since a report seen. */
  changes(earlier: Report): ReportChanges {
    const { runId, mode, observedAt, complete, target, policy } = earlier;
    const { accountId, region } = this.#report.target;
    if (target.accountId !== accountId || target.region !== region) {
      const problem = `the earlier report is of account ${target.accountId} in ${target.region}`;
      return { status: 'not-compared', problem };
    }
    const unseen = [...this.#unseen.values()].map((image): ChangedImage => {
      return { ...about(image), change: isBack(image, earlier) ? 'came-back' : 'new', now: side(image) };
    });
    return {
      status: 'compared',
      earlier: { runId, mode, observedAt, complete },
      samePolicy: policy.sha256 === this.#report.policy.sha256,
      images: [...this.#changed, ...unseen].sort((a, b) => byText(a.imageId, b.imageId)),
    };
  }
}

function changeOf(image: ReportImage, before: ReportImage, earlier: Report): ChangedImage | undefined {
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
