import { DEPRECATED, IMAGE, OF_IMAGE, type Row, SNAPSHOT, tagged, tagKeys } from './actions.ts';

const KEPT_BY_PEOPLE = tagged('ami-janitor:keep', 'true');

/** What each role must be refused although it acts: the role, the action and why. */
export const REFUSED: readonly (readonly [role: string, why: string, row: Row])[] = [
  ['DeprecateRole', "someone else's deprecation", { action: 'ec2:DisableImageDeprecation', resource: IMAGE }],
  ['DeprecateRole', "someone else's disabled image", { action: 'ec2:EnableImage', resource: IMAGE }],
  ['DeprecateRole', "someone else's launch permissions", { action: 'ec2:ModifyImageAttribute', resource: IMAGE }],
  [
    'DeprecateRole',
    'another attribute of an image than its launch permissions',
    {
      action: 'ec2:ModifyImageAttribute',
      resource: IMAGE,
      context: { ...DEPRECATED, 'ec2:Attribute/Description': 'x' },
    },
  ],
  ['DeprecateRole', 'another tag', { action: 'ec2:CreateTags', resource: IMAGE, context: tagKeys('Name') }],
  [
    'DeprecateRole',
    'another tag beside its own',
    { action: 'ec2:CreateTags', resource: IMAGE, context: tagKeys('ami-janitor:run', 'Name') },
  ],
  [
    'DeprecateRole',
    "people's tag",
    { action: 'ec2:CreateTags', resource: IMAGE, context: tagKeys('ami-janitor:keep') },
  ],
  [
    'DeprecateRole',
    "removing people's tag",
    { action: 'ec2:DeleteTags', resource: IMAGE, context: tagKeys('ami-janitor:keep') },
  ],
  ['DeprecateRole', 'removing every tag', { action: 'ec2:DeleteTags', resource: IMAGE }],
  ['DeprecateRole', 'removing another tag', { action: 'ec2:DeleteTags', resource: IMAGE, context: tagKeys('Owner') }],
  [
    'DeprecateRole',
    'tagging a snapshot',
    { action: 'ec2:CreateTags', resource: SNAPSHOT, context: tagKeys('ami-janitor:image') },
  ],
  ['DeprecateRole', 'deregistering', { action: 'ec2:DeregisterImage', resource: IMAGE, context: DEPRECATED }],
  ['DisableRole', 'an image that this tool did not deprecate', { action: 'ec2:DisableImage', resource: IMAGE }],
  [
    'DisableRole',
    'an image that people keep',
    { action: 'ec2:DisableImage', resource: IMAGE, context: { ...DEPRECATED, ...KEPT_BY_PEOPLE } },
  ],
  [
    'DisableRole',
    'moving the date of deprecation',
    { action: 'ec2:CreateTags', resource: IMAGE, context: { ...DEPRECATED, ...tagKeys('ami-janitor:deprecated-at') } },
  ],
  ['DisableRole', 'deregistering', { action: 'ec2:DeregisterImage', resource: IMAGE, context: DEPRECATED }],
  ['DeregisterRole', 'an image without tags', { action: 'ec2:DeregisterImage', resource: IMAGE }],
  [
    'DeregisterRole',
    'an image whose date is not one',
    { action: 'ec2:DeregisterImage', resource: IMAGE, context: tagged('ami-janitor:deprecated-at', 'yes') },
  ],
  [
    'DeregisterRole',
    'an image with other tags',
    { action: 'ec2:DeregisterImage', resource: IMAGE, context: tagged('deprecated-at', '2026-11-01T00:00:00Z') },
  ],
  [
    'DeregisterRole',
    'an image that people keep',
    { action: 'ec2:DeregisterImage', resource: IMAGE, context: { ...DEPRECATED, ...KEPT_BY_PEOPLE } },
  ],
  [
    'DeregisterRole',
    "AWS Backup's image",
    {
      action: 'ec2:DeregisterImage',
      resource: IMAGE,
      context: { ...DEPRECATED, ...tagged('aws:backup:source-resource', 'i-0') },
    },
  ],
  [
    'DeregisterRole',
    "Data Lifecycle Manager's image",
    {
      action: 'ec2:DeregisterImage',
      resource: IMAGE,
      context: { ...DEPRECATED, ...tagged('aws:dlm:lifecycle-policy-id', 'policy-0') },
    },
  ],
  ['DeregisterRole', 'a snapshot without tags', { action: 'ec2:DeleteSnapshot', resource: SNAPSHOT }],
  ...['DeregisterRole', 'DeleteSnapshotsRole'].flatMap((role): (readonly [string, string, Row])[] => [
    [
      role,
      "a snapshot with other tools' tags",
      { action: 'ec2:DeleteSnapshot', resource: SNAPSHOT, context: tagged('image', 'ami-0123456789abcdef0') },
    ],
    [
      role,
      'a snapshot whose tag names no image',
      { action: 'ec2:DeleteSnapshot', resource: SNAPSHOT, context: tagged('ami-janitor:image', 'yes') },
    ],
  ]),
  [
    'DeregisterRole',
    'writing the date of deprecation',
    { action: 'ec2:CreateTags', resource: IMAGE, context: tagKeys('ami-janitor:deprecated-at') },
  ],
  [
    'DeregisterRole',
    'another tag',
    { action: 'ec2:CreateTags', resource: SNAPSHOT, context: tagKeys('ami-janitor:orphaned-at') },
  ],
  [
    'DeregisterRole',
    'another tag beside its own',
    { action: 'ec2:CreateTags', resource: SNAPSHOT, context: tagKeys('ami-janitor:image', 'Name') },
  ],
  [
    'DeregisterRole',
    'removing a mark that it does not set',
    { action: 'ec2:DeleteTags', resource: SNAPSHOT, context: tagKeys('ami-janitor:image', 'ami-janitor:orphaned-at') },
  ],
  [
    'DeregisterRole',
    'removing the date of deprecation',
    { action: 'ec2:DeleteTags', resource: IMAGE, context: { ...DEPRECATED, ...tagKeys('ami-janitor:deprecated-at') } },
  ],
  [
    'DeleteSnapshotsRole',
    'removing a tag',
    { action: 'ec2:DeleteTags', resource: SNAPSHOT, context: tagKeys('ami-janitor:image') },
  ],
  ['DeleteSnapshotsRole', 'a snapshot without tags', { action: 'ec2:DeleteSnapshot', resource: SNAPSHOT }],
  [
    'DeleteSnapshotsRole',
    'a snapshot that people keep',
    { action: 'ec2:DeleteSnapshot', resource: SNAPSHOT, context: { ...OF_IMAGE, ...KEPT_BY_PEOPLE } },
  ],
  ['DeleteSnapshotsRole', 'another tag', { action: 'ec2:CreateTags', resource: SNAPSHOT, context: tagKeys('Name') }],
  [
    'DeleteSnapshotsRole',
    'tagging an image',
    { action: 'ec2:CreateTags', resource: IMAGE, context: tagKeys('ami-janitor:image') },
  ],
  [
    'DeregisterRole',
    'writing any other parameter',
    { action: 'ssm:PutParameter', resource: 'arn:aws:ssm:eu-west-1:123456789012:parameter/golden' },
  ],
  ['DeleteSnapshotsRole', 'deregistering', { action: 'ec2:DeregisterImage', resource: IMAGE, context: DEPRECATED }],
];
