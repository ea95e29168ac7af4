import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleTests } from './bundle-rows.ts';
import { bundlesAtWorkTests } from './bundles-at-work.ts';
import { organizationBundleTests } from './organization-bundle-rows.ts';
import { buildInto, packageDeployment, packageTemplate, TEMPLATE, untimed } from './package.ts';

describe('a deployment with its bundles', { tags: ['long'] }, () => {
  let folder: string;

  beforeAll(async () => {
    folder = await packageDeployment();
  }, 300_000);

  afterAll(() => rm(folder, { recursive: true }));

  describe('the packaged functions', () => bundleTests(() => join(folder, 'dist')));
  describe('the packaged functions of an organization', () => organizationBundleTests(() => join(folder, 'dist')));
  describe('the packaged functions at work', () => bundlesAtWorkTests(() => join(folder, 'dist')));

  it('has the template that it has with empty functions, from which the other tests read it', async () => {
    expect(untimed(await packageTemplate({}))).toBe(untimed(readFileSync(join(folder, TEMPLATE), 'utf8')));
  }, 60_000);

  it('builds the same bytes each time', async () => {
    const again = join(folder, 'again');
    await buildInto(again);
    expect(hashes(again).length).toBeGreaterThan(5);
    expect(hashes(again)).toEqual(hashes(join(folder, 'dist')));
  }, 180_000);
});

function hashes(built: string): string[] {
  return globSync('**/*.js', { cwd: built })
    .sort()
    .map(
      (file) =>
        `${file} ${createHash('sha256')
          .update(readFileSync(join(built, file)))
          .digest('hex')}`,
    );
}
