/**
 * Writes what AWS's published models ask of the requests that the embedded account answers: ranges, patterns, required
 * members and filters by name. The facts are botocore's, which has what the SDK's own schemas leave out.
 */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import type { Constraint, Constraints } from '../sandbox/constraints.ts';
import { SERVICES } from '../sandbox/service.ts';
import { installed } from './python.ts';

const BOTOCORE = '1.44.5';
const FILE = 'sandbox/constraints.json';
/** Where botocore's folder has another name than the signing scope. */
const FOLDERS: Readonly<Record<string, string>> = {
  elasticmapreduce: 'emr',
  servicequotas: 'service-quotas',
  states: 'stepfunctions',
};

const memberSchema = z.object({ shape: z.string(), documentation: z.string().default('') });
const shapeSchema = z.object({
  type: z.string(),
  required: z.array(z.string()).optional(),
  members: z.record(z.string(), memberSchema).default({}),
  member: memberSchema.optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  pattern: z.string().optional(),
});
const modelSchema = z.object({
  operations: z.record(z.string(), z.object({ input: z.object({ shape: z.string() }).optional() })),
  shapes: z.record(z.string(), shapeSchema),
});

/** EC2, Auto Scaling and RDS say most ranges in words alone. */
const SAID: readonly [RegExp, (numbers: readonly number[]) => Constraint][] = [
  [/between (\d+) and ([\d,]+)/, ([min = 0, max = 0]) => ({ min, max })],
  [/Minimum (\d+), maximum (\d+)/, ([min = 0, max = 0]) => ({ min, max })],
  [/maximum value is (\d+)/, ([max = 0]) => ({ max })],
  [/up to (\d+) (?:IDs|compute)/, ([max = 0]) => ({ max })],
];

/** What is asked of a member by its documentation. */
function saidOf(documentation: string, type: string): Constraint {
  const names = [...documentation.matchAll(/<li>\s*<p>\s*<code>([^<]+)<\/code>/g)].map(([, name = '']) => name);
  const text = documentation.replaceAll(/<[^>]+>/g, '');
  const [pattern, read] = SAID.find(([each]) => each.test(text)) ?? [];
  const numbers = pattern
    ?.exec(text)
    ?.slice(1)
    .map((digits) => Number(digits.replaceAll(',', '')));
  return {
    ...(['integer', 'list'].includes(type) && numbers && read?.(numbers)),
    ...(/^(?:One or more|The) filters?/i.test(text.trim()) && names.length > 0 && { filters: names }),
  };
}

/** @param texts false where the service refuses texts in words of its own for each */
function constraintsOf(model: z.output<typeof modelSchema>, input: string, texts: boolean): Record<string, Constraint> {
  const found: Record<string, Constraint> = {};
  const walk = (name: string, documentation: string, path: string, seen: readonly string[]): void => {
    const shape = model.shapes[name];
    if (shape === undefined || seen.includes(name)) return;
    const { type, required, members, member } = shape;
    const { min, max, pattern } = texts || type !== 'string' ? shape : {};
    const asked: Constraint = {
      ...saidOf(documentation, type),
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
      ...(pattern !== undefined && isRegExp(pattern) && { pattern }),
      ...(required?.length && { required }),
    };
    if (Object.keys(asked).length > 0) found[path] = asked;
    const inner = [...seen, name];
    for (const [key, { shape: next, documentation: said }] of Object.entries(members))
      walk(next, said, path === '' ? key : `${path}.${key}`, inner);
    if (member !== undefined) walk(member.shape, '', `${path}[]`, inner);
  };
  walk(input, '', '', []);
  return found;
}

/** Some patterns are Java's. */
function isRegExp(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

const bin = installed('botocore', [`botocore==${BOTOCORE}`]);
if (bin === undefined) throw new Error('botocore could not be installed: this takes Python 3 and PyPI');
const operations: Record<string, Record<string, Constraint>> = {};
for (const [name, service] of SERVICES) {
  const folder = FOLDERS[name] ?? name;
  const [file = ''] = globSync(`${bin}/../lib/*/site-packages/botocore/data/${folder}/*/service-2.json.gz`)
    .sort()
    .reverse();
  const model = modelSchema.parse(JSON.parse(gunzipSync(readFileSync(file)).toString()));
  for (const operation of service.operations.keys()) {
    const input = model.operations[operation]?.input?.shape;
    const asked = input === undefined ? {} : constraintsOf(model, input, name !== 'ec2');
    if (Object.keys(asked).length > 0) operations[`${name}.${operation}`] = asked;
  }
}
const written: Constraints = { source: `botocore ${BOTOCORE}`, operations };
writeFileSync(FILE, JSON.stringify(written));
spawnSync('npx', ['biome', 'format', '--write', FILE], { stdio: 'inherit' });
console.log(`${FILE}: ${Object.keys(operations).length} operations`);
