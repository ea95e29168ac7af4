import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, type Metafile } from 'esbuild';
import { bundleFunction, COMMAND_LINE, FUNCTIONS, ORGANIZATION_FUNCTIONS, sizeOf } from './bundle.ts';
import { licensesOf } from './licenses.ts';

/** Bundles each Lambda function and the command line into `dist`: `node scripts/build.ts [--out DIR]`. */
const { values } = parseArgs({ options: { out: { type: 'string', default: 'dist' } } });

await rm(values.out, { recursive: true, force: true });
try {
  const functions = [...FUNCTIONS, ...ORGANIZATION_FUNCTIONS].map(async (name) => ({
    name,
    metafile: await bundleFunction(name, join(values.out, name)),
  }));
  for (const { name, metafile } of await Promise.all([...functions, buildCommandLine()])) {
    const { atStart, inAll } = sizeOf(metafile);
    console.log(`${name.padEnd(24)}${kB(atStart).padStart(7)} kB at start${kB(inAll).padStart(8)} kB in all`);
  }
} catch {
  // esbuild has printed what is wrong, and where.
  process.exitCode = 1;
}

/** As JavaScript: Node takes no types away inside node_modules. */
async function buildCommandLine(): Promise<{ name: string; metafile: Metafile }> {
  const { metafile } = await build({
    ...COMMAND_LINE,
    entryPoints: { main: 'src/cli/main.ts' },
    outdir: join(values.out, 'cli'),
    sourcemap: 'external',
  });
  await writeFile(join(values.out, 'cli', 'LICENSES.txt'), licensesOf(metafile));
  return { name: 'cli', metafile };
}

function kB(bytes: number): string {
  return (bytes / 1000).toFixed(0);
}
