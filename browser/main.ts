/** The script of the HTML report: searches, filters, sorts and folds out every image. */
import type { PageData } from '../src/report/html/page-data.ts';
import { fragmentOf, queryOf } from './address.ts';
import { byId } from './element.ts';
import { copyFrom, saveCsv } from './export.ts';
import { fillFilters, readFilters, writeFilters } from './filters.ts';
import { Finder, type Query, SORTS, type Sort, START } from './query.ts';
import { Rows } from './rows.ts';
import { offerThemes } from './theme.ts';

const data: PageData = JSON.parse(document.getElementById('data')?.textContent ?? '');
const finder = new Finder(data);
const search = byId('search', HTMLInputElement);
const form = byId('filters', HTMLFormElement);
const table = byId('rows', HTMLTableElement);
let query: Query = START;

offerThemes();
fillFilters(data);
form.hidden = false;
byId('table', HTMLDivElement).hidden = false;
const rows = new Rows(data);

function show(wanted: Query): void {
  query = wanted;
  const found = finder.find(query);
  byId('shown', HTMLParagraphElement).textContent =
    `${found.length.toLocaleString('en-US')} of ${data.imageIds.length.toLocaleString('en-US')} images`;
  byId('none', HTMLParagraphElement).hidden = found.length > 0;
  for (const head of table.querySelectorAll('th[aria-sort]')) {
    const sorted = head.classList.contains(query.sort);
    head.setAttribute('aria-sort', sorted ? (query.descending ? 'descending' : 'ascending') : 'none');
  }
  rows.show(found, query.group && finder.groups(found, query.group));
}

/** Shows a query and keeps it in the address, so that the link can be passed on. */
function ask(wanted: Query): void {
  show(wanted);
  history.replaceState(null, '', fragmentOf(wanted) || `${location.pathname}${location.search}`);
}

function follow(): void {
  const asked = queryOf(location.hash);
  if (asked === undefined) return;
  writeFilters(asked);
  show(asked);
  document.getElementById('images')?.scrollIntoView();
}

form.addEventListener('input', () => ask({ ...readFilters(), sort: query.sort, descending: query.descending }));
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('reset', () => {
  setTimeout(() => ask({ ...readFilters(), sort: query.sort, descending: query.descending }));
});
table.tHead?.addEventListener('click', ({ target }) => {
  const name = target instanceof Element ? target.closest('[data-sort]')?.getAttribute('data-sort') : undefined;
  const sort: Sort | undefined = SORTS.find((candidate) => candidate === name);
  if (sort !== undefined) ask({ ...query, sort, descending: sort === query.sort && !query.descending });
});
byId('csv', HTMLButtonElement).addEventListener('click', () => saveCsv(data, finder.find(query)));
addEventListener('click', ({ target }) => {
  const button = target instanceof Element ? target.closest('button[data-copy]') : null;
  if (button instanceof HTMLButtonElement) copyFrom(button);
});
addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement)
    return;
  event.preventDefault();
  search.focus();
});
addEventListener('hashchange', follow);

let folded: readonly HTMLDetailsElement[] = [];
addEventListener('beforeprint', () => {
  folded = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open])')];
  for (const details of folded) details.open = true;
});
addEventListener('afterprint', () => {
  for (const details of folded) details.open = false;
});

show(START);
follow();
