import type { Outcome } from '../model/outcome.ts';
import { TAG } from '../model/tags.ts';
import { type ActionOf, attempt, type Expected, type PassContext } from './pass.ts';
import { createTags } from './tags.ts';

const GONE: Expected = (name) =>
  name === 'InvalidSnapshot.NotFound' ? { status: 'done', reason: 'it was already gone' } : undefined;

/** Marks a snapshot that others orphaned: its grace runs from now, and nothing else is done to it before. */
export function markOrphan(
  { ec2, clock }: PassContext,
  { snapshotId, imageId }: ActionOf<'mark-orphan'>,
): Promise<Outcome> {
  return attempt(
    'mark-orphan',
    snapshotId,
    async () => {
      const tags = { [TAG.image]: imageId, [TAG.orphanedAt]: clock().toISOString() };
      return { status: 'done', requestId: await createTags(ec2, [snapshotId], tags) };
    },
    GONE,
  );
}
