import * as z from 'zod';
import { isImageId } from '../../model/ids.ts';
import { reportSchema } from '../../report/schema/schema.ts';
import { date } from '../store.ts';

/** The figures of a target's report that the summary adds up. */
export const targetTotals = reportSchema.shape.totals.pick({
  images: true,
  decisions: true,
  dueImages: true,
  imagesWithoutOwner: true,
  unreadableSources: true,
  storage: true,
  dueStorage: true,
  deletedStorage: true,
  passes: true,
  outcomes: true,
});

export type TargetTotals = Readonly<z.output<typeof targetTotals>>;

const shareTotals = z.object({
  images: z.number(),
  unused: z.number(),
  /** Cancelled in this run; in a dry run, those that it would cancel. */
  cancelled: z.number(),
  /** Too many were to be cancelled at once: none was. */
  stopped: z.boolean().default(false),
});

export type SharedTotals = Readonly<z.output<typeof shareTotals>>;

/** What the report does not say of a target. */
const notes = z.object({
  /** Why something was left alone before all was done, in sentences. */
  stopped: z.array(z.string()),
  problems: z.array(z.string()),
  usageReportsAskedFor: z.number(),
  shared: shareTotals.exactOptional(),
  /** Something was due, and the run had no time for any of it. */
  outOfTime: z.literal(true).exactOptional(),
});
export type Notes = Readonly<z.output<typeof notes>>;

/** How a target ended. `closing`: all that is to be done is done, and the report is being written. */
export const targetResult = z.discriminatedUnion('stage', [
  z.object({ stage: z.literal('closing'), notes }),
  z.object({ stage: z.literal('left-out'), status: z.enum(['skipped', 'unread']), error: z.string() }),
  z.object({
    stage: z.literal('ended'),
    rounds: z.number(),
    observedAt: z.string(),
    complete: z.boolean(),
    /** `s3://BUCKET/reports/…/`; absent where the report could not be written. */
    report: z.string().exactOptional(),
    totals: targetTotals,
    /** What went wrong, as the report says it, a sentence each. */
    troubles: z.array(z.string()),
    notes,
  }),
]);
export type TargetResult = Readonly<z.output<typeof targetResult>>;

const image = { name: z.string(), accountId: z.string(), region: z.string(), owner: z.string().exactOptional() };

/** What the owners of a target's images are to hear. */
export const targetNotifications = z.object({
  notices: z.array(
    z.object({
      ...image,
      imageId: z.string().refine(isImageId),
      family: z.string().exactOptional(),
      monthlyCostUpTo: z.number().exactOptional(),
      deprecated: z.boolean(),
      disableAt: date.exactOptional(),
      archiveAt: date.exactOptional(),
      deregisterAt: date.exactOptional(),
      isReminder: z.boolean(),
      why: z.string(),
    }),
  ),
  /** Absent in what an earlier version wrote. */
  critical: z.exactOptional(z.array(z.object({ ...image, imageId: z.string(), fix: z.string() }))),
  happenings: z.array(
    z.object({
      ...image,
      imageId: z.string(),
      family: z.string().exactOptional(),
      sentence: z.string(),
      undo: z.enum(['restore', 'keep']).exactOptional(),
      runId: z.string().exactOptional(),
    }),
  ),
});
export type TargetNotifications = Readonly<z.output<typeof targetNotifications>>;
