import { beforeAll, describe } from 'vitest';
import { iamDocumentTests } from './documents.ts';
import { lockedDownTests } from './locked-down-rows.ts';
import { packageTemplate } from './package.ts';
import { realCallsTests } from './real-calls.ts';
import { journalOfRestoresTests, restoreRoleTests } from './restore-rows.ts';
import { rolesTests } from './roles.ts';
import { policiesOf } from './simulate.ts';
import { parseTemplate, type Template } from './template.ts';
import { templateTests } from './template-rows.ts';

let template: Template;

beforeAll(async () => {
  template = parseTemplate(JSON.parse(await packageTemplate({})));
}, 300_000);

describe('who restores', () => {
  const policies = () => policiesOf(template, 'RestoreRole', false);
  restoreRoleTests(policies);
  journalOfRestoresTests(policies);
});
describe('the packaged template', () => templateTests(() => template));
describe('the template in a locked-down account', () => lockedDownTests(() => template));
describe('the packaged roles', () => rolesTests(() => template));
describe('the functions at work', () => realCallsTests(() => template));
describe('the documents', () => iamDocumentTests(() => template));
