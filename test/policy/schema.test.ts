import { describe, expect, test } from 'vitest';
import { policySchemaJson } from '../../src/policy/language/schema.ts';

function field(node: unknown, key: string): unknown {
  return typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined;
}

/** Every key of every mapping in a JSON Schema, with its own schema. */
function* keysOf(node: unknown, path: string): Generator<[string, unknown]> {
  if (typeof node !== 'object') return;
  for (const [key, inner] of Object.entries(Object(field(node, 'properties')))) {
    yield [`${path}.${key}`, inner];
    yield* keysOf(inner, `${path}.${key}`);
  }
  for (const part of ['items', 'additionalProperties']) yield* keysOf(field(node, part), `${path}[]`);
  for (const branch of Object.values(Object(field(node, 'anyOf')))) yield* keysOf(branch, path);
}

describe('the JSON Schema for editors', () => {
  const schema = policySchemaJson();
  const keys = [...keysOf(schema, 'policy')];

  test('says something of every key', () => {
    const silent = keys
      .filter(([, inner]) => !/^\S.+\.$/.test(String(field(inner, 'description'))))
      .map(([path]) => path);
    expect(silent).toEqual([]);
    expect(keys.length).toBeGreaterThan(45);
  });

  test('knows no key but these', () => {
    expect(policySchemaJson()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'ami-janitor policy',
      type: 'object',
      additionalProperties: false,
      required: ['version', 'rules'],
    });
    expect(keys.map(([path]) => path)).toEqual(
      expect.arrayContaining([
        'policy.rules[].keep.newest',
        'policy.rules[].select.tags[].absent',
        'policy.references.launchTemplateVersions.newest',
        'policy.notify.slack.token',
      ]),
    );
  });

  test('is plain JSON', () => expect(JSON.parse(JSON.stringify(schema))).toEqual(schema));
});
