import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defaultProblems, unknownNames } from '../../scripts/package/parameters.ts';
import { packageEmpty, packageTemplate, TEMPLATE } from './package.ts';
import { parseTemplate, resolver } from './template.ts';

const GIVEN = { CodeBucket: 'our-code' };
let serverless: string;
let text: string;
let files: Map<string, Buffer>;

beforeAll(async () => {
  await packageEmpty({}, async (folder) => {
    const own = join(folder, 'dist', 'package');
    serverless = await readFile(join(folder, TEMPLATE), 'utf8');
    files = new Map(
      await Promise.all((await readdir(own)).map(async (name) => [name, await readFile(join(own, name))] as const)),
    );
    text = String(files.get('ami-janitor.json'));
  });
}, 300_000);

/** What CloudFormation makes of a template's resources, but for where the code lies. */
function made(template: string, given: Readonly<Record<string, string>>): Record<string, unknown> {
  const read = parseTemplate(JSON.parse(template));
  const { resolve } = resolver(read, true, given);
  return Object.fromEntries(
    Object.entries(read.Resources)
      .filter(([id]) => !id.startsWith('ServerlessDeploymentBucket'))
      .map(
        ([
          id,
          {
            Type,
            Condition,
            Properties: { Code: _, ...properties },
          },
        ]) => [id, { Type, Condition, Properties: resolve(properties) }],
      ),
  );
}

describe('the template that needs no Serverless', { tags: ['long'] }, () => {
  it('makes what Serverless deploys, with the same logical ids, so that a stack of either updates in place', () => {
    const own = made(text, GIVEN);
    expect(Object.keys(own).length).toBeGreaterThan(100);
    expect(own).toEqual(made(serverless, {}));
  });

  it('has nothing of Serverless in it, and none of its names', () => {
    expect(text).not.toMatch(/serverless/i);
    expect(text).not.toContain('ami-janitor-prod');
    expect(text).not.toContain('AmiJanitor/prod');
  });

  it('is called as its parameters say, to the last name and metric', () => {
    const named = JSON.stringify(made(text, { ...GIVEN, NamePrefix: 'acme', Stage: 'test' }));
    for (const name of [
      'acme-test-report',
      'acme-test-organization-inventory',
      '/aws/lambda/acme-test-notify',
      'AmiJanitor/test',
    ])
      expect(named).toContain(name);
    expect(named).not.toMatch(/ami-janitor-(?:prod|test)|AmiJanitor\/prod/);
  });

  it('finds the code of each function beside it, in a file that is called by what is in it', () => {
    const { resolve } = resolver(parseTemplate(JSON.parse(text)), false, { ...GIVEN, CodePrefix: 'tools/' });
    const code = z.object({ Code: z.object({ S3Bucket: z.literal('our-code'), S3Key: z.string() }) });
    const functions = Object.values(parseTemplate(JSON.parse(text)).Resources).filter(
      ({ Type }) => Type === 'AWS::Lambda::Function',
    );
    expect(functions).toHaveLength(15);
    for (const { Properties } of functions) {
      const { S3Key } = code.parse(resolve(Properties)).Code;
      const [, file = '', hash = ''] = /^tools\/([\w-]+-([0-9a-f]{16})\.zip)$/.exec(S3Key) ?? [];
      expect(
        createHash('sha256')
          .update(files.get(file) ?? '')
          .digest('hex'),
        S3Key,
      ).toMatch(new RegExp(`^${hash}`));
    }
    expect([...files.keys()]).toEqual(expect.arrayContaining(['member.yml', 'recycle-bin.yml']));
  });

  it('refuses an organization without an external id before it makes anything', () => {
    expect(JSON.parse(text).Rules.OrganizationNeedsExternalId.Assertions[0].Assert).toEqual({
      'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'MemberExternalId' }, ''] }],
    });
  });
});

describe('packaging', { tags: ['long'] }, () => {
  it('refuses what CloudFormation would refuse later, all of it at once', { timeout: 180_000 }, async () => {
    const wrong = ['enforce=True', 'regions=a,b', 'missingRunHours=400', 'alarmTopicArn=alarms'];
    const refused = packageTemplate({ parameters: wrong });
    await expect(refused).rejects.toThrow(/Enforce must be one of true, false; it is "True"/);
    await expect(refused).rejects.toThrow(/Regions must be Regions with commas between them.+it is "a,b"/);
    await expect(refused).rejects.toThrow(/MissingRunHours must be 168 at most; it is "?400"?/);
    await expect(refused).rejects.toThrow(/AlarmTopicArn must be the ARN of an SNS topic/);
  });

  it('refuses a parameter that there is not, and names the nearest', { timeout: 180_000 }, async () => {
    await expect(packageTemplate({ parameters: ['enforced=true'] })).rejects.toThrow(
      /there is no parameter enforced; did you mean enforce\?/,
    );
  });

  it.each([
    ['enforce', []],
    ['enforce=true', []],
    ['reportBaseUrl=https://reports.example.com/?a=b', []],
    ['recyclebindays=3', ['there is no parameter recyclebindays; did you mean recycleBinDays?']],
    ['colour=blue', ['there is no parameter colour']],
  ])('of the name in --param=%s says %j', (given, problems) => {
    expect(unknownNames([given], ['enforce', 'recycleBinDays', 'reportBaseUrl'])).toEqual(problems);
  });

  it.each([
    [{ Type: 'Number', Default: 'many' }, ['Value must be a number; it is "many"']],
    [{ Type: 'Number', Default: 0, MinValue: 1 }, ['Value must be 1 at least; it is 0']],
    [{ Type: 'Number', Default: '30', AllowedValues: [30, 60] }, []],
    [{ Type: 'String', Default: 'x', AllowedPattern: '^y$' }, ['Value must fit ^y$; it is "x"']],
    [
      { Type: 'String', Default: 'x', AllowedPattern: '^y$', ConstraintDescription: 'must be y' },
      ['Value must be y; it is "x"'],
    ],
    [{ Type: 'String', AllowedPattern: '^y$' }, []],
  ])('of a parameter %j says %j', (Value, problems) => {
    expect(defaultProblems({ Value })).toEqual(problems);
  });
});
