import type { Outcome } from '../../model/outcome.ts';
import { TAG } from '../../model/tags.ts';
import { type ActionOf, attempt, type Expected, isRefusal, type PassContext } from './pass.ts';
import { createTags } from './tags.ts';

const GONE: Expected = (name) =>
  name === 'InvalidSnapshot.NotFound' ? { status: 'done', reason: 'it was already gone' } : undefined;

/** Marks a snapshot that others orphaned: its grace runs from now, and nothing else is done to it before. */
export async function markOrphan(
  { ec2, clock, notes }: PassContext,
  { snapshotId, imageId }: ActionOf<'mark-orphan'>,
): Promise<Outcome> {
  let mayBeDone = true;
  const outcome = await attempt(
    'mark-orphan',
    snapshotId,
    async () => {
      const tags = { [TAG.image]: imageId, [TAG.orphanedAt]: clock().toISOString() };
      const requestId = await createTags(ec2, [snapshotId], tags).catch((error: unknown) => {
        mayBeDone = !isRefusal(error);
        throw error;
      });
      return { status: 'done', requestId };
    },
    GONE,
  );
  if (!mayBeDone) notes?.untouched();
  return outcome;
}
