import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const LINES = readFileSync('docs/safety.md', 'utf8').split('\n');

/** The headings that others append their promises under. */
const AREAS = [
  'Tags are claims',
  'What people do by hand wins',
  'Evidence of use',
  'How old knowledge may be',
  'Progress',
  'Who may say what',
  'Undo',
  'Answers',
  'What an owner can rely on',
  'Unconfirmed, treated in the safe direction',
];

/** `test/…` and its title in quotation marks, as a cell names them. */
const NAMED = /`(test\/[^`]+)`\s+(?:“([^”]+)”|"([^"]+)")/g;

const promises = LINES.map((line, index) => ({ at: `docs/safety.md:${index + 1}`, line }))
  .filter(({ line }) => line.startsWith('| ') && !/^\| (?:promise|what is (?:not )?known) \|/.test(line))
  .map(({ at, line }) => {
    const cells = line.split(/(?<!\\)\|/).slice(1, -1);
    const tests = [...(cells[2] ?? '').matchAll(NAMED)].map(([, file = '', curly, straight]) => ({
      file,
      title: curly ?? straight ?? '',
    }));
    return { at, cells, tests };
  });

describe('what people can rely on', () => {
  it('has a table for each area', () => {
    const headings = LINES.filter((line) => line.startsWith('## ')).map((line) => line.slice('## '.length));
    expect(headings).toEqual(AREAS);
    expect(LINES.filter((line) => /^\|(?:-+\|){3}$/.test(line))).toHaveLength(AREAS.length);
    expect(promises.length).toBeGreaterThan(9);
  });

  it.each(promises)('$at says what it rests on, and names a test that exists', ({ cells, tests }) => {
    expect(cells).toHaveLength(3);
    expect(cells.filter((cell) => cell.trim() === '')).toEqual([]);
    expect(tests.length, 'a test as `test/….test.ts` “its title”').toBeGreaterThan(0);
    expect(tests.filter(({ file }) => !existsSync(file))).toEqual([]);
    expect(tests.filter(({ file, title }) => !readFileSync(file, 'utf8').includes(title))).toEqual([]);
    const files = [...(cells[2] ?? '').matchAll(/test\/[\w/.-]+\.ts/g)].length;
    expect(tests, 'every file with a title').toHaveLength(files);
  });
});
