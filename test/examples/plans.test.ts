import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  compareExample,
  cookbookPolicies,
  EXAMPLES,
  planExample,
  recordExample,
} from '../../scripts/examples/examples.ts';
import { temporaryFolder } from '../builders/temporary-folder.ts';

const OUT_OF_DATE = 'changed: run "npm run examples:update", and read what changed before you commit it';

const directory = temporaryFolder();

describe.each(EXAMPLES)('examples/$name', (example) => {
  const file = (name: string) => readFileSync(`examples/${example.name}/${name}`, 'utf8');

  it('gives the plan that stands beside it', async () => {
    expect(await planExample(example, 'markdown'), `the plan ${OUT_OF_DATE}`).toBe(file('plan.md'));
  });

  it('has the recording that its script makes', async () => {
    const recorded = join(directory, `${example.name.replace('/', '-')}.json`);
    await recordExample(example, recorded);
    expect(await readFile(recorded, 'utf8'), `the recording ${OUT_OF_DATE}`).toBe(file('account.json'));
  });

  it('tells editors of the schema, in its first line', () => {
    expect(file('policy.yml').split('\n', 1)).toEqual([
      `# yaml-language-server: $schema=${'../'.repeat(1 + example.name.split('/').length)}docs/policy-schema.json`,
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

it('every folder is an example that is tested, and told of in the README, or in the cookbook', () => {
  const files = readdirSync('examples', { recursive: true, encoding: 'utf8' });
  const names = files.flatMap((file) => (file.endsWith('/policy.yml') ? dirname(file) : [])).sort();
  expect(names).toEqual(EXAMPLES.map(({ name }) => name).sort());
  const told = ['examples/README.md', 'docs/cookbook.md'].map((page) => readFileSync(page, 'utf8')).join('');
  const links = (name: string) => [`](${name}/policy.yml)`, `](../examples/${name}/plan.md)`];
  expect(names.filter((name) => !links(name).some((link) => told.includes(link)))).toEqual([]);
});

it('the cookbook’s policies are the examples’', async () => {
  for (const [name, policy] of await cookbookPolicies())
    expect(readFileSync(`examples/${name}/policy.yml`, 'utf8'), `the policy ${OUT_OF_DATE}`).toBe(policy);
});
