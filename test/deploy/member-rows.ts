import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { TAG } from '../../src/model/tags.ts';
import { MEMBER_TEMPLATE_VERSION } from '../../src/organization/targets/member.ts';
import { MEMBER } from '../builders/organization.ts';
import { DEPRECATED, IMAGE, NO_PARAMETER, READS, type Row, SNAPSHOT, tagKeys, WRITES } from './actions.ts';
import { everyWrite } from './every-write.ts';
import { MEMBER_READS, MEMBER_WRITES } from './organization-actions.ts';
import { REFUSED } from './refused.ts';
import { restoreRoleTests } from './restore-rows.ts';
import { templateProblems } from './schema.ts';
import { evaluate, evaluateMany, IN_THE_ORGANIZATION, mayAssume, policiesOf } from './simulate.ts';
import { ACCOUNT, REGION, resolver, type Template } from './template.ts';

const JANITOR_ID = '111111111111';
const EXTERNAL_ID = 'ami-janitor-example';
const GIVEN = { JanitorAccountId: JANITOR_ID, JanitorName: 'ami-janitor-prod', ExternalId: EXTERNAL_ID };
const ROLES = ['ReadRole', 'ActRole', 'TellRole'] as const;
const NAMES = { ReadRole: 'ami-janitor-read', ActRole: 'ami-janitor-act', TellRole: 'ami-janitor-tell' } as const;
/** Which function of the janitor may assume which role. */
const TRUSTS = { ReadRole: ['inventory', 'act'], ActRole: ['act'], TellRole: ['notify'] } as const;
const STATES = ['targets', 'inventory', 'join', 'act', 'notify', 'summary'];
const ACTING = ['ProtectRole', 'DeprecateRole', 'DisableRole', 'ArchiveRole', 'DeregisterRole', 'DeleteSnapshotsRole'];

/** The version that the roles changed in, and what they hash to since. */
const LAST_CHANGE = { version: 2, sha256: '115163564911f9d150b6700d1d8d1880870ddb7536a7fdd175b08374694b9a6c' };
const RAISE_IT =
  'deploy/organization/member.yml changed: where the last release had this version, raise it there and in MEMBER_TEMPLATE_VERSION; then say the new hash here';

/** A caller that its own account stops from nothing: what remains is the trust of the role. */
const EVERYTHING = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

const roleShape = z.object({ Path: z.string(), RoleName: z.string(), AssumeRolePolicyDocument: z.unknown() });

export interface MemberTemplates {
  readonly member: () => Template;
  readonly janitor: () => Template;
}

/** The member template: who may come in, and what they may do there. */
export function memberTests({ member, janitor }: MemberTemplates): void {
  const policies = (role: string) => policiesOf(member(), role, true, GIVEN);
  const ask = (role: string, { action, resource, context }: Row) => evaluate(policies(role), action, resource, context);
  const roleOf = (role: string) => {
    const { resolve } = resolver(member(), true, GIVEN);
    return roleShape.parse(resolve(member().Resources[role]?.Properties));
  };

  it('fits the schema of each resource', () => {
    expect(templateProblems(member(), resolver(member(), true, GIVEN))).toEqual([]);
  });

  it('has the permissions boundary on every role where one is demanded, and none elsewhere', () => {
    const boundary = `arn:aws:iam::${ACCOUNT}:policy/boundary`;
    const roles = Object.entries(member().Resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
    expect(roles).toHaveLength(4);
    for (const [id, { Properties }] of roles) {
      const given = resolver(member(), true, { ...GIVEN, PermissionsBoundaryArn: boundary }).resolve(Properties);
      expect(given, id).toHaveProperty('PermissionsBoundary', boundary);
      expect(resolver(member(), true, GIVEN).resolve(Properties), id).not.toHaveProperty('PermissionsBoundary');
    }
  });

  it.each(ROLES)('docs/iam.md lists what %s may write', (role) => {
    const rows = readFileSync('docs/iam.md', 'utf8').split('\n');
    const first = rows.findIndex((row) => row.startsWith(`| \`${NAMES[role]}\``));
    const more = rows.slice(first + 1).findIndex((row) => !row.startsWith('| | '));
    const written = rows
      .slice(first, first + 1 + more)
      .flatMap((row) => row.match(/\b(?:ec2|kms|ssm):[A-Z]\w+/g) ?? []);
    const documents = policies(role).filter(({ name }) => name !== 'ReadPolicy');
    const given = documents.flatMap(({ policy }) =>
      z
        .object({ Statement: z.array(z.object({ Effect: z.string(), Action: z.array(z.string()).default([]) })) })
        .parse(policy)
        .Statement.flatMap(({ Effect, Action }) => (Effect === 'Allow' ? Action : [])),
    );
    const writes = new Set(given.filter((action) => action !== 'ssm:GetParameter'));
    expect(new Set(written)).toEqual(writes);
  });

  restoreRoleTests(() => policies('RestoreRole'));

  it('the role of the janitor’s stack that restores may come in to restore, with the external id, and to do nothing else', async () => {
    const given = { Organization: 'true' };
    const assume = (role: string, externalId: string) =>
      mayAssume({
        callerArn: `arn:aws:iam::${JANITOR_ID}:role/restore`,
        policies: policiesOf(janitor(), 'RestoreRole', true, given),
        roleArn: `arn:aws:iam::${ACCOUNT}:role/ami-janitor/ami-janitor-${role.replace('Role', '').toLowerCase()}`,
        trust: roleOf(role).AssumeRolePolicyDocument,
        externalId,
      });
    expect(await assume('RestoreRole', EXTERNAL_ID)).toBe('Allowed');
    expect(await assume('RestoreRole', 'another')).toBe('ImplicitlyDenied');
    for (const role of ROLES) expect(await assume(role, EXTERNAL_ID), role).toBe('ImplicitlyDenied');
  });

  it('says its version where the program looks for it, and the one that the program needs', () => {
    expect(resolver(member(), true, GIVEN).resolve(member().Resources.Version?.Properties)).toMatchObject({
      Name: MEMBER.templateParameter,
      Value: String(MEMBER_TEMPLATE_VERSION),
    });
  });

  it('says another version where the roles may do something else', () => {
    const { Version: _, ...roles } = member().Resources;
    const sha256 = createHash('sha256').update(JSON.stringify(roles)).digest('hex');
    expect({ sha256, version: MEMBER_TEMPLATE_VERSION }, RAISE_IT).toEqual(LAST_CHANGE);
  });

  it('has names of its own beside another janitor’s, whose functions may not come in; they share the lock', async () => {
    const given = { ...GIVEN, NamePrefix: 'second', JanitorName: 'second-prod' };
    const { resolve } = resolver(member(), true, given);
    expect(resolve(member().Resources.Version?.Properties)).toHaveProperty('Name', '/second/member-template');
    for (const role of ROLES) {
      const { RoleName, AssumeRolePolicyDocument: trust } = roleShape.parse(
        resolve(member().Resources[role]?.Properties),
      );
      expect(RoleName).toBe(NAMES[role].replace('ami-janitor', 'second'));
      for (const name of ['ami-janitor-prod', 'second-prod']) {
        const answer = await mayAssume({
          callerArn: `arn:aws:iam::${JANITOR_ID}:role/${name}-organization-${TRUSTS[role][0]}`,
          policies: [{ name: 'everything', policy: EVERYTHING }],
          roleArn: `arn:aws:iam::${ACCOUNT}:role/ami-janitor/${RoleName}`,
          trust,
          externalId: EXTERNAL_ID,
        });
        expect(answer, `${role} ${name}`).toBe(name === 'second-prod' ? 'Allowed' : 'ImplicitlyDenied');
        const state = `Organization${TRUSTS[role][0].replace(/^./, (letter) => letter.toUpperCase())}Role`;
        const prefixes = { MemberNamePrefix: name.replace('-prod', '') };
        const mayAsk = await evaluate(
          policiesOf(janitor(), state, true, prefixes),
          'sts:AssumeRole',
          `arn:aws:iam::${ACCOUNT}:role/ami-janitor/${RoleName}`,
          IN_THE_ORGANIZATION,
        );
        expect(mayAsk, `${role} ${name}`).toBe(name === 'second-prod' ? 'Allowed' : 'ImplicitlyDenied');
      }
    }
    const version = {
      action: 'ssm:GetParameter',
      resource: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/second/member-template`,
    };
    const lock = {
      action: 'ssm:PutParameter',
      resource: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/ami-janitor/lock`,
    };
    for (const [role, { action, resource }] of [
      ['TellRole', version],
      ['ActRole', lock],
      ['RestoreRole', lock],
    ] as const)
      expect(await evaluate(policiesOf(member(), role, true, given), action, resource), role).toBe('Allowed');
  });

  it('makes only the role that reads until it enforces', () => {
    const { condition } = resolver(member(), false, GIVEN);
    const made = ROLES.filter((role) => {
      const { Condition } = member().Resources[role] ?? {};
      return Condition === undefined || condition(Condition);
    });
    expect(made).toEqual(['ReadRole']);
    expect(member().Conditions.Enforce).toEqual({ 'Fn::Equals': [{ Ref: 'Enforce' }, 'true'] });
  });

  describe.each(ROLES)('%s', (role) => {
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/ami-janitor/${NAMES[role]}`;
    const assume = (state: string, { account = JANITOR_ID, stage = 'prod', externalId = [EXTERNAL_ID] } = {}) =>
      mayAssume({
        callerArn: `arn:aws:iam::${account}:role/ami-janitor-${stage}-organization-${state}`,
        policies: [{ name: 'everything', policy: EVERYTHING }],
        roleArn,
        trust: roleOf(role).AssumeRolePolicyDocument,
        ...(externalId[0] !== undefined && { externalId: externalId[0] }),
      });

    it('is called what the functions assume', () => {
      expect(roleOf(role)).toMatchObject({ Path: '/ami-janitor/', RoleName: NAMES[role] });
    });

    it('trusts its functions of the janitor, with the external id, and nobody else', async () => {
      const own: readonly string[] = TRUSTS[role];
      for (const state of STATES) {
        expect(await assume(state), state).toBe(own.includes(state) ? 'Allowed' : 'ImplicitlyDenied');
      }
      const [trusted = ''] = own;
      expect(await assume(trusted, { externalId: ['another'] })).toBe('ImplicitlyDenied');
      expect(await assume(trusted, { externalId: [] })).toBe('ImplicitlyDenied');
      expect(await assume(trusted, { account: '999999999999' })).toBe('ImplicitlyDenied');
      expect(await assume(trusted, { stage: 'dev' })).toBe('ImplicitlyDenied');
    });

    it('is assumed by the packaged functions themselves, with the policies that they have', async () => {
      for (const state of TRUSTS[role]) {
        const id = `Organization${state[0]?.toUpperCase()}${state.slice(1)}Role`;
        const { resolve } = resolver(janitor(), true);
        const { RoleName } = z.object({ RoleName: z.string() }).parse(resolve(janitor().Resources[id]?.Properties));
        const answer = await mayAssume({
          callerArn: `arn:aws:iam::${JANITOR_ID}:role/${RoleName}`,
          policies: policiesOf(janitor(), id, true),
          roleArn,
          trust: roleOf(role).AssumeRolePolicyDocument,
          externalId: EXTERNAL_ID,
        });
        expect(answer, state).toBe('Allowed');
      }
    });

    it('may read the template’s version', async () => {
      const resource = `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${MEMBER.templateParameter}`;
      expect(await ask(role, { action: 'ssm:GetParameter', resource })).toBe('Allowed');
    });

    it('decrypts nothing', () => {
      const resource = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`;
      return expect(ask(role, { action: 'kms:Decrypt', resource })).resolves.toMatch(/Denied$/);
    });

    it('keeps within the sizes that IAM takes', () => {
      const inline = policies(role).filter(({ name }) => name !== 'ReadPolicy');
      // All policies within a role: 10,240 characters; a managed one: 6,144.
      expect(inline.reduce((sum, { policy }) => sum + JSON.stringify(policy).length, 0)).toBeLessThan(10_240);
      for (const { policy } of policies(role)) expect(JSON.stringify(policy).length).toBeLessThan(6144);
    });
  });

  const reads = [...Object.values(READS).filter(({ action }) => !action.startsWith('s3:')), ...MEMBER_READS].map(
    (row) => [row.action, row] as const,
  );
  it.each(reads)('the roles that read and act may call %s', async (_, row) => {
    expect(await ask('ReadRole', row)).toBe('Allowed');
    expect(await ask('ActRole', row)).toBe('Allowed');
  });

  it.each([
    ['lambda', 'Implicitly'],
    ['states', 'Implicitly'],
    ['scheduler', 'Implicitly'],
    ['ssm', 'Explicitly'],
    ['secretsmanager', 'Explicitly'],
    ['s3', 'Explicitly'],
  ])('the roles that read and act have what %s decrypts by no policy of theirs (%s denied)', async (service, how) => {
    const context = { 'kms:ViaService': `${service}.${REGION}.amazonaws.com` };
    const decrypt = { action: 'kms:Decrypt', resource: `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`, context };
    for (const role of ['ReadRole', 'ActRole']) expect(await ask(role, decrypt), role).toBe(`${how}Denied`);
  });

  it('the roles that read and act may ask for what can be no parameter’s name', () => {
    for (const role of ['ReadRole', 'ActRole'])
      expect(evaluateMany(policies(role), 'ssm:GetParameters', [NO_PARAMETER])).toEqual(['Allowed']);
  });

  // The journal lies in the janitor's own account.
  const acts = ACTING.flatMap((role) => WRITES[role] ?? []).filter(({ action }) => !action.startsWith('s3:'));
  const writes = [...acts, ...MEMBER_WRITES].map((row) => [row.action, row] as const);
  it.each(writes)('the role that acts may call %s, the one that reads may not', async (_, row) => {
    expect(await ask('ActRole', row)).toBe('Allowed');
    expect(await ask('ReadRole', row)).toBe('ExplicitlyDenied');
    expect(await ask('TellRole', row)).toBe('ImplicitlyDenied');
  });

  it('the role that acts may do nothing that no acting role of the janitor’s own account may', async () => {
    let compared = 0;
    for (const [role, why, row] of REFUSED.filter(([role]) => ACTING.includes(role))) {
      const answers = await Promise.all(
        ACTING.map((one) => evaluate(policiesOf(janitor(), one, true), row.action, row.resource, row.context)),
      );
      // One role does the work of all passes: what only another pass may do is no refusal here.
      if (answers.includes('Allowed')) continue;
      compared += 1;
      expect(await ask('ActRole', row), `${role}: ${why}`).toMatch(/Denied$/);
    }
    expect(compared).toBeGreaterThan(15);
  });

  it('the role that acts may not say that owners were told, nor touch people’s tag', async () => {
    for (const key of [TAG.announcedAt, TAG.remindedAt, TAG.keep]) {
      const row = { action: 'ec2:CreateTags', resource: IMAGE, context: { ...DEPRECATED, ...tagKeys(key) } };
      expect(await ask('ActRole', row), key).toBe('ExplicitlyDenied');
    }
  });

  it('the role that tells may say so on images, and nothing else', async () => {
    for (const key of [TAG.announcedAt, TAG.promisedUntil, TAG.remindedAt]) {
      const row = { action: 'ec2:CreateTags', resource: IMAGE, context: tagKeys(key) };
      expect(await ask('TellRole', row)).toBe('Allowed');
      expect(await ask('TellRole', { ...row, resource: SNAPSHOT })).toBe('ImplicitlyDenied');
    }
    const other = { action: 'ec2:CreateTags', resource: IMAGE, context: tagKeys(TAG.deprecatedAt) };
    expect(await ask('TellRole', other)).toBe('ImplicitlyDenied');
  });

  const ownWrites = new Map<string, Set<string>>([
    ['ReadRole', new Set()],
    ['ActRole', new Set(writes.map(([action]) => action))],
    ['TellRole', new Set(['ec2:CreateTags'])],
  ]);
  it.each([...ownWrites])('%s may make no other write to EC2 and Auto Scaling', async (role, own) => {
    const asked = policies(role);
    const expected = new Set([role === 'ReadRole' ? 'ExplicitlyDenied' : 'ImplicitlyDenied']);
    for (const { action, resources } of await everyWrite()) {
      if (own.has(action)) continue;
      expect(new Set(evaluateMany(asked, action, resources)), action).toEqual(expected);
    }
  });
}
