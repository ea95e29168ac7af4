import * as z from 'zod';
import { PASSES } from '../../model/plan.ts';

const passCounts = z.object({
  actions: z.number(),
  deferred: z.number(),
  // Of a version before it withheld anything: a run can be redriven for two weeks.
  withheld: z.number().default(0),
  stopped: z.boolean(),
});
const storage = z.object({ snapshots: z.number(), storageGiB: z.number(), monthlyCostUpTo: z.number() });
const [deprecate, disable, deregister, deleteSnapshots] = PASSES;

/** The figures of a place that the summary adds up. */
const placeTotals = z.object({
  images: z.number(),
  dueImages: z.number(),
  storage,
  dueStorage: storage,
  deletedStorage: storage,
  passes: z.object({
    [deprecate]: passCounts,
    [disable]: passCounts,
    [deregister]: passCounts,
    [deleteSnapshots]: passCounts,
  }),
  outcomes: z.object({ done: z.number(), skipped: z.number(), failed: z.number() }),
});

/** What came of images that others share with the account. */
const sharedTotals = z.object({
  images: z.number(),
  unused: z.number(),
  /** Let go in this run; in a dry run, those that it would let go. */
  cancelled: z.number(),
});

export type SharedTotals = Readonly<z.output<typeof sharedTotals>>;

/** What the report does not tell of a place. */
const notes = z.object({
  /** Why something was left alone before all was done, in sentences. */
  stopped: z.array(z.string()),
  problems: z.array(z.string()),
  usageReportsAskedFor: z.number(),
  shared: sharedTotals.exactOptional(),
});
export type Notes = Readonly<z.output<typeof notes>>;

/** How a place ended. `closing`: all that is to be done is done, and the report is being written. */
export const endedSchema = z.discriminatedUnion('stage', [
  z.object({ stage: z.literal('closing'), notes }),
  z.object({ stage: z.literal('left-out'), status: z.enum(['skipped', 'unread']), error: z.string() }),
  z.object({
    stage: z.literal('ended'),
    rounds: z.number(),
    observedAt: z.string(),
    complete: z.boolean(),
    /** `s3://BUCKET/reports/…/`; absent where the report could not be written. */
    report: z.string().exactOptional(),
    totals: placeTotals,
    /** What went wrong, as the report tells it, a sentence each. */
    troubles: z.array(z.string()),
    notes,
  }),
]);
export type TargetResult = Readonly<z.output<typeof endedSchema>>;
