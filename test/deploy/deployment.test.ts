import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { isAlias, parseDocument, visit } from 'yaml';
import * as z from 'zod';
import { parseEvent } from '../../src/handlers/event.ts';
import { iamDocumentTests } from './documents.ts';
import { lockedDownTests } from './locked-down-rows.ts';
import { memberTests } from './member-rows.ts';
import { organizationTests } from './organization-rows.ts';
import { packageTemplate, untimed } from './package.ts';
import { realCallsTests } from './real-calls.ts';
import { journalOfRestoresTests, restoreRoleTests } from './restore-rows.ts';
import { rolesTests } from './roles.ts';
import { policiesOf } from './simulate.ts';
import { parseTemplate, resolver, type Template } from './template.ts';
import { templateTests } from './template-rows.ts';

const GUIDE = readFileSync('docs/organization.md', 'utf8');
const MEMBER = readFileSync('deploy/organization/member.yml', 'utf8');
/** As the guide's first deployment has them. */
const PARAMETERS = [...(/serverless deploy.+/.exec(GUIDE)?.[0] ?? '').matchAll(/--param="([^"]+)"/g)].map(
  ([, parameter = '']) => parameter.replace('EXTERNAL_ID', 'ami-janitor-example'),
);

let packaged: string;
let template: Template;
let forOrganization: Template;
let member: Template;

beforeAll(async () => {
  packaged = await packageTemplate({});
  template = parseTemplate(JSON.parse(packaged));
  // To package it again takes seconds; a test below does, and finds no other difference.
  const { Organization, MemberExternalId } = template.Parameters;
  const Parameters = {
    ...template.Parameters,
    Organization: { ...Organization, Default: 'true' },
    MemberExternalId: { ...MemberExternalId, Default: 'ami-janitor-example' },
  };
  forOrganization = { ...template, Parameters };
  member = parseTemplate(parseDocument(MEMBER).toJS());
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
describe('the template of a deployment for an organization', () => organizationTests(() => forOrganization));
describe('the member template', () => memberTests({ member: () => member, janitor: () => forOrganization }));

it('a deployment for one account is what it is without anything for organizations, to the last resource and value', {
  tags: ['long'],
  timeout: 180_000,
}, async () => {
  const neverHeardOf = made(await packageTemplate({ edit: withoutOrganization }));
  expect(Object.keys(neverHeardOf)).toContain('ReportLambdaFunction');
  expect(made(packaged)).toEqual(neverHeardOf);
  expect(PARAMETERS).toEqual(['organization=true', 'memberExternalId=ami-janitor-example']);
  const packagedForIt = untimed(await packageTemplate({ parameters: PARAMETERS }));
  expect(parseTemplate(JSON.parse(packagedForIt))).toEqual(
    parseTemplate(JSON.parse(untimed(JSON.stringify(forOrganization)))),
  );
  expect(made(packagedForIt)).not.toEqual(neverHeardOf);
});

it('the guide names parameters that the member template has, and values that it takes', () => {
  const { Parameters } = z
    .object({
      Parameters: z.record(
        z.string(),
        z.object({ AllowedPattern: z.string().optional(), AllowedValues: z.array(z.string()).optional() }),
      ),
    })
    .parse(parseDocument(MEMBER).toJS());
  const stackSets = [...GUIDE.matchAll(/ParameterKey=(\w+),(?:ParameterValue=(\S+)|UsePreviousValue=true)/g)];
  const stacks = [...GUIDE.matchAll(/(?<= )(JanitorAccountId|JanitorName|ExternalId|Enforce)=(\S+)/g)];
  expect([stackSets.length, stacks.length]).toEqual([7, 3]);
  for (const [, name = '', value] of [...stackSets, ...stacks]) {
    const { AllowedPattern = '.*', AllowedValues } = Parameters[name] ?? { AllowedPattern: 'no such parameter' };
    if (value === undefined) continue;
    const given = value.replace('JANITOR_ACCOUNT', '111111111111');
    expect(given, name).toMatch(new RegExp(`^(?:${AllowedPattern})$`));
    expect(AllowedValues ?? [given], name).toContain(given);
  }
});

it('the guide starts runs with events that the functions take', () => {
  const inputs = [...GUIDE.matchAll(/--input '([^']+)'/g)].map(([, input = '']) => parseEvent(JSON.parse(input)));
  expect(inputs.map(({ mode }) => mode)).toEqual(['dry-run', 'dry-run']);
});

it('the guide links to what there is, and names states that the state machine has', () => {
  for (const [, path = ''] of GUIDE.matchAll(/\]\((?!https)([^)#]+)/g))
    expect(existsSync(`docs/${path}`), path).toBe(true);
  const drawn = [...GUIDE.matchAll(/\b([A-Z]\w+)\["/g)].map(([, name = '']) => name);
  const states = readFileSync('deploy/organization/state-machine.yml', 'utf8');
  expect(drawn).toHaveLength(12);
  for (const name of drawn) expect(states).toMatch(new RegExp(`^ +${name}:$`, 'm'));
});

it('a deployment for an organization needs an external id', { tags: ['long'], timeout: 180_000 }, async () => {
  await expect(packageTemplate({ parameters: ['organization=true'] })).rejects.toThrow(
    /MemberExternalId.+Value not found/,
  );
});

it('the member template is what CloudFormation takes: it knows no aliases', () => {
  const document = parseDocument(MEMBER);
  expect([...document.errors, ...document.warnings]).toEqual([]);
  const aliases: unknown[] = [];
  visit(document, { Node: (_, node) => void (isAlias(node) && aliases.push(node.source)) });
  expect(aliases).toEqual([]);
  // A StackSet takes a template from a file up to this size.
  expect(MEMBER.length).toBeLessThan(51_200);
});

/** What CloudFormation makes of a template: the resources whose condition holds, with the values that they get. */
function made(text: string): Record<string, unknown> {
  const read = parseTemplate(JSON.parse(untimed(text)));
  const { resolve, condition } = resolver(read, false);
  return Object.fromEntries(
    Object.entries(read.Resources)
      .filter(([, { Condition }]) => Condition === undefined || condition(Condition))
      .map(([id, resource]) => [id, { ...resource, Properties: resolve(resource.Properties) }]),
  );
}

/** Serverless' configuration as it was before there was anything for organizations. */
function withoutOrganization(configuration: string): string {
  const lines = configuration.replace(/^stepFunctions:\n(?: .+\n)+/m, '').split('\n');
  const kept = lines.filter((line) => !/organization|^plugins:/.test(line));
  expect(lines.length - kept.length).toBe(5);
  return kept.join('\n');
}
