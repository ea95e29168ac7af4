import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, statSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseEnv, promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const runFile = promisify(execFile);
const MOST_BYTES = 5_000_000;
const folder = mkdtempSync(join(tmpdir(), 'ami-janitor-npm-'));
const home = join(folder, 'empty');
const installed = join(home, 'node_modules', 'ami-janitor');
const NODE_22 = `node-${process.platform}-${process.arch}@22.23.3`;

/** Runs a command in the folder, with the Node of another one, and without credentials. */
function run(bin: string, command: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}) {
  const PATH = [join(home, 'node_modules', '.bin'), bin, process.env.PATH].join(delimiter);
  const env = { PATH, HOME: folder, npm_config_offline: 'true', AWS_EC2_METADATA_DISABLED: 'true', ...variables };
  return runFile(command, args, { cwd: home, env });
}

/** The folder of a Node 22 from npm; undefined where the registry has none for this machine, or can't be reached. */
async function node22(): Promise<string | undefined> {
  const kept = join(tmpdir(), `ami-janitor-${NODE_22}`);
  const [name = ''] = NODE_22.split('@');
  const bin = join(kept, 'node_modules', name, 'bin');
  if (!existsSync(bin))
    await runFile('npm', ['install', '--no-audit', '--no-fund', '--prefix', kept, NODE_22]).catch(() => undefined);
  return existsSync(bin) ? bin : undefined;
}

/** Serves the package's own embedded account while something is done with the variables that it prints. */
async function withSandbox(bin: string, use: (variables: NodeJS.ProcessEnv) => Promise<void>): Promise<void> {
  const child = spawn(join(bin, 'node'), [join(installed, 'dist/cli/main.js'), 'sandbox'], { cwd: home });
  try {
    let printed = '';
    for await (const line of createInterface({ input: child.stdout })) {
      printed += `${line.replace('export ', '')}\n`;
      if (line.includes('METADATA')) break;
    }
    await use(parseEnv(printed));
  } finally {
    child.kill();
    await once(child, 'exit');
  }
}

describe('the package that people install', { tags: ['long'] }, () => {
  let tarball = '';
  let another: string | undefined;

  beforeAll(async () => {
    const { stdout } = await runFile('npm', ['pack', '--silent', '--pack-destination', folder]);
    tarball = join(folder, stdout.trim().split('\n').at(-1) ?? '');
    await mkdir(home);
    await writeFile(join(home, 'package.json'), '{}');
    await run(dirname(process.execPath), 'npm', ['install', '--no-audit', '--no-fund', tarball]);
    another = await node22();
  }, 400_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is smaller than 5 MB', () => {
    expect(statSync(tarball).size).toBeGreaterThan(500_000);
    expect(statSync(tarball).size).toBeLessThan(MOST_BYTES);
  });

  it('brings no other package, no Node, no source maps, and the licenses of what is in it', () => {
    expect(readdirSync(join(home, 'node_modules')).sort()).toEqual(['.bin', '.package-lock.json', 'ami-janitor']);
    expect(readdirSync(join(home, 'node_modules', '.bin'))).toEqual(['ami-janitor']);
    expect(readdirSync(installed).sort()).toEqual([
      ...['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'docs', 'examples', 'package.json'],
    ]);
    const built = readdirSync(join(installed, 'dist', 'cli'));
    expect(built).toContain('LICENSES.txt');
    expect(built.filter((file) => !/\.js$|^LICENSES\.txt$/.test(file))).toEqual([]);
  });

  it('says which Node it needs, where the one that is there is older', async () => {
    const older = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })";
    const args = ['--import', `data:text/javascript,${older}`, join(installed, 'dist/cli/main.js'), 'plan'];
    await expect(run(dirname(process.execPath), 'node', args)).rejects.toMatchObject({
      code: 2,
      stderr: 'ami-janitor: it needs Node 22 or newer, and this is 20.20.2\n',
    });
  });

  it.for([
    ['24 or newer', /^v(?!22)/, async () => dirname(process.execPath)],
    ['22', /^v22\./, async () => another],
  ] as const)('runs on Node %s', { timeout: 120_000 }, async ([, version, nodeOf], { skip }) => {
    const bin = await nodeOf();
    if (bin === undefined) return skip(`${NODE_22} could not be installed from npm's registry`);
    expect((await run(bin, 'node', ['--version'])).stdout).toMatch(version);
    const policy = ['--policy', join(installed, 'examples', 'demo.yml')];
    const example = join(installed, 'examples', 'golden-images');
    const recording = ['--policy', join(example, 'policy.yml'), '--recording', join(example, 'account.json')];

    expect((await run(bin, 'npx', ['ami-janitor', '--help'])).stdout).toContain('npx ami-janitor plan --region');
    expect((await run(bin, 'ami-janitor', ['plan', '--help'])).stdout).toContain('npx ami-janitor plan --check');
    const page = await run(bin, 'npx', ['ami-janitor', 'plan', ...recording, '--at', '2026-11-21', '--out', 'out']);
    expect(page.stdout).toContain('deprecate');
    expect(readdirSync(join(home, 'out')).sort()).toEqual(expect.arrayContaining(['report.html', 'report.json']));

    await withSandbox(bin, async (variables) => {
      const planned = await run(bin, 'npx', ['ami-janitor', 'plan', ...policy, '--format', 'json'], variables);
      expect(JSON.parse(planned.stdout)).toMatchObject({ complete: true, target: { region: 'eu-west-1' } });
      const acting = ['deprecate', ...policy, '--enforce', '--yes', '--format', 'json'];
      const { outcomes } = JSON.parse((await run(bin, 'npx', ['ami-janitor', ...acting], variables)).stdout);
      expect(outcomes.length).toBeGreaterThan(0);
      expect(outcomes).toEqual(outcomes.map(() => expect.objectContaining({ status: 'done' })));
    });
  });
});
