import { markdownText } from '../text/untrusted.ts';
import type { Incompleteness } from './incomplete.ts';

/** The caution over an incomplete report: what could not be read, what stays, and what goes on all the same. */
export function incompleteMarkdown(incomplete: Incompleteness | undefined): string[] {
  if (incomplete === undefined) return [];
  const { title, unread, goesOn } = incomplete;
  const failed = unread.map(({ name, error }) => `> - **${markdownText(name)}**: ${markdownText(error)}`);
  const rest = goesOn === undefined ? '' : `\n>\n> ${markdownText(goesOn)}`;
  return [`> [!CAUTION]\n> **Incomplete: ${markdownText(title)}.**\n>\n${failed.join('\n')}${rest}`];
}
