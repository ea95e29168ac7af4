import type { Account } from '../../src/model/account.ts';
import { isImageId } from '../../src/model/ids.ts';
import type { Tags } from '../../src/model/image.ts';
import type { ImageRecord, SnapshotRecord } from '../../src/model/journal.ts';
import { savedPermissions, TAG } from '../../src/model/tags.ts';

/** The journal that ami-janitor's runs would have written with the marks that an example's account carries. */
export function withJournal(account: Account): Account {
  return {
    ...account,
    journal: {
      status: 'read',
      images: new Map(account.images.map(({ imageId, tags }) => [imageId, imageRecord(tags)])),
      snapshots: new Map(account.snapshots.map(({ snapshotId, tags }) => [snapshotId, snapshotRecord(tags)])),
    },
  };
}

function imageRecord(tags: Tags): ImageRecord {
  const deprecated = actOf(tags, TAG.deprecatedAt);
  const disabled = actOf(tags, TAG.disabledAt);
  return {
    ...(deprecated && { deprecated }),
    ...(disabled && { disabled: { ...disabled, launchPermissions: savedPermissions(tags) } }),
  };
}

function snapshotRecord(tags: Tags): SnapshotRecord {
  const imageId = tags[TAG.image];
  if (!isImageId(imageId)) return {};
  const orphaned = actOf(tags, TAG.orphanedAt);
  if (orphaned) return { orphaned: { ...orphaned, imageId } };
  const runId = tags[TAG.run];
  return runId === undefined ? {} : { claimed: { at: new Date(0), runId, imageId, state: 'held' } };
}

function actOf(tags: Tags, key: string): { readonly at: Date; readonly runId: string } | undefined {
  const at = tags[key];
  return at === undefined ? undefined : { at: new Date(at), runId: tags[TAG.run] ?? '20261001T020000Z-0123abcd' };
}
