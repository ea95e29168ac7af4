import * as z from 'zod';
import { type Action, PASSES } from '../../model/plan.ts';
import {
  type FactKind,
  type FactKinds,
  IMAGE_REASONS,
  type Reason,
  SNAPSHOT_REASONS,
  type SnapshotReason,
} from '../../model/reasons.ts';
import type { SourceReading } from '../../model/reference.ts';
import { REFERENCE_KINDS } from '../../model/sources.ts';
import type { Serialized } from '../to-json.ts';

export const text = z.string();
export const number = z.number();
export const time = z.iso.datetime().describe('UTC, ISO 8601');
export const imageId = z.string().regex(/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/);
export const snapshotId = z.string().regex(/^snap-([0-9a-f]{8}|[0-9a-f]{17})$/);
const manager = z.enum(['aws-backup', 'data-lifecycle-manager', 'fast-launch', 'marketplace']);
export const passName = z.enum(PASSES);

/** One thing that uses an image or a snapshot. */
export const reference = z.object({
  kind: z.enum(REFERENCE_KINDS),
  resource: text,
  detail: z.exactOptional(text),
  accountId: z.exactOptional(text).describe('Its account, where it was found from another place.'),
  region: z.exactOptional(text).describe('Its Region, likewise.'),
});

const read = { name: text, references: number, calls: number };
/** What came of one source. */
export const source = z.discriminatedUnion('status', [
  z.object({
    ...read,
    status: z.literal('read'),
    read: z.exactOptional(number).describe('How many things of the source were read: groups, instances, documents.'),
  }),
  z.object({
    ...read,
    status: z.literal('unreadable'),
    error: text,
    only: z
      .exactOptional(z.array(text))
      .describe('The images or snapshots that it holds; absent: it holds everything.'),
  }),
  z.object({
    name: text,
    status: z.literal('off'),
    references: z.literal(0),
    calls: number,
    reason: z.exactOptional(text).describe('Why, where it was not the policy: AWS does not offer it in the Region.'),
  }),
]) satisfies z.ZodType<SourceReading>;

/** One action of a pass. */
export const action = z.discriminatedUnion('action', [
  z.object({ action: z.enum(['protect', 'unprotect']), imageId }),
  z.object({
    action: z.literal('deprecate'),
    imageId,
    rule: text,
    deregisterAfter: z.exactOptional(time),
    alreadyDeprecated: z.boolean(),
  }),
  z.object({
    action: z.literal('reinstate'),
    imageId,
    liftDeprecation: z.boolean(),
    enable: z.boolean(),
    giveBack: z.exactOptional(z.array(text)),
    unproven: z.exactOptional(z.array(text)),
    unmarkSnapshots: z.exactOptional(z.array(snapshotId)),
    unmarkKept: z.exactOptional(z.array(snapshotId)),
  }),
  z.object({ action: z.literal('disable'), imageId, rule: text }),
  z.object({ action: z.literal('archive'), imageId, rule: text, archiveSnapshots: z.array(snapshotId) }),
  z.object({
    action: z.literal('deregister'),
    imageId,
    rule: text,
    deleteSnapshots: z.array(snapshotId),
    keepSnapshots: z.array(snapshotId),
    markKept: z.exactOptional(z.array(snapshotId)),
  }),
  z.object({ action: z.literal('mark-orphan'), snapshotId, imageId }),
  z.object({ action: z.literal('delete-snapshot'), snapshotId, imageId }),
]) satisfies z.ZodType<Serialized<Action>>;

const FACTS: Readonly<Record<FactKind, z.ZodType>> = {
  text,
  texts: z.array(text),
  number,
  time,
  imageId,
  imageIds: z.array(imageId),
  references: z.array(reference),
  manager,
  unannounced: z.enum(['owner-changed', 'launched-since', 'outdated', 'not-promised', 'no-journal']),
  uses: z.array(z.object({ accountId: text, resourceType: text, count: number })),
  usage: z.enum(['none', 'pending', 'unreadable']),
  taken: z.enum(['deregister', 'disable']),
  unsaved: z.enum(['shared-blocks', 'full-size', 'ninety-days', 'size-unknown']),
};

type ReportSnapshotReason =
  | Serialized<Exclude<SnapshotReason, { readonly code: 'referenced' }>>
  | { readonly code: 'referenced'; readonly references: readonly z.output<typeof reference>[] };

const LAUNCHED_AT = 'A launch after the deprecation; the days count from it.';

/** Why an image stays or is due: every code that a report can hold. */
export const imageReason = reasonSchema(IMAGE_REASONS);

/** Why a snapshot stays or goes: every code that a report can hold. */
export const snapshotReason = reasonSchema(SNAPSHOT_REASONS);

function reasonSchema(table: typeof IMAGE_REASONS): z.ZodType<Serialized<Reason>>;
function reasonSchema(table: typeof SNAPSHOT_REASONS): z.ZodType<ReportSnapshotReason>;
function reasonSchema(table: Readonly<Record<string, { readonly facts: FactKinds }>>): z.ZodType {
  const [first, ...others] = Object.entries(table).map(([code, { facts }]) => {
    const members = Object.entries(facts).map(([name, kind]) => [name, factOf(name, kind)]);
    return z.object({ code: z.literal(code), ...Object.fromEntries(members) });
  });
  return first === undefined ? z.never() : z.discriminatedUnion('code', [first, ...others]);
}

function factOf(name: string, kind: FactKinds[string]): z.ZodType {
  const found = Object.entries(FACTS).find(([known]) => kind === known || kind === `${known}?`)?.[1] ?? z.never();
  const fact = kind.endsWith('?') ? z.exactOptional(found) : found;
  return name === 'launchedAt' ? fact.describe(LAUNCHED_AT) : fact;
}
