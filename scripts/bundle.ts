import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';

/** The Lambda functions: each is a file of `src/handlers` and a folder of `dist`. */
export const FUNCTIONS = [
  'report',
  'protect',
  'deprecate',
  'disable',
  'archive',
  'deregister',
  'delete-snapshots',
  'notify',
  'keep-button',
];

/** The functions behind the states of an organization's run: each is a file of `src/handlers/organization`. */
export const ORGANIZATION_FUNCTIONS = [
  'organization-targets',
  'organization-inventory',
  'organization-join',
  'organization-act',
  'organization-notify',
  'organization-summary',
];

const CONSTANT = /^const (_\w+) = ("[^"]*");$/gm;
const COMPUTED_KEY = /\[(_\w+)\]:/g;

/**
 * Lets esbuild drop the SDK schemas that nothing uses. It must keep an object with a computed key, since evaluating
 * the key could have an effect (aws/aws-sdk-js-v3 issue 7607); the keys are constants, so this writes them out.
 */
const droppableSchemas: Plugin = {
  name: 'droppable-schemas',
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk[\\/][^\\/]+[\\/]dist-es[\\/].*schemas_\d+\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const constants = new Map([...source.matchAll(CONSTANT)].map(([, name, text]) => [name, text]));
      return { contents: source.replace(COMPUTED_KEY, (key, name) => `${constants.get(name) ?? key.slice(0, -1)}:`) };
    });
  },
};

/** How everything is built. */
export const COMMON = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  // Some packages are CommonJS and ask for Node's own modules with `require`.
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  // What few runs need, or none at once, is in files of its own, read when it is first asked for.
  splitting: true,
  minify: true,
  metafile: true,
  logLevel: 'warning',
} satisfies BuildOptions;

/** Everything is in the bundle, the AWS SDK too: the version that the Lambda runtime brings is not pinned. */
export const FUNCTION = {
  ...COMMON,
  alias: {
    // Under Node's condition it is CommonJS, of which nothing can be left out.
    yaml: './node_modules/yaml/browser/index.js',
    '@aws-sdk/credential-provider-node': './scripts/lambda-credentials.js',
  },
  // Only the SDK's code for browsers asks for it; esbuild would write a file for it that nothing reads.
  external: ['bowser'],
  plugins: [droppableSchemas],
} satisfies BuildOptions;

/** The parser of HCL is WebAssembly, which the command line has in a file that one command reads. */
const wasmInside: Plugin = {
  name: 'wasm-inside',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]cli[\\/]lookups[\\/]wasm\.ts$/ }, ({ path }) => ({
      contents: `import parser from 'web-tree-sitter/web-tree-sitter.wasm';
        import grammar from '@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-hcl.wasm';
        export const wasm = async () => ({ parser, grammar });`,
      resolveDir: dirname(path),
    }));
  },
};

/** The command line brings all that it needs: whoever installs it gets no other package, and no Node. */
export const COMMAND_LINE = {
  ...COMMON,
  target: 'node22',
  loader: { '.wasm': 'binary' },
  plugins: [droppableSchemas, wasmInside],
} satisfies BuildOptions;

/** Bundles one function into a folder, and tells what went in. */
export async function bundleFunction(name: string, outdir: string): Promise<Metafile> {
  const handler = name.replace(/^organization-/, 'organization/');
  const options = { entryPoints: { index: `src/handlers/${handler}.ts` }, outdir, sourcemap: 'external' } as const;
  const { metafile } = await build({ ...FUNCTION, ...options });
  await mkdir(outdir, { recursive: true });
  // Emitted as .js beside this file, since `serverless invoke local` cannot load .mjs.
  await writeFile(join(outdir, 'package.json'), '{"type":"module"}\n');
  return metafile;
}

/** How much JavaScript a bundle has, in bytes; source maps are no part of what is deployed. */
export interface BundleSize {
  /** What Node reads before the first line of the entry runs. */
  readonly atStart: number;
  /** With all that is read only when it is asked for. */
  readonly inAll: number;
}

/** The size of what esbuild wrote for one entry, which is named `index` or `main`. */
export function sizeOf({ outputs }: Metafile): BundleSize {
  const code = Object.keys(outputs).filter((path) => path.endsWith('.js'));
  const atStart = new Set(code.filter((path) => /(?:^|\/)(?:index|main)\.js$/.test(path)));
  for (const path of atStart) {
    for (const { path: next, kind } of outputs[path]?.imports ?? []) if (kind === 'import-statement') atStart.add(next);
  }
  const bytesOf = (paths: Iterable<string>) => [...paths].reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);
  return { atStart: bytesOf(atStart), inAll: bytesOf(code) };
}
