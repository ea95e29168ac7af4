import { IMAGE_REASONS, SNAPSHOT_REASONS } from '../../model/reasons.ts';
import { count, counted, listed } from '../../text/format.ts';
import { terminalText } from '../../text/untrusted.ts';
import { changesSentence } from '../changes.ts';
import { type KeptGroup, keptGroups, type Lookup, lookup, snapshotGroups } from '../grouping.ts';
import { actionRow, changeRows, type ListSection, listsOf, moreThan, type ResourceRow, whyKept } from '../sections.ts';
import { passSentence } from '../sentences.ts';
import type { Report, ReportPass } from '../shape.ts';
import { withheldOf } from '../withheld.ts';
import { type Column, ID_WIDTH, isNarrow, list, type TerminalOptions, table, wrapped } from './layout.ts';
import { alarms, heading, totals } from './overview.ts';
import { decisionPaint } from './palette.ts';

const MOST_ROWS = 50;
const EXAMPLES = 2;

/** The report for a person at a terminal: what would happen and why, and why everything else stays. */
export function reportTerminal(report: Report, options: TerminalOptions): string {
  const find = lookup(report);
  const { palette } = options;
  const unlimited = { width: options.width, palette };
  const screen = { ...unlimited, mostRows: options.mostRows ?? MOST_ROWS };
  const alarm = alarms(report, options);
  const { refused, warnings, ...others } = listsOf(report, listed);
  const section = ({ title, lines }: ListSection, paint = (line: string) => line) =>
    list(
      `${title} (${count(lines.length)})`,
      lines.map((line) => paint(terminalText(line))),
      screen,
    );
  return `${[
    heading(report, options),
    ...alarm,
    totals(report, options),
    ...changesSection(report, screen),
    ...report.passes.map((pass) => passSection(pass, report, find, screen)),
    ...withheldSection(report, screen),
    ...keptSection(report, options),
    ...snapshotSection(report, unlimited),
    ...section(refused, palette.yellow),
    ...Object.values(others).flatMap((one) => section(one)),
    ...sourceSection(report, unlimited),
    ...list(
      warnings.title,
      warnings.lines.map((line) => palette.yellow(terminalText(line))),
      unlimited,
    ),
    ...alarm,
  ].join('\n\n')}\n`;
}

/** What is new and what is decided differently since the earlier report in the same place. */
function changesSection({ changes }: Report, screen: TerminalOptions): string[] {
  if (changes === undefined) return [];
  const { bold, cyan } = screen.palette;
  const columns = [
    { head: 'Change', fixed: 20, cell: ({ what }: ResourceRow) => what },
    { head: 'Image', fixed: ID_WIDTH, cell: ({ resourceId }: ResourceRow) => terminalText(resourceId) },
    NAME_AND_OWNER,
    { head: 'Now, and why', share: 4, cell: ({ why }: ResourceRow) => terminalText(why) },
  ];
  return [
    table(`${bold(cyan('changes'))}  ${terminalText(changesSentence(changes))}`, columns, changeRows(changes), screen),
  ];
}

/** One pass: what it does or would do, to what, and why. */
function passSection(pass: ReportPass, { mode }: Report, find: Lookup, screen: TerminalOptions): string {
  const { bold, dim, red, yellow, green } = screen.palette;
  const ofSnapshots = pass.pass === 'delete-snapshots';
  const said = passSentence(pass, mode);
  const whatAndWhy = ({ what, why, outcome, status }: ResourceRow) => {
    const paint = status === 'failed' ? red : status === 'skipped' ? yellow : green;
    const ended = outcome === '' ? '' : `${paint(terminalText(outcome))} `;
    return `${ended}${terminalText(what)} ${dim(terminalText(why))}`;
  };
  const columns = [
    {
      head: ofSnapshots ? 'Snapshot' : 'Image',
      fixed: ID_WIDTH,
      cell: ({ resourceId }: ResourceRow) => terminalText(resourceId),
    },
    NAME_AND_OWNER,
    { head: 'What and why', share: 4, cell: whatAndWhy },
  ];
  const paint = decisionPaint(pass.pass === 'delete-snapshots' ? 'delete' : pass.pass, screen.palette);
  const lead = `${bold(paint(pass.pass))}  ${pass.stopped === undefined ? said : bold(red(said))}`;
  return table(
    lead,
    columns,
    pass.actions.map((action) => actionRow(action, find)),
    screen,
  );
}

const NAME_AND_OWNER: Column<ResourceRow> = {
  head: 'Name, owner',
  share: 2,
  cell: ({ name, owner }) =>
    [name, owner]
      .filter((part) => part !== '')
      .map(terminalText)
      .join('\n'),
};

/** What is not removed since it could not be undone, and what to do about it. */
function withheldSection(report: Report, { width, palette, mostRows = MOST_ROWS }: TerminalOptions): string[] {
  const { title, lines, advice } = withheldOf(report);
  const shown = list(palette.yellow(title), lines.slice(0, mostRows).map(terminalText), { width, palette });
  const more = moreThan(mostRows, lines.length, '; report.json lists them all.');
  return shown.map((section) =>
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
  const examples = ({ code, images: kept }: KeptGroup) =>
    kept
      .slice(0, EXAMPLES)
      .map((image) => terminalText(`${image.imageId} ${whyKept(image, code)}`))
      .join('\n');
  const wide = [
    { head: 'Reason', fixed: 24, cell: title },
    { head: 'Images', fixed: 7, cell: ({ images: kept }: KeptGroup) => count(kept.length) },
    { head: 'Only reason', fixed: 11, cell: ({ byThisAlone }: KeptGroup) => count(byThisAlone) },
    { head: 'For example', share: 1, cell: examples },
  ];
  const narrow = [
    {
      head: '',
      cell: (group: KeptGroup) =>
        `${title(group)}: ${count(group.images.length)}, only reason for ${count(group.byThisAlone)}`,
    },
    { head: '', cell: examples },
  ];
  const lead = `${bold(green('keep'))}  Why every other image stays`;
  return [table(lead, isNarrow(options) ? narrow : wide, groups, { ...options, mostRows: groups.length })];
}

/** Snapshots by decision and reason. */
function snapshotSection({ snapshots }: Report, options: TerminalOptions): string[] {
  const lines = snapshotGroups(snapshots).map(
    ({ decision, code, count: number }) =>
      `${decisionPaint(decision, options.palette)(decision)} ${count(number)}: ${SNAPSHOT_REASONS[code].title}`,
  );
  return list('Snapshots', lines, options);
}

/** What was read, what was off, and what could not be read. */
function sourceSection({ sources }: Report, options: TerminalOptions): string[] {
  const { red, yellow } = options.palette;
  const lines = sources
    .toSorted((a, b) => Number(b.status === 'unreadable') - Number(a.status === 'unreadable'))
    .map((source) => {
      const name = terminalText(source.name);
      if (source.status === 'unreadable') return red(`${name}: could not be read: ${terminalText(source.error)}`);
      if (source.status === 'read')
        return `${name}: ${count(source.references)} found in ${counted(source.calls, 'call')}`;
      return yellow(`${name}: off${source.reason === undefined ? '' : `, since ${terminalText(source.reason)}`}`);
    });
  return list('Sources', lines, options);
}
