import type { PageData } from '../src/report/html/page-data.ts';
import { byId, element } from './element.ts';
import { GROUPINGS, NONE, type Query } from './query.ts';

const FILTERS = ['decision', 'rule', 'owner', 'reason'] as const;
const MOST_OPTIONS = 300;

type Filters = Pick<Query, 'q' | 'group' | (typeof FILTERS)[number]>;

/** Fills the filters with what the data holds, the commonest first. */
export function fillFilters(data: PageData): void {
  const reasons = data.reasons.flatMap((indexes) => [
    ...new Set(indexes.map((index) => data.reasonTable[index]?.[0] ?? -1)),
  ]);
  fill('decision', data.decisions, data.decisions, data.decision);
  fill('rule', data.rules, data.rules, data.rule);
  fill('owner', data.owners, data.owners, data.owner);
  fill('reason', data.codes, data.titles, reasons);
}

/** What the filters ask for. */
export function readFilters(): Filters {
  const q = byId('search', HTMLInputElement).value.trim();
  const chosen = FILTERS.flatMap((name) => {
    const { value } = select(name);
    return value === '' ? [] : [[name, value]];
  });
  const group = GROUPINGS.find((name) => name === select('group').value);
  return { ...(q === '' ? {} : { q }), ...(group && { group }), ...Object.fromEntries(chosen) };
}

/** Shows a query in the filters. */
export function writeFilters(query: Filters): void {
  byId('search', HTMLInputElement).value = query.q ?? '';
  select('group').value = query.group ?? '';
  for (const name of FILTERS) {
    const value = query[name] ?? '';
    const list = select(name);
    if (![...list.options].some((option) => option.value === value)) list.append(element('option', { value }, value));
    list.value = value;
  }
}

function fill(
  name: (typeof FILTERS)[number],
  values: readonly string[],
  labels: readonly string[],
  column: readonly number[],
): void {
  const counts = new Map<number, number>();
  for (const index of column) counts.set(index, (counts.get(index) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const options = sorted
    .slice(0, MOST_OPTIONS)
    .map(([index, images]) =>
      element(
        'option',
        { value: values[index] ?? NONE },
        `${labels[index] ?? 'none'} (${images.toLocaleString('en-US')})`,
      ),
    );
  const rest = sorted.length - options.length;
  if (rest > 0)
    options.push(
      element('option', { value: '', disabled: '' }, `… ${rest.toLocaleString('en-US')} more: search for them`),
    );
  select(name).append(...options);
}

function select(name: string): HTMLSelectElement {
  return byId(`filter-${name}`, HTMLSelectElement);
}
