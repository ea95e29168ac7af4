import * as z from 'zod';
import {
  type FactKind,
  type FactKinds,
  IMAGE_REASONS,
  type Reason,
  SNAPSHOT_REASONS,
  type SnapshotReason,
} from '../../model/reasons.ts';
import type { Serialized } from '../to-json.ts';
import { imageId, manager, number, reference, text, time } from './words.ts';

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
