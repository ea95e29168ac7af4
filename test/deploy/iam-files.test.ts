import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { READS, type Row, WRITES } from './actions.ts';
import { REFUSED } from './refused.ts';
import { restoreRoleTests } from './restore-rows.ts';
import { evaluate } from './simulate.ts';

/** The policies of docs/iam, as somebody attaches them to a role for the command line. */
const attached = (...names: readonly string[]): { name: string; policy: unknown }[] =>
  names.map((name) => ({ name, policy: JSON.parse(readFileSync(`docs/iam/${name}.json`, 'utf8')) }));
const ask = (policies: ReturnType<typeof attached>, { action, resource, context }: Row) =>
  evaluate(policies, action, resource, context);
const titled = (rows: readonly Row[]) => rows.map((row) => [`${row.action} ${row.resource ?? ''}`, row] as const);
/** The report bucket is no part of it: its roles stand in the deployment. */
const ofAccount = (rows: readonly Row[]) => rows.filter(({ action }) => !action.startsWith('s3:'));

const PASSES = ['ProtectRole', 'DeprecateRole', 'DisableRole', 'ArchiveRole', 'DeregisterRole', 'DeleteSnapshotsRole'];
const ACTS = ofAccount(PASSES.flatMap((role) => WRITES[role] ?? []));

it.each(['reader', 'actor', 'restorer', 'deployer', 'deployer-resources', 'deployer-options'])(
  'docs/iam/%s.json fits into a managed policy',
  (name) => {
    const text = readFileSync(`docs/iam/${name}.json`, 'utf8');
    expect(text.replace(/\s/g, '').length).toBeLessThanOrEqual(6144);
  },
);

describe('who reads', () => {
  it.each(titled(ofAccount(Object.values(READS))))('may call %s', async (_, row) => {
    expect(await ask(attached('reader'), row)).toBe('Allowed');
  });

  it.each(titled(ACTS))('is refused %s', async (_, row) => {
    expect(await ask(attached('reader'), row)).toBe('ImplicitlyDenied');
  });
});

describe('who acts', () => {
  it.each(titled(ACTS))('may call %s', async (_, row) => {
    expect(await ask(attached('reader', 'actor'), row)).toBe('Allowed');
  });

  const ofOtherPasses = [
    'deregistering',
    'turning Fast Launch off',
    'turning protection off',
    'disabling',
    'deleting',
    'restoring',
    'tagging a snapshot',
    'tagging an image',
    'another tag',
    'removing a tag',
    'removing a mark that it does not set',
    'writing the date of deprecation',
    'moving the date of deprecation',
    'removing the date of deprecation',
  ];
  const refused = REFUSED.filter(
    ([role, why]) =>
      PASSES.includes(role) && ((role === 'DeprecateRole' && why === 'another tag') || !ofOtherPasses.includes(why)),
  );
  it.each(refused)('is refused as %s is: %s', async (_, __, row) => {
    expect(await ask(attached('reader', 'actor'), row)).toMatch(/Denied$/);
  });
});

describe('who restores', () => {
  restoreRoleTests(() => attached('reader', 'restorer'));
});
