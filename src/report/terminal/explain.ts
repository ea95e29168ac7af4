import { day, minute } from '../../text/dates.ts';
import { counted, gib, upTo } from '../../text/format.ts';
import { terminalText } from '../../text/untrusted.ts';
import { reasonSentence, whySnapshot } from '../reason-sentences.ts';
import { referenceText } from '../references.ts';
import { fixText } from '../sections.ts';
import { DECISION_SENTENCES, nextSentence, plannedFor } from '../sentences.ts';
import type { Report, ReportImage } from '../shape.ts';
import { type TerminalOptions, wrapped } from './layout.ts';
import { decisionPaint } from './palette.ts';

/** The whole reasoning for one image: its rule, its facts, every reference by name, and its snapshots. */
export function explainTerminal(report: Report, image: ReportImage, { width, palette }: TerminalOptions): string {
  const line = (text: string, indent = 2) => wrapped(terminalText(text), width, indent);
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [[palette.bold(title), ...lines].join('\n')];
  const next = nextSentence(image);
  const at = plannedFor(report);
  const snapshots = report.snapshots.filter(({ snapshotId }) => image.snapshotIds.includes(snapshotId));
  const unread = report.sources.flatMap((source) =>
    source.status === 'unreadable' ? [`${source.name}: ${source.error}`] : [],
  );
  return `${[
    [
      `${palette.bold(image.imageId)} ${terminalText(image.name)}`,
      line(factsOf(image)),
      ...(image.severity === undefined ? [] : [line(findingOf(image.severity, image))]),
      ...(at === undefined ? [] : [line(`Planned for ${minute(at)}.`)]),
      decisionPaint(image.decision, palette)(line(`${image.decision}: ${DECISION_SENTENCES[image.decision]}`)),
    ].join('\n'),
    ...section('Why', [
      line(image.rule === null ? 'Rule: none selects it.' : `Rule: ${image.rule}`),
      ...(image.unverified === true ? [line('Nobody asked yet whom it is shared with, so it may stay.')] : []),
      ...image.reasons.map((reason) => line(`${reasonSentence(reason)} (${reason.code})`)),
    ]),
    ...section(
      `${counted(image.references.length, 'reference')}`,
      image.references.map((one) => line(referenceText(one))),
    ),
    ...section(
      `${counted(snapshots.length, 'snapshot')}, ${gib(image.storageGiB)}, ${upTo(image.monthlyCostUpTo)}`,
      snapshots.map((one) => line(`${one.snapshotId} ${one.decision}: ${whySnapshot(one)}`)),
    ),
    ...section('Next, if nothing else changes', next === '' ? [] : [line(next)]),
    ...section(
      palette.red('Could not be read'),
      unread.map((text) => line(text)),
    ),
  ].join('\n\n')}\n`;
}

function findingOf(severity: string, { fixAvailableSince }: ReportImage): string {
  return `Worst finding of Amazon Inspector: ${severity}, ${fixText(fixAvailableSince)}.`;
}

function factsOf({ creationDate, owner }: ReportImage): string {
  const created = creationDate === null ? 'created at an unknown time' : `created ${day(creationDate)}`;
  return `${created}, ${owner === null ? 'no owner' : `owner ${owner}`}`;
}
