import { inChunks } from '../../text/chunks.ts';
import { accountText, day } from '../../text/format.ts';
import type { Report } from '../shape.ts';
import { barChart, byAge, byFamily, byOwner, columnChart } from './charts/bars.ts';
import { timeline } from './charts/timeline.ts';
import { SCRIPT, SCRIPT_SHA256, STYLE, STYLE_SHA256 } from './generated/page.ts';
import { lists, sources, warnings } from './lists.ts';
import { html, Markup, pageStart } from './markup.ts';
import { changes, heading, passes, savings } from './overview.ts';
import { embeddedJson, pageData } from './page-data.ts';

// Only this page's own script and style, whatever a name contains.
const ALLOWED = `script-src 'sha256-${SCRIPT_SHA256}'; style-src 'sha256-${STYLE_SHA256}'`;

/** report.html, piece by piece: one file that needs no network, from S3, mail or disk. */
export function reportHtml(report: Report): Iterable<string> {
  return inChunks(parts(report));
}

function* parts(report: Report): Generator<string> {
  yield beforeData(report).text;
  yield* embeddedJson(pageData(report));
  yield html`</script><script>${new Markup(SCRIPT)}</script></body></html>
`.text;
}

function beforeData(report: Report): Markup {
  const sections = [
    ...(['savings', 'warnings', 'passes', 'changes', 'images', 'storage', 'timeline', 'reasons', 'sources'] as const),
  ];
  const parts = {
    savings: savings(report),
    warnings: warnings(report),
    passes: passes(report),
    changes: changes(report),
    images: explorer(report),
    storage: storage(report),
    timeline: html`<section id="timeline" aria-labelledby="timeline-title"><h2 id="timeline-title">What happens when, if nothing else changes</h2>${timeline(report)}</section>`,
    reasons: lists(report),
    sources: sources(report),
  };
  const shown = sections.filter((name) => parts[name] !== undefined);
  const links = shown.map((name) => html`<a href="#${name}">${LINKS[name]}</a>`);
  return html`${pageStart(`AMI report ${accountText(report.target)} ${report.target.region} ${day(report.observedAt)}`, STYLE, ALLOWED)}<body><a class="skip" href="#images">Skip to all images</a>${heading(report)}<nav aria-label="Sections">${links}</nav>
<main>${shown.map((name) => html`${parts[name]}\n`)}</main>
<script type="application/json" id="data">`;
}

const LINKS = {
  savings: 'Savings',
  warnings: 'Warnings',
  passes: 'Actions',
  changes: 'Changes',
  images: 'All images',
  storage: 'Storage',
  timeline: 'Timeline',
  reasons: 'Why images stay',
  sources: 'Sources',
};

function storage({ images, at }: Report): Markup {
  const byAges = byAge(images, at);
  return html`<section id="storage" aria-labelledby="storage-title"><h2 id="storage-title">Where storage goes</h2><ul class="legend"><li><span class="swatch keptGiB"></span>kept</li><li><span class="swatch dueGiB"></span>due</li></ul><div class="flow">${[
    barChart('Storage by family', byFamily(images)),
    barChart('Storage by owner', byOwner(images)),
    columnChart('Storage by age', byAges),
  ]}</div><p class="muted">Sizes and costs are at most; a snapshot that several images map counts in each.</p></section>`;
}

const COLUMNS = [
  ['name', 'Image'],
  ['owner', 'Owner'],
  ['rule', 'Rule'],
  ['decision', 'Decision'],
  ['reason', 'Why'],
  ['age', 'Age'],
  ['launched', 'Last launch'],
  ['storage', 'Size'],
  ['cost', 'Cost'],
  ['severity', 'Severity'],
] as const;

const SEARCH = 'id, name, owner, rule, reason, reference (press /)';

/** The frame of the table of all images; the page's script fills it. */
function explorer({ images }: Report): Markup {
  const option = (value: string) => html`<option value="${value}">${value}</option>`;
  const filters = (['Decision', 'Rule', 'Owner', 'Reason'] as const).map(
    (name) =>
      html`<label>${name}<select id="filter-${name.toLowerCase()}"><option value="">all</option></select></label>`,
  );
  const grouping = html`<label>Group by<select id="filter-group"><option value="">nothing</option>${['owner', 'family', 'rule', 'reason'].map(option)}</select></label>`;
  const heads = COLUMNS.map(
    ([name, title]) =>
      html`<th scope="col" class="${name}" aria-sort="none"><button type="button" data-sort="${name}">${title}</button></th>`,
  );
  // Where nothing was scanned, a column of nothing says nothing.
  const kind = images.some(({ severity }) => severity !== undefined) ? '' : 'unscanned';
  return html`<section id="images" aria-labelledby="images-title"><h2 id="images-title">All images</h2><noscript><p class="alarm">This table needs JavaScript; images.csv and report.json have the same.</p></noscript><form id="filters" class="filters" hidden><label class="search">Search<input type="search" id="search" autocomplete="off" spellcheck="false" placeholder="${SEARCH}"></label>${filters}${grouping}<div class="found"><p id="shown" role="status"></p><button type="reset">Clear</button><button type="button" id="csv">Download as CSV</button></div></form><div id="table" class="table" tabindex="0" role="region" aria-label="The table of all images" hidden><table id="rows" class="${kind}"><thead><tr>${heads}</tr></thead></table></div><p id="none" class="muted" hidden>No image is like that.</p><p id="unprinted" class="muted"></p></section>`;
}
