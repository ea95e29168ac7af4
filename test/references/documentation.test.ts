import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SOURCES } from '../../src/model/reference.ts';
import { FINDERS } from '../../src/references/registry.ts';

const rows = new Map(
  readFileSync(new URL('../../docs/references.md', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => [/`([^`]+)`/.exec(line)?.[1], line]),
);

it('every source has a finder and a line in docs/references.md', () => {
  expect(FINDERS.map(({ source }) => source).sort()).toEqual([...SOURCES].sort());
  expect([...rows.keys()].sort()).toEqual([...SOURCES].sort());
});

it.each(FINDERS.map((finder) => [finder.source, finder] as const))(
  '%s needs the permissions that it says',
  (source, finder) => {
    const documented = rows.get(source)?.match(/[a-z0-9]+:[A-Z]\w+/g) ?? [];
    expect(documented).toEqual(finder.permissions);
  },
);

it.each(FINDERS.map((finder) => [finder.source, finder] as const))('%s follows sources that are there', (_, finder) => {
  expect((finder.after ?? []).filter((source) => !SOURCES.includes(source) || source === finder.source)).toEqual([]);
});
