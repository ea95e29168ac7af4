import { stringify } from 'csv-stringify/sync';
import { csvText } from '../text/untrusted.ts';
import { referenceText } from './references.ts';
import { whySentence } from './sentences.ts';
import type { Report, ReportImage } from './shape.ts';

const COLUMNS: readonly (readonly [header: string, value: (image: ReportImage) => string])[] = [
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
];

const OPTIONS = { quoted: true, quoted_empty: true, record_delimiter: 'unix' } as const;
const ROWS_A_PIECE = 200;

/** images.csv, piece by piece: one image a line, every field quoted, none a formula to any spreadsheet. */
export function* imagesCsv({ images }: Report): Generator<string> {
  yield stringify([COLUMNS.map(([header]) => header)], OPTIONS);
  for (let start = 0; start < images.length; start += ROWS_A_PIECE) {
    const rows = images.slice(start, start + ROWS_A_PIECE);
    yield stringify(
      rows.map((image) => COLUMNS.map(([, value]) => csvText(value(image)))),
      OPTIONS,
    );
  }
}
