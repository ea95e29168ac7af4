import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { IMAGE_REASONS, SNAPSHOT_REASONS } from '../../src/model/reasons.ts';
import { parsePolicyObject } from '../../src/policy/language/parse.ts';
import { policySchemaJson } from '../../src/policy/language/schema.ts';
import { problemText } from '../../src/validation/problem.ts';

const REFERENCE = readFileSync('docs/policy-reference.md', 'utf8');
const published: Record<string, unknown> = JSON.parse(readFileSync('docs/policy-schema.json', 'utf8'));
const accepts = new Ajv2020({ allErrors: true }).compile(published);

const mapping = z.record(z.string(), z.unknown());
const RULE = { name: 'shown', select: {}, keep: { youngerThan: '30d' }, deprecate: {} };
const TOP_LEVEL = Object.keys(mapping.parse(policySchemaJson().properties));

/** What a block shows, as a whole policy: rules, keys of a policy and keys of a rule are put where they belong. */
function wholePolicy(yaml: string): unknown {
  const shown: unknown = parse(yaml);
  if (Array.isArray(shown)) return { version: 1, rules: shown };
  const keys = mapping.parse(shown);
  if (Object.keys(keys).every((key) => TOP_LEVEL.includes(key))) return { version: 1, rules: [], ...keys };
  return { version: 1, rules: [{ ...RULE, ...keys }] };
}

/** The YAML blocks of a page, each with the line that it begins at. */
function blocksOf(file: string): { readonly at: string; readonly yaml: string }[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^```ya?ml\n([\s\S]*?)^```$/gm)].map(({ index, 1: yaml = '' }) => ({
    at: `${file}:${text.slice(0, index).split('\n').length}`,
    yaml,
  }));
}

describe('every YAML block that people may copy', () => {
  const pages = [
    'README.md',
    'docs/policy.md',
    'docs/policy-reference.md',
    'docs/cookbook.md',
    'docs/organization.md',
    'docs/guides/2-slack.md',
    'docs/guides/4-organization.md',
    'examples/README.md',
  ];
  const blocks = pages.flatMap(blocksOf);

  it('is found', () => {
    expect(blocks.filter(({ at }) => at.startsWith('README.md')).length).toBeGreaterThan(0);
    expect(blocks.filter(({ at }) => at.startsWith('docs/policy-reference.md')).length).toBeGreaterThan(9);
  });

  it.each(blocks)('$at is a policy, or a part of one', ({ yaml }) => {
    const policy = wholePolicy(yaml);
    const parsed = parsePolicyObject(policy, 'the block');
    expect(parsed.ok ? [] : parsed.problems.map(problemText)).toEqual([]);
    expect(accepts(policy) ? [] : accepts.errors).toEqual([]);
  });
});

describe('the reference', () => {
  it('tells of every key, in a table', () => {
    const rows = REFERENCE.split('\n').filter((line) => line.startsWith('|'));
    const code = rows.flatMap((row) => row.split('`').filter((_, index) => index % 2 === 1));
    const words = new Set(code.flatMap((text) => text.split(/[^\w-]+/)));
    expect(keysOf(policySchemaJson()).filter((key) => !words.has(key))).toEqual([]);
  });

  it('tells of every reason', () => {
    const codes = [...Object.keys(IMAGE_REASONS), ...Object.keys(SNAPSHOT_REASONS)];
    expect(codes.filter((code) => !REFERENCE.includes(`\`${code}\``))).toEqual([]);
  });
});

/** The names of all properties in a JSON Schema, each once. */
function keysOf(schema: unknown): string[] {
  if (Array.isArray(schema)) return [...new Set(schema.flatMap(keysOf))];
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'properties' in schema ? Object.keys(mapping.parse(schema.properties)) : [];
  return [...new Set([...own, ...Object.values(schema).flatMap(keysOf)])];
}

describe('the published JSON Schema', () => {
  it('is the one that the code has: run "npm run generate"', () => {
    expect(published).toEqual(policySchemaJson());
  });

  const examples = readdirSync('examples', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yml'))
    .map((file) => ({ file, policy: mapping.parse(parse(readFileSync(`examples/${file}`, 'utf8'))) }));

  it.each(examples)('accepts examples/$file', ({ policy }) => {
    expect(accepts(policy) ? [] : accepts.errors).toEqual([]);
  });

  it.each([
    ['a misspelled key', { rulez: [] }],
    ['a misspelled key of a rule', { rules: [{ ...RULE, protct: {} }] }],
    ['a misspelled condition', { rules: [{ ...RULE, select: { tag: { Family: '*' } } }] }],
    ['a misspelled limit', { limits: { perRuns: 3 } }],
    ['a misspelled word', { references: { sharedImages: 'kep' } }],
    ['a misspelled source', { references: { off: ['instance'] } }],
    ['a duration that is none', { orphanSnapshots: { deleteAfter: '30 days' } }],
    ['a percentage without its sign', { limits: { stopAbove: 25 } }],
    ['no rules', { rules: undefined }],
    ['another version', { version: 2 }],
  ])('rejects %s', (_, over) => {
    const policy: unknown = JSON.parse(JSON.stringify({ version: 1, rules: [RULE], ...over }));
    expect(accepts({ version: 1, rules: [RULE] })).toBe(true);
    expect(accepts(policy)).toBe(false);
  });
});
