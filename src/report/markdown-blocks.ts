import { markdownTable } from 'markdown-table';
import { markdownText } from '../text/untrusted.ts';
import type { Incompleteness } from './incomplete.ts';
import { type ListSection, moreThan } from './sections.ts';

const MOST_ROWS = 200;

/** The caution over an incomplete report: what could not be read, what stays, and what goes on all the same. */
export function incompleteBlock(incomplete: Incompleteness | undefined): string[] {
  if (incomplete === undefined) return [];
  const { title, unread, goesOn } = incomplete;
  const failed = unread.map(({ name, error }) => `> - **${markdownText(name)}**: ${markdownText(error)}`);
  const rest = goesOn === undefined ? '' : `\n>\n> ${markdownText(goesOn)}`;
  return [`> [!CAUTION]\n> **Incomplete: ${markdownText(title)}.**\n>\n${failed.join('\n')}${rest}`];
}

/** Lines under a title; nothing where there are none. */
export function listBlock({ title, lines }: ListSection): string[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, MOST_ROWS).map((line) => `- ${markdownText(line)}`);
  return [`## ${title}`, shown.join('\n'), ...moreThan(MOST_ROWS, lines.length, ': report.json has them all.')];
}

/** A table of anyone's texts, and how many rows more there are; nothing where there are none. */
export function tableBlock(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  wholeIn = 'report.json',
): string[] {
  if (rows.length === 0) return [];
  const cells = [header, ...rows.slice(0, MOST_ROWS)].map((row) => row.map(markdownText));
  return [
    markdownTable(cells, { alignDelimiters: false }),
    ...moreThan(MOST_ROWS, rows.length, `: ${wholeIn} has them all.`),
  ];
}

/** A table under a title; nothing where it has no rows. */
export function tableSection(title: string, ...table: Parameters<typeof tableBlock>): string[] {
  const blocks = tableBlock(...table);
  return blocks.length === 0 ? [] : [`## ${title}`, ...blocks];
}
