import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareExample, EXAMPLES, planExample, recordExample } from '../../scripts/examples/examples.ts';
import { temporaryFolder } from '../builders/temporary-folder.ts';

const OUT_OF_DATE = 'changed: run "npm run examples:update", and read what changed before you commit it';

const directory = temporaryFolder();

describe.each(EXAMPLES)('examples/$name', (example) => {
  const file = (name: string) => readFileSync(`examples/${example.name}/${name}`, 'utf8');

  it('gives the plan that stands beside it', async () => {
    expect(await planExample(example, 'markdown'), `the plan ${OUT_OF_DATE}`).toBe(file('plan.md'));
  });

  it('has the recording that its script makes', async () => {
    const recorded = join(directory, `${example.name}.json`);
    await recordExample(example, recorded);
    expect(await readFile(recorded, 'utf8'), `the recording ${OUT_OF_DATE}`).toBe(file('account.json'));
  });

  it('tells editors of the schema, in its first line', () => {
    expect(file('policy.yml').split('\n', 1)).toEqual([
      '# yaml-language-server: $schema=../../docs/policy-schema.json',
    ]);
  });
});

const compared = EXAMPLES.flatMap((example) =>
  example.against === undefined ? [] : [{ example, against: example.against }],
);
it.each(compared)(
  'examples/$example.name differs from its $against as against.md says',
  async ({ example, against }) => {
    const committed = readFileSync(`examples/${example.name}/against.md`, 'utf8');
    expect(await compareExample(example, against), `the comparison ${OUT_OF_DATE}`).toBe(committed);
  },
);

it('every folder is an example that is tested, and told of in the README', () => {
  const folders = readdirSync('examples', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = folders.map(({ name }) => name).sort();
  expect(names).toEqual(EXAMPLES.map(({ name }) => name).sort());
  const readme = readFileSync('examples/README.md', 'utf8');
  expect(names.filter((name) => !readme.includes(`](${name}/policy.yml)`))).toEqual([]);
});
