import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { bundleFunction, COMMON, FUNCTION, FUNCTIONS } from '../bundle/bundle.ts';
import { type BundleSize, sizeOf } from '../bundle/size.ts';

/** Something whose start is measured: a folder with an `index.js`. */
export interface Bundle {
  readonly name: string;
  readonly kind: 'function' | 'beside';
  readonly folder: string;
  readonly size: BundleSize;
}

/** The bundle that a function's start is held against: the EC2 client alone, as ES modules. */
export const PLAIN = 'plain EC2 client';

/** What a script that cleans images by hand would import, and nothing else. */
const PLAIN_CLIENT = `
import { DeleteSnapshotCommand, DeregisterImageCommand, DescribeImagesCommand, DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand, DescribeSnapshotsCommand, EC2Client } from '@aws-sdk/client-ec2';
const client = new EC2Client({});
const commands = { DeleteSnapshotCommand, DeregisterImageCommand, DescribeImagesCommand, DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand, DescribeSnapshotsCommand };
export const handler = ({ command, input }) => client.send(new commands[command](input));
`;
const EMPTY = 'export const handler = async () => {};';

/** Builds every function as it is deployed, and what it is measured beside. */
export async function bundles(folder: string): Promise<Bundle[]> {
  const esModules = { mainFields: ['module', 'main'], banner: FUNCTION.banner };
  return Promise.all([
    beside(folder, 'empty handler', EMPTY, {}),
    // What `esbuild --bundle --minify --platform=node` makes of it: the client's CommonJS files.
    beside(folder, `${PLAIN}, CommonJS`, PLAIN_CLIENT, { banner: FUNCTION.banner }),
    beside(folder, PLAIN, PLAIN_CLIENT, esModules),
    beside(folder, `${PLAIN}, only what it uses`, PLAIN_CLIENT, FUNCTION),
    ...FUNCTIONS.map(async (name): Promise<Bundle> => {
      const outdir = join(folder, name);
      return { name, kind: 'function', folder: outdir, size: sizeOf(await bundleFunction(name, outdir)) };
    }),
  ]);
}

async function beside(folder: string, name: string, contents: string, options: BuildOptions): Promise<Bundle> {
  const outdir = join(folder, name.replaceAll(/\W+/g, '-'));
  // Named `index` by its source file, as the functions are.
  const stdin = { contents, resolveDir: process.cwd(), sourcefile: 'index.js' };
  const { metafile } = await build({ ...COMMON, ...options, metafile: true, stdin, outdir, entryNames: 'index' });
  await mkdir(outdir, { recursive: true });
  await writeFile(join(outdir, 'package.json'), '{"type":"module"}\n');
  return { name, kind: 'beside', folder: outdir, size: sizeOf(metafile) };
}
