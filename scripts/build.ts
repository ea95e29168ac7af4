import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { type BuildOptions, build } from 'esbuild';
import { droppableSchemas } from './ec2-schemas.ts';

/** Bundles each Lambda function and the command line into `dist`: `node scripts/build.ts [--out DIR]`. */
const FUNCTIONS = ['report', 'deprecate', 'disable', 'deregister', 'delete-snapshots', 'notify', 'keep-button'];
const { values } = parseArgs({ options: { out: { type: 'string', default: 'dist' } } });

const common: BuildOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // Clients that few accounts need lie in files of their own, read when they are first asked for.
  splitting: true,
  minify: true,
  sourcemap: 'external',
  metafile: true,
  logLevel: 'warning',
};

await rm(values.out, { recursive: true, force: true });
try {
  for (const { name, firstKiB, totalKiB } of await Promise.all([...FUNCTIONS.map(buildFunction), buildCommandLine()])) {
    console.log(`${name.padEnd(18)}${firstKiB.padStart(7)} KiB at start${totalKiB.padStart(8)} KiB in all`);
  }
} catch {
  // esbuild has printed what is wrong, and where.
  process.exitCode = 1;
}

/** Everything is in the bundle, the AWS SDK too: the version that the Lambda runtime brings is not pinned. */
async function buildFunction(name: string): Promise<Size> {
  const outdir = join(values.out, name);
  const result = await build({
    ...common,
    entryPoints: { index: `src/handlers/${name}.ts` },
    outdir,
    mainFields: ['module', 'main'],
    // Some packages are CommonJS and ask for Node's own modules with `require`.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    plugins: [droppableSchemas],
  });
  await mkdir(outdir, { recursive: true });
  // Emitted as .js beside this file, since `serverless invoke local` cannot load .mjs.
  await writeFile(join(outdir, 'package.json'), '{"type":"module"}\n');
  return sizeOf(name, outdir, result.metafile?.outputs ?? {});
}

/** Only the project's own code: Node takes no types away inside node_modules, and npm installs the dependencies. */
async function buildCommandLine(): Promise<Size> {
  const outdir = join(values.out, 'cli');
  const result = await build({
    ...common,
    entryPoints: { main: 'src/cli/main.ts' },
    outdir,
    packages: 'external',
  });
  return sizeOf('cli', outdir, result.metafile?.outputs ?? {});
}

interface Size {
  readonly name: string;
  readonly firstKiB: string;
  readonly totalKiB: string;
}

type Outputs = Readonly<
  Record<string, { readonly bytes: number; readonly imports: readonly { path: string; kind: string }[] }>
>;

function sizeOf(name: string, outdir: string, outputs: Outputs): Size {
  const files = new Map(Object.entries(outputs).filter(([path]) => path.endsWith('.js')));
  const entry = [...files.keys()].find((path) => /(?:^|\/)(?:index|main)\.js$/.test(relative(outdir, path)));
  const first = new Set<string>();
  const visit = (path: string): void => {
    if (first.has(path)) return;
    first.add(path);
    for (const { path: next, kind } of files.get(path)?.imports ?? []) {
      if (kind === 'import-statement' && files.has(next)) visit(next);
    }
  };
  if (entry !== undefined) visit(entry);
  const bytes = (paths: Iterable<string>) => [...paths].reduce((sum, path) => sum + (files.get(path)?.bytes ?? 0), 0);
  return { name, firstKiB: kiB(bytes(first)), totalKiB: kiB(bytes(files.keys())) };
}

function kiB(bytes: number): string {
  return (bytes / 1024).toFixed(0);
}
