import { expect, it } from 'vitest';
import { TAG } from '../../src/model/tags.ts';
import { ARCHIVED, DEPRECATED, IMAGE, OF_IMAGE, type Row, SNAPSHOT, tagKeys, WRITES } from './actions.ts';
import { evaluate, type policiesOf } from './simulate.ts';

const LOCK: readonly Row[] = (WRITES.DeregisterRole ?? []).filter(({ action }) => action.startsWith('ssm:'));

/** What `restore` does with a role of its own. */
const RESTORES: readonly Row[] = [
  ...LOCK,
  { action: 'ec2:DescribeImages' },
  { action: 'ec2:DescribeTags' },
  { action: 'ec2:DescribeImageAttribute', resource: IMAGE },
  { action: 'ec2:ListImagesInRecycleBin' },
  { action: 'ec2:ListSnapshotsInRecycleBin' },
  { action: 'ec2:RestoreImageFromRecycleBin', resource: IMAGE },
  { action: 'ec2:RestoreSnapshotFromRecycleBin', resource: SNAPSHOT },
  { action: 'ec2:DescribeSnapshotTierStatus' },
  { action: 'ec2:RestoreSnapshotTier', resource: SNAPSHOT, context: ARCHIVED },
  { action: 'ec2:CreateTags', resource: IMAGE, context: tagKeys(TAG.keep, TAG.restored) },
  { action: 'ec2:CreateTags', resource: SNAPSHOT, context: tagKeys(TAG.keep, TAG.restored) },
  { action: 'ec2:DeleteTags', resource: IMAGE, context: tagKeys(TAG.deprecatedAt, TAG.deregisterRun, TAG.recycle) },
  { action: 'ec2:DeleteTags', resource: SNAPSHOT, context: tagKeys(TAG.image, TAG.run, TAG.recycle, TAG.archivedAt) },
  { action: 'ec2:EnableImageDeprecation', resource: IMAGE },
  { action: 'ec2:DisableImageDeprecation', resource: IMAGE, context: DEPRECATED },
  { action: 'ec2:EnableImage', resource: IMAGE, context: DEPRECATED },
  { action: 'ec2:ModifyImageAttribute', resource: IMAGE, context: DEPRECATED },
];

const REFUSED: readonly Row[] = [
  { action: 'ec2:DeregisterImage', resource: IMAGE, context: DEPRECATED },
  { action: 'ec2:DisableImage', resource: IMAGE, context: DEPRECATED },
  { action: 'ec2:DeleteSnapshot', resource: SNAPSHOT, context: OF_IMAGE },
  { action: 'ec2:ModifySnapshotTier', resource: SNAPSHOT, context: ARCHIVED },
  { action: 'ec2:RestoreSnapshotTier', resource: SNAPSHOT },
  { action: 'ec2:ModifyImageAttribute', resource: IMAGE },
  {
    action: 'ec2:ModifyImageAttribute',
    resource: IMAGE,
    context: { ...DEPRECATED, 'ec2:Attribute/ImdsSupport': 'v2.0' },
  },
  { action: 'ec2:CreateTags', resource: IMAGE, context: tagKeys('Name') },
  { action: 'ec2:CreateTags', resource: SNAPSHOT, context: tagKeys(TAG.image) },
  { action: 'ec2:DeleteTags', resource: IMAGE, context: tagKeys('Owner') },
  { action: 'ec2:DeleteTags', resource: IMAGE },
];

const ENTRY = 'arn:aws:s3:::reportbucket/journal/111111111111/eu-west-1/entries/1.json';
const BASE = 'arn:aws:s3:::reportbucket/journal/111111111111/eu-west-1/base.json';

/** The journal lies in the janitor's account: the role of its stack adds to it what came back, and changes nothing in it. */
export function journalOfRestoresTests(policies: () => ReturnType<typeof policiesOf>): void {
  it.each<[string, Row]>([
    ['Allowed', { action: 's3:GetObject', resource: ENTRY }],
    ['Allowed', { action: 's3:PutObject', resource: ENTRY, context: { 's3:if-none-match': '*' } }],
    ['ImplicitlyDenied', { action: 's3:PutObject', resource: ENTRY }],
    ['ImplicitlyDenied', { action: 's3:PutObject', resource: BASE, context: { 's3:if-none-match': '*' } }],
    ['ImplicitlyDenied', { action: 's3:DeleteObject', resource: ENTRY }],
  ])('of the journal the role that restores is %s %j', async (answer, { action, resource, context }) => {
    expect(await evaluate(policies(), action, resource, context)).toBe(answer);
  });
}

/** The role that brings back what was removed: all that takes, and nothing that removes. */
export function restoreRoleTests(policies: () => ReturnType<typeof policiesOf>): void {
  const named = (rows: readonly Row[]) => rows.map((row) => [`${row.action} ${row.resource ?? ''}`, row] as const);

  it.each(named(RESTORES))('the role that restores may call %s', async (_, { action, resource, context }) => {
    expect(await evaluate(policies(), action, resource, context)).toBe('Allowed');
  });

  it.each(named(REFUSED))('the role that restores is refused %s', async (_, { action, resource, context }) => {
    expect(await evaluate(policies(), action, resource, context)).toMatch(/Denied$/);
  });
}
