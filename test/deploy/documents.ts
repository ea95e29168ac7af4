import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as z from 'zod';
import handlers from '../../scripts/handler-permissions.json' with { type: 'json' };
import { policiesOf } from './simulate.ts';
import { resolver, type Template } from './template.ts';

const documentShape = z.object({
  Statement: z.array(z.object({ Effect: z.string(), Action: z.array(z.string()).optional() })),
});
const ACTION = /`([a-z0-9]+:[A-Z]\w+)`/g;

/** docs/iam.md against the packaged roles: neither may say more than the other. */
export function iamDocumentTests(template: () => Template): void {
  const document = readFileSync('docs/iam.md', 'utf8');
  const written = (rows: readonly string[]) =>
    [...new Set(rows.flatMap((row) => [...row.matchAll(ACTION)].map(([, action = '']) => action)))].sort();
  const allowed = (role: string, names: (name: string) => boolean) =>
    [
      ...new Set(
        policiesOf(template(), role, true)
          .filter(({ name }) => names(name))
          .flatMap(({ policy }) => documentShape.parse(policy).Statement)
          .flatMap(({ Effect, Action = [] }) => (Effect === 'Allow' ? Action : [])),
      ),
    ].sort();

  it('the deployer’s policies are made from every type of resource in the template, and no other', () => {
    const types = Object.values(template().Resources).map(({ Type }) => Type);
    expect(Object.keys(handlers.types)).toEqual([...new Set(types)].sort());
  });

  it('the deployer’s policies know every name that the template gives', () => {
    const { resolve } = resolver(template(), true);
    const named =
      /^(?:Function|Role|LogGroup|StateMachine|Dashboard|Group|ManagedPolicy|Bucket|Queue|Topic|Alarm)?Name$/;
    const names = Object.values(template().Resources).flatMap(({ Type, Properties }) =>
      Object.entries(Properties).flatMap(([key, value]) =>
        named.test(key) && typeof value === 'string' ? [`${Type} ${resolve(value)}`] : [],
      ),
    );
    expect(names.length).toBeGreaterThan(30);
    const known = /^AWS::Logs::LogGroup \/aws\/lambda\/ami-janitor-|^AWS::(?!Logs::)\S+ ami-janitor-/;
    expect(names.filter((name) => !known.test(name))).toEqual([]);
  });

  it('docs/iam.md lists what every role may read', () => {
    const section = document.slice(document.indexOf('## What every role may read')).split('\n');
    expect(written(section)).toEqual(allowed('ReportRole', (name) => name === 'ReadAccountPolicy'));
  });

  it.each([
    'ReportRole',
    'ProtectRole',
    'DeprecateRole',
    'DisableRole',
    'ArchiveRole',
    'DeregisterRole',
    'DeleteSnapshotsRole',
    'NotifyRole',
    'KeepButtonRole',
  ])('docs/iam.md lists what %s may write', (role) => {
    const rows = document.split('\n').filter((line) => line.startsWith('|'));
    const first = rows.findIndex((row) => row.startsWith(`| \`${role}\``));
    const rest = rows.slice(first + 1);
    const end = rest.findIndex((row) => !row.startsWith('| |'));
    const own = [rows[first] ?? '', ...rest.slice(0, end === -1 ? undefined : end)];
    const shared = new Set([
      'ReadAccountPolicy',
      'RunPolicy',
      'LockPolicy',
      'JournalPolicy',
      'ProtectPolicy',
      'NoWritesPolicy',
      'write-log',
      'answer-buttons',
    ]);
    expect(written(own)).toEqual(allowed(role, (name) => !shared.has(name)));
  });
}
