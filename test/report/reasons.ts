import type { ReportReason, ReportSnapshotReason } from '../../src/report/shape.ts';
import { imageId } from './plans.ts';

const group = { rank: 2, keep: 3, group: 'webapp/arm64', size: 4 };
const tag = { key: 'Keep', value: 'true', pattern: 'Keep=true' };
const deprecated = { deprecatedAt: '2026-10-21T02:00:00.000Z', days: 31, ofDays: 30 };
const source = { sourceImageId: imageId(1), sourceRegion: 'us-east-1' };
const orphaned = { imageId: imageId(1), orphanedAt: '2026-10-21T02:00:00.000Z', days: 31, ofDays: 30 };

type ByCode<Any extends { code: string }> = {
  readonly [Code in Any['code']]: Omit<Extract<Any, { code: Code }>, 'code'>;
};

/** Facts for every code; a new code is a type error here. */
export const IMAGE_REASONS: ByCode<ReportReason> = {
  'no-rule': {},
  'no-action-in-rule': {},
  'protected-tag': tag,
  'protected-image': {},
  'protected-name': { pattern: 'golden-*' },
  'protected-target': { target: '111122223333' },
  'rule-keeps-always': {},
  'keep-tag': { until: '2027-01-01T00:00:00.000Z' },
  'keep-tag-unreadable': { value: 'soon' },
  managed: { by: 'aws-backup' },
  'deregistration-protection': { value: 'enabled-with-cooldown' },
  'own-protection': { protectedAt: '2026-10-21T02:00:00.000Z' },
  public: {},
  'not-own': { owner: '999999999999' },
  state: { state: 'pending' },
  referenced: { references: 4 },
  'source-unreadable': { source: 'instances' },
  shared: { accounts: ['111111111111'], organizations: ['o-abc'] },
  'used-elsewhere': {
    reportedAt: '2026-11-10T02:00:00.000Z',
    accounts: 2,
    uses: [
      { accountId: '222222222222', resourceType: 'ec2:Instance', count: 12 },
      { accountId: '333333333333', resourceType: 'ec2:LaunchTemplate', count: 1 },
    ],
  },
  'consumer-unread': { accountId: '222222222222', why: 'the role could not be assumed', more: 2 },
  'usage-unknown': { status: 'unreadable', error: 'access denied' },
  'usage-report-too-early': { createdAt: '2026-11-10T02:00:00.000Z', countsFrom: '2026-11-12T02:00:00.000Z' },
  'newest-of-group': group,
  'younger-than': { ageDays: 12, days: 60 },
  'launched-within': { daysAgo: 1, days: 90 },
  'name-unknown': {},
  'creation-date-unknown': {},
  'copy-of-kept': source,
  'copy-source-unknown': source,
  'ancestor-of-kept': { imageId: 'ami-0123456789abcdef0' },
  'group-unknown': { groupBy: 'tag:Family' },
  'not-expired': { tag: 'ExpiresOn', expiresAt: '2027-01-01T00:00:00.000Z' },
  'expiry-missing': { tag: 'ExpiresOn' },
  'expiry-unreadable': { tag: 'ExpiresOn', value: 'never' },
  waiting: deprecated,
  'nothing-further': {},
  'no-record': {},
  'put-back': { after: 'disable', takenAt: '2026-11-18T02:00:00.000Z' },
  reinstating: { since: '2026-11-18T02:00:00.000Z' },
  'disabled-by-others': {},
  'not-announced': { noticeDays: 7 },
  'notice-running': { announcedAt: '2026-11-18T02:00:00.000Z', days: 3, ofDays: 7 },
  'deprecated-at-unreadable': { value: 'yesterday' },
  'deregister-after-unreadable': { value: 'tomorrow' },
  archived: { snapshots: ['snap-00000001'] },
  'archive-saves-nothing': { snapshots: ['snap-00000001'], because: 'shared-blocks', others: 2 },
  'archive-held': { snapshots: ['snap-00000001', 'snap-00000002'] },
  unreferenced: { sources: 13 },
  'beyond-newest': { ...group, rank: 23, group: '' },
  'newest-too-old': { ...group, rank: 2, ageDays: 400, days: 365 },
  'older-than': { ageDays: 72, days: 60 },
  'not-launched-within': { days: 90 },
  expired: { tag: 'ExpiresOn', expiredAt: '2026-11-20T00:00:00.000Z', days: 1 },
  'nothing-keeps-it': {},
  'deprecated-for': deprecated,
  'fast-launch': { state: 'enabled' },
  'blocked-once-deprecated': { accounts: ['222222222222'], unknown: ['333333333333'] },
  'deprecated-by-other': { deprecationTime: '2026-01-01T00:00:00.000Z' },
};

export const SNAPSHOT_REASONS: ByCode<ReportSnapshotReason> = {
  'protected-target': { target: 'us-gov-west-1' },
  mapped: { images: [imageId(1), imageId(2), imageId(3), imageId(4)] },
  referenced: { references: [{ kind: 'ec2:LaunchTemplate', resource: 'lt-0abc' }] },
  managed: { by: 'data-lifecycle-manager' },
  'protected-tag': tag,
  'keep-tag': {},
  'keep-tag-unreadable': { value: 'soon' },
  'not-own': { owner: '999999999999' },
  state: { state: 'pending' },
  'not-of-an-image': {},
  'not-in-inventory': {},
  'image-exists': { imageId: imageId(1) },
  'source-unreadable': { source: 'snapshots' },
  locked: {},
  shared: { accounts: ['all'] },
  'fast-snapshot-restore': { zones: ['eu-west-1a'] },
  'image-in-recycle-bin': { imageId: imageId(1) },
  'kept-by-rule': {},
  'no-record': { imageId: imageId(1) },
  'put-back': { imageId: imageId(1) },
  'rule-keeps-snapshots': { rule: 'golden images' },
  'image-deregistered': { imageId: imageId(1) },
  'left-behind': { imageId: imageId(1) },
  'orphan-reported-only': { imageId: imageId(1) },
  'orphan-unmarked': { imageId: imageId(1) },
  'orphan-waiting': orphaned,
  'orphan-past-grace': orphaned,
};

/** Every reason with its code. */
export function all<Facts>(byCode: Readonly<Record<string, Facts>>) {
  return Object.entries(byCode).map(([code, facts]) => ({ code, ...facts }));
}
