import { IMAGE_REASONS, SNAPSHOT_REASONS } from '../../model/reasons.ts';
import { count, counted, listed } from '../../text/format.ts';
import { terminalText } from '../../text/untrusted.ts';
import { type ActionRow, actionRow } from '../action-rows.ts';
import { keptGroups, type Lookup, snapshotGroups } from '../grouping.ts';
import { MISSING_TITLE, missingText } from '../missing.ts';
import { reasonSentence } from '../reason-sentences.ts';
import { referenceText } from '../references.ts';
import { refusedRows, refusedSentence } from '../refused.ts';
import { RESTARTED_TITLE, restartedText } from '../restarted.ts';
import { passSentence } from '../sentences.ts';
import type { Report, ReportImage, ReportPass, ReportReason } from '../shape.ts';
import { withheldAdvice, withheldOf, withheldSentence, withheldTitle } from '../withheld.ts';
import { rows, wrapped } from './layout.ts';
import { decisionPaint, type Palette } from './palette.ts';

interface Screen {
  readonly width: number;
  readonly palette: Palette;
  readonly mostRows: number;
}

const ID_WIDTH = 22;
const EXAMPLES = 2;

/** One pass: what it does or would do, to what, and why. */
export function passSection(pass: ReportPass, { mode }: Report, find: Lookup, screen: Screen): string {
  const { palette, width, mostRows } = screen;
  const paint = decisionPaint(pass.pass === 'delete-snapshots' ? 'delete' : pass.pass, palette);
  const sentence =
    pass.stopped === undefined ? passSentence(pass, mode) : palette.bold(palette.red(passSentence(pass, mode)));
  const told = pass.actions.slice(0, mostRows).map((action) => actionRow(action, find));
  const columns = [
    { head: palette.dim(pass.pass === 'delete-snapshots' ? 'Snapshot' : 'Image'), fixed: ID_WIDTH },
    { head: palette.dim('Name, owner'), share: 2 },
    { head: palette.dim('What and why'), share: 4 },
  ];
  const cells = told.map((row) => [terminalText(row.resourceId), nameOf(row), whatOf(row, palette)]);
  const more = pass.actions.length - told.length;
  return [
    wrapped(`${palette.bold(paint(pass.pass))}  ${sentence}`, width),
    ...(cells.length === 0 ? [] : [rows(columns, cells, width)]),
    ...(more > 0 ? [wrapped(palette.dim(`… and ${count(more)} more; other formats list them all.`), width, 2)] : []),
  ].join('\n');
}

function nameOf({ name, owner }: ActionRow): string {
  return [name, owner]
    .filter((part) => part !== '')
    .map(terminalText)
    .join('\n');
}

function whatOf({ what, why, outcome, status }: ActionRow, palette: Palette): string {
  const paint = status === 'failed' ? palette.red : status === 'skipped' ? palette.yellow : palette.green;
  const ended = outcome === '' ? '' : `${paint(terminalText(outcome))} `;
  return `${ended}${terminalText(what)} ${palette.dim(terminalText(why))}`;
}

/** What is not removed since it could not be undone, and what to do about it. */
export function withheldSection(report: Report, { width, palette, mostRows }: Screen): string[] {
  const withheld = withheldOf(report);
  if (withheld.length === 0) return [];
  const more = withheld.length - mostRows;
  return [
    [
      wrapped(palette.bold(palette.yellow(withheldTitle(withheld))), width),
      ...withheld.slice(0, mostRows).map((one) => wrapped(terminalText(withheldSentence(one)), width, 2)),
      ...(more > 0 ? [wrapped(palette.dim(`… and ${count(more)} more; report.json lists them all.`), width, 2)] : []),
      // Commands are never broken, so that they can be copied.
      ...withheldAdvice(report, withheld).map((line) => `  ${terminalText(line)}`),
    ].join('\n'),
  ];
}

/** Why every image that no pass touches stays, by reason. */
export function keptSection({ images }: Report, { width, palette }: Screen): string[] {
  const groups = keptGroups(images);
  if (groups.length === 0) return [];
  const columns = [
    { head: palette.dim('Reason'), fixed: 24 },
    { head: palette.dim('Images'), fixed: 7 },
    { head: palette.dim('Alone'), fixed: 7 },
    { head: palette.dim('For example'), share: 1 },
  ];
  const cells = groups.map(({ code, images: kept, byThisAlone }) => {
    const examples = kept.slice(0, EXAMPLES).map((image) => example(image, code));
    return [IMAGE_REASONS[code].title, count(kept.length), count(byThisAlone), examples.join('\n')];
  });
  const narrow = cells.map(([title = '', kept = '', alone = '', examples = '']) => [
    `${title}: ${kept}, ${alone} by this alone`,
    examples,
  ]);
  const title = `${palette.bold(palette.green('keep'))}  Why every other image stays; “alone” counts those with no other reason.`;
  return [`${wrapped(title, width)}\n${rows(columns, width < 72 ? narrow : cells, width)}`];
}

function example(image: ReportImage, code: ReportReason['code']): string {
  const reason = image.reasons.find((candidate) => candidate.code === code);
  const why = reason === undefined ? '' : ` ${reasonSentence(reason, image.references)}`;
  return terminalText(`${image.imageId}${why}`);
}

/** Snapshots by decision and reason. */
export function snapshotSection({ snapshots }: Report, { width, palette }: Screen): string[] {
  const lines = snapshotGroups(snapshots).map(
    ({ decision, code, count: number }) =>
      `${decisionPaint(decision, palette)(decision)} ${count(number)}: ${SNAPSHOT_REASONS[code].title}`,
  );
  return section('Snapshots', lines, { width, palette });
}

/** What AWS refused, and when it is tried again. */
export function refusedSection(report: Report, { width, palette, mostRows }: Screen): string[] {
  const all = refusedRows(report);
  const lines = all.slice(0, mostRows).map((row) => palette.yellow(terminalText(refusedSentence(row))));
  return section(`Refused by AWS (${count(all.length)})`, lines, { width, palette });
}

/** Images whose waits a launch began anew. */
export function restartedSection({ restarted = [] }: Report, { width, palette, mostRows }: Screen): string[] {
  const lines = restarted.slice(0, mostRows).map((one) => terminalText(restartedText(one)));
  return section(`${RESTARTED_TITLE} (${count(restarted.length)})`, lines, { width, palette });
}

/** References that seem to be of no use, and such as lead nowhere. */
export function referenceSection(
  { vestigial, dangling, missingImages = [] }: Report,
  { width, palette, mostRows }: Screen,
): string[] {
  const unused = vestigial
    .slice(0, mostRows)
    .map((reference) => terminalText(`${reference.imageId}: ${referenceText(reference)}`));
  const missing = missingImages.slice(0, mostRows).map((one) => terminalText(missingText(one)));
  const gone = dangling
    .slice(0, mostRows)
    .map(({ missing, namedBy }) =>
      terminalText(namedBy.length === 0 ? missing : `${missing}, named by ${listed(namedBy)}`),
    );
  return [
    ...section(
      `Vestigial references (${count(vestigial.length)}): nothing seems to use what alone keeps these images`,
      unused,
      { width, palette },
    ),
    ...section(`${MISSING_TITLE} (${count(missingImages.length)})`, missing, { width, palette }),
    ...section(`References that lead nowhere (${count(dangling.length)})`, gone, { width, palette }),
  ];
}

/** What was read, what was off, and what could not be read. */
export function sourceSection({ sources }: Report, { width, palette }: Screen): string[] {
  const lines = [...sources]
    .sort((a, b) => Number(b.status === 'unreadable') - Number(a.status === 'unreadable'))
    .map((source) => {
      const name = terminalText(source.name);
      if (source.status === 'unreadable')
        return palette.red(`${name}: could not be read: ${terminalText(source.error)}`);
      if (source.status === 'off')
        return palette.yellow(
          `${name}: off${source.reason === undefined ? '' : `, since ${terminalText(source.reason)}`}`,
        );
      return `${name}: ${count(source.references)} found in ${counted(source.calls, 'call')}`;
    });
  return section('Sources', lines, { width, palette });
}

/** What deserves a second thought. */
export function warningSection({ warnings }: Report, { width, palette }: Screen): string[] {
  return section(
    'Warnings',
    warnings.map((warning) => palette.yellow(terminalText(warning))),
    { width, palette },
  );
}

function section(
  title: string,
  lines: readonly string[],
  { width, palette }: Pick<Screen, 'width' | 'palette'>,
): string[] {
  if (lines.length === 0) return [];
  return [[wrapped(palette.bold(title), width), ...lines.map((line) => wrapped(line, width, 2))].join('\n')];
}
