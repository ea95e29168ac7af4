import { createHash } from 'node:crypto';
import { count } from '../../text/format.ts';
import type { Cell, ListSection, TableSection } from '../sections.ts';
import { html, type Markup, pageStart, scrollTable } from './markup.ts';

/** A page without a script: the index of runs, an organization's summary. `cells` and `rules` are styles of its own. */
export function staticPage(title: string, body: Markup, cells: string, rules = ''): string {
  const style = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}body{margin:2rem auto;max-width:75rem;padding:0 1rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .7rem;border-bottom:1px solid #8884;${cells}}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}@media print{.scroll{overflow:visible}body{max-width:none;margin:0;font-size:11px}th,td{white-space:normal;padding:.2rem .4rem}}.bad{color:light-dark(#b3261e,#ff8a80);font-weight:600}${rules}`;
  const hash = createHash('sha256').update(style).digest('base64');
  return html`${pageStart(title, style, `style-src 'sha256-${hash}'`)}<body><main><h1>${title}</h1>${body}</main></body></html>
`.text;
}

/** A section under its title, whole; nothing where it is a list without lines. */
export function sectionMarkup(section: ListSection | TableSection): Markup {
  if ('lines' in section) return listMarkup(section);
  const { title, heads, rows } = section;
  const numbers = [...heads.keys()].filter((column) => typeof rows[0]?.[column] === 'number');
  const lines = rows.map((row) => html`<tr>${row.map(cellMarkup)}</tr>\n`);
  return html`<h2>${title}</h2>\n${scrollTable(title, heads, [html`\n`, ...lines], {}, numbers)}`;
}

function listMarkup({ title, lines, isBad }: ListSection): Markup {
  if (lines.length === 0) return html``;
  const heading = title === '' ? undefined : html`<h2${isBad && html` class="bad"`}>${title}</h2>`;
  return html`${heading}<ul>${lines.map((line) => html`<li><bdi>${line}</bdi></li>`)}</ul>`;
}

function cellMarkup(cell: Cell): Markup {
  if (typeof cell === 'number') return html`<td class="number">${count(cell)}</td>`;
  if (typeof cell === 'string') return html`<td>${cell}</td>`;
  const { text, isolated, href, look } = cell;
  const words = html`${text}${isolated === undefined ? undefined : html`<bdi>${isolated}</bdi>`}`;
  const linked = href === undefined ? words : html`<a href="${href}">${words}</a>`;
  return html`<td${look === undefined ? undefined : html` class="${look}"`}>${linked}</td>`;
}
