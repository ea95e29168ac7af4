import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { SOURCES } from '../../src/model/sources.ts';

const FOLDER = 'docs/decisions';
const records = readdirSync(FOLDER).filter((file) => file !== 'README.md');

it('decision records are numbered without gaps', () => {
  expect(records.map((file) => Number(file.slice(0, 4)))).toEqual(records.map((_, index) => index + 1));
});

it.each(records)('%s has the one form, and stands in the index with its title and status', (file) => {
  const text = readFileSync(`${FOLDER}/${file}`, 'utf8');
  const number = file.slice(0, 4);
  const [, title, status] = new RegExp(`^# ${number}: (.+)\n\nStatus: (.+)\n`).exec(text) ?? [];
  expect(text.match(/^## .+/gm)).toEqual(['## Context', '## Decision', '## Consequences']);
  expect(readFileSync(`${FOLDER}/README.md`, 'utf8')).toContain(`| [${number}](${file}) | ${title} | ${status} |\n`);
});

describe('docs/architecture.md', () => {
  const text = readFileSync('docs/architecture.md', 'utf8');

  it('names every folder of src/', () => {
    const entries = readdirSync('src', { recursive: true, withFileTypes: true });
    const holding = entries.filter((entry) => entry.isFile()).map(({ parentPath }) => `\`${parentPath}/\``);
    const generated = ['`src/`', '`src/report/html/generated/`', '`src/report/html/charts/`'];
    expect([...new Set(holding)].filter((folder) => !text.includes(folder) && !generated.includes(folder))).toEqual([]);
  });

  it('counts the sources of references as they are', () => expect(text).toContain(`${SOURCES.length} sources`));
});

it.each(['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...pagesOf('docs'), ...pagesOf('sandbox')])(
  'every link of %s leads somewhere',
  (page) => {
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
    const broken = links.filter(([, path, anchor]) => {
      const file = path === '' ? page : join(dirname(page), path ?? '');
      return !existsSync(file) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  },
);

function pagesOf(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.md')).map((file) => join(folder, file));
}

/** What GitHub makes of the headings of a page. */
function anchorsOf(file: string): string[] {
  const headings = readFileSync(file, 'utf8').match(/(?<=^#+ ).+/gm) ?? [];
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

it('the Slack app’s manifest asks for the scopes that docs/slack.md names', () => {
  const [, section = ''] = readFileSync('docs/slack.md', 'utf8').split('\nBot scopes: ');
  const [named = ''] = section.split('\n\n', 1);
  const scopes = [...named.matchAll(/`([a-z]+:[a-z.]+)`/g)].map(([, scope = '']) => scope);
  const bot = z.object({ oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }) });
  const manifest = bot.parse(JSON.parse(readFileSync('docs/slack/manifest.json', 'utf8')));
  expect(manifest.oauth_config.scopes.bot.toSorted()).toEqual(scopes.toSorted());
});
