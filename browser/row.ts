import type { PageData } from '../src/report/html/page-data.ts';
import { element } from './element.ts';

const NUMBER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });
const MONEY = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const DAY = 24 * 60 * 60 * 1000;

/** One image as a group of table rows: its line, and its whole reasoning folded away. */
export function imageRow(data: PageData, row: number, open: boolean, columns: number): HTMLTableSectionElement {
  const imageId = data.imageIds[row] ?? '';
  const decision = data.decisions[data.decision[row] ?? -1] ?? '';
  const reasons = (data.reasons[row] ?? []).flatMap((index) => data.reasonTable[index]?.[1] ?? []);
  const button = element(
    'button',
    { type: 'button', class: 'fold', 'aria-expanded': String(open) },
    element('code', {}, imageId),
  );
  const line = element(
    'tr',
    { class: 'line' },
    element('th', { scope: 'row', class: 'name' }, button, element('bdi', { class: 'muted' }, data.names[row] ?? '')),
    element('td', { class: 'owner' }, element('bdi', {}, data.owners[data.owner[row] ?? -1] ?? '—')),
    element('td', { class: 'rule' }, element('bdi', {}, data.rules[data.rule[row] ?? -1] ?? '—')),
    element('td', { class: 'decision' }, element('span', { class: `badge ${decision}` }, decision)),
    element('td', { class: 'reason' }, element('bdi', {}, reasons.join(' '))),
    element('td', { class: 'created' }, dayText(data.created[row] ?? -1)),
    element('td', { class: 'storage' }, `${NUMBER.format(data.storageGiB[row] ?? 0)} GiB`),
  );
  const body = element('tbody', { class: 'item', 'data-row': String(row) }, line);
  if (open) body.append(detail(data, row, reasons, columns));
  return body;
}

/** The whole reasoning of one image. */
function detail(data: PageData, row: number, reasons: readonly string[], columns: number): HTMLTableRowElement {
  const references = (data.references[row] ?? []).map((index) => data.referenceTable[index] ?? '');
  const snapshots = (data.snapshotIds[row] ?? []).map((id) => `snap-${id}`);
  const decision = data.decision[row] ?? -1;
  const group = data.groups[data.group[row] ?? -1];
  const next = data.next[row];
  const coming =
    next === undefined || next === 0
      ? undefined
      : `${data.decisions[next[0]] ?? ''} on ${dayText(next[1])}, if nothing else changes`;
  const facts = [
    ...fact('Name', [data.names[row] ?? '']),
    ...fact('Decision', [`${data.decisions[decision] ?? ''}: ${data.meanings[decision] ?? ''}`]),
    ...fact('Rule', [data.rules[data.rule[row] ?? -1] ?? 'no rule']),
    ...fact('Group', group === undefined ? [] : [group]),
    ...fact('Owner', [data.owners[data.owner[row] ?? -1] ?? 'no owner']),
    ...fact('Why', reasons),
    ...fact('Referenced by', references),
    ...fact('Next', coming === undefined ? [] : [coming]),
    ...fact('Created', [dayText(data.created[row] ?? -1)]),
    ...fact('Snapshots', snapshots),
    ...fact('Storage', [
      `${NUMBER.format(data.storageGiB[row] ?? 0)} GiB, up to ${MONEY.format(data.monthlyCostUpTo[row] ?? 0)} a month`,
    ]),
  ];
  return element('tr', { class: 'detail' }, element('td', { colspan: String(columns) }, element('dl', {}, ...facts)));
}

function fact(name: string, values: readonly string[]): HTMLElement[] {
  if (values.length === 0) return [];
  return [element('dt', {}, name), ...values.map((value) => element('dd', {}, element('bdi', {}, value)))];
}

function dayText(day: number): string {
  return day < 0 ? 'unknown' : new Date(day * DAY).toISOString().slice(0, 10);
}
