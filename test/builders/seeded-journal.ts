import type { Tag } from '@aws-sdk/client-ec2';
import type { AccountState } from '../../sandbox/state.ts';
import { recordOf, snapshotRecordOf } from './records.ts';

/**
 * Puts a journal into a bucket that bears out what the tags of an account's images and snapshots say, as earlier runs
 * of this tool would have left it.
 */
export function bearOut(buckets: AccountState['buckets'], bucket: string, state: AccountState): void {
  const base = {
    journalVersion: 1,
    images: [...state.images].map(([id, { Tags }]) => [id, recordOf({ tags: tagsOf(Tags) })]),
    snapshots: [...state.snapshots].map(([id, { Tags }]) => [id, snapshotRecordOf({ tags: tagsOf(Tags) })]),
    folded: [],
  };
  const body = Buffer.from(JSON.stringify(base));
  const objects = buckets.get(bucket) ?? new Map();
  const key = `journal/${state.accountId}/${state.region}/base.json`;
  objects.set(key, { body, eTag: '"seeded"', lastModified: new Date(0), metadata: {} });
  buckets.set(bucket, objects);
}

function tagsOf(tags: readonly Tag[] = []): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** The bucket in which stories keep the journal, with one that bears out what the tags say. */
export function journalOf({ state }: { readonly state: AccountState }): string {
  bearOut(state.buckets, 'ami-janitor-reports', state);
  return 'ami-janitor-reports';
}
