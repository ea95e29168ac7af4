import type { PageData } from '../src/report/html/page-data.ts';
import { count, counted, gib, money, upTo } from '../src/text/format.ts';
import { element } from './element.ts';
import { type Group, reasonsOf } from './query.ts';

const DAY = 24 * 60 * 60 * 1000;

/** One image as a group of table rows: its line, and its whole reasoning folded away. */
export function imageRow(data: PageData, row: number, open: boolean, columns: number): HTMLTableSectionElement {
  const imageId = data.imageIds[row] ?? '';
  const decision = data.decisions[data.decision[row] ?? -1] ?? '';
  const name = data.names[row] ?? '';
  const reasons = reasonsOf(data, row);
  const chips = reasons.map(([, sentence, brief]) => element('bdi', { class: 'chip', title: sentence }, brief));
  const fold = foldButton(open, element('code', {}, imageId));
  const age = (data.created[row] ?? -1) < 0 ? '—' : `${count(data.ageDays[row] ?? 0)} d`;
  const line = element(
    'tr',
    { class: 'line' },
    element(
      'th',
      { scope: 'row', class: 'name' },
      ...[fold, copyButton(imageId), element('bdi', { class: 'muted', title: name }, name)],
    ),
    element('td', { class: 'owner' }, element('bdi', {}, data.owners[data.owner[row] ?? -1] ?? '—')),
    element('td', { class: 'rule' }, element('bdi', {}, data.rules[data.rule[row] ?? -1] ?? '—')),
    element('td', { class: 'decision' }, element('span', { class: `badge ${decision}` }, decision)),
    element('td', { class: 'reason' }, element('div', { class: 'chips' }, ...chips)),
    element('td', { class: 'age' }, age),
    element('td', { class: 'launched' }, dayText(data.launched[row], '—')),
    element('td', { class: 'storage' }, gib(data.storageGiB[row] ?? 0)),
    element('td', { class: 'cost' }, money(data.monthlyCostUpTo[row] ?? 0)),
    element('td', { class: 'severity' }, data.severities[data.severity[row] ?? -1] ?? '—'),
  );
  const body = element('tbody', { class: 'item' }, line);
  if (open) body.append(detail(data, row, columns));
  return body;
}

/** What stands above the images of a group: how many they are, what becomes of them, and what they hold. */
export function groupRow(data: PageData, group: Group, open: boolean, columns: number): HTMLTableSectionElement {
  const { label, rows, storageGiB, cost } = group;
  const decided = data.decisions.flatMap((decision, index) => {
    const images = rows.filter((row) => data.decision[row] === index).length;
    return images === 0 ? [] : [' ', element('span', { class: `badge ${decision}` }, `${decision} ${count(images)}`)];
  });
  const head = element(
    'th',
    { scope: 'rowgroup', colspan: String(columns) },
    foldButton(open, element('bdi', {}, label)),
    ' ',
    element('span', { class: 'muted' }, `${counted(rows.length, 'image')}, ${gib(storageGiB)}, ${upTo(cost)}`),
    ...decided,
  );
  return element('tbody', { class: 'group' }, element('tr', { class: 'line' }, head));
}

/** The whole reasoning of one image. */
function detail(data: PageData, row: number, columns: number): HTMLTableRowElement {
  const reasons = reasonsOf(data, row).map(([, sentence]) => sentence);
  const imageId = data.imageIds[row] ?? '';
  const references = (data.references[row] ?? []).map((index) =>
    linked(data, data.referenceLinks[index] ?? '', data.referenceTable[index] ?? ''),
  );
  const snapshots = (data.snapshotIds[row] ?? []).map((id) =>
    identified(data, 'SnapshotDetails:snapshotId', `snap-${id}`),
  );
  const decision = data.decision[row] ?? -1;
  const group = data.groups[data.group[row] ?? -1];
  const next = data.next[row];
  const coming =
    next === undefined || next === 0
      ? undefined
      : `${data.decisions[next[0]] ?? ''} on ${dayText(next[1])}, if nothing else changes`;
  const facts = [
    ...fact('Image', [identified(data, 'ImageDetails:imageId', imageId)]),
    ...fact('Name', [data.names[row] ?? '']),
    ...fact('Decision', [`${data.decisions[decision] ?? ''}: ${data.meanings[decision] ?? ''}`]),
    ...fact('Why', reasons),
    ...fact('Next', coming === undefined ? [] : [coming]),
    ...fact('Referenced by', references),
    ...fact(
      'Made from',
      (data.lineage[row] ?? []).map((index) => data.ancestors[index] ?? ''),
    ),
    ...fact('Rule', [data.rules[data.rule[row] ?? -1] ?? 'no rule']),
    ...fact('Group', group === undefined ? [] : [group]),
    ...fact('Owner', [data.owners[data.owner[row] ?? -1] ?? 'no owner']),
    ...fact('Created', [dayText(data.created[row])]),
    ...fact('Last launch', [dayText(data.launched[row], 'none that AWS tells of')]),
    ...fact('Snapshots', snapshots),
    ...fact('Storage', [`${gib(data.storageGiB[row] ?? 0)}, ${upTo(data.monthlyCostUpTo[row] ?? 0)}`]),
    ...fact('Severity', [data.severities[data.severity[row] ?? -1] ?? ''].filter(Boolean)),
  ];
  return element('tr', { class: 'detail' }, element('td', { colspan: String(columns) }, element('dl', {}, ...facts)));
}

function fact(name: string, values: readonly (Node | string)[]): HTMLElement[] {
  if (values.length === 0) return [];
  return [
    element('dt', {}, name),
    ...values.map((value) => element('dd', {}, typeof value === 'string' ? element('bdi', {}, value) : value)),
  ];
}

/** An id that can be copied, and looked at in the console. */
function identified(data: PageData, view: string, id: string): HTMLElement {
  return element('span', {}, element('code', {}, id), copyButton(id), ' ', ...consoleLink(data, `${view}=${id}`, id));
}

function linked(data: PageData, fragment: string, text: string): HTMLElement {
  return element('span', {}, element('bdi', {}, text), ' ', ...consoleLink(data, fragment, text));
}

/** A link to a resource in EC2's console; nothing where its address is not known. */
function consoleLink({ console: start }: PageData, fragment: string, name: string): HTMLElement[] {
  if (start === '' || fragment === '') return [];
  const label = `${name} in the EC2 console`;
  const attributes = { class: 'console', href: start + fragment, target: '_blank', rel: 'noopener noreferrer' };
  return [element('a', { ...attributes, 'aria-label': label }, 'Console')];
}

function copyButton(text: string): HTMLButtonElement {
  const label = `Copy ${text}`;
  return element('button', { type: 'button', class: 'copy', 'data-copy': text, 'aria-label': label, title: label });
}

function foldButton(open: boolean, content: HTMLElement): HTMLButtonElement {
  return element('button', { type: 'button', class: 'fold', 'aria-expanded': String(open) }, content);
}

/** `2026-11-21` of a day since 1970. */
export function dayText(day = -1, unknown = 'unknown'): string {
  return day < 0 ? unknown : new Date(day * DAY).toISOString().slice(0, 10);
}
