import { IMAGE_REASONS, SNAPSHOT_REASONS } from '../../model/reasons.ts';
import { count, counted, listed } from '../../text/format.ts';
import { terminalText } from '../../text/untrusted.ts';
import { changesSentence } from '../changes.ts';
import { type KeptGroup, keptGroups, type Lookup, lookup, snapshotGroups } from '../grouping.ts';
import { sourceCounts, unreadableFirst } from '../incomplete.ts';
import { actionRow, changeRows, type ListSection, listsOf, moreThan, type ResourceRow, whyKept } from '../sections.ts';
import { passSentence } from '../sentences.ts';
import type { Report, ReportPass } from '../shape.ts';
import { withheldOf } from '../withheld.ts';
import { type Column, ID_WIDTH, isNarrow, list, MOST_ROWS, type TerminalOptions, table, wrapped } from './layout.ts';
import { alarms, heading, totals } from './overview.ts';
import { decisionPaint } from './palette.ts';

const EXAMPLES = 2;

/** The report for a person at a terminal: what would happen and why, and why everything else stays. */
export function reportTerminal(report: Report, options: TerminalOptions): string {
  const find = lookup(report);
  const { yellow } = options.palette;
  const alarm = alarms(report, options);
  const { refused, warnings, ...others } = listsOf(report, listed);
  const section = ({ title, lines }: ListSection, paint = (line: string) => line) => {
    const shown = lines.map((line) => paint(terminalText(line)));
    return list(`${title} (${count(lines.length)})`, shown, options, MOST_ROWS);
  };
  const warned = warnings.lines.map((line) => yellow(terminalText(line)));
  return `${[
    heading(report, options),
    ...alarm,
    totals(report, options),
    ...changesSection(report, options),
    ...report.passes.map((pass) => passSection(pass, report, find, options)),
    ...withheldSection(report, options),
    ...keptSection(report, options),
    ...snapshotSection(report, options),
    ...section(refused, yellow),
    ...Object.values(others).flatMap((one) => section(one)),
    ...sourceSection(report, options),
    ...list(warnings.title, warned, options),
    ...alarm,
  ].join('\n\n')}\n`;
}

function idColumn(head: string): Column<ResourceRow> {
  return { head, fixed: ID_WIDTH, cell: ({ resourceId }) => terminalText(resourceId) };
}

const NAME_AND_OWNER: Column<ResourceRow> = {
  head: 'Name, owner',
  share: 2,
  cell: ({ name, owner }) => [name, owner].filter(Boolean).map(terminalText).join('\n'),
};

/** What is new and what is decided differently since the earlier report in the same place. */
function changesSection({ changes }: Report, options: TerminalOptions): string[] {
  if (changes === undefined) return [];
  const { bold, cyan } = options.palette;
  const columns: Column<ResourceRow>[] = [
    { head: 'Change', fixed: 20, cell: ({ what }) => what },
    idColumn('Image'),
    NAME_AND_OWNER,
    { head: 'Now, and why', share: 4, cell: ({ why }) => terminalText(why) },
  ];
  const lead = `${bold(cyan('changes'))}  ${terminalText(changesSentence(changes))}`;
  return [table(lead, columns, changeRows(changes), options)];
}

function passSection(pass: ReportPass, { mode }: Report, find: Lookup, options: TerminalOptions): string {
  const { bold, dim, red, yellow, green } = options.palette;
  const ofSnapshots = pass.pass === 'delete-snapshots';
  const paints = { done: green, skipped: yellow, failed: red };
  const whatAndWhy = ({ what, why, outcome, status }: ResourceRow) => {
    const ended = status === undefined ? '' : `${paints[status](terminalText(outcome))} `;
    return `${ended}${terminalText(what)} ${dim(terminalText(why))}`;
  };
  const columns = [
    idColumn(ofSnapshots ? 'Snapshot' : 'Image'),
    NAME_AND_OWNER,
    { head: 'What and why', share: 4, cell: whatAndWhy },
  ];
  const paint = decisionPaint(pass.pass === 'delete-snapshots' ? 'delete' : pass.pass, options.palette);
  const said = passSentence(pass, mode);
  const lead = `${bold(paint(pass.pass))}  ${pass.stopped === undefined ? said : bold(red(said))}`;
  const rows = pass.actions.map((action) => actionRow(action, find));
  return table(lead, columns, rows, options);
}

/** What is not removed since it could not be undone, and what to do about it. */
function withheldSection(report: Report, options: TerminalOptions): string[] {
  const { width, palette } = options;
  const { title, lines, advice } = withheldOf(report);
  const more = moreThan(MOST_ROWS, lines.length, '; report.json lists them all.');
  return list(palette.yellow(title), lines.map(terminalText), options, MOST_ROWS).map((section) =>
    [
      section,
      ...more.map((line) => wrapped(palette.dim(line), width, 2)),
      // Commands are never broken, so that they can be copied.
      ...advice.map((line) => `  ${terminalText(line)}`),
    ].join('\n'),
  );
}

/** Why every image that no pass touches stays, by reason. */
function keptSection({ images }: Report, options: TerminalOptions): string[] {
  const { bold, green } = options.palette;
  const groups = keptGroups(images);
  if (groups.length === 0) return [];
  const title = ({ code }: KeptGroup) => IMAGE_REASONS[code].title;
  const kept = ({ images: all }: KeptGroup) => count(all.length);
  const only = ({ byThisAlone }: KeptGroup) => count(byThisAlone);
  const examples = ({ code, images: all }: KeptGroup) =>
    all
      .slice(0, EXAMPLES)
      .map((image) => terminalText(`${image.imageId} ${whyKept(image, code)}`))
      .join('\n');
  const wide = [
    { head: 'Reason', fixed: 24, cell: title },
    { head: 'Images', fixed: 7, cell: kept },
    { head: 'Only reason', fixed: 11, cell: only },
    { head: 'For example', share: 1, cell: examples },
  ];
  const narrow = [
    { head: '', cell: (group: KeptGroup) => `${title(group)}: ${kept(group)}, only reason for ${only(group)}` },
    { head: '', cell: examples },
  ];
  const lead = `${bold(green('keep'))}  Why every other image stays`;
  return [table(lead, isNarrow(options) ? narrow : wide, groups, options)];
}

function snapshotSection({ snapshots }: Report, options: TerminalOptions): string[] {
  const lines = snapshotGroups(snapshots).map(
    ({ decision, code, count: number }) =>
      `${decisionPaint(decision, options.palette)(decision)} ${count(number)}: ${SNAPSHOT_REASONS[code].title}`,
  );
  return list('Snapshots', lines, options);
}

function sourceSection({ sources }: Report, options: TerminalOptions): string[] {
  const { red, yellow } = options.palette;
  const lines = sources.toSorted(unreadableFirst).map((source) => {
    const name = terminalText(source.name);
    if (source.status === 'unreadable') return red(`${name}: could not be read: ${terminalText(source.error)}`);
    if (source.status === 'read') {
      const { read, references } = sourceCounts(source);
      const counts = [
        ...(read === undefined ? [] : [`${read} read`]),
        ...(references === undefined ? [] : [counted(references, 'reference')]),
      ];
      return `${name}: ${counts.join(', ')} in ${counted(source.calls, 'call')}`;
    }
    return yellow(`${name}: off${source.reason === undefined ? '' : `, since ${terminalText(source.reason)}`}`);
  });
  return list('Sources', lines, options);
}
