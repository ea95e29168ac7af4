import type { Metafile } from 'esbuild';

/** How much JavaScript a bundle has, in bytes. */
export interface BundleSize {
  /** What Node reads before the first line of the entry runs. */
  readonly atStart: number;
  /** With all that is read only when it is asked for. */
  readonly inAll: number;
}

/** The size of what esbuild wrote for one entry; source maps are no part of what is deployed. */
export function sizeOf(metafile: Metafile): BundleSize {
  return {
    atStart: bytesOf(metafile, reached(metafile, ['import-statement'])),
    inAll: bytesOf(metafile, Object.keys(metafile.outputs).filter(isCode)),
  };
}

/** Files of code that nothing asks for: esbuild writes one for each lazy import, of code that it dropped itself too. */
export function unreachable(metafile: Metafile): string[] {
  const used = reached(metafile, ['import-statement', 'dynamic-import', 'require-call']);
  return Object.keys(metafile.outputs).filter((path) => isCode(path) && !used.has(path));
}

function reached({ outputs }: Metafile, kinds: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    for (const { path: next, kind } of outputs[path]?.imports ?? []) {
      if (kinds.includes(kind) && next in outputs) visit(next);
    }
  };
  // Each file that is imported lazily is an entry too; esbuild names those after the file, with a hash.
  const entry = Object.keys(outputs).find((path) => /(?:^|\/)(?:index|main)\.js$/.test(path));
  if (entry !== undefined) visit(entry);
  return found;
}

function bytesOf({ outputs }: Metafile, paths: Iterable<string>): number {
  return [...paths].reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);
}

function isCode(path: string): boolean {
  return path.endsWith('.js');
}
