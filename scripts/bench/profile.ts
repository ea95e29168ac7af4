import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

/** What only thinks about what was read. */
const DECIDING = /^src\/(?:policy|plan)\//;

/**
 * How much of its work a profiled process did in the code that decides and plans, or in what that called: a part of
 * one. A profile's own times count whatever else the machine does, too.
 */
export async function decidingShare(file: string): Promise<number> {
  const { nodes, samples, timeDeltas } = profileSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const inside = new Set<number>();
  const enter = (id: number): void => {
    if (inside.has(id)) return;
    inside.add(id);
    for (const child of byId.get(id)?.children ?? []) enter(child);
  };
  const sources = new Map<string, Sources>();
  for (const { id, callFrame } of nodes) {
    if (!callFrame.url.startsWith('file:')) continue;
    const known = sources.get(callFrame.url) ?? (await readSources(callFrame.url));
    sources.set(callFrame.url, known);
    if (DECIDING.test(known(callFrame.lineNumber))) enter(id);
  }
  let working = 0;
  let deciding = 0;
  for (const [at, id] of samples.entries()) {
    const microseconds = timeDeltas[at] ?? 0;
    if (byId.get(id)?.callFrame.functionName !== '(idle)') working += microseconds;
    if (inside.has(id)) deciding += microseconds;
  }
  return deciding / working;
}

/** The source file of a line. */
type Sources = (lineNumber: number) => string;

/** esbuild names each source file in a comment before its code. */
async function readSources(url: string): Promise<Sources> {
  const lines = (await readFile(fileURLToPath(url), 'utf8').catch(() => '')).split('\n');
  let source = '';
  const perLine = lines.map((line) => {
    source = /^\/\/ ((?:src|node_modules)\/\S+)$/.exec(line)?.[1] ?? source;
    return source;
  });
  return (lineNumber) => perLine[lineNumber] ?? '';
}
