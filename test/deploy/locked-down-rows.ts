import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { DEPRECATED, IMAGE } from './actions.ts';
import { replacingProperties, templateProblems } from './schema.ts';
import { evaluate, isAllowed, policiesOf } from './simulate.ts';
import { ACCOUNT, REGION, resolver, type Template } from './template.ts';

const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/boundary`;
const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const VPC = { SubnetIds: 'subnet-0a,subnet-0b', SecurityGroupIds: 'sg-0a' };
const EVERYTHING = {
  PermissionsBoundaryArn: BOUNDARY,
  KmsKeyArn: KEY,
  ExistingReportBucket: 'our-reports',
  ReserveConcurrency: 'false',
  ...VPC,
  KeepButtons: 'http-api',
  Organization: 'true',
  Regions: 'eu-west-1,eusc-de-east-1',
  DocumentBuckets: 'arn:aws:s3:::deployments',
  DocumentObjects: 'arn:aws:s3:::deployments/manifests/*',
  AlarmTopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:alarms`,
};
type Given = Readonly<Record<string, string>>;

/** What accounts demand that not everybody may deploy into as they like; each is a parameter of the template. */
export function lockedDownTests(template: () => Template): void {
  const ofType = (type: string, given: Given, everyCondition = false): [string, Record<string, unknown>][] => {
    const { resolve, condition } = resolver(template(), true, given);
    return Object.entries(template().Resources).flatMap(([id, { Type, Condition, Properties }]) =>
      Type === type && (everyCondition || Condition === undefined || condition(Condition))
        ? [[id, z.record(z.string(), z.unknown()).parse(resolve(Properties))]]
        : [],
    );
  };
  const functionRoles = (given: Given) =>
    ofType('AWS::Lambda::Function', given).map(([, { Role }]) => String(Role).replace(/^.*\//, ''));

  it('fits the schema of each resource with every parameter turned', () => {
    expect(templateProblems(template(), resolver(template(), true, EVERYTHING))).toEqual([]);
  });

  it('changes what was deployed, whichever parameters are turned, and puts no other in its place', () => {
    const before = resolver(template(), false);
    const after = resolver(template(), true, EVERYTHING);
    const compared = Object.entries(template().Resources).flatMap(([id, { Type, Properties }]) =>
      replacingProperties(Type)
        .filter((name) => name in Properties)
        .map((name) => [`${id}.${name}`, before.resolve(Properties[name]), after.resolve(Properties[name])]),
    );
    expect(compared.map(([at]) => at)).toContain('ReportLambdaFunction.FunctionName');
    expect(compared.filter(([, was, is]) => !isDeepStrictEqual(was, is))).toEqual([]);
  });

  it('shows each parameter in a group of the console, and docs/deployment.md says what it is', () => {
    const names = Object.keys(template().Parameters);
    const { ParameterGroups } = template().Metadata['AWS::CloudFormation::Interface'];
    expect(ParameterGroups.flatMap(({ Parameters }) => Parameters).sort()).toEqual(names.sort());
    const guide = readFileSync('docs/deployment.md', 'utf8');
    const between = /^(?:Protect|Deprecate|Disable|Archive|Deregister)ScheduleExpression$/;
    const given = names.filter((name) => !between.test(name)).map((name) => name.replace(/Expression$/, ''));
    expect(given.filter((name) => !guide.includes(`\`${name[0]?.toLowerCase()}${name.slice(1)}\``))).toEqual([]);
  });

  it('puts the permissions boundary on every role, and none where none was given', () => {
    const roles = ofType('AWS::IAM::Role', { PermissionsBoundaryArn: BOUNDARY }, true);
    expect(roles.length).toBeGreaterThan(15);
    for (const [id, role] of roles) expect(role, id).toHaveProperty('PermissionsBoundary', BOUNDARY);
    for (const [id, role] of ofType('AWS::IAM::Role', {}, true))
      expect(role, id).not.toHaveProperty('PermissionsBoundary');
  });

  it('has the bucket that was given wherever the stack’s own stood, and makes none', async () => {
    const given = { ExistingReportBucket: 'our-reports', Organization: 'true' };
    const { resolve } = resolver(template(), true, given);
    const made = Object.values(template().Resources).filter(({ Type }) => !/^AWS::S3::/.test(Type));
    expect(JSON.stringify(resolve(made.map(({ Properties }) => Properties)))).not.toMatch(/reportbucket/i);
    expect(ofType('AWS::S3::Bucket', given).map(([id]) => id)).not.toContain('ReportBucket');
    expect(ofType('AWS::S3::BucketPolicy', given).map(([id]) => id)).not.toContain('ReportBucketPolicy');
    const policies = policiesOf(template(), 'DeregisterRole', true, given);
    const added = { 's3:if-none-match': '*' };
    const entry = `journal/${ACCOUNT}/${REGION}/entries/1.json`;
    expect(await evaluate(policies, 's3:PutObject', `arn:aws:s3:::our-reports/${entry}`, added)).toBe('Allowed');
    expect(await evaluate(policies, 's3:PutObject', `arn:aws:s3:::reportbucket/${entry}`, added)).toMatch(/Denied$/);
  });

  it('reserves no concurrency where the account has none to spare', () => {
    for (const [id, one] of ofType('AWS::Lambda::Function', { ReserveConcurrency: 'false' }))
      expect(one, id).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  describe('a key', () => {
    it.each([
      ['AWS::S3::Bucket', 'BucketEncryption'],
      ['AWS::SQS::Queue', 'KmsMasterKeyId'],
      ['AWS::SNS::Topic', 'KmsMasterKeyId'],
      ['AWS::Logs::LogGroup', 'KmsKeyId'],
      ['AWS::Lambda::Function', 'KmsKeyArn'],
    ])('encrypts each %s', (type, property) => {
      const encrypted = ofType(type, { KmsKeyArn: KEY, Organization: 'true' });
      expect(encrypted.length).toBeGreaterThan(0);
      for (const [id, properties] of encrypted.filter(([id]) => id !== 'ServerlessDeploymentBucket'))
        expect(JSON.stringify(properties[property]), id).toContain(KEY);
      for (const [id, properties] of ofType(type, { Organization: 'true' }))
        expect(JSON.stringify(properties), id).not.toContain(KEY);
    });

    it('may be used by every function’s role, and by no role where none was given', () => {
      const roles = functionRoles({ Organization: 'true' });
      expect(roles).toHaveLength(15);
      for (const role of [
        ...roles,
        'RestoreRole',
        'ScheduleRole',
        'OrganizationScheduleRole',
        'OrganizationStateMachineRole',
      ]) {
        for (const enforce of [false, true]) {
          const policies = policiesOf(template(), role, enforce, { KmsKeyArn: KEY });
          for (const action of ['kms:Decrypt', 'kms:GenerateDataKey'])
            expect(isAllowed(policies, KEY, {}, action), role).toBe(true);
          expect(isAllowed(policiesOf(template(), role, enforce), KEY), role).toBe(false);
          expect(isAllowed(policies, KEY.replace('1234abcd', '4321abcd')), role).toBe(false);
        }
      }
    });
  });

  it.each(['ReportRole', 'NotifyRole', 'KeepButtonRole', 'OrganizationNotifyRole', 'OrganizationSummaryRole'])(
    '%s reads a secret of Slack’s that lies under a key of the account’s own, and no other secret',
    (role) => {
      const may = (name: string, service = 'secretsmanager') =>
        isAllowed(policiesOf(template(), role, false), KEY, {
          'kms:ViaService': `${service}.${REGION}.amazonaws.com`,
          'kms:EncryptionContext:SecretARN': `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-AbCdEf`,
        });
      expect(may('ami-janitor/slack-token')).toBe(true);
      expect(may('database/password')).toBe(false);
      expect(may('ami-janitor/slack-token', 'sqs')).toBe(false);
    },
  );

  describe('a VPC', () => {
    const MAKES = ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:AssignPrivateIpAddresses'];

    it('holds every function', () => {
      for (const [id, one] of ofType('AWS::Lambda::Function', { ...VPC, Organization: 'true' }))
        expect(one, id).toHaveProperty('VpcConfig', {
          SubnetIds: ['subnet-0a', 'subnet-0b'],
          SecurityGroupIds: ['sg-0a'],
        });
      for (const [id, one] of ofType('AWS::Lambda::Function', {})) expect(one, id).not.toHaveProperty('VpcConfig');
    });

    it('has its interfaces made by Lambda with each function’s role, by no function itself, and no other writes', async () => {
      const itself = {
        'lambda:SourceFunctionArn': `arn:aws:lambda:${REGION}:${ACCOUNT}:function:ami-janitor-prod-report`,
      };
      const nic = `arn:aws:ec2:${REGION}:${ACCOUNT}:network-interface/eni-0a`;
      for (const role of functionRoles({ Organization: 'true' })) {
        for (const enforce of [false, true]) {
          const policies = policiesOf(template(), role, enforce, VPC);
          for (const action of MAKES) {
            expect(await evaluate(policies, action, nic), `${role} ${action}`).toBe('Allowed');
            expect(isAllowed(policies, nic, itself, action), `${role} ${action}`).toBe(false);
            expect(await evaluate(policiesOf(template(), role, enforce), action, nic)).toMatch(/Denied$/);
          }
        }
        const reports = policiesOf(template(), role, false, VPC);
        expect(await evaluate(reports, 'ec2:DeregisterImage', IMAGE, DEPRECATED), role).toMatch(/Denied$/);
      }
    });
  });

  it('answers buttons by API Gateway alone where that was chosen, by a function URL alone where that was', () => {
    const open = (KeepButtons: string) => [
      ofType('AWS::Lambda::Url', { KeepButtons }).length,
      ofType('AWS::ApiGatewayV2::Route', { KeepButtons }).length,
    ];
    expect([open('false'), open('true'), open('http-api')]).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
    ]);
    const [, permission] =
      ofType('AWS::Lambda::Permission', { KeepButtons: 'http-api' }).find(([id]) => id === 'KeepButtonApiPermission') ??
      [];
    expect(permission).toHaveProperty('SourceArn', `arn:aws:execute-api:${REGION}:${ACCOUNT}:keepbuttonapi/*/POST/`);
  });

  it('looks at the Regions that were given, whatever their partition', () => {
    const { resolve } = resolver(template(), true, EVERYTHING);
    const variables = z
      .object({ Environment: z.object({ Variables: z.record(z.string(), z.string()) }) })
      .parse(resolve(template().Resources.ReportLambdaFunction?.Properties)).Environment.Variables;
    expect(variables.JANITOR_REGIONS).toBe('["eu-west-1","eusc-de-east-1"]');
    const [, schedule] = ofType('AWS::Scheduler::Schedule', { ...EVERYTHING, Organization: 'false' })[0] ?? [];
    expect(
      JSON.parse(z.object({ Target: z.object({ Input: z.string() }) }).parse(schedule).Target.Input),
    ).toMatchObject({
      regions: ['eu-west-1', 'eusc-de-east-1'],
    });
  });

  it('reads the documents that were given, and those of the report bucket where none were', async () => {
    const own = 'arn:aws:s3:::reportbucket/documents/images.json';
    const given = 'arn:aws:s3:::deployments/manifests/images.json';
    for (const role of ['ReportRole', 'OrganizationInventoryRole']) {
      const ask = (documents: Given, resource: string) =>
        evaluate(policiesOf(template(), role, false, documents), 's3:GetObject', resource);
      expect([await ask({}, own), await ask({}, given)]).toEqual(['Allowed', 'ImplicitlyDenied']);
      expect([await ask(EVERYTHING, own), await ask(EVERYTHING, given)]).toEqual(['ImplicitlyDenied', 'Allowed']);
    }
  });
}
