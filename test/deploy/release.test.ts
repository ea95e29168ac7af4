import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { temporaryFolder } from '../builders/temporary-folder.ts';

const runFile = promisify(execFile);
const REPOSITORY = process.cwd();
const EXAMPLE = join(REPOSITORY, 'examples', 'golden-images');
const stepShape = z.object({
  id: z.string().optional(),
  run: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const action = z
  .object({ inputs: z.record(z.string(), z.unknown()), runs: z.object({ steps: z.array(stepShape) }) })
  .parse(parse(readFileSync('action.yml', 'utf8')));
const release = z
  .object({ jobs: z.record(z.string(), z.object({ needs: z.string().optional(), steps: z.array(stepShape) })) })
  .parse(parse(readFileSync('.github/workflows/release.yml', 'utf8')));

const folder = temporaryFolder();
const bin = join(folder, 'bin');

/** A program that writes down what it was called with, and answers with a text. */
function stand(program: string, answer = ''): () => string[] {
  const calls = join(folder, `${program}.calls`);
  mkdirSync(bin, { recursive: true });
  writeFileSync(calls, '');
  const record = `printf '%s\\n' "$*" >>${calls}`;
  const keepBody = `for one in "$@"; do case $one in body=@*) cp "\${one#body=@}" ${calls}.body;; esac; done`;
  writeFileSync(join(bin, program), `#!/bin/bash\n${record}\n${keepBody}\nprintf '%s' '${answer}'\n`);
  chmodSync(join(bin, program), 0o755);
  return () => readFileSync(calls, 'utf8').trim().split('\n');
}

function bash(script: string, cwd: string, env: Readonly<Record<string, string>>) {
  const PATH = [bin, dirname(process.execPath), process.env.PATH].join(delimiter);
  return runFile('bash', ['-euo', 'pipefail', '-c', script], { cwd, env: { PATH, HOME: folder, ...env } });
}

describe('the action', { tags: ['long'] }, () => {
  const pull = join(folder, 'pull');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      cwd: pull,
      encoding: 'utf8',
    });
  const output = join(folder, 'output');
  const compare = (given: Readonly<Record<string, string>>) => {
    writeFileSync(output, '');
    return bash(`bash ${REPOSITORY}/deploy/github/compare.sh`, pull, {
      ...{ POLICY: 'ami-janitor.yml', REGION: '', AT: '2026-11-21', RECORDING: join(EXAMPLE, 'account.json') },
      ...{ COMMAND: `node ${REPOSITORY}/src/cli/main.ts`, GITHUB_OUTPUT: output, ...given },
    });
  };
  const outputs = () =>
    Object.fromEntries(
      readFileSync(output, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split('=')),
    );
  let base = '';

  beforeAll(() => {
    mkdirSync(pull);
    git('init', '--quiet');
    const policy = readFileSync(join(EXAMPLE, 'policy.yml'), 'utf8');
    writeFileSync(join(pull, 'ami-janitor.yml'), policy);
    git('add', '.');
    git('commit', '--quiet', '-m', 'base');
    base = git('rev-parse', 'HEAD').trim();
    expect(policy).toContain('newest: 3');
    writeFileSync(join(pull, 'ami-janitor.yml'), policy.replace('newest: 3', 'newest: 1'));
    writeFileSync(join(pull, 'new.yml'), policy);
    writeFileSync(join(pull, 'broken.yml'), 'version: 1\nruels: []\n');
  });

  it('compares the policy with that of the base, and has the page of the whole plan', { timeout: 60_000 }, async () => {
    await compare({ BASE: base, GITHUB_STEP_SUMMARY: join(folder, 'summary') });
    const { comparison, folder: written } = outputs();
    const text = readFileSync(comparison, 'utf8');
    expect(text).toMatch(/differ/i);
    expect(text).toContain('ami-');
    expect(readFileSync(join(folder, 'summary'), 'utf8')).toBe(text);
    expect(existsSync(join(written, 'report', 'report.html'))).toBe(true);
  });

  it('gives the whole plan of a policy that the base has not, and fails for one that is none', {
    timeout: 60_000,
  }, async () => {
    await compare({ BASE: base, POLICY: 'new.yml' });
    expect(readFileSync(outputs().comparison, 'utf8')).toMatch(/^The base has no new\.yml; this is the whole plan\./);
    await expect(compare({ BASE: base, POLICY: 'broken.yml' })).rejects.toMatchObject({
      code: 2,
      stdout: expect.not.stringContaining('|'),
      stderr: expect.stringContaining('ruels'),
    });
  });

  it.each([
    ['', '--method POST repos/example/images/issues/7/comments'],
    ['42', '--method PATCH repos/example/images/issues/comments/42'],
  ])('writes one comment, in place of its own (%j), no longer than GitHub takes', async (earlier, call) => {
    const calls = stand('gh', earlier);
    const COMPARISON = join(folder, 'long.md');
    writeFileSync(COMPARISON, '→ ä'.repeat(40_000));
    const env = {
      PULL_REQUEST: '7',
      COMPARISON,
      RUN_URL: 'https://example.com/1',
      GITHUB_REPOSITORY: 'example/images',
    };
    await bash(`bash ${REPOSITORY}/deploy/github/comment.sh`, folder, env);
    expect(calls()).toHaveLength(2);
    expect(calls()[1]).toContain(call);
    const body = readFileSync(join(folder, 'gh.calls.body'), 'utf8');
    expect(body).toMatch(/^<!-- ami-janitor plan -->\n→ ä/);
    expect(body).toContain('… cut here.');
    expect(body).toContain('](https://example.com/1)');
    expect(body).not.toContain('\uFFFD');
    expect(body.length).toBeLessThan(65_536);
  });

  it('takes nothing of a pull request into a command, and uses each of its inputs', () => {
    const text = readFileSync('action.yml', 'utf8');
    for (const { run } of action.runs.steps) {
      expect(run ?? '').not.toContain('${{');
      const [, script] = /\$GITHUB_ACTION_PATH\/([\w./-]+)/.exec(run ?? '') ?? [];
      if (script !== undefined) expect(existsSync(script), script).toBe(true);
    }
    expect(Object.keys(action.inputs).filter((name) => !text.includes(`inputs.${name}`))).toEqual([]);
  });
});

describe('the release workflow, but for what it publishes', { tags: ['long'] }, () => {
  const copy = join(folder, 'release-of');
  const step = (job: string, id: string) => {
    const found = release.jobs[job]?.steps.find((one) => one.id === id)?.run;
    if (found === undefined) throw new Error(`the job ${job} has no step ${id}`);
    return found;
  };
  const run = (job: string, id: string, env: Readonly<Record<string, string>> = {}, cwd = copy) =>
    bash(step(job, id), cwd, { GITHUB_REPOSITORY: 'example/ami-janitor', GITHUB_REF_NAME: 'v0.1.0', ...env });

  it('packs what it publishes, from the version of the tag, and says where it comes from', {
    timeout: 600_000,
  }, async () => {
    const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' });
    for (const file of files.trim().split('\n')) if (existsSync(file)) cpSync(file, join(copy, file));
    symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync('package.json', 'utf8')));
    await run('package', 'version', { GITHUB_REF_NAME: `v${version}` });
    await expect(run('package', 'version', { GITHUB_REF_NAME: 'v99.0.0' })).rejects.toMatchObject({ code: 1 });
    await run('package', 'repository');
    const manifest = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8'));
    expect(manifest.repository).toEqual({ type: 'git', url: 'git+https://github.com/example/ami-janitor.git' });
    await run('package', 'template');
    await run('package', 'pack');
    const packed = join(copy, 'out', 'release');
    expect(globSync('*', { cwd: packed }).sort()).toEqual([
      'SHA256SUMS',
      `ami-janitor-${version}.tgz`,
      'ami-janitor-template.tar.gz',
    ]);
    execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: packed });
    const inside = execFileSync('tar', ['-tzf', join(packed, 'ami-janitor-template.tar.gz')], { encoding: 'utf8' });
    for (const name of ['ami-janitor.json', 'member.yml', 'recycle-bin.yml']) expect(inside).toContain(name);

    const elsewhere = join(folder, 'elsewhere');
    cpSync(packed, join(elsewhere, 'release'), { recursive: true });
    const { stdout } = await run('try', 'try', {}, elsewhere);
    expect(stdout).toContain('deprecate');

    const [npm, gh] = [stand('npm'), stand('gh')];
    await run('publish', 'npm', {}, elsewhere);
    await run('publish', 'github', {}, elsewhere);
    expect(npm()).toEqual([`publish --provenance --access public ./release/ami-janitor-${version}.tgz`]);
    expect(gh()[0]).toContain(`release/ami-janitor-${version}.tgz`);
  });

  it('publishes only what was tried, and that only for a tag', () => {
    const text = readFileSync('.github/workflows/release.yml', 'utf8');
    expect(release.jobs.publish?.needs).toBe('try');
    expect(release.jobs.try?.needs).toBe('package');
    expect(release.jobs.package?.needs).toBe('test');
    expect(text.match(/npm publish/g)).toHaveLength(1);
    expect(text.slice(text.indexOf('  publish:'))).toMatch(/^ {4}if: github\.ref_type == 'tag'$/m);
  });
});
