import { describe, expect, it } from 'vitest';
import { TAG } from '../../src/model/tags.ts';
import { DEPRECATED, IMAGE, NO_PARAMETER, READS, type Row, SNAPSHOT, tagKeys, WRITES } from './actions.ts';
import { callsInCode } from './code-actions.ts';
import { everyWrite } from './every-write.ts';
import { ORGANIZATION_CALLS } from './organization-actions.ts';
import { REFUSED } from './refused.ts';
import { deniesDecrypting, evaluate, evaluateMany, policiesOf } from './simulate.ts';
import { ACCOUNT, REGION, resolver, type Template } from './template.ts';

const ACTING = Object.keys(WRITES);
const ROLES = ['ReportRole', ...ACTING];
const OWN_LOG: Readonly<Record<string, string>> = {
  ReportRole: 'ReportLogGroup',
  ProtectRole: 'ProtectLogGroup',
  DeprecateRole: 'DeprecateLogGroup',
  DisableRole: 'DisableLogGroup',
  ArchiveRole: 'ArchiveLogGroup',
  DeregisterRole: 'DeregisterLogGroup',
  DeleteSnapshotsRole: 'DeleteDashsnapshotsLogGroup',
  NotifyRole: 'NotifyLogGroup',
  KeepButtonRole: 'KeepDashbuttonLogGroup',
};

/** The packaged roles, put to a policy simulator. */
export function rolesTests(template: () => Template): void {
  const ask = (role: string, enforce: boolean, { action, resource, context }: Row) =>
    evaluate(policiesOf(template(), role, enforce), action, resource, context);

  it('knows every AWS call that the functions make', () => {
    const known = new Set([
      ...Object.keys(READS),
      ...Object.values(WRITES).flatMap((rows) => rows.map(({ action }) => action.replace(':', '.'))),
      'eventbridge.PutEvents',
      'sns.GetTopicAttributes',
      'sns.Publish',
      ...ORGANIZATION_CALLS,
    ]);
    expect([...callsInCode()].filter(([call]) => !known.has(call))).toEqual([]);
    expect(callsInCode().size).toBeGreaterThan(10);
  });

  describe.each(ROLES)('%s', (role) => {
    it.each(Object.entries(READS))('may call %s', async (_, row) => {
      expect(await ask(role, false, row)).toBe('Allowed');
      expect(await ask(role, true, row)).toBe('Allowed');
    });

    it('may ask for what can be no parameter’s name: SSM denies that to whoever may read parameters alone', () => {
      for (const enforce of [false, true])
        expect(evaluateMany(policiesOf(template(), role, enforce), 'ssm:GetParameters', [NO_PARAMETER])).toEqual([
          'Allowed',
        ]);
    });

    it('may write its own log and no other', async () => {
      for (const group of Object.values(OWN_LOG)) {
        const resource = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${group}:log-stream:today`;
        const expected = group === OWN_LOG[role] ? 'Allowed' : 'ImplicitlyDenied';
        expect(await ask(role, false, { action: 'logs:PutLogEvents', resource })).toBe(expected);
      }
    });

    it('is denied decrypting any parameter but its own', () => {
      const policies = policiesOf(template(), role, true);
      expect(deniesDecrypting(policies, '/ami-janitor/slack-token')).toBe(false);
      expect(deniesDecrypting(policies, '/database/password')).toBe(true);
    });

    it('tells of its failures, by the topic or, where it is the one who tells, by the queue; it invokes nothing', async () => {
      const queue = `arn:aws:sqs:${REGION}:${ACCOUNT}:DeadLetterQueue`;
      const own = role === 'NotifyRole' ? 'Allowed' : 'ImplicitlyDenied';
      const topic = (name: string) => ({
        action: 'sns:Publish',
        resource: `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`,
      });
      for (const enforce of [false, true]) {
        expect(await ask(role, enforce, topic('FailedRunTopic'))).toBe('Allowed');
        expect(await ask(role, enforce, topic('another'))).toBe('ImplicitlyDenied');
        expect(await ask(role, enforce, { action: 'sqs:SendMessage', resource: queue })).toBe(own);
        const resource = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:NotifyLambdaFunction`;
        expect(await ask(role, enforce, { action: 'lambda:InvokeFunction', resource })).toMatch(/Denied$/);
      }
    });

    it('puts events on the bus that the deployment names, under its own name', async () => {
      const put = (bus: string, context: Row['context'] = {}) => {
        const resource = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/${bus}`;
        return ask(role, false, { action: 'events:PutEvents', resource, context });
      };
      const own = { 'events:source': ['ami-janitor'] };
      expect(await put('default', own)).toBe('Allowed');
      expect(await put('another', own)).toBe('ImplicitlyDenied');
      expect(await put('default', { 'events:source': ['ami-janitor', 'aws.ec2'] })).toBe('ImplicitlyDenied');
      expect(await put('default')).toBe('ImplicitlyDenied');
    });

    it('adds to the audit trail without changing it, and writes neither the policy nor elsewhere', async () => {
      const put = (key: string, context: Row['context'] = {}) =>
        ask(role, true, { action: 's3:PutObject', resource: `arn:aws:s3:::reportbucket/${key}`, context });
      expect(await put('audit/1.json', { 's3:if-none-match': '*' })).toBe('Allowed');
      expect(await put('audit/1.json')).toBe('ImplicitlyDenied');
      expect(await put('reports/index.html')).toBe('Allowed');
      expect(await put('latest/123456789012/eu-west-1/report.html')).toBe('Allowed');
      expect(await put('policy/ami-janitor.yml')).toBe('ImplicitlyDenied');
      expect(await put('other')).toBe('ImplicitlyDenied');
      const remove = { action: 's3:DeleteObject', resource: 'arn:aws:s3:::reportbucket/reports/1.json' };
      expect(await ask(role, true, remove)).toMatch(/Denied$/);
    });

    it('reads the journal; whoever acts or tells adds to it, replaces what it has read, and removes what it folded', async () => {
      const key = (name: string) => `arn:aws:s3:::reportbucket/journal/${ACCOUNT}/${REGION}/${name}`;
      const journal = (action: string, name: string, context: Row['context'] = {}) =>
        ask(role, true, { action: `s3:${action}`, resource: key(name), context });
      const expected = role === 'ReportRole' ? expect.stringMatching(/Denied$/) : 'Allowed';
      const entry = 'entries/1.json';
      expect(await journal('GetObject', 'base.json')).toBe('Allowed');
      expect(await journal('GetObject', entry)).toBe('Allowed');
      expect(await journal('PutObject', entry, { 's3:if-none-match': '*' })).toEqual(expected);
      expect(await journal('PutObject', 'base.json', { 's3:if-none-match': '*' })).toEqual(expected);
      expect(await journal('PutObject', 'base.json', { 's3:if-match': '"1"' })).toEqual(expected);
      expect(await journal('DeleteObject', entry)).toEqual(expected);
      expect(await journal('PutObject', entry)).toMatch(/Denied$/);
      expect(await journal('PutObject', entry, { 's3:if-match': '"1"' })).toMatch(/Denied$/);
      expect(await journal('PutObject', 'base.json')).toMatch(/Denied$/);
      expect(await journal('DeleteObject', 'base.json')).toMatch(/Denied$/);
    });

    it('leaves what was told to the function that tells, which writes over no more than what it has read', async () => {
      const resource = `arn:aws:s3:::reportbucket/telling/${ACCOUNT}.json`;
      const telling = (action: string, context: Row['context'] = {}) => ask(role, true, { action, resource, context });
      const expected = role === 'NotifyRole' ? 'Allowed' : expect.stringMatching(/Denied$/);
      expect(await telling('s3:GetObject')).toEqual(expected);
      expect(await telling('s3:PutObject', { 's3:if-none-match': '*' })).toEqual(expected);
      expect(await telling('s3:PutObject', { 's3:if-match': '"1"' })).toEqual(expected);
      expect(await telling('s3:PutObject')).toMatch(/Denied$/);
      expect(await telling('s3:DeleteObject')).toMatch(/Denied$/);
    });

    it('keeps within the sizes that IAM takes', () => {
      const { resolve } = resolver(template(), true);
      for (const { policy, name } of policiesOf(template(), role, true)) {
        expect(JSON.stringify(resolve(policy)).length, name).toBeLessThan(6144);
      }
    });
  });

  const writeRows = Object.entries(WRITES).flatMap(([role, rows]) =>
    rows.map((row) => [role, row.action, row] as const),
  );
  it.each(writeRows)('%s may call %s once the deployment enforces, and not before', async (role, _, row) => {
    expect(await ask(role, true, row)).toBe('Allowed');
    expect(await ask(role, false, row)).toBe('ExplicitlyDenied');
  });

  it.each(REFUSED)('%s is refused %s', async (role, _, row) => {
    expect(await ask(role, true, row)).toMatch(/Denied$/);
  });

  it('NotifyRole asks who hears a topic, and tells by it, in a dry run too', async () => {
    const resource = `arn:aws:sns:${REGION}:${ACCOUNT}:ami-janitor-owners`;
    for (const action of ['sns:GetTopicAttributes', 'sns:Publish'])
      for (const enforce of [false, true])
        expect(await ask('NotifyRole', enforce, { action, resource })).toBe('Allowed');
  });

  describe('KeepButtonRole', () => {
    const mayTag = (...keys: string[]) =>
      ask('KeepButtonRole', false, { action: 'ec2:CreateTags', resource: IMAGE, context: tagKeys(...keys) });

    it('may set ami-janitor:keep on images, and no other tag', async () => {
      expect(await mayTag(TAG.keep)).toBe('Allowed');
      for (const key of Object.values(TAG)) {
        if (key !== TAG.keep) expect(await mayTag(key), key).toBe('ImplicitlyDenied');
      }
      expect(await mayTag(TAG.keep, 'Owner')).toBe('ImplicitlyDenied');
      const snapshot = { action: 'ec2:CreateTags', resource: SNAPSHOT, context: tagKeys(TAG.keep) };
      expect(await ask('KeepButtonRole', true, snapshot)).toBe('ImplicitlyDenied');
    });

    it('may make no other write to EC2 and Auto Scaling', async () => {
      const policies = policiesOf(template(), 'KeepButtonRole', true);
      for (const { action, resources } of await everyWrite()) {
        if (action === 'ec2:CreateTags') continue;
        expect(new Set(evaluateMany(policies, action, resources)), action).toEqual(new Set(['ImplicitlyDenied']));
      }
    });

    it('adds to the audit trail of buttons, and writes nothing else', async () => {
      const put = (key: string, context: Row['context'] = {}) =>
        ask('KeepButtonRole', true, { action: 's3:PutObject', resource: `arn:aws:s3:::reportbucket/${key}`, context });
      expect(await put('audit/buttons/1.json', { 's3:if-none-match': '*' })).toBe('Allowed');
      expect(await put('audit/buttons/1.json')).toBe('ImplicitlyDenied');
      expect(await put('reports/1.json')).toBe('ImplicitlyDenied');
    });

    it('reads the policy and what buttons did, and nothing else of the bucket', async () => {
      const get = (key: string) =>
        ask('KeepButtonRole', true, { action: 's3:GetObject', resource: `arn:aws:s3:::reportbucket/${key}` });
      const list = (prefix: string) =>
        ask('KeepButtonRole', true, {
          action: 's3:ListBucket',
          resource: 'arn:aws:s3:::reportbucket',
          context: { 's3:prefix': prefix },
        });
      expect(await get('audit/buttons/1/2026/11/21/1.json')).toBe('Allowed');
      expect(await get('reports/1.json')).toBe('ImplicitlyDenied');
      expect(await list('audit/buttons/123456789012/')).toBe('Allowed');
      expect(await list('journal/')).toBe('ImplicitlyDenied');
    });
  });

  it.each(ACTING.filter((role) => role !== 'NotifyRole'))('%s may not say that owners were told', async (role) => {
    for (const key of [TAG.announcedAt, TAG.promisedUntil, TAG.remindedAt]) {
      const row = { action: 'ec2:CreateTags', resource: IMAGE, context: { ...DEPRECATED, ...tagKeys(key) } };
      expect(await ask(role, true, row), key).toMatch(/Denied$/);
    }
  });

  it('the reporting role is denied every write that EC2 and Auto Scaling know', async () => {
    const policies = policiesOf(template(), 'ReportRole', true);
    for (const { action, resources } of await everyWrite()) {
      expect(new Set(evaluateMany(policies, action, resources)), action).toEqual(new Set(['ExplicitlyDenied']));
    }
  });

  it.each(ACTING)('%s may make no write to EC2 and Auto Scaling but those in its list', async (role) => {
    const policies = policiesOf(template(), role, true);
    const own = new Set(WRITES[role]?.map(({ action }) => action));
    for (const { action, resources } of await everyWrite()) {
      if (own.has(action)) continue;
      expect(new Set(evaluateMany(policies, action, resources)), action).toEqual(new Set(['ImplicitlyDenied']));
    }
  });
}
