import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { SOURCE_OF, SOURCES } from '../../src/model/sources.ts';
import { LOOKUPS } from '../../src/policy/decision/lookups.ts';
import { FINDERS } from '../../src/references/registry.ts';

const textOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const actionsIn = (text = ''): readonly string[] => text.match(/[a-z0-9]+:[A-Z]\w+/g) ?? [];

const rows = new Map(
  textOf('docs/references.md')
    .split('\n')
    .filter((line) => /^\| `[a-z0-9-]+` \|/.test(line))
    .map((line) => [/`([^`]+)`/.exec(line)?.[1], line]),
);

it('every source has a finder, in the order of reports, and a line in docs/references.md', () => {
  expect(FINDERS.map(({ source }) => source)).toEqual(SOURCES.filter((source) => source !== LOOKUPS));
  expect([...rows.keys()].sort()).toEqual([...SOURCES].sort());
});

const DECLARED = [...SOURCE_OF];

it.each(DECLARED)('%s needs the permissions that it says', (source, { permissions }) => {
  expect(actionsIn(rows.get(source))).toEqual(permissions);
});

it('docs/iam.md lists what every source needs of AWS', () => {
  const [, listed = ''] = textOf('docs/iam.md').split('## What every role may read\n');
  const [table] = listed.split('\nBeside these');
  const needed = DECLARED.flatMap(([, { permissions }]) => permissions).filter((action) => !action.startsWith('s3:'));
  expect(needed.filter((action) => !actionsIn(table).includes(action))).toEqual([]);
});

const statement = z.object({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: z.array(z.string()).default([]),
  NotAction: z.array(z.string()).optional(),
});

/** The statements of a template that read the account, and those that deny whatever they do not name. */
const TEMPLATES = [
  ['a single account', 'deploy/permissions.yml', ['ReadAccountPolicy', 'NoWritesPolicy']],
  ['an organization', 'deploy/organization/member.yml', ['ReadPolicy', 'ReadRole']],
] as const;

describe.each(TEMPLATES)('the reading role of %s', (_, path, resources) => {
  const template = z.object({ Resources: z.record(z.string(), z.unknown()) }).parse(parse(textOf(path)));
  const statements = resources.flatMap((name) => statementsIn(template.Resources[name]));
  const allowed = statements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action);
  const [spared] = statements.flatMap(({ NotAction }) => (NotAction === undefined ? [] : [NotAction]));

  it.each(DECLARED)('may do what %s needs', (_source, { permissions }) => {
    // Documents in S3 are given by name, to the functions themselves.
    for (const action of permissions.filter((one) => !one.startsWith('s3:'))) {
      expect(allowed).toContain(action);
      expect(spared?.some((pattern) => new RegExp(`^${pattern.replace('*', '.*')}$`).test(action))).toBe(true);
    }
  });
});

function statementsIn(value: unknown): z.output<typeof statement>[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('Statement' in value && Array.isArray(value.Statement))
    return value.Statement.flatMap((one) => statement.safeParse(one).data ?? []);
  return Object.values(value).flatMap(statementsIn);
}
