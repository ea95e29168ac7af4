import type { Account, TieringReading } from '../model/account.ts';
import type { Decision, SnapshotDecision } from '../model/decision.ts';
import type { ImageId, SnapshotId } from '../model/ids.ts';
import { type Image, type Snapshot, snapshotIdsOf } from '../model/image.ts';
import { snapshotRecordOf } from '../model/journal.ts';
import { ARCHIVE_PAID_FOR, snapshotPrices } from '../model/prices.ts';
import type { KeepReason, Unsaved } from '../model/reasons.ts';
import { blockSharing } from '../model/shared-blocks.ts';
import { TAG, tagValue } from '../model/tags.ts';
import { DAY } from '../text/format.ts';

/** For so long what is never deregistered is taken to stay: ten years. */
const LONGEST = 3_650 * DAY;

type ArchiveDecision = Extract<Decision, { decision: 'archive' }>;

/** What is known of archiving one snapshot. */
type Finding =
  | { readonly kind: 'archive' }
  /** It lies in the archive, or is on its way there. */
  | { readonly kind: 'archived' }
  | { readonly kind: 'held' }
  | { readonly kind: 'unsaved'; readonly because: Unsaved; readonly others?: number };

/** Which snapshots the images that are to be archived take there, and the decisions where they take none. */
export interface Archiving {
  readonly decisions: readonly Decision[];
  readonly snapshots: ReadonlyMap<ImageId, readonly SnapshotId[]>;
}

/**
 * Settles what is archived: of images whose time has come, the snapshots that nothing holds, that no image maps whose
 * time has not come, and that cost less in the archive for certain. An image with none such waits for its next step.
 */
export function settleArchiving(
  account: Account,
  decisions: readonly Decision[],
  snapshots: readonly SnapshotDecision[],
  at: Date,
): Archiving {
  const due = decisions.filter((one) => one.decision === 'archive');
  if (due.length === 0) return { decisions, snapshots: new Map() };
  const findings = findingsOf(account, due, decisions, snapshots, at);
  const archiving = new Map<ImageId, readonly SnapshotId[]>();
  for (const { image } of due) {
    const own = snapshotIdsOf(image).filter((id) => findings.get(id)?.kind === 'archive');
    if (own.length > 0) archiving.set(image.imageId, own);
  }
  const settled = decisions.map((one) =>
    one.decision === 'archive' && !archiving.has(one.image.imageId) ? withReasons(one, findings) : one,
  );
  return { decisions: settled, snapshots: archiving };
}

function withReasons({ otherwise, image }: ArchiveDecision, findings: ReadonlyMap<SnapshotId, Finding>): Decision {
  const [first, ...others] = otherwise.reasons;
  return { ...otherwise, reasons: [first, ...archiveReasons(image, findings), ...others] };
}

function archiveReasons(image: Image, findings: ReadonlyMap<SnapshotId, Finding>): KeepReason[] {
  const own = snapshotIdsOf(image).map((id) => [id, findings.get(id)] as const);
  const groups = Map.groupBy(own, ([, one]) => (one?.kind === 'unsaved' ? `${one.because} ${one.others}` : one?.kind));
  return [...groups.values()].flatMap((group): KeepReason[] => {
    const snapshots = group.map(([id]) => id);
    const finding = group[0]?.[1];
    if (finding?.kind === 'archived') return [{ code: 'archived', snapshots }];
    if (finding?.kind !== 'unsaved') return [{ code: 'archive-held', snapshots }];
    const { because, others } = finding;
    return [{ code: 'archive-saves-nothing', snapshots, because, ...(others !== undefined && { others }) }];
  });
}

function findingsOf(
  account: Account,
  due: readonly ArchiveDecision[],
  decisions: readonly Decision[],
  snapshots: readonly SnapshotDecision[],
  at: Date,
): Map<SnapshotId, Finding> {
  const dueIds = new Map<ImageId, ArchiveDecision>(due.map((one) => [one.image.imageId, one]));
  const mapped = new Set(due.flatMap(({ image }) => snapshotIdsOf(image)));
  const early = new Set(decisions.flatMap(({ image }) => (dueIds.has(image.imageId) ? [] : snapshotIdsOf(image))));
  const until = untilOf(due);
  const own = snapshots.filter(({ snapshotId }) => mapped.has(snapshotId));
  const findings = new Map<SnapshotId, Finding>(own.map((one) => [one.snapshotId, stateOf(one, early, account)]));
  const isWhole = new Set<string>(
    [...findings].flatMap(([id, { kind }]) => (kind === 'archive' || kind === 'archived' ? id : [])),
  );
  const byId = new Map<string, Snapshot>(
    own.flatMap(({ snapshotId, snapshot }) => (snapshot ? [[snapshotId, snapshot]] : [])),
  );
  const { families } = blockSharing({ decisions, snapshots });
  for (const family of families) {
    const going = family.flatMap((id) => {
      const snapshot = byId.get(id);
      return snapshot && findings.get(snapshot.snapshotId)?.kind === 'archive' ? snapshot : [];
    });
    if (going.length === 0) continue;
    const others = family.filter((id) => !isWhole.has(id)).length;
    const because = others > 0 ? 'shared-blocks' : unsaved(going, account.target.region, at, until);
    if (because === undefined) continue;
    for (const { snapshotId } of going)
      findings.set(snapshotId, { kind: 'unsaved', because, ...(others > 0 && { others }) });
  }
  return findings;
}

/** Until when each snapshot would lie in the archive: the last of the images that map it goes. */
function untilOf(due: readonly ArchiveDecision[]): ReadonlyMap<SnapshotId, number> {
  const until = new Map<SnapshotId, number>();
  for (const { image, deregisterAt } of due) {
    for (const id of snapshotIdsOf(image))
      until.set(id, Math.max(until.get(id) ?? 0, deregisterAt?.getTime() ?? Number.POSITIVE_INFINITY));
  }
  return until;
}

/** Whether a snapshot may be archived; what nobody asked about yet may, and is not acted on before. */
function stateOf(decision: SnapshotDecision, early: ReadonlySet<SnapshotId>, account: Account): Finding {
  const { snapshot, snapshotId, reasons } = decision;
  if (snapshot?.storageTier === 'archive') return { kind: 'archived' };
  const tiering = account.tierings.get(snapshotId);
  if (tiering?.status === 'read' && tiering.operation === 'archival-in-progress') return { kind: 'archived' };
  // That images map it is a reason of its own; which, is asked here.
  const isHeld = snapshot === undefined || early.has(snapshotId) || reasons.some(({ code }) => code !== 'mapped');
  const isUnread = account.snapshotDetails.get(snapshotId)?.status === 'unreadable';
  return { kind: isHeld || isUnread || (tiering && isMoving(snapshot, tiering, account)) ? 'held' : 'archive' };
}

/** True where EC2 moves a snapshot, or people restored it after this tool archived it, or nobody knows. */
function isMoving(snapshot: Snapshot, tiering: TieringReading, { journal }: Account): boolean {
  if (tiering.status === 'unreadable') return true;
  const { operation = '', startedAt } = tiering;
  if (operation.endsWith('-in-progress')) return true;
  const tagged = tagValue(snapshot.tags, TAG.archivedAt);
  if (!operation.includes('restore') || tagged === undefined) return false;
  const archivedAt = snapshotRecordOf(journal, snapshot.snapshotId)?.archived?.at.getTime() ?? Date.parse(tagged);
  // A tag that is no date holds it too.
  return !((startedAt?.getTime() ?? Number.POSITIVE_INFINITY) < archivedAt);
}

/**
 * Why archiving all snapshots that may share blocks does not save for certain. What it frees is at least the largest;
 * what it costs is each in full, for ninety days at the least.
 */
function unsaved(
  going: readonly Snapshot[],
  region: string,
  at: Date,
  until: ReadonlyMap<SnapshotId, number>,
): Unsaved | undefined {
  if (going.some(({ fullSizeBytes }) => fullSizeBytes === undefined)) return 'size-unknown';
  const { standard, archive } = snapshotPrices(region);
  const largest = Math.max(...going.map(({ fullSizeBytes = 0 }) => fullSizeBytes));
  const whole = going.reduce((sum, { fullSizeBytes = 0 }) => sum + fullSizeBytes, 0);
  if (largest * standard <= whole * archive) return 'full-size';
  const costs = going.map(({ snapshotId, fullSizeBytes = 0 }) => {
    const time = Math.min(Math.max(0, (until.get(snapshotId) ?? 0) - at.getTime()), LONGEST);
    return { stays: fullSizeBytes * standard * time, goes: fullSizeBytes * archive * Math.max(time, ARCHIVE_PAID_FOR) };
  });
  const archived = costs.reduce((sum, { goes }) => sum + goes, 0);
  return Math.max(...costs.map(({ stays }) => stays)) <= archived ? 'ninety-days' : undefined;
}
