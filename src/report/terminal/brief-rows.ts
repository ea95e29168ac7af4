import { sum } from 'd3-array';
import stringWidth from 'string-width';
import { DAY } from '../../text/format.ts';
import { terminalText } from '../../text/untrusted.ts';
import { distinguishingReason } from '../distinguishing.ts';
import type { Lookup } from '../grouping.ts';
import { whySnapshot } from '../reason-sentences.ts';
import { outcomeSentence } from '../sentences.ts';
import type { ReportAction, ReportImage } from '../shape.ts';
import type { TerminalOptions } from './layout.ts';
import { decisionPaint, type Painted, type Palette } from './palette.ts';

/** One line of a plan: what is done to which image or snapshot, and what tells it from the others. */
export interface BriefRow {
  readonly painted: Painted;
  /** In the order of the columns: action, id, name, owner, age, why. */
  readonly cells: readonly string[];
  /** Stands instead of everything after the id. */
  readonly says?: string;
  readonly status?: 'done' | 'skipped' | 'failed';
}

const HEADS: BriefRow['cells'] = ['Action', 'Image', 'Name', 'Owner', 'Age', 'Why'];
const [ID, NAME, OWNER, AGE, WHY] = [1, 2, 3, 4, 5];
/** From here on two spaces part the columns; below the others there is room for fewer columns. */
const ROOMY = 100;
const NARROW = 72;
const NARROWEST = 56;

/** The action words of a row, where they are not the action's own: an orphan is only marked at first. */
const WORDS = { 'mark-orphan': ['mark', 'deprecate'], 'delete-snapshot': ['delete', 'delete'] } as const;

/** The row of an action of a plan, with how it ended where it was taken. */
export function actionLine(action: ReportAction, { image, snapshot, outcome }: Lookup, at: string): BriefRow {
  const ended = outcome(action);
  const why = ended && ended.status !== 'done' ? outcomeSentence(ended) : undefined;
  const status = ended && { status: ended.status };
  const [word, painted] = 'snapshotId' in action ? WORDS[action.action] : [action.action, action.action];
  const about = image(action.imageId);
  if ('snapshotId' in action) {
    const mapped = snapshot(action.snapshotId);
    const says = why ?? (mapped === undefined ? '' : whySnapshot(mapped));
    return { painted, cells: [word, action.snapshotId], says, ...status };
  }
  return { painted, cells: [word, action.imageId, ...factsOf(about, at, why)], ...status };
}

/** The row of an image that stays. */
export function keptLine(image: ReportImage, at: string): BriefRow {
  return { painted: 'keep', cells: ['keep', image.imageId, ...factsOf(image, at)] };
}

function factsOf(image: ReportImage | undefined, at: string, why?: string): string[] {
  if (image === undefined) return ['', '', '', why ?? ''];
  const { name, owner, creationDate } = image;
  const age = creationDate === null ? '?' : `${Math.floor((Date.parse(at) - Date.parse(creationDate)) / DAY)}d`;
  return [name, owner ?? '', age, why ?? distinguishingReason(image)];
}

/** Lays rows out in columns, one line each, none wider than the terminal. */
export function briefTable(rows: readonly BriefRow[], { width, palette }: TerminalOptions) {
  const gap = ' '.repeat(width < ROOMY ? 1 : 2);
  const shown =
    width < NARROWEST ? [0, ID, NAME] : width < NARROW ? [0, ID, NAME, WHY] : [0, ID, NAME, OWNER, AGE, WHY];
  const texts = rows.map(({ cells }) => cells.map(terminalText));
  const widths = fitted(shown, [HEADS, ...texts], width - gap.length * (shown.length - 1));
  const afterId = width - (widths[0] ?? 0) - (widths[ID] ?? 0) - 2 * gap.length;
  const cell = (text: string, column: number, paint: Palette['red']) => {
    const room = widths[column] ?? 0;
    const fits = column === NAME ? cutMiddle(text, room) : cutEnd(text, room);
    const space = ' '.repeat(Math.max(0, room - stringWidth(fits)));
    return column === AGE ? space + paint(fits) : paint(fits) + space;
  };
  const plain: Palette['red'] = (text) => String(text);
  const line = ({ painted, says, status }: BriefRow, cells: readonly string[]) => {
    const paintOf = (column: number) => {
      if (column === 0) return decisionPaint(painted, palette);
      return column === WHY && status !== undefined ? palette[STATUS_COLORS[status]] : plain;
    };
    if (says === undefined) return shown.map((column) => cell(cells[column] ?? '', column, paintOf(column))).join(gap);
    const start = [0, ID].map((column) => cell(cells[column] ?? '', column, paintOf(column)));
    return [...start, paintOf(WHY)(cutEnd(terminalText(says), afterId))].join(gap);
  };
  return {
    head: shown
      .map((column) => cell(HEADS[column] ?? '', column, palette.dim))
      .join(gap)
      .trimEnd(),
    lines: rows.map((row, index) => line(row, texts[index] ?? []).trimEnd()),
  };
}

const STATUS_COLORS = { done: 'green', skipped: 'yellow', failed: 'red' } as const;

/** The widths of columns: ids are never cut; where there is too little room, names give way first. */
function fitted(shown: readonly number[], lines: readonly (readonly string[])[], room: number): number[] {
  const natural = HEADS.map((_, column) =>
    shown.includes(column) ? Math.max(...lines.map((cells) => stringWidth(cells[column] ?? ''))) : 0,
  );
  if (sum(natural) <= room) return natural;
  const [action = 0, id = 0, name = 0, owner = 0, age = 0, why = 0] = natural;
  const left = Math.max(0, room - action - id - age);
  const owners = Math.min(owner, Math.max(8, Math.floor(left * 0.2)));
  const whys = Math.min(why, Math.max(17, Math.floor(left * 0.4), left - owners - name));
  return [action, id, Math.max(0, left - owners - whys), owners, age, whys];
}

/** A text cut to a width, its end left out. */
export function cutEnd(text: string, room: number): string {
  return stringWidth(text) <= room ? text : `${startOf(text, room - 1)}…`;
}

/** A text cut to a width, its middle left out: names begin and end with what tells them apart. */
function cutMiddle(text: string, room: number): string {
  if (stringWidth(text) <= room) return text;
  const start = startOf(text, Math.ceil((room - 1) / 2));
  const end = startOf([...text].reverse().join(''), room - 1 - stringWidth(start));
  return `${start}…${[...end].reverse().join('')}`;
}

function startOf(text: string, room: number): string {
  let start = '';
  for (const character of text) {
    if (stringWidth(start + character) > room) break;
    start += character;
  }
  return start;
}
