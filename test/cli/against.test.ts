import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { temporaryFolder } from '../builders/temporary-folder.ts';
import { janitor } from './command-line.ts';
import { useEmbeddedAccount } from './embedded.ts';

const EXAMPLE = 'examples/central-account';
const OVER_RECORDING = ['plan', '--account', `${EXAMPLE}/account.json`, '--at', '2026-11-21'];
const OURS = ['--policy', `${EXAMPLE}/policy.yml`];
const THEIRS = `${EXAMPLE}/evaluate.yml`;

const directory = temporaryFolder();

/** Writes a variant of a policy, and gives its path. */
async function variant(name: string, from: string, change: (text: string) => string): Promise<string> {
  const file = join(directory, name);
  await writeFile(file, change(await readFile(from, 'utf8')));
  return file;
}

const compared = z.object({
  totals: z.object({ imagesDecidedDifferently: z.number() }),
  images: z.array(
    z.object({
      imageId: z.string(),
      policy: z.object({ decision: z.string() }),
      against: z.object({ decision: z.string() }),
    }),
  ),
});

describe('plan --against, over a recording', () => {
  it.each([
    ['table', /AMI policies compared {2}123456789012 eu-west-1/],
    ['markdown', /^# AMI policies compared/],
    ['csv', /^"imageId","name"/],
    ['json', /^\{\n"schemaVersion": 1,/],
  ])('prints %s', async (format, begins) => {
    const lenient = await variant('lenient.yml', THEIRS, (text) => text.replace('25%', '100%'));
    const { exitCode, stdout, stderr } = await janitor(
      ...OVER_RECORDING,
      ...OURS,
      '--against',
      lenient,
      '--format',
      format,
    );
    expect(stderr).toBe('');
    expect(stdout).toMatch(begins);
    expect(stdout).toContain('ami-0ee0721566f46684e');
    expect(exitCode).toBe(0);
  });

  it('exits 3 where a limit stops either policy', async () => {
    const { exitCode, stdout } = await janitor(...OVER_RECORDING, ...OURS, '--against', THEIRS);
    expect(stdout).toContain('stopped by limits.stopAbove');
    expect(exitCode).toBe(3);
  });

  it('exits 1 where a source could not be read, and nothing is due', async () => {
    const account = join(directory, 'unread.json');
    const unread = (text: string) => text.replace(/^\{"name":"instances".*$\n/m, '');
    await writeFile(account, unread(await readFile(`${EXAMPLE}/account.json`, 'utf8')));
    const { exitCode, stdout } = await janitor('plan', '--account', account, ...OURS, '--against', THEIRS);
    expect(stdout).toContain('INCOMPLETE');
    expect(exitCode).toBe(1);
  });

  it('warns where the policies look in different places, which a recording can not', async () => {
    const other = await variant('parameters.yml', THEIRS, (text) =>
      text.replace('sharedImages: evaluate', 'ssmParameters: ["/golden/*"]'),
    );
    const { exitCode, stderr } = await janitor(...OVER_RECORDING, ...OURS, '--against', other);
    expect(stderr).toMatch(/^warning: .*a recording has only those/);
    expect(exitCode).toBe(0);
  });

  it.each([
    ['html', [...OVER_RECORDING, ...OURS, '--against', THEIRS, '--format', 'html'], /table, json, markdown or csv/],
    [
      '--out',
      [...OVER_RECORDING, ...OURS, '--against', THEIRS, '--out', '/tmp'],
      /--out writes the report of one policy/,
    ],
    ['a policy that is not there', [...OVER_RECORDING, ...OURS, '--against', 'none.yml'], /none\.yml can't be read/],
    [
      'a policy that is none',
      [...OVER_RECORDING, ...OURS, '--against', 'package.json'],
      /package\.json:2:3: .*unknown key/,
    ],
  ])('refuses %s in one sentence', async (_, args, message) => {
    const { exitCode, stdout, stderr } = await janitor(...args);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });
});

describe('plan --against, over AWS', () => {
  const sandbox = useEmbeddedAccount();
  const POLICY = 'examples/demo.yml';
  const callsOf = (operation: string) => sandbox().calls.entries.filter((call) => call.operation === operation).length;

  it('reads the account once for policies that look for the same', async () => {
    const before = { images: callsOf('DescribeImages'), groups: callsOf('DescribeAutoScalingGroups') };
    const longer = await variant('longer.yml', POLICY, (text) => text.replace('youngerThan: 60d', 'youngerThan: 2y'));
    const { exitCode, stdout } = await janitor('plan', '--policy', POLICY, '--against', longer, '--format', 'json');
    expect(exitCode).toBe(0);
    const { images } = compared.parse(JSON.parse(stdout));
    expect(images.length).toBeGreaterThan(0);
    // Keeping longer never takes more away.
    expect(images.filter(({ against }) => against.decision !== 'keep' && against.decision !== 'reinstate')).toEqual([]);
    expect(callsOf('DescribeImages') - before.images).toBe(1);
    expect(callsOf('DescribeAutoScalingGroups') - before.groups).toBe(1);
    expect(sandbox().calls.writes()).toEqual([]);
  });

  it('looks for references again where the other policy asks for more, and says what they keep', async () => {
    const all = await variant('all.yml', POLICY, (text) =>
      text.replace('launchTemplateVersions: in-use', 'launchTemplateVersions: all'),
    );
    const before = callsOf('DescribeAutoScalingGroups');
    const { exitCode, stdout } = await janitor('plan', '--policy', POLICY, '--against', all, '--format', 'json');
    expect(callsOf('DescribeAutoScalingGroups') - before).toBe(2);
    expect(exitCode).toBe(0);
    const { images } = compared.parse(JSON.parse(stdout));
    expect(images.length).toBeGreaterThan(0);
    expect(images.filter(({ against }) => against.decision !== 'keep' && against.decision !== 'reinstate')).toEqual([]);
  });
});
