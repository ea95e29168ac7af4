import { ARCHIVED, DEPRECATED, IMAGE, OF_IMAGE, PROTECTED, type Row, SNAPSHOT, tagged, tagKeys } from './actions.ts';

const KEPT_BY_PEOPLE = tagged('ami-janitor:keep', 'true');

type Refused = readonly [role: string, why: string, row: Row];

function refused(role: string, why: string, action: string, resource: string, context?: Row['context']): Refused {
  return [role, why, { action, resource, ...(context && { context }) }];
}

/** What each role must be refused although it acts: the role, the action and why. */
export const REFUSED: readonly Refused[] = [
  refused('ProtectRole', "someone else's protection", 'ec2:DisableImageDeregistrationProtection', IMAGE),
  refused(
    'ProtectRole',
    'protection of which nobody knows who turned it on',
    'ec2:DisableImageDeregistrationProtection',
    IMAGE,
    tagged('ami-janitor:protect-run', 'begun 20261101T020000Z-1a2b3c4d'),
  ),
  refused('ProtectRole', 'the protection of what people keep', 'ec2:DisableImageDeregistrationProtection', IMAGE, {
    ...PROTECTED,
    ...KEPT_BY_PEOPLE,
  }),
  refused(
    'ProtectRole',
    'protecting what Data Lifecycle Manager deregisters',
    'ec2:EnableImageDeregistrationProtection',
    IMAGE,
    tagged('aws:dlm:lifecycle-policy-id', 'policy-0'),
  ),
  refused('ProtectRole', 'deregistering', 'ec2:DeregisterImage', IMAGE, { ...DEPRECATED, ...PROTECTED }),
  refused('ProtectRole', 'disabling', 'ec2:DisableImage', IMAGE, DEPRECATED),
  refused('ProtectRole', 'deleting', 'ec2:DeleteSnapshot', SNAPSHOT, OF_IMAGE),
  refused('ProtectRole', 'another tag', 'ec2:CreateTags', IMAGE, tagKeys('ami-janitor:deprecated-at')),
  refused('ProtectRole', 'removing a tag', 'ec2:DeleteTags', IMAGE, tagKeys('ami-janitor:deprecated-at')),
  refused('ProtectRole', 'tagging a snapshot', 'ec2:CreateTags', SNAPSHOT, tagKeys('ami-janitor:protect-run')),
  refused('DeregisterRole', 'turning protection off', 'ec2:DisableImageDeregistrationProtection', IMAGE, PROTECTED),
  refused('DeprecateRole', "someone else's deprecation", 'ec2:DisableImageDeprecation', IMAGE),
  refused('DeprecateRole', "someone else's disabled image", 'ec2:EnableImage', IMAGE),
  refused('DeprecateRole', "someone else's launch permissions", 'ec2:ModifyImageAttribute', IMAGE),
  refused(
    'DeprecateRole',
    'another attribute of an image than its launch permissions',
    'ec2:ModifyImageAttribute',
    IMAGE,
    { ...DEPRECATED, 'ec2:Attribute/Description': 'x' },
  ),
  refused('DeprecateRole', 'another tag', 'ec2:CreateTags', IMAGE, tagKeys('Name')),
  refused('DeprecateRole', 'another tag beside its own', 'ec2:CreateTags', IMAGE, tagKeys('ami-janitor:run', 'Name')),
  refused('DeprecateRole', "people's tag", 'ec2:CreateTags', IMAGE, tagKeys('ami-janitor:keep')),
  refused('DeprecateRole', "removing people's tag", 'ec2:DeleteTags', IMAGE, tagKeys('ami-janitor:keep')),
  refused('DeprecateRole', 'removing every tag', 'ec2:DeleteTags', IMAGE),
  refused('DeprecateRole', 'removing another tag', 'ec2:DeleteTags', IMAGE, tagKeys('Owner')),
  refused('DeprecateRole', 'tagging a snapshot', 'ec2:CreateTags', SNAPSHOT, tagKeys('ami-janitor:image')),
  refused('DeprecateRole', 'deregistering', 'ec2:DeregisterImage', IMAGE, DEPRECATED),
  refused('DisableRole', 'an image that this tool did not deprecate', 'ec2:DisableImage', IMAGE),
  refused('DisableRole', 'an image that people keep', 'ec2:DisableImage', IMAGE, { ...DEPRECATED, ...KEPT_BY_PEOPLE }),
  refused('DisableRole', 'moving the date of deprecation', 'ec2:CreateTags', IMAGE, {
    ...DEPRECATED,
    ...tagKeys('ami-janitor:deprecated-at'),
  }),
  refused('DisableRole', 'deregistering', 'ec2:DeregisterImage', IMAGE, DEPRECATED),
  refused('ArchiveRole', 'a snapshot that it did not mark', 'ec2:ModifySnapshotTier', SNAPSHOT),
  refused('ArchiveRole', 'a snapshot that people keep', 'ec2:ModifySnapshotTier', SNAPSHOT, {
    ...ARCHIVED,
    ...KEPT_BY_PEOPLE,
  }),
  refused('ArchiveRole', 'restoring', 'ec2:RestoreSnapshotTier', SNAPSHOT, ARCHIVED),
  refused('ArchiveRole', 'deleting', 'ec2:DeleteSnapshot', SNAPSHOT, { ...ARCHIVED, ...OF_IMAGE }),
  refused('ArchiveRole', 'disabling', 'ec2:DisableImage', IMAGE, DEPRECATED),
  refused('ArchiveRole', 'tagging an image', 'ec2:CreateTags', IMAGE, tagKeys('ami-janitor:archived-at')),
  refused('ArchiveRole', 'another tag', 'ec2:CreateTags', SNAPSHOT, tagKeys('ami-janitor:image')),
  refused('ArchiveRole', 'a key of others’ by itself', 'kms:Decrypt', 'arn:aws:kms:eu-west-1:123456789012:key/x'),
  refused('DeprecateRole', "someone else's archived snapshot", 'ec2:RestoreSnapshotTier', SNAPSHOT),
  refused('DeregisterRole', 'an image without tags', 'ec2:DeregisterImage', IMAGE),
  refused('DeregisterRole', 'the Fast Launch of an image without tags', 'ec2:DisableFastLaunch', IMAGE),
  refused('DisableRole', 'turning Fast Launch off', 'ec2:DisableFastLaunch', IMAGE, DEPRECATED),
  refused(
    'DeregisterRole',
    'an image whose date is not one',
    'ec2:DeregisterImage',
    IMAGE,
    tagged('ami-janitor:deprecated-at', 'yes'),
  ),
  refused(
    'DeregisterRole',
    'an image with other tags',
    'ec2:DeregisterImage',
    IMAGE,
    tagged('deprecated-at', '2026-11-01T00:00:00Z'),
  ),
  refused('DeregisterRole', 'an image that people keep', 'ec2:DeregisterImage', IMAGE, {
    ...DEPRECATED,
    ...KEPT_BY_PEOPLE,
  }),
  refused('DeregisterRole', "AWS Backup's image", 'ec2:DeregisterImage', IMAGE, {
    ...DEPRECATED,
    ...tagged('aws:backup:source-resource', 'i-0'),
  }),
  refused('DeregisterRole', "Data Lifecycle Manager's image", 'ec2:DeregisterImage', IMAGE, {
    ...DEPRECATED,
    ...tagged('aws:dlm:lifecycle-policy-id', 'policy-0'),
  }),
  refused('DeregisterRole', 'a snapshot without tags', 'ec2:DeleteSnapshot', SNAPSHOT),
  ...['DeregisterRole', 'DeleteSnapshotsRole'].flatMap((role) => [
    refused(
      role,
      "a snapshot with other tools' tags",
      'ec2:DeleteSnapshot',
      SNAPSHOT,
      tagged('image', 'ami-0123456789abcdef0'),
    ),
    refused(
      role,
      'a snapshot whose tag names no image',
      'ec2:DeleteSnapshot',
      SNAPSHOT,
      tagged('ami-janitor:image', 'yes'),
    ),
  ]),
  refused(
    'DeregisterRole',
    'writing the date of deprecation',
    'ec2:CreateTags',
    IMAGE,
    tagKeys('ami-janitor:deprecated-at'),
  ),
  refused('DeregisterRole', 'another tag', 'ec2:CreateTags', SNAPSHOT, tagKeys('ami-janitor:orphaned-at')),
  refused(
    'DeregisterRole',
    'another tag beside its own',
    'ec2:CreateTags',
    SNAPSHOT,
    tagKeys('ami-janitor:image', 'Name'),
  ),
  refused(
    'DeregisterRole',
    'removing a mark that it does not set',
    'ec2:DeleteTags',
    SNAPSHOT,
    tagKeys('ami-janitor:image', 'ami-janitor:orphaned-at'),
  ),
  refused('DeregisterRole', 'removing the date of deprecation', 'ec2:DeleteTags', IMAGE, {
    ...DEPRECATED,
    ...tagKeys('ami-janitor:deprecated-at'),
  }),
  refused('DeleteSnapshotsRole', 'removing a tag', 'ec2:DeleteTags', SNAPSHOT, tagKeys('ami-janitor:image')),
  refused('DeleteSnapshotsRole', 'a snapshot without tags', 'ec2:DeleteSnapshot', SNAPSHOT),
  refused('DeleteSnapshotsRole', 'a snapshot that people keep', 'ec2:DeleteSnapshot', SNAPSHOT, {
    ...OF_IMAGE,
    ...KEPT_BY_PEOPLE,
  }),
  refused('DeleteSnapshotsRole', 'another tag', 'ec2:CreateTags', SNAPSHOT, tagKeys('Name')),
  refused('DeleteSnapshotsRole', 'tagging an image', 'ec2:CreateTags', IMAGE, tagKeys('ami-janitor:image')),
  [
    'DeregisterRole',
    'writing any other parameter',
    { action: 'ssm:PutParameter', resource: 'arn:aws:ssm:eu-west-1:123456789012:parameter/golden' },
  ],
  refused('DeleteSnapshotsRole', 'deregistering', 'ec2:DeregisterImage', IMAGE, DEPRECATED),
];
