import { stringify } from 'csv-stringify/sync';
import { csvText } from '../../text/untrusted.ts';
import type { ComparedImage, Comparison } from './comparison.ts';
import { whyHere } from './sentences.ts';

const COLUMNS: readonly (readonly [header: string, value: (image: ComparedImage) => string])[] = [
  ['imageId', ({ imageId }) => imageId],
  ['name', ({ name }) => name],
  ['owner', ({ owner }) => owner ?? ''],
  ['creationDate', ({ creationDate }) => creationDate ?? ''],
  ['decision', ({ policy }) => policy.decision],
  ['rule', ({ policy }) => policy.rule ?? ''],
  ['reasons', ({ policy }) => whyHere(policy)],
  ['againstDecision', ({ against }) => against.decision],
  ['againstRule', ({ against }) => against.rule ?? ''],
  ['againstReasons', ({ against }) => whyHere(against)],
];

/** The images that two policies decide differently, one a line. */
export function comparisonCsv({ images }: Comparison): string {
  const rows = images.map((image) => COLUMNS.map(([, value]) => csvText(value(image))));
  return stringify([COLUMNS.map(([header]) => header), ...rows], {
    quoted: true,
    quoted_empty: true,
    record_delimiter: 'unix',
  });
}
