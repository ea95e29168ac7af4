import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { imageIdsIn } from '../../model/ids.ts';
import type { Found } from './criteria.ts';
import { findIn, parameter } from './find.ts';
import { type HclReader, hclReader, type Locals } from './hcl.ts';
import { BrokenFileError, itemsOf, membersOf, under, type Value } from './value.ts';
import { readYaml } from './yaml.ts';

/** What was found, and in which file. */
export type Placed<What> = What & { readonly file: string; readonly line: number };

/** All that some directories say of images. */
export interface ReadFiles {
  readonly files: number;
  readonly found: readonly Placed<Found>[];
  readonly imageIds: readonly Placed<{ readonly imageId: string }>[];
  /** Files that can't be read, each with why. */
  readonly broken: readonly Placed<{ readonly why: string }>[];
}

const HCL = /\.(?:tf|tfvars|hcl)$/;
const YAML = /\.(?:ya?ml|json|template)$/;
/** What other YAML and JSON files hold is none of ours, and much of it is no YAML before a template is filled in. */
const SPEAKS_OF_IMAGES = /amiSelectorTerms|EC2NodeClass|source_ami_filter|aws_ami|AWS::EC2::Image::Id/;
const RESOLVED = /resolve:ssm:([\w./-]+)/g;
const LARGEST_BYTES = 5_000_000;

/**
 * Reads every file of Terraform, Packer, CloudFormation and Kubernetes below some directories. What can't be read is
 * named, and hides nothing else; image ids are found in it all the same, as far as it is text.
 */
export async function readDirectories(directories: readonly string[]): Promise<ReadFiles> {
  const files = new Set<string>();
  const broken: Placed<{ readonly why: string }>[] = [];
  for (const directory of directories) {
    for await (const file of filesIn(directory, (path, why) => broken.push({ file: path, line: 1, why })))
      files.add(file);
  }
  const reader = await hclReader();
  const texts = new Map<string, string>();
  for (const file of [...files].sort()) {
    try {
      const { size } = await stat(file);
      if (size > LARGEST_BYTES) broken.push({ file, line: 1, why: `is larger than ${LARGEST_BYTES / 1_000_000} MB` });
      else texts.set(file, await readFile(file, 'utf8'));
    } catch (error) {
      broken.push({ file, line: 1, why: `can't be read: ${codeOf(error)}` });
    }
  }
  const locals = localsByModule(texts, reader);
  const found: Placed<Found>[] = [];
  const imageIds: Placed<{ readonly imageId: string }>[] = [];
  for (const [file, text] of texts) {
    try {
      const values = valuesOf(file, text, reader, locals.get(moduleOf(file)) ?? new Map());
      for (const one of values.flatMap((value) => [...findIn(value)])) found.push({ ...one, file });
    } catch (error) {
      const [line, why] = error instanceof BrokenFileError ? [error.line, error.message] : [1, 'is nested too deeply'];
      broken.push({ file, line, why });
    }
    for (const [index, line] of text.split('\n').entries()) {
      const place = { file, line: index + 1 };
      for (const imageId of imageIdsIn(line)) imageIds.push({ imageId, ...place });
      for (const [, name = ''] of line.matchAll(RESOLVED)) found.push({ ...parameter(name, place.line), file });
    }
  }
  return { files: texts.size, found, imageIds, broken };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** The files that may speak of images; what tools download or keep for themselves is left out. */
async function* filesIn(directory: string, cannot: (path: string, why: string) => void): AsyncGenerator<string> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    cannot(directory, `can't be read: ${codeOf(error)}`);
    return [];
  });
  for (const entry of entries) {
    const path = join(directory, entry.name);
    const isLink = entry.isSymbolicLink();
    if (entry.isDirectory()) {
      if (!entry.name.startsWith('.') && entry.name !== 'node_modules') yield* filesIn(path, cannot);
    } else if ((entry.isFile() || isLink) && (HCL.test(path) || YAML.test(path))) {
      if (!isLink || (await stat(path).catch(() => undefined))?.isDirectory() !== true) yield path;
    }
  }
}

function moduleOf(file: string): string {
  return join(file, '..');
}

/** What each module's `locals` say; what names others is not followed. */
function localsByModule(texts: ReadonlyMap<string, string>, reader: HclReader): Map<string, Locals> {
  const modules = new Map<string, Locals>();
  for (const [file, text] of texts) {
    if (!file.endsWith('.tf') || !text.includes('locals')) continue;
    const locals: Locals = modules.get(moduleOf(file)) ?? new Map();
    modules.set(moduleOf(file), locals);
    try {
      for (const block of under(reader.read(text, new Map()), 'locals')) {
        for (const [name, [value]] of membersOf(block)) if (value) locals.set(name, value);
      }
    } catch {
      // It is named as broken where it is read in its turn.
    }
  }
  return modules;
}

function valuesOf(file: string, text: string, reader: HclReader, locals: Locals): readonly Value[] {
  if (HCL.test(file)) return [reader.read(text, locals)];
  return file.endsWith('.tf.json') || SPEAKS_OF_IMAGES.test(text) ? itemsOf(readYaml(text)) : [];
}
