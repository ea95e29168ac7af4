import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { FUNCTIONS } from '../../scripts/bundle.ts';
import { commandsOf } from '../../scripts/package/guides.ts';
import { temporaryFolder } from '../builders/temporary-folder.ts';
import { janitor } from '../cli/command-line.ts';
import { useEmbeddedAccount } from '../cli/embedded.ts';

const GUIDES = readdirSync('docs/guides').sort();
const source = z.object({ Parameters: z.record(z.string(), z.unknown()) });
const parametersOf = (file: string) => Object.keys(source.parse(parse(readFileSync(file, 'utf8'))).Parameters);
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  'dist/package/ami-janitor.json': [...parametersOf('deploy/parameters.yml'), ...parametersOf('deploy/standalone.yml')],
  'dist/package/member.yml': parametersOf('deploy/organization/member.yml'),
};
const commands = GUIDES.flatMap((guide) => commandsOf(guide).map((command) => [guide, command] as const));
const ours = commands.filter(([, command]) => command.startsWith('npx ami-janitor '));
const awss = commands.filter(([, command]) => command.startsWith('aws '));

const folder = temporaryFolder();
const sandbox = useEmbeddedAccount({ images: 60 });

it('the guides are numbered, from nothing to what it costs, and lead on', () => {
  expect(GUIDES.map((guide) => Number.parseInt(guide, 10))).toEqual(GUIDES.map((_, index) => index + 1));
  for (const guide of GUIDES) {
    const text = readFileSync(`docs/guides/${guide}`, 'utf8');
    expect(text).toMatch(new RegExp(`^# ${Number.parseInt(guide, 10)}\\. `));
    expect(readFileSync('README.md', 'utf8')).toContain(`(docs/guides/${guide})`);
  }
});

it('has no command but this program’s and AWS’s', () => {
  expect(ours.length).toBeGreaterThan(4);
  expect(awss.length).toBeGreaterThan(10);
  expect(commands).toHaveLength(ours.length + awss.length);
});

it.each([
  ['1-first-report.md', 3],
  ['2-slack.md', 4],
])('%s has at most %i steps', (guide, most) => {
  const steps = readFileSync(`docs/guides/${guide}`, 'utf8').match(/^## Step \d/gm) ?? [];
  expect(steps).toEqual(steps.map((_, index) => `## Step ${index + 1}`));
  expect(steps.length).toBeGreaterThan(1);
  expect(steps.length).toBeLessThanOrEqual(most);
});

describe('this program’s commands', () => {
  it.each(ours)('%s: %s', async (guide, command) => {
    const policy = join(folder, `${guide}.yml`);
    const [, , ...words] = command.split(' ');
    const isFirst = words[0] === 'init';
    const blocks = [...readFileSync(`docs/guides/${guide}`, 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```$/gm)];
    const section = blocks.map(([, yaml]) => yaml).join('');
    if (!isFirst) await writeFile(policy, `version: 1\nrules: []\n${section}`);
    const given = words.map((word) => (word === 'ami-janitor.yml' ? policy : word));
    const region = sandbox().state.region;
    expect(given.filter((word) => /^[a-z]{2}-\w+-\d$/.test(word) && word !== region)).toEqual([]);
    const ended = await janitor(...given, ...(isFirst ? ['--out', policy] : []));
    expect(ended, ended.stderr).toMatchObject({ exitCode: 0 });
    expect(isFirst ? readFileSync(policy, 'utf8') : ended.stdout + ended.stderr).not.toBe('');
  });
});

describe('AWS’s commands', () => {
  it.each(awss)('%s: %s', (_, command) => {
    const [, template = ''] = /--template-file (\S+)/.exec(command) ?? [];
    const [, overrides = ''] = /--parameter-overrides (.+)$/.exec(command) ?? [];
    const given = overrides.split(' ').flatMap((one) => (one === '' ? [] : [one.split('=')[0]]));
    if (template !== '') expect(PARAMETERS[template]).toEqual(expect.arrayContaining(given));
    const [, name] = /--function-name ami-janitor-prod-(\S+)/.exec(command) ?? [];
    if (name !== undefined) expect(FUNCTIONS).toContain(name);
  });
});
