import type { Account, RecycleBinReading, Sharing, SnapshotDetails, TieringReading } from '../model/account.ts';
import type { ImageId } from '../model/ids.ts';
import type { Image } from '../model/image.ts';
import type { SourceReading } from '../model/reference.ts';
import { IMAGE_ANCESTRY } from '../policy/decision/ancestors.ts';
import { asksForSharing, LAUNCH_PERMISSIONS, needsUsageReading } from '../policy/decision/sharing.ts';
import type { Evaluation } from './evaluate.ts';
import { RECYCLE_BIN, SNAPSHOT_DETAILS, SNAPSHOT_TIERS } from './snapshots.ts';

/** A row where AWS could not be asked about lines of descent, so that images stay that may be ancestors of kept ones. */
export function failedAncestry({ account, decisions }: Evaluation): SourceReading[] {
  const errors = [...account.ancestry.values()].flatMap((one) => (one.status === 'unreadable' ? one.error : []));
  const only = decisions
    .filter(({ reasons }) => reasons.some((one) => one.code === 'source-unreadable' && one.source === IMAGE_ANCESTRY))
    .map(({ image }) => image.imageId)
    .sort();
  if (only.length === 0) return [];
  const error = `${errors[0]}${andMore(errors.length)}`;
  return [{ name: IMAGE_ANCESTRY, status: 'unreadable', references: 0, calls: account.ancestry.size, error, only }];
}

/** A row for each kind of further reading that failed for any image or snapshot; it holds those, and no other. */
export function failedDetails(account: Account): SourceReading[] {
  const readings: readonly (readonly [
    string,
    ReadonlyMap<string, Sharing | SnapshotDetails | TieringReading | RecycleBinReading>,
  ])[] = [
    [LAUNCH_PERMISSIONS, account.sharing],
    [SNAPSHOT_DETAILS, account.snapshotDetails],
    [SNAPSHOT_TIERS, account.tierings],
    [RECYCLE_BIN, account.recycleBin],
  ];
  return readings.flatMap(([name, values]): SourceReading[] => {
    const failed = [...values].flatMap(([id, one]) => (one.status === 'unreadable' ? { id, error: one.error } : []));
    if (failed[0] === undefined) return [];
    const only = failed.map(({ id }) => id).sort();
    return [
      {
        name,
        status: 'unreadable',
        references: 0,
        calls: values.size,
        error: `${failed[0].error}${andMore(failed.length)}`,
        only,
      },
    ];
  });
}

function andMore(count: number): string {
  return count > 1 ? ` (and ${count - 1} more)` : '';
}

/** The images of which it is not known with whom they, or their sources, are shared; only what acts next is asked. */
export function unverifiedImages({ account, policy, candidates }: Evaluation): ImageId[] {
  const waiting = Object.values(candidates)
    .flat()
    .filter(({ missing }) => missing.sharing.length + missing.usage.length + missing.publicUsage.length > 0)
    .map(({ action }) => action.imageId);
  const isUnread = (image: Image) => !account.sharing.has(image.imageId) || needsUsageReading(image, account, policy);
  const unread = asksForSharing(policy) ? account.images.filter(isUnread).map(({ imageId }) => imageId) : [];
  const unverified = new Set([...waiting, ...unread]);
  return account.images.map(({ imageId }) => imageId).filter((imageId) => unverified.has(imageId));
}
