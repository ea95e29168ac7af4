import { request } from 'node:http';
import { EC2 } from '@aws-sdk/client-ec2';
import { STS } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { seedAccount } from '../../sandbox/seed/seed-account.ts';
import { emptyAccount } from '../../sandbox/state.ts';
import { NOW, open, refusal } from './open.ts';

describe('parameters', () => {
  test('by name, version and label; those that lead nowhere are told apart', async () => {
    const { ssm, state } = await open(seedAccount({ now: NOW }));
    const Names = [
      '/golden/webapp/prod',
      '/golden/api/prod:2',
      '/golden/worker/prod:stable',
      '/golden/api/prod:9',
      '/golden/worker/prod:nobody',
      '/golden/gone',
    ];
    const { Parameters, InvalidParameters } = await ssm.getParameters({ Names });
    const value = (name: string, version: number) => state.parameters.get(name)?.history[version - 1]?.Value;
    expect(Parameters?.map((parameter) => [parameter.Name, parameter.Selector, parameter.Value])).toEqual([
      ['/golden/webapp/prod', undefined, value('/golden/webapp/prod', 2)],
      ['/golden/api/prod', ':2', value('/golden/api/prod', 2)],
      ['/golden/worker/prod', ':stable', value('/golden/worker/prod', 1)],
    ]);
    expect(InvalidParameters).toEqual(Names.slice(3));
    expect(Parameters?.[0]?.LastModifiedDate).toEqual(new Date(NOW.getTime() - 20 * 86_400_000));
  });

  test('of one data type, of one path', async () => {
    const { ssm } = await open(seedAccount({ now: NOW }));
    const images = await ssm.describeParameters({ ParameterFilters: [{ Key: 'DataType', Values: ['aws:ec2:image'] }] });
    expect(images.Parameters?.map((parameter) => parameter.Name)).toEqual([
      '/golden/webapp/prod',
      '/golden/api/prod',
      '/golden/worker/prod',
      '/ami/nobody-resolves-it',
    ]);
    const flat = await ssm.getParametersByPath({ Path: '/golden' });
    expect(flat.Parameters?.map((parameter) => parameter.Name)).toEqual(['/golden/list', '/golden/readme']);
  });

  test('a secret is told only to who asks for it', async () => {
    const account = emptyAccount();
    account.parameters.set('token', {
      name: 'token',
      history: [{ Name: 'token', Type: 'SecureString', Value: 'xoxb-1', Version: 1 }],
    });
    const { ssm } = await open(account);
    const value = async (WithDecryption: boolean) =>
      (await ssm.getParameter({ Name: 'token', WithDecryption })).Parameter?.Value;
    expect(await value(true)).toBe('xoxb-1');
    expect(await value(false)).not.toContain('xoxb');
  });

  test('refusals', async () => {
    const { ssm } = await open(seedAccount({ now: NOW }));
    const eleven = Array.from({ length: 11 }, (_, index) => `/p/${index}`);
    expect(await refusal(ssm.getParameters({ Names: eleven }))).toBe('ValidationException');
    expect(await refusal(ssm.describeParameters({ MaxResults: 51 }))).toBe('ValidationException');
    expect(await refusal(ssm.describeParameters({ ParameterFilters: [{ Key: 'Colour', Values: ['red'] }] }))).toBe(
      'ValidationException',
    );
    expect(await refusal(ssm.describeParameters({ ParameterFilters: [{ Key: 'Label', Values: ['red'] }] }))).toBe(
      'InvalidFilterKey',
    );
    expect(await refusal(ssm.getParametersByPath({ Path: '/golden', MaxResults: 11 }))).toBe('ValidationException');
    expect(await refusal(ssm.getParameterHistory({ Name: '/golden/gone' }))).toBe('ParameterNotFound');
    expect(await refusal(ssm.getParameter({ Name: '/golden/api/prod:9' }))).toBe('ParameterVersionNotFound');
    expect(await refusal(ssm.getDocument({ Name: 'nobody' }))).toBe('InvalidDocument');
  });
});

describe('objects', () => {
  const Bucket = 'ami-janitor-reports';

  test('are put, told of, got, listed by prefix and deleted', async () => {
    const { s3 } = await open(seedAccount({ now: NOW }));
    const Body = 'ä'.repeat(3_000_000);
    const { ETag } = await s3.putObject({
      Bucket,
      Key: 'runs/1/report 1.json',
      Body,
      ContentType: 'application/json',
      Metadata: { run: '1' },
    });
    await s3.putObject({ Bucket, Key: 'other', Body: 'x' });
    const head = await s3.headObject({ Bucket, Key: 'runs/1/report 1.json' });
    expect(head).toMatchObject({
      ETag,
      ContentLength: 6_000_000,
      ContentType: 'application/json',
      LastModified: NOW,
      Metadata: { run: '1' },
    });
    const got = await s3.getObject({ Bucket, Key: 'runs/1/report 1.json' });
    expect((await got.Body?.transformToString()) === Body).toBe(true);
    const listed = await s3.listObjectsV2({ Bucket, Delimiter: '/' });
    expect([listed.Contents?.map((object) => object.Key), listed.CommonPrefixes]).toEqual([
      ['other'],
      [{ Prefix: 'runs/' }],
    ]);
    await s3.deleteObject({ Bucket, Key: 'other' });
    expect(await refusal(s3.getObject({ Bucket, Key: 'other' }))).toBe('NoSuchKey');
    expect(await refusal(s3.listObjectsV2({ Bucket: 'nobody' }))).toBe('NoSuchBucket');
  });

  test('a lock: only the first to write gets it, only its holder changes it', async () => {
    const { s3 } = await open(seedAccount({ now: NOW }));
    const lock = { Bucket, Key: 'lock' };
    const { ETag } = await s3.putObject({ ...lock, Body: 'a', IfNoneMatch: '*' });
    expect(await refusal(s3.putObject({ ...lock, Body: 'b', IfNoneMatch: '*' }))).toBe('PreconditionFailed');
    await s3.putObject({ ...lock, Body: 'c', IfMatch: ETag });
    expect(await refusal(s3.putObject({ ...lock, Body: 'd', IfMatch: ETag }))).toBe('PreconditionFailed');
  });

  test('the bucket may stand in the host', async () => {
    const { sandbox, s3 } = await open(seedAccount({ now: NOW }));
    await s3.putObject({ Bucket, Key: 'some/key', Body: 'value' });
    const authorization =
      'AWS4-HMAC-SHA256 Credential=AKIASANDBOXEXAMPLE00/20261121/eu-west-1/s3/aws4_request, Signature=0';
    const headers = { host: `${Bucket}.127.0.0.1:${new URL(sandbox.url).port}`, authorization };
    const body = await new Promise<string>((resolve, reject) => {
      const sent = request(`${sandbox.url}/some/key`, { headers }, (response) => {
        response.setEncoding('utf8');
        response.on('data', resolve);
      });
      sent.on('error', reject);
      sent.end();
    });
    expect(body).toBe('value');
  });
});

test('one endpoint knows several accounts, by the role that a caller assumed', async () => {
  const elsewhere = seedAccount({ now: NOW, seed: 2, accountId: '210987654321' });
  elsewhere.everywhere.roles.set('ami-janitor', { trusts: ['arn:aws:iam::123456789012:root'] });
  const { sts, config } = await open(emptyAccount(), { otherAccounts: [elsewhere] });
  expect((await sts.getCallerIdentity({})).Account).toBe('123456789012');
  const assume = (account: string) =>
    sts.assumeRole({
      RoleArn: `arn:aws:iam::${account}:role/ami-janitor`,
      RoleSessionName: 'janitor',
      ExternalId: 'sandbox',
    });
  const { Credentials } = await assume('210987654321');
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  const there = { ...config, credentials };
  expect(await new STS(there).getCallerIdentity({})).toMatchObject({
    Account: '210987654321',
    Arn: 'arn:aws:sts::210987654321:assumed-role/ami-janitor/janitor',
  });
  expect((await new EC2(there).describeImages({ IncludeDisabled: true })).Images).toHaveLength(elsewhere.images.size);
  expect((await new EC2({ ...there, region: 'us-east-1' }).describeImages({})).Images).toEqual([]);
  expect(await refusal(assume('999999999999'))).toBe('AccessDenied');
});
