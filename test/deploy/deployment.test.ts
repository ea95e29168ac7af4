import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleTests } from './bundle-rows.ts';
import { bundlesAtWorkTests } from './bundles-at-work.ts';
import { iamDocumentTests } from './documents.ts';
import { organizationBundleTests } from './organization-bundle-rows.ts';
import { buildInto, packageDeployment, TEMPLATE } from './package.ts';
import { realCallsTests } from './real-calls.ts';
import { restoreRoleTests } from './restore-rows.ts';
import { rolesTests } from './roles.ts';
import { policiesOf } from './simulate.ts';
import { readTemplate, type Template } from './template.ts';
import { templateTests } from './template-rows.ts';

// Before the functions make their loggers.
vi.hoisted(() => vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT'));

let folder: string;
let template: Template;

beforeAll(async () => {
  folder = await packageDeployment();
  template = readTemplate(join(folder, TEMPLATE));
}, 300_000);

afterAll(() => rm(folder, { recursive: true }));

describe('who restores', () => restoreRoleTests(() => policiesOf(template, 'RestoreRole', false)));
describe('the packaged template', () => templateTests(() => template));
describe('the packaged roles', () => rolesTests(() => template));
describe('the packaged functions', () => bundleTests(() => join(folder, 'dist')));
describe('the packaged functions of an organization', () => organizationBundleTests(() => join(folder, 'dist')));
describe('the packaged functions at work', () => bundlesAtWorkTests(() => join(folder, 'dist')));
describe('the functions at work', () => realCallsTests(() => template));
describe('the documents', () => iamDocumentTests(() => template));

it('builds the same bytes each time', async () => {
  const again = join(folder, 'again');
  await buildInto(again);
  expect(hashes(again).length).toBeGreaterThan(5);
  expect(hashes(again)).toEqual(hashes(join(folder, 'dist')));
}, 180_000);

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
