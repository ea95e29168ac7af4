import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { IS_SAMPLE } from '../builders/runs.ts';
import { serve } from '../builders/serve.ts';
import { temporaryFolder } from '../builders/temporary-folder.ts';
import { StoryAccount } from '../scenarios/account.ts';
import { janitor, runLine } from './command-line.ts';
import { useEmbeddedAccount } from './embedded.ts';

const POLICY = 'examples/demo.yml';

const report = z.object({
  complete: z.boolean(),
  sources: z.array(z.object({ name: z.string(), status: z.string() })),
  images: z.array(
    z.object({ imageId: z.string(), decision: z.string(), reasons: z.array(z.object({ code: z.string() })) }),
  ),
  passes: z.array(z.object({ pass: z.string(), actions: z.array(z.unknown()) })),
});

describe('plan on the embedded account', () => {
  const sandbox = useEmbeddedAccount();
  const directory = temporaryFolder();

  it('prints report.json on stdout and nothing else, and writes nothing to the account', async () => {
    const { exitCode, stdout, stderr } = await janitor('plan', '--policy', POLICY, '--format', 'json');
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    const { complete, images } = report.parse(JSON.parse(stdout));
    expect(complete).toBe(true);
    expect(images).toHaveLength(sandbox().state.images.size);
    expect(images.every(({ reasons }) => reasons.length > 0)).toBe(true);
    expect(sandbox().calls.writes()).toEqual([]);
  });

  it('has work for every pass', async () => {
    const { stdout } = await janitor('plan', '--policy', POLICY, '--format', 'json');
    const { passes } = report.parse(JSON.parse(stdout));
    const idle = passes.filter(({ actions }) => actions.length === 0).map(({ pass }) => pass);
    expect(passes.map(({ pass }) => pass)).toEqual(['deprecate', 'disable', 'deregister', 'delete-snapshots']);
    expect(idle).toEqual([]);
  });

  it('writes all formats where --out says, the JSON the same as on stdout but for the run', async () => {
    const { exitCode, stdout, stderr } = await janitor(
      'plan',
      '--policy',
      POLICY,
      '--format',
      'csv',
      '--out',
      directory,
    );
    expect(exitCode).toBe(0);
    expect((await readdir(directory)).sort()).toEqual(['images.csv', 'report.html', 'report.json', 'report.md']);
    expect(await readFile(join(directory, 'images.csv'), 'utf8')).toBe(stdout);
    expect(stderr).toContain(join(directory, 'report.json'));
  });

  it.each([80, 160])('fits on a screen of %i columns, and piped says the same without color', async (columns) => {
    const plan = (on: 'terminal' | 'pipe') => runLine(['plan', '--policy', POLICY], { on, columns });
    const [seen, piped] = [await plan('terminal'), await plan('pipe')];
    expect(piped.stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
    expect(`${seen.stdout}${seen.stderr}`.trimEnd().split('\n').length).toBeLessThanOrEqual(45);
    const text = (stdout: string) =>
      stripVTControlCharacters(stdout).replace(/\d{8}T\d{6}Z-[0-9a-f]{8}|\d\d:\d\d UTC/g, '');
    expect(seen.stdout).not.toBe(stripVTControlCharacters(seen.stdout));
    expect(text(seen.stdout)).toBe(text(piped.stdout));
  });

  it('says what has changed since the report that lies where --out says', async () => {
    const out = join(directory, 'again');
    const plan = () => janitor('plan', '--policy', POLICY, '--details', '--out', out);
    expect((await plan()).stdout).not.toMatch(/^changes/m);
    expect((await plan()).stdout).toMatch(/^changes {2}Since .*: nothing has changed\.$/m);
    await writeFile(join(out, 'report.json'), '{"schemaVersion":2}');
    const { stdout, exitCode } = await plan();
    expect(stdout).toMatch(/Not compared with an earlier report: [^.]*schema\s+version 2/);
    expect(exitCode).toBe(0);
  });

  it('still prints the result where --out can not be written, and fails', async () => {
    const { exitCode, stdout, stderr } = await janitor('plan', '--policy', POLICY, '--out', '/dev/null/reports');
    expect(stdout).toContain('AMI report');
    expect(stderr).toMatch(/can't be written/);
    expect(exitCode).toBe(1);
  });

  it.each(['deprecate', 'disable', 'deregister', 'delete-snapshots'])('%s plans that pass alone', async (pass) => {
    const { exitCode, stdout } = await janitor(pass, '--policy', POLICY, '--format', 'json');
    expect(exitCode).toBe(0);
    expect(report.parse(JSON.parse(stdout)).passes.map((one) => one.pass)).toEqual([pass]);
  });

  it('decides over a recording as over the account itself, without asking AWS', async () => {
    const file = join(directory, 'account.json');
    // A limit above what is due: a plan asks no more about what it leaves to later runs, and a recording tells of all.
    const policy = join(directory, 'unlimited.yml');
    await writeFile(policy, (await readFile(POLICY, 'utf8')).replace('perRun: 25', 'perRun: 1000'));
    expect(await janitor('record', file, '--policy', policy)).toMatchObject({ exitCode: 0, stdout: '' });
    const live = await janitor('plan', '--policy', policy, '--format', 'json');
    const before = sandbox().calls.entries.length;
    const recorded = await janitor('plan', '--policy', policy, '--format', 'json', '--recording', file);
    const alias = await janitor('plan', '--policy', policy, '--format', 'json', '--account', file);
    expect(sandbox().calls.entries.length).toBe(before);
    const decisions = (text: string) =>
      report.parse(JSON.parse(text)).images.map(({ imageId, decision }) => [imageId, decision]);
    expect(decisions(recorded.stdout)).toEqual(decisions(live.stdout));
    expect(decisions(alias.stdout)).toEqual(decisions(live.stdout));
  });

  it('prints of it what --owner, --rule, --action and --family ask for, and writes all of it', async () => {
    const out = join(directory, 'part');
    const choice = ['--owner', 'plat*', '--action', 'deprecate', '--family', 'ci-runner', '--rule', '*'];
    const { stdout } = await janitor('plan', '--policy', POLICY, '--format', 'json', '--out', out, ...choice);
    const chosen = z
      .object({
        images: z.array(z.object({ imageId: z.string(), owner: z.string(), decision: z.string(), group: z.string() })),
        passes: z.array(z.object({ actions: z.array(z.object({ action: z.string(), imageId: z.string() })) })),
      })
      .parse(JSON.parse(stdout));
    expect(chosen.images.length).toBeGreaterThan(0);
    for (const { owner, decision, group } of chosen.images) {
      expect([owner, decision]).toEqual(['platform', 'deprecate']);
      expect(group).toMatch(/^ci-runner\//);
    }
    const ids = new Set(chosen.images.map(({ imageId }) => imageId));
    const actions = chosen.passes.flatMap((pass) => pass.actions);
    expect(actions.length).toBeGreaterThan(0);
    for (const { action, imageId } of actions) expect([action, ids.has(imageId)]).toEqual(['deprecate', true]);
    const written = report.parse(JSON.parse(await readFile(join(out, 'report.json'), 'utf8')));
    expect(written.images).toHaveLength(sandbox().state.images.size);
    const table = await janitor('plan', '--policy', POLICY, ...choice);
    expect(table.stdout).toMatch(/Listed are \d+ of 180 images/);
    expect(table.stdout).not.toMatch(/^(?:disable|deregister|mark|reinstate) /m);
    const kept = await janitor('plan', '--policy', POLICY, '--action', 'keep');
    expect(kept.stdout).toMatch(/^keep +ami-/m);
  });

  it('--check exits 4 where changes are due, and what is wrong wins over it', async () => {
    const idle = join(directory, 'idle.yml');
    await writeFile(idle, 'version: 1\nrules: []\n');
    expect((await janitor('plan', '--policy', POLICY, '--check')).exitCode).toBe(4);
    expect((await janitor('run', '--policy', POLICY, '--check', '--owner', 'nobody')).exitCode).toBe(4);
    expect((await janitor('plan', '--policy', POLICY)).exitCode).toBe(0);
    expect((await janitor('disable', '--policy', idle, '--check')).exitCode).toBe(0);
    const stopped = join(directory, 'stopped.yml');
    await writeFile(stopped, (await readFile(POLICY, 'utf8')).replace(/stopAbove: \d+%/, 'stopAbove: 1%'));
    expect((await janitor('plan', '--policy', stopped, '--check')).exitCode).toBe(3);
  });

  it('--profile is the profile of every client', async () => {
    vi.stubEnv('AWS_PROFILE', '');
    const { exitCode, stderr } = await janitor('plan', '--policy', POLICY, '--profile', 'nobody-has-this');
    vi.stubEnv('AWS_PROFILE', undefined);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('nobody-has-this');
  });

  it('explains one image', async () => {
    const plan = await janitor('plan', '--policy', POLICY, '--format', 'json');
    const image = report.parse(JSON.parse(plan.stdout)).images.find(({ decision }) => decision === 'deprecate');
    const { exitCode, stdout } = await janitor('explain', image?.imageId ?? '', '--policy', POLICY);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(image?.imageId);
    expect(stdout).toContain('(unreferenced)');
  });
});

describe('plan on a large account', () => {
  const sandbox = useEmbeddedAccount({ images: IS_SAMPLE ? 1100 : 5000 });

  it('pages through all of it', async () => {
    const { exitCode, stdout } = await janitor('plan', '--policy', POLICY, '--format', 'json');
    const { complete, images } = report.parse(JSON.parse(stdout));
    expect(complete).toBe(true);
    expect(images).toHaveLength(sandbox().state.images.size);
    expect([0, 3]).toContain(exitCode);
  }, 60_000);
});

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

it('record says what it could not read, and fails', async () => {
  const file = join(temporaryFolder(), 'account.json');
  const sandbox = await serve({
    account: new StoryAccount().state,
    now: () => new Date(),
    intercept: ({ operation }) => (operation === 'DescribeInstances' ? { kind: 'access-denied' } : undefined),
  });
  try {
    const { exitCode, stderr } = await janitor('record', file, '--policy', POLICY);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^warning: instances could not be read: access denied/m);
    expect(await readFile(file, 'utf8')).toContain('instances');
  } finally {
    await sandbox.close();
  }
});

describe('several Regions', () => {
  useEmbeddedAccount({ images: 40 });
  const directory = temporaryFolder();
  const of = ['--region', 'us-west-2', '--region', 'eu-west-1'];
  const all = join(temporaryFolder(), 'all.yml');
  beforeAll(() =>
    writeFile(
      all,
      'version: 1\nrules: [{ name: all, select: {}, keep: { youngerThan: 30d }, deprecate: {} }]\nlimits: { stopAbove: 100% }\n',
    ),
  );

  it('are planned one after the other, each written to a directory of its own, and the worst exit code counts', async () => {
    const ended = await janitor('plan', '--policy', all, ...of, '--out', directory, '--check');
    expect(ended.exitCode).toBe(4);
    expect(ended.stdout.match(/^AMI report .*$/gm)).toEqual([
      expect.stringContaining('us-west-2'),
      expect.stringContaining('eu-west-1'),
    ]);
    expect((await readdir(directory)).sort()).toEqual(['eu-west-1', 'us-west-2']);
    // The one without images says where to look.
    expect(ended.stderr).toMatch(/^us-west-2 has no images and no snapshots .* --region/m);
    expect(ended.stderr).not.toMatch(/^eu-west-1 has no images/m);
  });

  it.each([
    ['with JSON on stdout', ['plan', '--format', 'json'], /--format json prints one Region/],
    ['with --enforce', ['run', '--enforce', '--yes'], /one Region at a time/],
    ['with a command that takes one', ['explain', 'ami-00000000000000001'], /one Region at a time/],
    ['of which one is none', ['plan', '--region', 'mars'], /"mars" is not a Region/],
  ])('are refused %s', async (_, [command = '', ...args], why) => {
    const ended = await janitor(command, ...args, '--policy', POLICY, ...of);
    expect([ended.exitCode, ended.stderr]).toEqual([2, expect.stringMatching(why)]);
  });
});
