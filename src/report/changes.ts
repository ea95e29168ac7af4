import { count, minute } from '../text/format.ts';
import { isDue } from './due.ts';
import { whySentence } from './reason-sentences.ts';
import { readReport } from './schema/read-report.ts';
import type { ChangedImage, Report, ReportChanges, ReportImage, ReportReason } from './shape.ts';
import { byText } from './to-json.ts';

/** What lay where this report goes: nothing, an earlier report's file, or something that could not be read. */
export type EarlierReport =
  | { readonly status: 'none' }
  | { readonly status: 'read'; readonly json: Uint8Array }
  | { readonly status: 'unreadable'; readonly problem: string };

type Compared = Extract<ReportChanges, { status: 'compared' }>;
type Side = NonNullable<ChangedImage['now']>;

/** New images are listed a moment late, and clocks differ. */
const LATE_MILLISECONDS = 3_600_000;

/** The report with what is new and what is different since the earlier one in the same place, if there is one. */
export function withChanges(report: Report, earlier: EarlierReport): Report {
  if (earlier.status === 'none') return report;
  const changes = earlier.status === 'read' ? changesSince(earlier.json, report) : notCompared(earlier.problem);
  return { ...report, changes };
}

/** Sees the earlier report's images one by one, and holds what has changed: most have not. */
function changesSince(json: Uint8Array, report: Report): ReportChanges {
  const unseen = new Map(report.images.map((image) => [image.imageId, image]));
  const changed: ChangedImage[] = [];
  const parsed = readReport(json, (before, earlier) => {
    const image = unseen.get(before.imageId);
    unseen.delete(before.imageId);
    if (image === undefined) changed.push({ ...about(before), change: 'gone', before: side(before) });
    else changed.push(...changeOf(image, before, earlier));
  });
  if (!parsed.ok) return notCompared(`the earlier report cannot be used: ${parsed.problem}`);
  const { runId, mode, observedAt, complete, target, policy } = parsed.report;
  if (target.accountId !== report.target.accountId || target.region !== report.target.region)
    return notCompared(`the earlier report is of account ${target.accountId} in ${target.region}`);
  for (const image of unseen.values()) {
    changed.push({ ...about(image), change: isBack(image, observedAt) ? 'came-back' : 'new', now: side(image) });
  }
  return {
    status: 'compared',
    earlier: { runId, mode, observedAt, complete },
    samePolicy: policy.sha256 === report.policy.sha256,
    images: changed.sort((a, b) => byText(a.imageId, b.imageId)),
  };
}

function notCompared(problem: string): ReportChanges {
  return { status: 'not-compared', problem };
}

/** How an image that both reports have differs; nothing where it does not. */
function changeOf(image: ReportImage, before: ReportImage, earlier: Report): ChangedImage[] {
  const wasRemoved = earlier.outcomes.some(
    ({ action, resourceId, status }) => action === 'deregister' && status === 'done' && resourceId === image.imageId,
  );
  if (wasRemoved) return [{ ...about(image), change: 'came-back', before: side(before), now: side(image) }];
  if (image.decision === before.decision && isDue(image) === isDue(before)) return [];
  const change = isDue(before) && !isDue(image) ? 'kept-again' : 'decided-differently';
  return [{ ...about(image), change, before: side(before, image), now: side(image, before) }];
}

/** Older than the earlier report, which did not have it: restored from the Recycle Bin, most likely. */
function isBack({ creationDate }: ReportImage, observedAt: string): boolean {
  return creationDate !== null && Date.parse(creationDate) < Date.parse(observedAt) - LATE_MILLISECONDS;
}

function about({ imageId, name, owner }: ReportImage): Pick<ChangedImage, 'imageId' | 'name' | 'owner'> {
  return { imageId, name, owner };
}

/** One side of a change; of its reasons those that the other does not give, where there are any. */
function side({ decision, rule, reasons, references }: ReportImage, other?: ReportImage): Side {
  const others = new Set(other?.reasons.map(({ code }) => code));
  const own: readonly ReportReason[] = reasons.filter(({ code }) => !others.has(code));
  const told = own.length === 0 ? reasons : own;
  const named = told.some(({ code }) => code === 'referenced') ? references : [];
  return { decision, rule, reasons: told, references: named };
}

/** `no longer due`, `decided differently`, …: each kind of change, in the order in which people want to know of it. */
const CHANGE_TITLES: Readonly<Record<ChangedImage['change'], string>> = {
  'came-back': 'came back',
  'kept-again': 'no longer due',
  'decided-differently': 'decided differently',
  new: 'new',
  gone: 'gone',
};

/** The changed images by what has changed, the most telling first. */
export function changeGroups({ images }: Compared): { readonly title: string; readonly images: ChangedImage[] }[] {
  return Object.entries(CHANGE_TITLES).map(([change, title]) => ({
    title,
    images: images.filter((image) => image.change === change),
  }));
}

/** How much has changed since when, or why that cannot be told; with what else makes the two reports differ. */
export function changesSentence(changes: ReportChanges): string {
  if (changes.status === 'not-compared') return `Not compared with an earlier report: ${changes.problem}.`;
  const { earlier, samePolicy } = changes;
  const counts = changeGroups(changes).flatMap(({ title, images }) =>
    images.length === 0 ? [] : [`${count(images.length)} ${title}`],
  );
  return [
    `Since ${minute(earlier.observedAt)} (run ${earlier.runId}): ${counts.join(', ') || 'nothing has changed'}.`,
    ...(samePolicy ? [] : ['The policy also changed.']),
    ...(earlier.complete ? [] : ['Not everything could be read then.']),
  ].join(' ');
}

/** What became of one image between the two reports, and why. */
export function changeSentence({ change, before, now }: ChangedImage): string {
  const was = before === undefined ? '' : `${before.decision} before`;
  if (change === 'gone')
    return before?.decision === 'deregister' ? 'It was to be deregistered.' : `Not by this plan: ${was}.`;
  if (now === undefined) return '';
  const decided = change === 'new' || change === 'came-back' ? now.decision : `${now.decision}, ${was}`;
  return `${decided}: ${whySentence(now)}`;
}
