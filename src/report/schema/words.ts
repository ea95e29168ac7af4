import * as z from 'zod';
import { PASSES } from '../../model/plan.ts';
import { REFERENCE_KINDS } from '../../model/reference.ts';

export const text = z.string();
export const number = z.number();
export const time = z.iso.datetime().describe('UTC, ISO 8601');
export const imageId = z.string().regex(/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/);
export const snapshotId = z.string().regex(/^snap-([0-9a-f]{8}|[0-9a-f]{17})$/);
export const manager = z.enum(['aws-backup', 'data-lifecycle-manager', 'marketplace']);
export const passName = z.enum(PASSES);

/** One thing that uses an image or a snapshot. */
export const reference = z.object({
  kind: z.enum(REFERENCE_KINDS),
  resource: text,
  detail: z.exactOptional(text),
  accountId: z.exactOptional(text).describe('Its account, where it was found from another place.'),
  region: z.exactOptional(text).describe('Its Region, likewise.'),
});

/** A reason of a stable code with its facts. */
export function reason<Code extends string, Facts extends z.ZodRawShape>(code: Code, facts: Facts) {
  return z.object({ code: z.literal(code), ...facts });
}
