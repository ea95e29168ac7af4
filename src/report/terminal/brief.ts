import { sum } from 'd3-array';
import { IMAGE_REASONS } from '../../model/reasons.ts';
import { count, counted } from '../../text/format.ts';
import { terminalText } from '../../text/untrusted.ts';
import { summaryOf } from '../acts.ts';
import { changesSentence } from '../changes.ts';
import { keptGroups, type Lookup, lookup } from '../grouping.ts';
import { listsOf } from '../sections.ts';
import { stoppedText } from '../sentences.ts';
import type { Report, ReportPass } from '../shape.ts';
import { actionLine, type BriefRow, briefTable, cutEnd, keptLine } from './brief-rows.ts';
import { type TerminalOptions, wrapped } from './layout.ts';
import { alarms, heading } from './overview.ts';

/** So many lines, whatever the account. */
const MOST_LINES = 36;
const LEAST_ROWS = 2;
/** Lines of one alarm, of one sentence, and of why images stay. */
const MOST = { heading: 5, alarm: 7, sentence: 2, kept: 2 };
const MOST_WARNINGS = 3;
const SEE_MORE = 'See more: --details prints everything, explain IMAGE_ID all of one image; --out DIR writes a page.';

/** Rows of a pass, and what is said below them. */
interface Group {
  readonly rows: readonly BriefRow[];
  readonly says: readonly string[];
}

/**
 * The report on one screen: a row for each of the first images of a pass, the rest counted, and last what the run does
 * and saves.
 * @param shown the part of the report that was asked for; the summary tells of all of it
 */
export function briefTerminal(report: Report, options: TerminalOptions, shown = report): string {
  const { width, palette } = options;
  const lines = (text: string, most: number) => atMost(wrapped(text, width).split('\n'), most, width);
  const part = `Listed are ${count(shown.images.length)} of ${counted(report.images.length, 'image')}, as asked for; the summary is of all.`;
  const above = [
    heading(report, options).split('\n').slice(0, MOST.heading),
    ...alarms(report, options).map((alarm) => {
      const all = alarm.split('\n');
      return all.length <= MOST.alarm ? all : [...all.slice(0, MOST.alarm - 1), '   and more: --details'];
    }),
    report.changes === undefined ? [] : lines(terminalText(changesSentence(report.changes)), MOST.sentence),
    shown === report ? [] : lines(part, MOST.sentence),
  ];
  const [does = '', ...others] = summaryOf(report);
  const kept = lines(keptText(shown, MOST.kept * width), MOST.kept);
  const summary = [palette.bold(does), ...others, SEE_MORE].flatMap((line) => wrapped(line, width).split('\n'));
  const warned = (most: number) =>
    warningsOf(report, most).flatMap((warning) =>
      lines(`! ${terminalText(warning)}`, MOST.sentence).map(palette.yellow),
    );
  // Of each block its lines and the empty one after it.
  const left = (most: number) =>
    MOST_LINES - sum([...above, kept, warned(most), summary], ({ length }) => length && length + 1);
  const groups = shown === report ? groupsOf(report) : partOf(shown);
  const least = 1 + groups.length * (LEAST_ROWS + 1);
  const mostWarnings = [MOST_WARNINGS, 2, 1].find((most) => left(most) >= least) ?? 0;
  const table = tableOf(groups, Math.max(least, left(mostWarnings)), options);
  const blocks = [...above, table, kept, warned(mostWarnings), summary].filter(({ length }) => length > 0);
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

/** What each pass does; of images that were asked for by `keep`, those. */
function groupsOf(report: Report): Group[] {
  const find = lookup(report);
  return report.passes
    .map((pass) => groupOf(pass, find, report.at))
    .filter(({ rows, says }) => rows.length + says.length > 0);
}

/** What was asked for; where nothing of it is to be acted on, the images that stay. */
function partOf(shown: Report): Group[] {
  const groups = groupsOf(shown);
  if (groups.length > 0) return groups;
  const kept = shown.images.filter(({ decision }) => decision === 'keep');
  return kept.length === 0 ? [] : [{ rows: kept.map((image) => keptLine(image, shown.at)), says: [] }];
}

const ORDER = { failed: 0, skipped: 1, done: 2 } as const;

function groupOf({ pass, actions, deferred, withheld = [], stopped }: ReportPass, find: Lookup, at: string): Group {
  const rows = actions.map((action) => actionLine(action, find, at));
  return {
    rows: rows.toSorted((a, b) => ORDER[a.status ?? 'done'] - ORDER[b.status ?? 'done']),
    says: [
      ...(stopped === undefined ? [] : [`${pass} is stopped: ${stoppedText(stopped)}; nothing is done`]),
      ...(deferred.length === 0 ? [] : [`${count(deferred.length)} left to later runs`]),
      ...(withheld.length === 0 ? [] : [`${count(withheld.length)} withheld, since no Recycle Bin rule covers them`]),
    ],
  };
}

/** As many rows of each group as there is room for, and how many more there are. */
function tableOf(groups: readonly Group[], room: number, options: TerminalOptions): string[] {
  const { width, palette } = options;
  const lengths = groups.map(({ rows }) => rows.length);
  const most = shares(lengths, room - 1 - groups.length);
  const taken = groups.map(({ rows }, index) => firstOf(rows, most[index] ?? 0));
  const { head, lines } = briefTable(taken.flat(), options);
  const hasRows = lines.length > 0;
  const body = groups.flatMap(({ rows, says }, index) => {
    const own = lines.splice(0, taken[index]?.length ?? 0);
    const more = rows.length > own.length ? [`and ${count(rows.length - own.length)} more: --details`] : [];
    const below = [...more, ...says].join('; ');
    return [...own, ...(below === '' ? [] : [palette.dim(cutEnd(terminalText(below), width))])];
  });
  return hasRows ? [head, ...body] : body;
}

/** Shares a room out evenly: what one does not need goes to the others. */
function shares(lengths: readonly number[], room: number): number[] {
  const given = lengths.map(() => 0);
  for (let left = room, before = -1; left > 0 && left !== before; ) {
    before = left;
    lengths.forEach((length, index) => {
      const has = given[index] ?? 0;
      if (left === 0 || has === length) return;
      given[index] = has + 1;
      left -= 1;
    });
  }
  return given;
}

/** So many rows, of each kind of action some. */
function firstOf(rows: readonly BriefRow[], most: number): BriefRow[] {
  const kinds = [...Map.groupBy(rows, ({ cells: [action] }) => action).values()];
  const given = shares(
    kinds.map(({ length }) => length),
    most,
  );
  return kinds.flatMap((kind, index) => kind.slice(0, given[index]));
}

/** `Kept 114: in use 62 · newest 58 · …`, in so many characters: an image counts for each of its reasons. */
function keptText({ images }: Report, most: number): string {
  const kept = images.filter(({ decision }) => decision === 'keep').length;
  if (kept === 0) return '';
  const reasons = keptGroups(images).map(
    ({ code, images: { length } }) => `${TITLES[code] ?? IMAGE_REASONS[code].title} ${count(length)}`,
  );
  const text = (shown: number) => {
    const others = reasons.length - shown;
    return `Kept ${count(kept)}: ${[...reasons.slice(0, shown), ...(others === 0 ? [] : [counted(others, 'other reason')])].join(' · ')}`;
  };
  let shown = reasons.length;
  // Where it wraps, a line is not filled to its end.
  while (shown > 1 && text(shown).length > most - LONGEST_REASON) shown -= 1;
  return text(shown);
}

/** Characters of the longest reason for which images stay. */
const LONGEST_REASON = 30;

const TITLES: { readonly [Code in keyof typeof IMAGE_REASONS]?: string } = {
  referenced: 'in use',
  'newest-of-group': 'newest',
};

/** What deserves a second look, the first ones each in a sentence. */
function warningsOf(report: Report, most: number): string[] {
  const { warnings, ...lists } = listsOf(report);
  const { unverified = 0 } = report.totals;
  const found = (['refused', 'critical', 'missing', 'dangling', 'stale', 'restarted', 'leftovers'] as const).flatMap(
    (name) => {
      const { title, lines } = lists[name];
      return lines.length === 0 ? [] : [`${title}: ${count(lines.length)}`];
    },
  );
  const shared = counted(unverified, 'due image');
  const all = [
    ...warnings.lines,
    ...(unverified === 0 ? [] : [`${shared} may stay: nobody asked yet whom they are shared with.`]),
    ...(found.length === 0 ? [] : [`${found.join('; ')}.`]),
  ];
  if (all.length <= most) return all;
  return [...all.slice(0, most), `${counted(all.length - most, 'more warning')}: --details`];
}

function atMost(lines: readonly string[], most: number, width: number): string[] {
  if (lines.length <= most) return [...lines];
  return [...lines.slice(0, most - 1), cutEnd(`${lines[most - 1]} …`, width - 1)];
}
