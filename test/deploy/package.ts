import { execFile } from 'node:child_process';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const runFile = promisify(execFile);

/** Builds and packages the deployment in a new folder, without credentials and with every network call going nowhere. */
export async function packageDeployment(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ami-janitor-package-'));
  await buildInto(join(folder, 'dist'));
  for (const name of ['serverless.yml', 'deploy', 'package.json']) {
    await cp(name, join(folder, name), { recursive: true });
  }
  const serverless = resolve('node_modules/serverless/bin/serverless.js');
  await runFile(process.execPath, [serverless, 'package'], { cwd: folder, env: offline(folder) });
  return folder;
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
