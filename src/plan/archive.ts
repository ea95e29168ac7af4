import type { Account, TieringReading } from '../model/account.ts';
import type { Decision, SnapshotDecision } from '../model/decision.ts';
import type { ImageId, SnapshotId } from '../model/ids.ts';
import { type Image, type Snapshot, snapshotIdsOf } from '../model/image.ts';
import { snapshotRecordOf } from '../model/journal.ts';
import { ARCHIVE_PAID_FOR, snapshotPrices } from '../model/prices.ts';
import type { KeepReason, SnapshotReason, Unsaved } from '../model/reasons.ts';
import { blockSharing } from '../model/shared-blocks.ts';
import { TAG, tagValue } from '../model/tags.ts';
import { DAY } from '../text/format.ts';

/** For so long what is never deregistered is taken to stay: ten years. */
const LONGEST = 3_650 * DAY;

type Tiering = Extract<TieringReading, { status: 'read' }>;
type ArchiveDecision = Extract<Decision, { decision: 'archive' }>;

/** What is known of archiving one snapshot; nothing where something holds it. */
type Finding =
  | { readonly kind: 'archive'; readonly snapshot: Snapshot }
  /** It lies in the archive, or is on its way there. */
  | { readonly kind: 'archived' }
  | { readonly kind: 'unsaved'; readonly why: WhyUnsaved };

type Findings = ReadonlyMap<string, Finding | undefined>;
type WhyUnsaved = { readonly because: Unsaved; readonly others?: number };

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

function withReasons({ otherwise, image }: ArchiveDecision, findings: Findings): Decision {
  const [first, ...others] = otherwise.reasons;
  return { ...otherwise, reasons: [first, ...archiveReasons(image, findings), ...others] };
}

function archiveReasons(image: Image, findings: Findings): KeepReason[] {
  const own = snapshotIdsOf(image).map((id) => [id, findings.get(id)] as const);
  // What of one image is not in the archive may share blocks with the rest of it: all of that has one reason.
  const groups = Map.groupBy(own, ([, one]) => one?.kind);
  return [...groups.values()].flatMap((group): KeepReason[] => {
    const snapshots = group.map(([id]) => id);
    const finding = group[0]?.[1];
    if (finding?.kind === 'archived') return [{ code: 'archived', snapshots }];
    if (finding?.kind !== 'unsaved') return [{ code: 'archive-held', snapshots }];
    return [{ code: 'archive-saves-nothing', snapshots, ...finding.why }];
  });
}

function findingsOf(
  account: Account,
  due: readonly ArchiveDecision[],
  decisions: readonly Decision[],
  snapshots: readonly SnapshotDecision[],
  at: Date,
): Findings {
  const staying = decisions.filter(({ decision }) => decision !== 'archive');
  const early = new Set(staying.flatMap(({ image }) => snapshotIdsOf(image)));
  const until = untilOf(due);
  const findings = new Map<string, Finding | undefined>(
    snapshots.map((one) => [one.snapshotId, one.snapshot && findingOf(one.snapshot, early, one.reasons, account)]),
  );
  const { families } = blockSharing({ decisions, snapshots });
  for (const family of families) {
    const found = family.map((id) => findings.get(id));
    const going = found.flatMap((one) => (one?.kind === 'archive' ? one.snapshot : []));
    const others = found.filter((one) => one === undefined).length;
    const why: WhyUnsaved | undefined =
      others > 0 ? { because: 'shared-blocks', others } : unsaved(going, account.target.region, at, until);
    if (why) for (const { snapshotId } of going) findings.set(snapshotId, { kind: 'unsaved', why });
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
function findingOf(
  snapshot: Snapshot,
  early: ReadonlySet<SnapshotId>,
  reasons: readonly SnapshotReason[],
  account: Account,
): Finding | undefined {
  const { snapshotId } = snapshot;
  if (snapshot.storageTier === 'archive') return { kind: 'archived' };
  const tiering = account.tierings.get(snapshotId);
  if (tiering?.status === 'unreadable') return undefined;
  if (tiering?.operation === 'archival-in-progress') return { kind: 'archived' };
  // That images map it is a reason of its own; which, is asked here.
  const isHeld = early.has(snapshotId) || reasons.some(({ code }) => code !== 'mapped');
  if (isHeld || account.snapshotDetails.get(snapshotId)?.status === 'unreadable') return undefined;
  return tiering && isMoving(snapshot, tiering, account) ? undefined : { kind: 'archive', snapshot };
}

/** True where EC2 moves a snapshot, or people restored it after this tool archived it, or nobody knows. */
function isMoving(snapshot: Snapshot, { operation, startedAt }: Tiering, { journal }: Account): boolean {
  if (operation?.endsWith('-in-progress')) return true;
  const tagged = tagValue(snapshot.tags, TAG.archivedAt);
  if (!operation?.includes('restore') || tagged === undefined) return false;
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
): WhyUnsaved | undefined {
  if (going.some(({ fullSizeBytes }) => fullSizeBytes === undefined)) return { because: 'size-unknown' };
  const { standard, archive } = snapshotPrices(region);
  const largest = Math.max(...going.map(({ fullSizeBytes = 0 }) => fullSizeBytes));
  const whole = going.reduce((sum, { fullSizeBytes = 0 }) => sum + fullSizeBytes, 0);
  if (largest * standard <= whole * archive) return { because: 'full-size' };
  const costs = going.map(({ snapshotId, fullSizeBytes = 0 }) => {
    const time = Math.min(Math.max(0, (until.get(snapshotId) ?? 0) - at.getTime()), LONGEST);
    return { stays: fullSizeBytes * standard * time, goes: fullSizeBytes * archive * Math.max(time, ARCHIVE_PAID_FOR) };
  });
  const archived = costs.reduce((sum, { goes }) => sum + goes, 0);
  return Math.max(...costs.map(({ stays }) => stays)) <= archived ? { because: 'ninety-days' } : undefined;
}
