import pc from 'picocolors';
import type { EarlierReport } from '../../src/report/changes.ts';
import { imagesCsv as csvPieces } from '../../src/report/csv.ts';
import { reportHtml as htmlPieces } from '../../src/report/html/html.ts';
import { embeddedJson as embeddedPieces } from '../../src/report/html/page-data.ts';
import { reportJson as jsonPieces } from '../../src/report/json.ts';
import type { Report } from '../../src/report/report.ts';
import { type ParsedReport, readReport } from '../../src/report/schema/read-report.ts';
import { reportSchema } from '../../src/report/schema/schema.ts';

/** The files of a report whole, as their readers have them. */
export const reportJson = (report: Report): string => [...jsonPieces(report)].join('');
export const reportHtml = (report: Report): string => [...htmlPieces(report)].join('');
export const imagesCsv = (report: Report): string => [...csvPieces(report)].join('');
export const embeddedJson = (value: unknown): string => [...embeddedPieces(value)].join('');

/** A report as it is read where an earlier run has written it. */
export const earlierReport = (json: string): EarlierReport => ({ status: 'read', json: Buffer.from(json) });

/** No colors: for pipes and NO_COLOR. */
export const PLAIN = pc.createColors(false);

/** A written report as its readers take it, with the images and snapshots that they don't hold. */
export function parseReport(json: string): ParsedReport {
  const parsed = readReport(Buffer.from(json), () => {});
  return parsed.ok ? { ok: true, report: reportSchema.parse(JSON.parse(json)) } : parsed;
}
