import { html, type Markup } from './markup.ts';

const COLUMNS = [
  ['name', 'Image'],
  ['owner', 'Owner'],
  ['rule', 'Rule'],
  ['decision', 'Decision'],
  ['reason', 'Why'],
  ['created', 'Created'],
  ['storage', 'Storage'],
] as const;

/** The frame of the table of all images; the page's script fills it. */
export function explorer(): Markup {
  const filters = (['decision', 'rule', 'owner', 'reason'] as const).map(
    (name) =>
      html`<label>${name}<select id="filter-${name}" data-filter="${name}"><option value="">all</option></select></label>`,
  );
  const heads = COLUMNS.map(
    ([name, title]) =>
      html`<th scope="col" class="${name}" aria-sort="none"><button type="button" data-sort="${name}">${title}</button></th>`,
  );
  return html`<section id="images" aria-labelledby="images-title"><h2 id="images-title">All images</h2><noscript><p class="alarm">This table needs JavaScript; images.csv and report.json have the same.</p></noscript><form id="filters" class="filters" hidden><label class="search">Search<input type="search" id="search" autocomplete="off" spellcheck="false" placeholder="id, name, owner, rule, reason, reference (press /)"></label>${filters}<button type="reset">Clear</button><p id="shown" role="status"></p></form><div id="table" class="table" tabindex="0" role="region" aria-label="All images" hidden><table id="rows"><thead><tr>${heads}</tr></thead></table></div><p id="none" class="muted" hidden>No image is like that.</p></section>`;
}
