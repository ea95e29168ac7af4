import { stringify } from 'csv-stringify/sync';
import { csvText } from '../text/untrusted.ts';
import { whySentence } from './reason-sentences.ts';
import { referenceText } from './references.ts';
import type { Report, ReportImage } from './shape.ts';

export type Columns<Row> = readonly (readonly [header: string, value: (row: Row) => string])[];

const COLUMNS: Columns<ReportImage> = [
  ['imageId', ({ imageId }) => imageId],
  ['name', ({ name }) => name],
  ['owner', ({ owner }) => owner ?? ''],
  ['creationDate', ({ creationDate }) => creationDate ?? ''],
  ['rule', ({ rule }) => rule ?? ''],
  ['decision', ({ decision }) => decision],
  ['reasonCodes', ({ reasons }) => reasons.map(({ code }) => code).join(' ')],
  ['reasons', whySentence],
  ['references', ({ references }) => references.map(referenceText).join('; ')],
  ['snapshotIds', ({ snapshotIds }) => snapshotIds.join(' ')],
  ['storageGiB', ({ storageGiB }) => String(storageGiB)],
  ['monthlyCostUpTo', ({ monthlyCostUpTo }) => String(monthlyCostUpTo)],
  ['nextDecision', ({ next }) => next?.decision ?? ''],
  ['nextAt', ({ next }) => next?.at ?? ''],
  ['unverified', ({ unverified }) => (unverified === true ? 'true' : '')],
  ['severity', ({ severity }) => severity ?? ''],
  ['fixAvailableSince', ({ fixAvailableSince }) => fixAvailableSince ?? ''],
  ['lastLaunchedTime', ({ lastLaunchedTime }) => lastLaunchedTime ?? ''],
];

/** images.csv, piece by piece. */
export function imagesCsv({ images }: Report): Generator<string> {
  return csv(COLUMNS, images);
}

const ROWS_A_PIECE = 200;

/** CSV, piece by piece: a head and one row a line, every field quoted, none a formula to any spreadsheet. */
export function* csv<Row>(columns: Columns<Row>, rows: readonly Row[]): Generator<string> {
  const lines = (records: string[][]) =>
    stringify(records, { quoted: true, quoted_empty: true, record_delimiter: 'unix' });
  yield lines([columns.map(([header]) => header)]);
  for (let start = 0; start < rows.length; start += ROWS_A_PIECE) {
    const piece = rows.slice(start, start + ROWS_A_PIECE);
    yield lines(piece.map((row) => columns.map(([, value]) => csvText(value(row)))));
  }
}
