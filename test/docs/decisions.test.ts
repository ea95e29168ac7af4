import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

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
