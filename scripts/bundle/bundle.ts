import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import packageJson from '../../package.json' with { type: 'json' };
import { credentialsFromEnvironment, droppableSchemas, versionsOnly } from './aws-sdk.ts';
import { unreachable } from './size.ts';
import { withoutJsonSchemas } from './zod.ts';

/** The Lambda functions: each is a file of `src/handlers` and a folder of `dist`. */
export const FUNCTIONS = ['report', 'deprecate', 'disable', 'deregister', 'delete-snapshots', 'notify', 'keep-button'];

/** The functions behind the states of an organization's run: each is a file of `src/handlers/organization`. */
export const ORGANIZATION_FUNCTIONS = [
  'organization-targets',
  'organization-inventory',
  'organization-join',
  'organization-act',
  'organization-notify',
  'organization-summary',
];

/** How everything is built. */
export const COMMON = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // What few runs need, or none at once, lies in files of their own, read when they are first asked for.
  splitting: true,
  minify: true,
  metafile: true,
  logLevel: 'warning',
} satisfies BuildOptions;

/** Some packages are CommonJS and ask for Node's own modules with `require`. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/** Everything is in the bundle, the AWS SDK too: the version that the Lambda runtime brings is not pinned. */
export const FUNCTION = {
  ...COMMON,
  mainFields: ['module', 'main'],
  // Under Node's condition it is CommonJS, of which nothing can be left out.
  alias: { yaml: './node_modules/yaml/browser/index.js' },
  banner: { js: REQUIRE },
  plugins: [droppableSchemas, versionsOnly, credentialsFromEnvironment, withoutJsonSchemas],
} satisfies BuildOptions;

/**
 * The command line has the AWS SDK in its bundle, without the schemas that nothing uses: as npm installs it, loading it
 * alone takes 90 MB. npm installs the other dependencies.
 */
export const COMMAND_LINE = {
  ...COMMON,
  mainFields: ['module', 'main'],
  banner: { js: REQUIRE },
  plugins: [droppableSchemas],
  external: Object.keys(packageJson.dependencies).filter((name) => !/^@(?:aws-sdk|smithy)\//.test(name)),
} satisfies BuildOptions;

/** Bundles one function into a folder, and tells what went in. */
export async function bundleFunction(name: string, outdir: string): Promise<Metafile> {
  const handler = name.replace(/^organization-/, 'organization/');
  const options = { entryPoints: { index: `src/handlers/${handler}.ts` }, outdir, sourcemap: 'external' } as const;
  const { metafile } = await build({ ...FUNCTION, ...options });
  for (const path of unreachable(metafile)) {
    for (const file of [path, `${path}.map`]) {
      await rm(file);
      delete metafile.outputs[file];
    }
  }
  await mkdir(outdir, { recursive: true });
  // Emitted as .js beside this file, since `serverless invoke local` cannot load .mjs.
  await writeFile(join(outdir, 'package.json'), '{"type":"module"}\n');
  return metafile;
}
