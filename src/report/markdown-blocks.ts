import { markdownTable } from 'markdown-table';
import { count } from '../text/format.ts';
import { markdownText } from '../text/untrusted.ts';
import type { Incompleteness } from './incomplete.ts';
import { type Cell, type ListSection, moreThan, type TableSection } from './sections.ts';

const REST = ': report.json has them all.';

/** The caution over an incomplete report: what could not be read, what stays, and what goes on all the same. */
export function incompleteBlock({ title, unread, goesOn, mend }: Incompleteness): string {
  const failed = unread.map(({ name, error }) => `> - **${markdownText(name)}**: ${markdownText(error)}`);
  const rest = [...goesOn, mend].map((sentence) => `>\n> ${markdownText(sentence)}`);
  return `> [!CAUTION]\n> **Incomplete: ${markdownText(title)}.**\n>\n${[...failed, ...rest].join('\n')}`;
}

/** A list or a table under its title, at most so many lines or rows of it; nothing where it is a list without lines. */
export function sectionBlock(section: ListSection | TableSection, rest: string, most: number): string[] {
  if ('lines' in section) return listBlock(section, rest, most);
  return [`## ${section.title}`, ...tableBlock(section.heads, section.rows, rest, most)];
}

/** Lines under a title; nothing where there are none. */
export function listBlock({ title, lines }: ListSection, rest = REST, most = 200): string[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, most).map((line) => `- ${markdownText(line)}`);
  return [...(title === '' ? [] : [`## ${title}`]), shown.join('\n'), ...moreThan(most, lines.length, rest)];
}

/** A table of anyone's texts, and how many rows more there are; nothing where there are none. */
export function tableBlock(heads: readonly string[], rows: TableSection['rows'], rest = REST, most = 200): string[] {
  if (rows.length === 0) return [];
  const cells = [heads, ...rows.slice(0, most)].map((row) => row.map((cell) => markdownText(cellText(cell))));
  return [markdownTable(cells, { alignDelimiters: false }), ...moreThan(most, rows.length, rest)];
}

function cellText(cell: Cell): string {
  if (typeof cell === 'number') return count(cell);
  return typeof cell === 'string' ? cell : `${cell.text ?? ''}${cell.isolated ?? ''}`;
}

/** A table under a title; nothing where it has no rows. */
export function tableSection(title: string, ...table: Parameters<typeof tableBlock>): string[] {
  const blocks = tableBlock(...table);
  return blocks.length === 0 ? [] : [`## ${title}`, ...blocks];
}
