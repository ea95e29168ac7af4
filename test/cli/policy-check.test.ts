import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../builders/temporary-folder.ts';
import { janitor } from './command-line.ts';

const folder = temporaryFolder();
const RECORDING = ['--account', 'examples/golden-images/account.json', '--at', '2026-11-21'];

/** A policy of one hour's work with four slips in it. */
const SLIPS = `version: 1
protect: { images: [ami-0123456789abcdef0] }
rules:
  - name: dev
    select: { tags: { Familly: webapp } }
    keep: { newest: 1 }
  - name: all
    select: {}
    keep: { youngerThan: 12h }
  - name: never
    select: { name: "web-*" }
    keep: { newest: 1 }
`;

async function check(text: string, ...options: readonly string[]) {
  const file = join(folder, 'policy.yml');
  await writeFile(file, text);
  const { exitCode, stdout, stderr } = await janitor('policy', 'check', file, ...options);
  return {
    exitCode,
    stderr,
    lines: stdout.trimEnd().replaceAll(`${file}:`, '').replaceAll(`${file} `, '').split('\n'),
  };
}

describe('policy check', () => {
  it('says of a policy what it hardly means, with line and column, and exits 0', async () => {
    expect(await check(SLIPS)).toEqual({
      exitCode: 0,
      stderr: '',
      lines: [
        'is a valid policy with 3 rules.',
        '9:26: Rule "all": keep.youngerThan 12h is less than a day.',
        '11:13: Rule "never": it can own no image, since rule "all" before it selects all that it selects.',
      ],
    });
  });

  it('over a recording says what meets nothing there, and what each rule owns', async () => {
    expect(await check(SLIPS, ...RECORDING)).toEqual({
      exitCode: 0,
      stderr: '',
      lines: [
        'is a valid policy with 3 rules.',
        '2:21: protect.images: ami-0123456789abcdef0 is no image of this account and Region, so it protects nothing here.',
        '5:13: Rule "dev": it matches no image: none carries the tag "Familly" (did you mean "Family", which 19 images carry?).',
        '9:26: Rule "all": keep.youngerThan 12h is less than a day.',
        '11:13: Rule "never": it can own no image, since rule "all" before it selects all that it selects.',
        'Images by rule:',
        '  dev: no image',
        '  all: 20 images, 0 due',
        '  never: no image',
      ],
    });
  });

  it('shows names that move a terminal as the text that they are', async () => {
    const { lines } = await check(SLIPS.replaceAll('name: all', 'name: "a\\u202eb\\u001b[31m"'));
    for (const sign of ['\u202e', '\u001b']) expect(lines.join()).not.toContain(sign);
  });
});
