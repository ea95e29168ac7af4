import type * as z from 'zod';
import type { Decision } from '../model/decision.ts';
import type { reportSchema } from './schema/schema.ts';
import type { Serialized } from './to-json.ts';

type Entry<Name extends 'images' | 'snapshots' | 'passes' | 'sources' | 'outcomes' | 'vestigial'> =
  Report[Name][number];

/** report.json: the one model that every writer takes. Images and snapshots stand in order of their ids. */
export type Report = Serialized<z.output<typeof reportSchema>>;
export type DecisionName = Decision['decision'];
export type ReportImage = Entry<'images'>;
export type ReportReason = ReportImage['reasons'][number];
export type ReportReference = ReportImage['references'][number];
export type ReportSnapshot = Entry<'snapshots'>;
export type ReportSnapshotReason = ReportSnapshot['reasons'][number];
export type ReportPass = Entry<'passes'>;
export type ReportAction = ReportPass['actions'][number];
export type ReportWithheld = NonNullable<ReportPass['withheld']>[number];
export type ReportSource = Entry<'sources'>;
export type ReportOutcome = Entry<'outcomes'>;
export type ReportPrices = Report['prices'];
export type Totals = Report['totals'];
export type StorageTotals = Totals['storage'];
export type StaleReference = Entry<'vestigial'>;
export type ReportMissingImage = NonNullable<Report['missingImages']>[number];
export type ReportChanges = NonNullable<Report['changes']>;
export type ChangedImage = Extract<ReportChanges, { status: 'compared' }>['images'][number];
