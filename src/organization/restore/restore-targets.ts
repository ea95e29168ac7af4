import pLimit from 'p-limit';
import type { Clients } from '../../aws/clients.ts';
import { failureOf } from '../../aws/errors.ts';
import { listObjects } from '../../aws/s3-objects.ts';
import { hasRemoved, type Restored } from '../../execute/restore/find-removed.ts';
import { restore } from '../../execute/restore/restore-run.ts';
import { JournalReader } from '../../journal/reader.ts';
import { type RegionTarget, regionTargetName, regionTargetOf } from '../s3-keys.ts';
import { type MemberContext, openMember } from '../targets/member.ts';

/** What bringing back a run's removals in all its targets takes; `members.actRole` is the role that restores. */
export interface RestoreTargetsRequest extends Omit<MemberContext, 'run'> {
  /** The run whose removals come back. */
  readonly runId: string;
  /** The restore's own run, which holds the locks. */
  readonly restoreRunId: string;
  /** The report bucket, whose journal says where the run removed anything. */
  readonly bucket: string;
  readonly signal?: AbortSignal;
  /** Asked once with what would come back; false makes it a dry run. */
  readonly confirm: (found: readonly RestoredTarget[]) => Promise<boolean>;
}

/** How it ended in one target. */
export interface RestoredTarget extends RegionTarget {
  readonly restored: readonly Restored[];
  /** Why nothing could be looked at there, or come back. */
  readonly error?: string;
}

const TARGETS_AT_A_TIME = 8;

/**
 * Brings back what a run removed, in every target where the journal has a record of a removal by it. What can't be
 * restored in one of them keeps none of the others.
 */
export async function restoreTargets(request: RestoreTargetsRequest): Promise<readonly RestoredTarget[]> {
  const { signal, confirm } = request;
  const found = await inAll(await journals(request), (target) => find(request, target));
  const targets = found.flat();
  const isAnyThere = targets.some(({ restored }) => restored.some(({ status }) => status === 'would-restore'));
  if (!isAnyThere || !(await confirm(targets))) return targets;
  return inAll(targets, async (target) => {
    if (target.error !== undefined) return target;
    if (signal?.aborted === true) return { ...target, restored: [], error: 'interrupted; restore again' };
    return restoreIn(request, target, true);
  });
}

function inAll<Target, Result>(targets: readonly Target[], work: (target: Target) => Promise<Result>) {
  return pLimit(TARGETS_AT_A_TIME).map(targets, work);
}

/** Every account and Region that has a journal. */
async function journals({ home, bucket }: RestoreTargetsRequest): Promise<RegionTarget[]> {
  const names = new Set<string>();
  for await (const objects of listObjects(home.s3, { Bucket: bucket, Prefix: 'journal/' })) {
    for (const { Key = '' } of objects) {
      const [, accountId, region] = /^journal\/(\d{12})\/([a-z0-9-]+)\//.exec(Key) ?? [];
      if (accountId !== undefined && region !== undefined) names.add(regionTargetName({ accountId, region }));
    }
  }
  return [...names].sort().map(regionTargetOf);
}

/** What would come back in a target; nothing where its journal knows of no removal by the run. */
async function find(request: RestoreTargetsRequest, target: RegionTarget): Promise<RestoredTarget[]> {
  const reading = await journalOf(request).read(target);
  if (reading.status === 'unreadable') return [{ ...target, restored: [], error: `the journal: ${reading.error}` }];
  return hasRemoved(request.runId, reading) ? [await restoreIn(request, target, false)] : [];
}

function journalOf({ home, bucket }: RestoreTargetsRequest): JournalReader {
  return new JournalReader({ s3: home.s3, bucket });
}

async function restoreIn(
  request: RestoreTargetsRequest,
  { accountId, region }: RegionTarget,
  isEnforced: boolean,
): Promise<RestoredTarget> {
  const { runId, restoreRunId, home, clock, signal } = request;
  const target = { accountId, region };
  try {
    const member = await openMember({ ...request, run: { runId: restoreRunId } }, accountId, 'act');
    try {
      // The journal lies with the janitor.
      const clients: Clients = { ...member.at(region), s3: home.s3 };
      const restored = await restore({
        runId,
        restoreRunId,
        clients,
        journal: journalOf(request),
        clock,
        ...(signal && { signal }),
        confirm: async () => isEnforced,
      });
      return { ...target, restored };
    } finally {
      member.destroy();
    }
  } catch (error) {
    return { ...target, restored: [], error: failureOf(error).sentence };
  }
}
