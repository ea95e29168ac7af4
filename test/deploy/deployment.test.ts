import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { iamDocumentTests } from './documents.ts';
import { buildInto, packageDeployment } from './package.ts';
import { realCallsTests } from './real-calls.ts';
import { rolesTests } from './roles.ts';
import { readTemplate, type Template } from './template.ts';
import { templateTests } from './template-rows.ts';

// Before the functions make their loggers.
vi.hoisted(() => vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT'));

let folder: string;
let template: Template;

beforeAll(async () => {
  folder = await packageDeployment();
  template = readTemplate(join(folder, '.serverless/cloudformation-template-update-stack.json'));
}, 180_000);

afterAll(() => rm(folder, { recursive: true }));

describe('the packaged template', () => templateTests(() => template));
describe('the packaged roles', () => rolesTests(() => template));
describe('the functions at work', () => realCallsTests(() => template));
describe('the documents', () => iamDocumentTests(() => template));

it('builds the same bytes each time', async () => {
  const again = join(folder, 'again');
  await buildInto(again);
  expect(hashes(again).length).toBeGreaterThan(5);
  expect(hashes(again)).toEqual(hashes(join(folder, 'dist')));
}, 60_000);

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
