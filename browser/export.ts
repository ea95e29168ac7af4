import type { PageData } from '../src/report/html/page-data.ts';
import { csvText } from '../src/text/untrusted.ts';
import { element } from './element.ts';
import { reasonsOf } from './query.ts';
import { dayText } from './row.ts';

type Columns = Readonly<Record<string, (data: PageData, row: number) => string>>;

/** The columns of images.csv, as far as the page holds them. */
const COLUMNS: Columns = {
  imageId: ({ imageIds }, row) => imageIds[row] ?? '',
  name: ({ names }, row) => names[row] ?? '',
  owner: ({ owners, owner }, row) => owners[owner[row] ?? -1] ?? '',
  creationDate: ({ created }, row) => dayText(created[row], ''),
  rule: ({ rules, rule }, row) => rules[rule[row] ?? -1] ?? '',
  group: ({ groups, group }, row) => groups[group[row] ?? -1] ?? '',
  decision: ({ decisions, decision }, row) => decisions[decision[row] ?? -1] ?? '',
  reasonCodes: (data, row) =>
    reasonsOf(data, row)
      .flatMap(([code]) => data.codes[code] ?? [])
      .join(' '),
  reasons: (data, row) =>
    reasonsOf(data, row)
      .map(([, sentence]) => sentence)
      .join(' '),
  references: ({ references, referenceTable }, row) =>
    (references[row] ?? []).flatMap((index) => referenceTable[index] ?? []).join('; '),
  snapshotIds: ({ snapshotIds }, row) => (snapshotIds[row] ?? []).map((id) => `snap-${id}`).join(' '),
  storageGiB: ({ storageGiB }, row) => String(storageGiB[row]),
  monthlyCostUpTo: ({ monthlyCostUpTo }, row) => String(monthlyCostUpTo[row]),
  severity: ({ severities, severity }, row) => severities[severity[row] ?? -1] ?? '',
  lastLaunchedTime: ({ launched }, row) => dayText(launched[row], ''),
};

/** Saves rows as a CSV file, every field quoted, none a formula to any spreadsheet. */
export function saveCsv(data: PageData, rows: readonly number[]): void {
  const line = (fields: readonly string[]) =>
    `${fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')}\n`;
  const values = Object.values(COLUMNS);
  const lines = rows.map((row) => line(values.map((value) => csvText(value(data, row)))));
  const href = URL.createObjectURL(
    new Blob([line(Object.keys(COLUMNS)), ...lines], { type: 'text/csv;charset=utf-8' }),
  );
  element('a', { href, download: `images-${data.run.replace(/[^\w-]/g, '')}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** Copies what a button names; where the browser refuses, its text is selected for the reader to copy. */
export async function copyFrom(button: HTMLButtonElement): Promise<void> {
  const { copy = '' } = button.dataset;
  try {
    await navigator.clipboard.writeText(copy);
    button.dataset.copied = '';
    setTimeout(() => delete button.dataset.copied, 1500);
  } catch {
    const text = button.previousElementSibling;
    if (text !== null) getSelection()?.selectAllChildren(text);
  }
}
