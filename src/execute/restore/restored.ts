import type { Removed } from './restore-resource.ts';

/** How it ended for one image or snapshot. */
export interface Restored {
  readonly resourceId: string;
  /** `lost` where it can't come back. */
  readonly status: 'would-restore' | 'done' | 'failed' | 'lost' | 'skipped';
  readonly reason?: string;
}

/** Why an image stays in the bin whose name was given to another one since. */
export const NAME_TAKEN =
  'another image has its name by now, and EC2 takes a name once; deregister or copy that one under another name, and restore again';

/** What is not brought back, since it is back already or was never this run's. */
export function left({ back, byOthers }: Removed): Restored[] {
  return [
    ...back.map((resourceId) => ({ resourceId, status: 'done' as const, reason: 'it is back already' })),
    ...byOthers.map((resourceId) => ({
      resourceId,
      status: 'skipped' as const,
      reason: 'it carries the run’s tag, and it was removed by somebody else, so it stays in the Recycle Bin',
    })),
  ];
}

/** Why there is nothing to bring back. */
export function whyNothing(runId: string, { isKnown, inBin }: Removed, rest: readonly Restored[]): string {
  if (!isKnown && inBin === 0)
    return `the Recycle Bin is empty, and nothing in this account and Region carries the run ${runId}; check the id and the Region`;
  if (!isKnown) return `nothing in this account and Region carries the run ${runId}; check the id and the Region`;
  const idsOf = (status: Restored['status']) =>
    rest.flatMap((one) => (one.status === status ? one.resourceId : [])).join(', ');
  const [lost, others] = [idsOf('lost'), idsOf('skipped')];
  const gone = lost === '' ? '' : ` (gone for good: ${lost})`;
  const theirs = others === '' ? '' : ` (removed by somebody else: ${others})`;
  const bin = inBin === 0 ? 'the Recycle Bin is empty' : 'the Recycle Bin holds nothing of it';
  return `nothing that the run ${runId} removed can come back: ${bin}${gone}${theirs}`;
}

/** Until when something can still be brought back. */
export function untilReason(until: Date | undefined): { reason?: string } {
  return until === undefined ? {} : { reason: `in the Recycle Bin until ${until.toISOString()}` };
}
