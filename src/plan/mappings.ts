import type { Decision, NonEmpty } from '../model/decision.ts';
import type { SnapshotId } from '../model/ids.ts';
import { type Image, snapshotIdsOf } from '../model/image.ts';

/** Which decisions' images map each snapshot, oldest image first. */
export function mappersBySnapshot(decisions: readonly Decision[]): Map<SnapshotId, NonEmpty<Decision>> {
  const mappers = new Map<SnapshotId, [Decision, ...Decision[]]>();
  const seen = new Set<string>();
  for (const decision of [...decisions].sort((a, b) => oldestFirst(a.image, b.image))) {
    if (seen.has(decision.image.imageId)) continue;
    seen.add(decision.image.imageId);
    for (const snapshotId of snapshotIdsOf(decision.image)) {
      const known = mappers.get(snapshotId);
      if (known) known.push(decision);
      else mappers.set(snapshotId, [decision]);
    }
  }
  return mappers;
}

/** By creation date, then id; an unknown date comes last. */
export function oldestFirst(a: Image, b: Image): number {
  return byTimeThenId(a.creationDate, a.imageId, b.creationDate, b.imageId);
}

/** Orders by time, then id; what has no time comes last. */
export function byTimeThenId(timeA: Date | undefined, idA: string, timeB: Date | undefined, idB: string): number {
  const a = timeA?.getTime() ?? Infinity;
  const b = timeB?.getTime() ?? Infinity;
  if (a !== b) return a - b;
  if (idA === idB) return 0;
  return idA < idB ? -1 : 1;
}
