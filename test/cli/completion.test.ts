import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { janitor } from './command-line.ts';

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ami-janitor-completion-'));
  writeFileSync(join(folder, 'script.bash'), (await janitor('completion', 'bash')).stdout);
  writeFileSync(join(folder, 'my policy.yml'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What bash itself makes of the script for words of which the last is being typed. */
function completed(...words: string[]): string[] {
  const array = words.map((word) => `'${word}'`).join(' ');
  const ask = `source script.bash; COMP_WORDS=(ami-janitor ${array}); COMP_CWORD=${words.length}; _ami_janitor; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const told = execFileSync('bash', ['--norc', '-c', ask], { cwd: folder, encoding: 'utf8' });
  return told.split('\n').filter((line) => line !== '');
}

describe('bash completes', () => {
  it.each([
    ['a command', ['pl'], ['plan']],
    ['one with a hyphen', ['delete'], ['delete-snapshots']],
    ['a command of a command', ['policy', 'ch'], ['check']],
    ['an option', ['plan', '--ag'], ['--against']],
    ['an option after others', ['run', '--policy', 'x.yml', '--enf'], ['--enforce']],
    ['the words of an option', ['plan', '--format', 'm'], ['markdown']],
    ['a file', ['plan', '--policy', 'my'], ['my policy.yml']],
    ['a file argument', ['policy', 'check', 'my'], ['my policy.yml']],
    ['nothing where anything may stand', ['plan', '--region', ''], []],
    ['no command after a command', ['plan', 'pl'], []],
  ])('%s', (_, words, expected) => expect(completed(...words)).toEqual(expected));
});

it.each(['bash', 'zsh', 'fish'])('%s has every command and option', async (shell) => {
  const { stdout, exitCode } = await janitor('completion', shell);
  expect(exitCode).toBe(0);
  for (const word of ['plan', 'delete-snapshots', 'restore', 'init', 'schema', 'enforce', 'against', 'markdown'])
    expect(stdout).toContain(word);
});

it('another shell is refused', async () => {
  expect(await janitor('completion', 'powershell')).toMatchObject({ exitCode: 2, stdout: '' });
});

describe('help', () => {
  it.each([[[]], [['plan']], [['run']], [['init']], [['restore']], [['completion']], [['policy', 'check']]])(
    'of %j ends with examples',
    async (path) => {
      const { stdout, exitCode } = await janitor(...path, '--help');
      expect(stdout).toMatch(new RegExp(`Examples:\\n  .*\\n    ami-janitor ${path.join(' ')}`));
      expect(exitCode).toBe(0);
    },
  );
});
