import * as z from 'zod';
import type { Reason } from '../../model/decision.ts';
import type { Serialized } from '../to-json.ts';
import { imageId, manager, number, reason, reference, text, time } from './words.ts';

const group = { rank: number, keep: number, group: text, size: number };
const tag = { key: text, value: text, pattern: text };
const orphaned = { imageId, orphanedAt: time, days: number, ofDays: number };
const sourceImage = { sourceImageId: imageId, sourceRegion: text };
const deprecated = {
  deprecatedAt: time,
  launchedAt: z.exactOptional(time).describe('A launch after the deprecation; the days count from it.'),
  days: number,
  ofDays: number,
};

/** Why an image stays or is due: every code that a report can hold. */
export const imageReason = z.discriminatedUnion('code', [
  reason('no-rule', {}),
  reason('no-action-in-rule', {}),
  reason('protected-tag', tag),
  reason('protected-image', {}),
  reason('keep-tag', { until: z.exactOptional(time) }),
  reason('keep-tag-unreadable', { value: text }),
  reason('managed', { by: manager }),
  reason('deregistration-protection', { value: text }),
  reason('public', {}),
  reason('not-own', { owner: text }),
  reason('state', { state: text }),
  reason('referenced', { references: number }),
  reason('source-unreadable', { source: text }),
  reason('shared', { accounts: z.array(text), organizations: z.array(text) }),
  reason('used-elsewhere', {
    reportedAt: time,
    accounts: number,
    uses: z.array(z.object({ accountId: text, resourceType: text, count: number })),
  }),
  reason('consumer-unread', { accountId: text, why: text, more: number }),
  reason('usage-unknown', { status: z.enum(['none', 'pending', 'unreadable']), error: z.exactOptional(text) }),
  reason('usage-report-too-early', { createdAt: time, countsFrom: time }),
  reason('newest-of-group', group),
  reason('younger-than', { ageDays: number, days: number }),
  reason('launched-within', { daysAgo: number, days: number }),
  reason('creation-date-unknown', {}),
  reason('copy-of-kept', sourceImage),
  reason('copy-source-unknown', sourceImage),
  reason('group-unknown', { groupBy: text }),
  reason('not-expired', { tag: text, expiresAt: time }),
  reason('expiry-missing', { tag: text }),
  reason('expiry-unreadable', { tag: text, value: text }),
  reason('waiting', deprecated),
  reason('nothing-further', {}),
  reason('deprecated-at-unreadable', { value: text }),
  reason('deregister-after-unreadable', { value: text }),
  reason('no-record', {}),
  reason('put-back', { after: z.enum(['deregister', 'disable']), takenAt: z.exactOptional(time) }),
  reason('reinstating', { since: time }),
  reason('disabled-by-others', {}),
  reason('not-announced', {
    noticeDays: number,
    because: z.exactOptional(z.enum(['owner-changed', 'launched-since', 'outdated', 'not-promised', 'no-journal'])),
    value: z.exactOptional(text),
  }),
  reason('notice-running', { announcedAt: time, days: number, ofDays: number }),
  reason('unreferenced', { sources: number, otherAccounts: z.exactOptional(number) }),
  reason('beyond-newest', group),
  reason('older-than', { ageDays: number, days: number }),
  reason('not-launched-within', { daysAgo: z.exactOptional(number), days: number }),
  reason('expired', { tag: text, expiredAt: time, days: number }),
  reason('nothing-keeps-it', {}),
  reason('deprecated-for', deprecated),
  reason('deprecated-by-other', { deprecationTime: time }),
]) satisfies z.ZodType<Serialized<Reason>>;

/** Why a snapshot stays or goes: every code that a report can hold. */
export const snapshotReason = z.discriminatedUnion('code', [
  reason('mapped', { images: z.array(imageId) }),
  reason('referenced', { references: z.array(reference) }),
  reason('managed', { by: manager }),
  reason('protected-tag', tag),
  reason('keep-tag', { until: z.exactOptional(time) }),
  reason('keep-tag-unreadable', { value: text }),
  reason('not-own', { owner: text }),
  reason('state', { state: text }),
  reason('not-of-an-image', {}),
  reason('not-in-inventory', {}),
  reason('image-exists', { imageId }),
  reason('source-unreadable', { source: text }),
  reason('locked', {}),
  reason('shared', { accounts: z.array(text) }),
  reason('fast-snapshot-restore', { zones: z.array(text) }),
  reason('image-in-recycle-bin', { imageId }),
  reason('kept-by-rule', {}),
  reason('no-record', { imageId }),
  reason('put-back', { imageId }),
  reason('rule-keeps-snapshots', { rule: text }),
  reason('image-deregistered', { imageId }),
  reason('left-behind', { imageId }),
  reason('orphan-reported-only', { imageId }),
  reason('orphan-unmarked', { imageId }),
  reason('orphan-waiting', orphaned),
  reason('orphan-past-grace', orphaned),
]);
