import { resourceOf } from '../model/action-ref.ts';
import { count, counted, day, gib, minute, upTo } from '../text/format.ts';
import { markdownText, terminalText } from '../text/untrusted.ts';
import { listBlock } from './markdown-blocks.ts';
import { reasonSentence, snapshotReasonSentence, whySnapshot } from './reason-sentences.ts';
import { referenceText } from './references.ts';
import type { ListSection } from './sections.ts';
import { actionSentence, DECISION_SENTENCES, fixText, nextSentence, plannedFor, stoppedText } from './sentences.ts';
import type { Report, ReportImage, ReportPass, ReportSnapshot } from './shape.ts';
import { type TerminalOptions, wrapped } from './terminal/layout.ts';
import { decisionPaint } from './terminal/palette.ts';
import { withheldOf } from './withheld.ts';

/** The whole reasoning for one image or snapshot; its texts may hold anyone's words. */
export interface Explanation {
  readonly id: string;
  readonly name: string;
  readonly facts: readonly string[];
  readonly decision: ReportImage['decision'] | ReportSnapshot['decision'];
  /** The decision, and what it means. */
  readonly verdict: string;
  readonly sections: readonly ListSection[];
}

/** An image's rule, facts, every reference by name, its snapshots, and what comes next. */
export function explainImage(report: Report, image: ReportImage): Explanation {
  const { imageId, name, decision, references, rule, reasons, unverified, storageGiB, monthlyCostUpTo } = image;
  const snapshots = report.snapshots.filter(({ snapshotId }) => image.snapshotIds.includes(snapshotId));
  return {
    ...{ id: imageId, name, decision, verdict: `${decision}: ${DECISION_SENTENCES[decision]}` },
    facts: [factsOf(image), ...protectionOf(image), ...findingOf(image), ...lineOf(image), ...planned(report)],
    sections: [
      {
        title: 'Why',
        lines: [
          rule === null ? 'Rule: none selects it.' : `Rule: ${rule}`,
          ...(unverified === true ? ['Nobody asked yet whom it is shared with, so it may stay.'] : []),
          ...reasons.map((reason) => `${reasonSentence(reason)} (${reason.code})`),
        ],
      },
      { title: counted(references.length, 'reference'), lines: references.map(referenceText) },
      {
        title: `${counted(snapshots.length, 'snapshot')}, ${gib(storageGiB)}, ${upTo(monthlyCostUpTo)}`,
        lines: snapshots.map((one) => `${one.snapshotId} ${one.decision}: ${whySnapshot(one)}`),
      },
      ...nextSections(report, imageId, decision, nextSentence(image)),
      unread(report),
    ],
  };
}

/** Why a snapshot stays or goes; of those that an image maps, the image tells the rest. */
export function explainSnapshot(report: Report, snapshot: ReportSnapshot): Explanation {
  const { snapshotId, imageId, decision, reasons } = snapshot;
  return {
    ...{ id: snapshotId, name: '', decision },
    verdict: decision === 'delete' ? 'delete: it goes.' : 'keep: No action.',
    facts: [imageId === undefined ? 'of no image that is known' : `of the image ${imageId}`, ...planned(report)],
    sections: [
      { title: 'Why', lines: reasons.map((reason) => `${snapshotReasonSentence(reason)} (${reason.code})`) },
      ...nextSections(report, snapshotId, 'delete-snapshots', ''),
      unread(report),
    ],
  };
}

function planned(report: Report): string[] {
  const at = plannedFor(report);
  return at === undefined ? [] : [`Planned for ${minute(at)}.`];
}

function factsOf({ creationDate, owner }: ReportImage): string {
  const created = creationDate === null ? 'created at an unknown time' : `created ${day(creationDate)}`;
  return `${created}, ${owner === null ? 'no owner' : `owner ${owner}`}`;
}

function protectionOf({ protectedAt }: ReportImage): string[] {
  return protectedAt === undefined
    ? []
    : [`Protected against deregistration by ami-janitor since ${day(protectedAt)}.`];
}

function findingOf({ severity, fixAvailableSince }: ReportImage): string[] {
  return severity === undefined
    ? []
    : [`Worst finding of Amazon Inspector: ${severity}, ${fixText(fixAvailableSince)}.`];
}

function lineOf({ lineage = [] }: ReportImage): string[] {
  return lineage.length === 0 ? [] : [`Made from ${lineage.join(', from ')}.`];
}

/** What a run would do with it now or what keeps the run from it, and what time alone brings. */
function nextSections(report: Report, id: string, decision: string, inTime: string): ListSection[] {
  const lines = report.passes.flatMap((pass) => passLines(pass, id, decision, report));
  return [
    { title: 'Next, by a run that enforces', lines },
    { title: 'Next, if nothing else changes', lines: inTime === '' ? [] : [inTime] },
  ];
}

/** Only this one was looked at closely, so a run may come to the older ones first. */
function passLines(pass: ReportPass, id: string, decision: string, { target, images }: Report): string[] {
  const created = new Map(images.map(({ imageId, creationDate }) => [imageId, creationDate ?? '']));
  const mine = created.get(id) ?? '';
  const older = pass.deferred.filter((action) => (created.get(resourceOf(action)) ?? mine) < mine).length;
  const turn =
    older === 0
      ? ''
      : ` ${count(older)} older ${older === 1 ? 'one is due as well, and comes' : 'ones are due as well, and come'} first.`;
  const isOfIt = (action: ReportPass['actions'][number]) => resourceOf(action) === id;
  const withheld = pass.withheld?.filter(({ action }) => isOfIt(action)) ?? [];
  const { lines, advice } = withheldOf({ target, passes: [{ ...pass, withheld }] });
  return [
    ...(pass.stopped && pass.pass === decision ? [`${pass.pass} is stopped: ${stoppedText(pass.stopped)}.`] : []),
    ...pass.actions.filter(isOfIt).map((action) => `${pass.pass}: ${actionSentence(action)}${turn}`),
    ...pass.deferred.filter(isOfIt).map((action) => `${pass.pass}, by a later run: ${actionSentence(action)}${turn}`),
    ...(lines.length === 0 ? [] : [`Withheld, since it could not be undone: ${lines.join(' ')}`, ...advice]),
  ];
}

function unread({ sources }: Report): ListSection {
  const lines = sources.flatMap((source) =>
    source.status === 'unreadable' ? [`${source.name}: ${source.error}`] : [],
  );
  return { title: 'Could not be read', lines, isBad: true };
}

/** Explanations for a pull request or a ticket. */
export function explainMarkdown(explanations: readonly Explanation[]): string {
  const blocks = explanations.flatMap(({ id, name, facts, verdict, sections }) => [
    `# ${markdownText(`${id} ${name}`.trim())}`,
    facts.map(markdownText).join('  \n'),
    `**${markdownText(verdict)}**`,
    ...sections.flatMap((section) => listBlock(section)),
  ]);
  return `${blocks.join('\n\n')}\n`;
}

/** The whole reasoning for one image or snapshot. */
export function explainTerminal(
  { id, name, facts, decision, verdict, sections }: Explanation,
  { width, palette }: TerminalOptions,
): string {
  const line = (text: string) => wrapped(terminalText(text), width, 2);
  const head = [
    `${palette.bold(id)} ${terminalText(name)}`.trimEnd(),
    ...facts.map(line),
    decisionPaint(decision, palette)(line(verdict)),
  ];
  const blocks = sections.flatMap(({ title, lines, isBad }) =>
    lines.length === 0 ? [] : [[(isBad === true ? palette.red : palette.bold)(title), ...lines.map(line)]],
  );
  return `${[head, ...blocks].map((block) => block.join('\n')).join('\n\n')}\n`;
}
