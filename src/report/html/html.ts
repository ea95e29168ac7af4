import { inChunks } from '../../text/chunks.ts';
import { day } from '../../text/dates.ts';
import type { Report } from '../shape.ts';
import { barChart, byAge, byFamily, byOwner, columnChart } from './charts/bars.ts';
import { timeline } from './charts/timeline.ts';
import { SCRIPT, SCRIPT_SHA256, STYLE, STYLE_SHA256 } from './generated/page.ts';
import { lists, sources } from './lists.ts';
import { html, Markup, pageStart } from './markup.ts';
import { alarms, changes, heading, passes, totals } from './overview.ts';
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
  return html`${pageStart(`AMI report ${report.target.accountId} ${report.target.region} ${day(report.observedAt)}`, STYLE, ALLOWED)}<body><a class="skip" href="#images">Skip to all images</a>${heading(report)}<nav aria-label="Sections"><a href="#totals">At a glance</a>${report.changes === undefined ? undefined : html`<a href="#changes">Changes</a>`}<a href="#passes">Passes</a><a href="#storage">Storage</a><a href="#timeline">Timeline</a><a href="#sources">Sources</a><a href="#look">Worth a look</a><a href="#images">All images</a></nav>
<main>${alarms(report)}${totals(report)}${changes(report)}${passes(report)}${storage(report)}
<section id="timeline" aria-labelledby="timeline-title"><h2 id="timeline-title">What happens when, if nothing else changes</h2>${timeline(report)}</section>
${sources(report)}${lists(report)}${explorer()}</main>
<script type="application/json" id="data">`;
}

function storage({ images, at }: Report): Markup {
  return html`<section id="storage" aria-labelledby="storage-title"><h2 id="storage-title">Where storage goes</h2><ul class="legend"><li><span class="swatch keptGiB"></span>kept</li><li><span class="swatch dueGiB"></span>due</li></ul><div class="flow">${[
    barChart('Storage by family', byFamily(images)),
    barChart('Storage by owner', byOwner(images)),
    columnChart('Storage by age, in GiB', byAge(images, at)),
  ]}</div><p class="muted">Sizes and costs are at most; a snapshot that several images map counts in each.</p></section>`;
}

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
function explorer(): Markup {
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
