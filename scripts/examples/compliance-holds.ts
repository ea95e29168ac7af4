import { type Draft, tagsOf } from '../../sandbox/seed/draft.ts';
import { addSnapshot } from '../../sandbox/seed/images.ts';
import { image } from './scenery.ts';

/** Held by lawyers, auditors, backups and people: each in the way that its holder knows. */
export function complianceHolds(draft: Draft): void {
  const ledger = { Family: 'ledger', Owner: 'finance@example.com' };
  const rule = 'everything else after half a year';
  image(draft, 'ledger-2026-q3', { ageDays: 60, tags: ledger });
  image(draft, 'ledger-2025-q4', { ageDays: 330, tags: { ...ledger, ComplianceSox: '2025' } });
  image(draft, 'ledger-2025-q3', { ageDays: 420, tags: { ...ledger, 'compliance:retain': 'yes' } });
  image(draft, 'ledger-2025-q2', { ageDays: 510, tags: { ...ledger, LegalHold: 'case 2025-117' } });
  image(draft, 'ledger-2025-q1', { ageDays: 600, tags: { ...ledger, legalhold: 'case 2025-117' } });
  image(draft, 'ledger-evidence', { ageDays: 800, tags: ledger }, { ImageId: 'ami-0c0ffee0000000117' });
  image(draft, 'ledger-2024-q4', { ageDays: 690, tags: { ...ledger, 'ami-janitor:keep': 'true' } });
  image(draft, 'ledger-2024-q3', { ageDays: 780, tags: { ...ledger, 'ami-janitor:keep': '2027-06-30' } });
  image(draft, 'ledger-2024-q2', { ageDays: 870, tags: ledger }, { DeregistrationProtection: 'enabled-with-cooldown' });
  image(draft, 'AwsBackup_i-0123456789abcdef0', {
    ageDays: 400,
    tags: { 'aws:backup:source-resource': 'i-0123456789abcdef0' },
  });
  const deprecated = { daysAgo: 100, rule, deregisterAfterDays: 90 };
  const sealed = image(draft, 'ledger-2024-q1', { ageDays: 960, tags: ledger, deprecated });
  image(draft, 'ledger-2023-q4', { ageDays: 1050, tags: ledger, deprecated });
  // Marked and then put under a hold: it gets back what deprecating took.
  image(draft, 'ledger-2023-q3', {
    ageDays: 1140,
    tags: { ...ledger, LegalHold: 'case 2026-003' },
    deprecated,
  });
  const SnapshotId = sealed.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '';
  draft.state.snapshotLocks.set(SnapshotId, {
    SnapshotId,
    OwnerId: draft.state.accountId,
    LockState: 'compliance',
    LockDuration: 2555,
    LockCreatedOn: draft.daysAgo(900),
    LockExpiresOn: draft.daysAgo(-1655),
  });
  const gone = draft.id('ami');
  const described = `Created by CreateImage(${draft.id('i')}) for ${gone}`;
  const mark = { 'ami-janitor:image': gone, 'ami-janitor:orphaned-at': draft.isoDaysAgo(120) };
  addSnapshot(draft, {
    ageDays: 700,
    sizeGiB: 40,
    Description: described,
    Tags: tagsOf({ ...mark, LegalHold: 'case 2025-117' }),
  });
  addSnapshot(draft, { ageDays: 700, sizeGiB: 40, Description: described, Tags: tagsOf(mark) });
}
