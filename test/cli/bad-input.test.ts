import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { retryAtOnce } from '../builders/pass-waits.ts';
import { temporaryFolder } from '../builders/temporary-folder.ts';
import { janitor } from './command-line.ts';

const VALID = 'examples/demo.yml';
const directory = temporaryFolder();
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function policyFile(text: string): Promise<string> {
  const file = join(directory, 'policy.yml');
  await writeFile(file, text);
  return file;
}

const rule = (lines: string) => `version: 1\nrules:\n  - name: all\n    select: {}\n${lines}\n    deprecate: {}\n`;

/** What every message must be: short, placed, and without a stack. */
function expectClear(stderr: string): void {
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr.trim()).not.toBe('');
}

describe('a policy that is wrong', () => {
  it.each([
    ['an unknown key', rule('    keep: { newst: 3 }'), /policy\.yml:5:\d+: .*newst.*"newest"/],
    ['a key of the wrong place', rule('    keep: { newest: 3 }\n    protct: {}'), /policy\.yml:6:\d+: .*protct/],
    ['a wrong duration', rule('    keep: { youngerThan: 60 days }'), /policy\.yml:5:\d+: .*must be a duration.*"60d"/],
    ['m alone', rule('    keep: { youngerThan: 6m }'), /policy\.yml:5:\d+: .*6min or 6mo/],
    ['a wrong type', rule('    keep: { newest: three }'), /policy\.yml:5:\d+: .*newest/],
    ['a wrong word', `${rule('    keep: { newest: 3 }')}references: { sharedImages: kep }\n`, /"keep"/],
    ['no YAML', 'version: 1\nrules: [', /policy\.yml:\d+:\d+: /],
    ['nothing', '', /policy\.yml/],
  ])('%s', async (_, text, message) => {
    const file = await policyFile(text);
    for (const args of [
      ['policy', 'check', file],
      ['plan', '--policy', file, '--region', 'eu-west-1'],
    ]) {
      const { exitCode, stdout, stderr } = await janitor(...args);
      expect(stderr).toMatch(message);
      expectClear(stderr);
      expect(stdout).toBe('');
      expect(exitCode).toBe(2);
    }
  });

  it('a file that is not there', async () => {
    const { exitCode, stderr } = await janitor('plan');
    expect(stderr).toMatch(/ami-janitor\.yml can't be read: there is no such file/);
    expect(exitCode).toBe(2);
  });
});

describe('a command line that is wrong', () => {
  it.each([
    ['an unknown command', ['plam'], /Did you mean plan/],
    ['an unknown option', ['plan', '--polcy', VALID], /Did you mean --policy/],
    ['an unknown format', ['plan', '--format', 'jsn'], /table, json, markdown, html, csv/],
    ['a time that is none', ['plan', '--at', 'tomorrow'], /ISO date or time/],
    ['an id that is none', ['explain', 'i-0123456789abcdef0', '--policy', VALID], /not an image id/],
    ['a Region that is none', ['plan', '--policy', VALID, '--region', 'mars'], /"mars" is not a Region/],
    ['a recording that is none', ['plan', '--policy', VALID, '--account', VALID], /not a recording/],
  ])('%s', async (_, args, message) => {
    const { exitCode, stdout, stderr } = await janitor(...args);
    expect(stderr).toMatch(message);
    expectClear(stderr);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });
});

describe('settings that are wrong', () => {
  beforeEach(retryAtOnce);
  const settings = (variables: Record<string, string | undefined>) => {
    const none = { AWS_PROFILE: undefined, AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined };
    const keys = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_EC2_METADATA_DISABLED: 'true' };
    const files = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
    for (const [name, value] of Object.entries({ ...none, ...keys, ...files, ...variables })) vi.stubEnv(name, value);
  };
  const keys = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };

  it('no Region', async () => {
    settings(keys);
    const { exitCode, stderr } = await janitor('plan', '--policy', VALID);
    expect(stderr).toMatch(/no Region is set; give --region/);
    expectClear(stderr);
    expect(exitCode).toBe(2);
  });

  it('no credentials', async () => {
    settings({});
    const { exitCode, stderr } = await janitor('plan', '--policy', VALID, '--region', 'eu-west-1');
    expect(stderr).toMatch(/no AWS credentials were found/);
    expectClear(stderr);
    expect(exitCode).toBe(2);
  });

  it.each([
    ['HTML', '<html><body>Sign in</body></html>'],
    ['JSON', '{"error":"nope"}'],
    ['half an XML', '<GetCallerIdentityResponse><GetCallerIdentityResult>'],
    ['nothing', ''],
  ])('an endpoint that answers %s', async (_, body) => {
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(200, { 'content-type': 'text/html' }).end(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    settings({ ...keys, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
    try {
      const { exitCode, stdout, stderr } = await janitor('plan', '--policy', VALID, '--region', 'eu-west-1');
      expect(stderr).toMatch(/AWS_ENDPOINT_URL|endpoint/);
      expectClear(stderr);
      expect(stdout).toBe('');
      expect(exitCode).toBe(1);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('an endpoint where nobody listens', async () => {
    settings({ ...keys, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    const { exitCode, stderr } = await janitor('plan', '--policy', VALID, '--region', 'eu-west-1');
    expect(stderr).toMatch(/could not be reached/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expectClear(stderr);
    expect(exitCode).toBe(1);
  });

  it('--debug shows the stack', async () => {
    settings({ ...keys, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    const { stderr } = await janitor('plan', '--policy', VALID, '--region', 'eu-west-1', '--debug');
    expect(stderr).toMatch(/^\s+at /m);
  });
});
