import { readFileSync } from 'node:fs';

/** The commands of one of docs/guides, one a line, in their order. */
export function commandsOf(guide: string): string[] {
  const blocks = readFileSync(`docs/guides/${guide}`, 'utf8').matchAll(/^```sh\n([\s\S]*?)^```$/gm);
  return [...blocks].flatMap(([, lines = '']) => lines.trim().split('\n'));
}
