/**
 * Holds what `npm run coverage` measured against docs/coverage.md: every branch that no test reached stands there with
 * its reason, and nothing stands there that a test reaches or that is gone. Exits 1 otherwise.
 */

import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import * as z from 'zod';

const REPORT = 'reports/coverage/coverage-final.json';
const PAGE = 'docs/coverage.md';

const position = z.object({ line: z.number().optional(), column: z.number().nullish() });
const reportSchema = z.record(
  z.string(),
  z.object({
    branchMap: z.record(
      z.string(),
      z.object({
        loc: z.object({ start: z.object({ line: z.number() }) }),
        locations: z.array(z.object({ start: position })),
      }),
    ),
    b: z.record(z.string(), z.array(z.number())),
  }),
);

/** A branch that nothing reached: its file, and its line of code from where it begins; all of the line for an `else` that is not there. */
interface Gap {
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

async function gapsOf(report: z.infer<typeof reportSchema>): Promise<{ gaps: Gap[]; branches: number }> {
  const gaps: Gap[] = [];
  let branches = 0;
  for (const [path, { branchMap, b }] of Object.entries(report)) {
    const lines = (await readFile(path, 'utf8')).split('\n');
    for (const [id, { loc, locations }] of Object.entries(branchMap)) {
      branches += locations.length;
      for (const [index, { start }] of locations.entries()) {
        if ((b[id]?.[index] ?? 0) > 0) continue;
        const { line = loc.start.line } = start;
        const code = (lines[line - 1] ?? '').slice(start.line === undefined ? 0 : (start.column ?? 0)).trim();
        gaps.push({ file: relative(process.cwd(), path), line, code });
      }
    }
  }
  return { gaps, branches };
}

const { gaps, branches } = await gapsOf(reportSchema.parse(JSON.parse(await readFile(REPORT, 'utf8'))));
const rows = [...(await readFile(PAGE, 'utf8')).matchAll(/^\| `(src\/[^`]+)` \| `([^`]+)` \| /gm)];
const explained = rows.map(([, file = '', code = '']) => ({ file, code }));
const unexplained = gaps.filter((gap) => {
  const index = explained.findIndex(({ file, code }) => file === gap.file && gap.code.startsWith(code));
  // One row for each branch.
  return index < 0 || explained.splice(index, 1).length === 0;
});
console.log(
  `${branches - gaps.length} of ${branches} branches reached, ${gaps.length - unexplained.length} explained.`,
);
for (const { file, line, code } of unexplained) console.log(`${file}:${line} is reached by no test: ${code}`);
for (const { file, code } of explained) console.log(`${PAGE} explains what is reached, or is gone: ${file}: ${code}`);
if (unexplained.length + explained.length > 0) process.exitCode = 1;
