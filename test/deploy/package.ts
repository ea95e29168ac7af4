import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { FUNCTIONS, ORGANIZATION_FUNCTIONS } from '../../scripts/bundle.ts';

const runFile = promisify(execFile);
const SERVERLESS = resolve('node_modules/serverless/bin/serverless.js');
/** Where the framework leaves the template. */
export const TEMPLATE = '.serverless/cloudformation-template-update-stack.json';

/** Builds and packages the deployment in a new folder, without credentials and with every network call going nowhere. */
export async function packageDeployment(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ami-janitor-package-'));
  await buildInto(join(folder, 'dist'));
  for (const name of ['serverless.yml', 'deploy', 'package.json']) {
    await cp(name, join(folder, name), { recursive: true });
  }
  await symlink(resolve('scripts'), join(folder, 'scripts'));
  await runFile(process.execPath, [SERVERLESS, 'package'], { cwd: folder, env: offline(folder) });
  return folder;
}

/** What is packaged where only the template counts. */
export interface TemplateRequest {
  /** `NAME=VALUE` each, as `--param` takes them. */
  readonly parameters?: readonly string[];
  /** Changes `serverless.yml` before it is packaged. */
  readonly edit?: (configuration: string) => string;
}

/** The template's text; the functions are empty, since nothing of the template comes from their code. */
export function packageTemplate(request: TemplateRequest): Promise<string> {
  return packageEmpty(request, (folder) => readFile(join(folder, TEMPLATE), 'utf8'));
}

/** Packages empty functions in a folder of their own, which is gone when it was read. */
export async function packageEmpty<T>(
  { parameters = [], edit = (same) => same }: TemplateRequest,
  read: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'ami-janitor-template-'));
  try {
    for (const name of ['deploy', 'package.json']) await cp(name, join(folder, name), { recursive: true });
    await symlink(resolve('scripts'), join(folder, 'scripts'));
    await writeFile(join(folder, 'serverless.yml'), edit(await readFile('serverless.yml', 'utf8')));
    for (const name of [...FUNCTIONS, ...ORGANIZATION_FUNCTIONS]) {
      await mkdir(join(folder, 'dist', name), { recursive: true });
      await writeFile(join(folder, 'dist', name, 'index.js'), '');
    }
    const options = parameters.map((parameter) => `--param=${parameter}`);
    // It writes what is wrong to where results go.
    const output = { cwd: folder, env: offline(folder) };
    await runFile(process.execPath, [SERVERLESS, 'package', ...options], output).catch((error: unknown) => {
      throw error instanceof Error && 'stdout' in error ? new Error(`${error.message}${error.stdout}`) : error;
    });
    return await read(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A template's text without the time at which it was packaged, which is in each package's key. */
export function untimed(text: string): string {
  return text.replaceAll(/\/\d{13}-\d{4}-\d\d-\d\dT[\d:.]+Z\//g, '/TIME/');
}

/** Builds every bundle into a folder. */
export async function buildInto(folder: string): Promise<void> {
  await runFile(process.execPath, ['scripts/build.ts', '--out', folder], { env: offline(folder) });
}

function offline(home: string): Record<string, string> {
  const nowhere = 'http://127.0.0.1:9';
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    AWS_ENDPOINT_URL: nowhere,
    AWS_EC2_METADATA_DISABLED: 'true',
    SLS_TELEMETRY_DISABLED: '1',
    SLS_NOTIFICATIONS_MODE: 'off',
  };
}
