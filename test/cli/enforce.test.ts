import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../builders/temporary-folder.ts';
import { janitor, onTerminal } from './command-line.ts';
import { useEmbeddedAccount } from './embedded.ts';

const POLICY = `version: 1
rules:
  - name: all
    select: { tags: { Family: "*" } }
    keep: { youngerThan: 60d }
    deprecate: {}
    deregister: { after: 30d }
    snapshots: delete
limits: { perRun: 5, stopAbove: 100% }
`;

describe('--enforce', () => {
  const embedded = useEmbeddedAccount();
  const directory = temporaryFolder();
  const policy = join(directory, 'policy.yml');
  beforeAll(() => writeFile(policy, POLICY));

  const PASSES = [['protect', '--in-use'], ['deprecate'], ['disable'], ['deregister'], ['delete-snapshots'], ['run']];

  it.each(PASSES)('%s needs a terminal to ask on, or --yes', async (...pass) => {
    embedded().calls.clear();
    const { exitCode, stdout, stderr } = await janitor(...pass, '--policy', policy, '--enforce');
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      'ami-janitor: --enforce asks before it acts, and there is no terminal to ask on; answer with --yes\n',
    );
    expect(embedded().calls.entries).toEqual([]);
  });

  it.each([
    ['--at', '2027-01-01'],
    ['--account', 'account.json'],
    ['--recording', 'account.json'],
    ['--owner', 'platform'],
    ['--rule', 'all'],
    ['--action', 'deprecate'],
    ['--family', 'web*'],
    ['--check'],
  ])('does not go together with %s', async (...option) => {
    const { exitCode, stderr } = await janitor('run', '--policy', policy, '--enforce', '--yes', ...option);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('leave out --enforce');
  });

  it.each(PASSES)('%s without it writes nothing', async (...pass) => {
    embedded().calls.clear();
    const { exitCode } = await janitor(...pass, '--policy', policy, '--format', 'json');
    expect(exitCode).toBe(0);
    expect(embedded().calls.writes()).toEqual([]);
  });

  it.each(['protect', 'deprecate'])('%s is told what it needs in one sentence', async (pass) => {
    const flag = pass === 'protect' ? [] : ['--in-use'];
    const { exitCode, stdout, stderr } = await janitor(pass, ...flag, '--policy', policy, '--enforce', '--yes');
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      pass === 'protect' ? /^ami-janitor: protect needs --in-use: [^\n]+\n$/ : /unknown option '--in-use'/,
    );
  });

  it('protects what is in use once a person says yes, though the policy does not ask for it', async () => {
    embedded().calls.clear();
    const dry = await janitor('protect', '--in-use', '--policy', policy, '--format', 'json');
    const planned: { passes: { pass: string; actions: { action: string; imageId: string }[] }[] } = JSON.parse(
      dry.stdout,
    );
    expect(planned.passes.map(({ pass }) => pass)).toEqual(['protect']);
    const [first] = planned.passes[0]?.actions ?? [];
    expect(first?.action).toBe('protect');
    const { exitCode, stderr } = await onTerminal('y\n', 'protect', '--in-use', '--policy', policy, '--enforce');
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/eu-west-1:\n {2}protect 5 images {2}can be undone\nGo ahead\?/);
    expect(embedded().calls.count('EnableImageDeregistrationProtection')).toBe(5);
    expect(embedded().state.images.get(first?.imageId ?? '')?.DeregistrationProtection).toBe(
      'enabled-without-cooldown',
    );
  });

  it('acts, says what it did, and restore undoes it', async () => {
    const { exitCode, stdout } = await janitor(
      'deregister',
      '--policy',
      policy,
      '--enforce',
      '--yes',
      '--format',
      'json',
      '--out',
      directory,
    );
    expect(exitCode).toBe(0);
    const report = JSON.parse(stdout);
    expect(report.mode).toBe('enforce');
    const removed: { action: string; status: string; resourceId: string }[] = report.outcomes;
    expect(removed.filter(({ action, status }) => action === 'deregister' && status === 'done')).toHaveLength(5);
    expect(JSON.parse(await readFile(join(directory, 'report.json'), 'utf8'))).toEqual(report);
    const audit = (await readFile(join(directory, 'audit.jsonl'), 'utf8')).trim().split('\n');
    expect(audit).toHaveLength(report.outcomes.length);
    expect(JSON.parse(audit[0] ?? '')).toMatchObject({
      runId: report.runId,
      startedBy: { kind: 'command-line', callerArn: expect.stringMatching(/^arn:aws:/) },
      policy: { sha256: report.policy.sha256 },
      rule: 'all',
    });

    const dry = await janitor('restore', report.runId);
    expect(dry.stdout).toContain('would come back');
    const restored = await janitor('restore', report.runId, '--enforce', '--yes', '--format', 'json');
    const back: { resourceId: string; status: string }[] = JSON.parse(restored.stdout).restored;
    expect(back.some(({ status }) => status === 'done')).toBe(true);
    for (const { resourceId, status } of back) {
      if (resourceId.startsWith('ami-')) expect(embedded().state.images.has(resourceId)).toBe(status === 'done');
    }
  });

  it.each([
    ['n\n', false],
    ['\n', false],
    ['sure\n', false],
    ['y\n', false],
    ['\u0003', false],
    ['yes\n', true],
  ])('asks for a yes in full before it removes anything; %j is an answer of %s', async (answer, acts) => {
    embedded().state.everywhere.accountAlias = 'prod-images';
    embedded().calls.clear();
    const { exitCode, stdout, stderr } = await onTerminal(answer, 'deregister', '--policy', policy, '--enforce');
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /In account \d{12} \(prod-images\), eu-west-1:\n {2}deregister \d images? with \d+ snapshots? {2}can't be undone, but while the Recycle Bin holds it \(ami-janitor restore\)\nGo ahead\? Type yes in full:/,
    );
    expect(stripVTControlCharacters(stderr)).toMatch(/^deregister +ami-[0-9a-f]{17}/m);
    expect(stderr.includes('Nothing was done.')).toBe(!acts);
    expect(embedded().calls.count('DeregisterImage') > 0).toBe(acts);
    // The plan stands above the question, and is not printed again where nothing was done.
    expect(stdout.includes('AMI report')).toBe(acts);
    expect(stderr.match(/AMI report/g)).toHaveLength(1);
  });

  it.each([
    ['n', false],
    ['y', true],
  ])('takes a y for what can be undone: %s', async (answer, acts) => {
    embedded().calls.clear();
    const { exitCode, stderr } = await onTerminal(`${answer}\n`, 'deprecate', '--policy', policy, '--enforce');
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/\n {2}deprecate \d images? +can be undone\n(?:.*\n)?Go ahead\? \[y\/N\]/);
    expect(stderr.includes('Nothing was done.')).toBe(!acts);
    expect(embedded().calls.count('EnableImageDeprecation') > 0).toBe(acts);
  });

  it('where nothing was done still prints what a script asked for', async () => {
    const args = ['deprecate', '--policy', policy, '--enforce', '--format', 'json'];
    const { stdout, stderr } = await onTerminal('no\n', ...args);
    expect(JSON.parse(stdout).mode).toBe('dry-run');
    expect(stderr).toContain('Nothing was done.');
  });

  it('exits 1 with one sentence where another run acts', async () => {
    const { state } = embedded();
    const name = '/ami-janitor/lock';
    const Value = JSON.stringify({ runId: 'other', expiresAt: '2999-01-01T00:00:00.000Z' });
    state.parameters.set(name, { name, history: [{ Name: name, Type: 'String', Value, Version: 1 }] });
    const { exitCode, stdout, stderr } = await janitor('run', '--policy', policy, '--enforce', '--yes');
    state.parameters.delete(name);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^ami-janitor: another run \(other\) is acting/m);
  });

  it.each([
    ['nonsense', 2, 'is not a run id'],
    ['20200101T000000Z-00000000', 1, 'nothing in this account and Region carries the run'],
  ])('restore %s exits %d', async (runId, code, words) => {
    const { exitCode, stderr } = await janitor('restore', runId);
    expect(exitCode).toBe(code);
    expect(stderr).toContain(words);
  });
});
