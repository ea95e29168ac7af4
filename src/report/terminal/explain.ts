import { terminalText } from '../../text/untrusted.ts';
import type { Explanation } from '../explain.ts';
import { type TerminalOptions, wrapped } from './layout.ts';
import { decisionPaint } from './palette.ts';

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
