import { changesSentence } from '../changes.ts';
import { type Lookup, lookup } from '../grouping.ts';
import { actionRow, changeRows, moreThan, type ResourceRow } from '../sections.ts';
import { passSentence } from '../sentences.ts';
import type { Report, ReportPass } from '../shape.ts';
import { html, type Markup, scrollTable } from './markup.ts';

const OPEN_UP_TO = 8;

/** What is new and what is decided differently since the earlier report in the same place. */
export function changes({ changes: all }: Report): Markup | undefined {
  if (all === undefined) return undefined;
  const inside = resourceCard(html`<bdi>${changesSentence(all)}</bdi>`, changeRows(all), {
    label: 'Changed images',
    heads: ['Image', 'Owner', 'Change and why'],
    most: 100,
    wholeIn: ' in report.json.',
  });
  return html`<section id="changes" aria-labelledby="changes-title"><h2 id="changes-title">Since the last report</h2>${inside}</section>`;
}

/** What each pass would do, or did. */
export function passes(report: Report): Markup {
  const find = lookup(report);
  const title = report.mode === 'dry-run' ? 'What each pass would do' : 'What each pass did';
  return html`<section id="passes" aria-labelledby="passes-title"><h2 id="passes-title">${title}</h2>${report.passes.map((pass) => onePass(pass, report, find))}</section>`;
}

function onePass(pass: ReportPass, { mode }: Report, find: Lookup): Markup {
  const lead = html`<b class="pass ${pass.pass}">${pass.pass}</b> <span class="${pass.stopped === undefined ? 'muted' : 'bad'}">${passSentence(pass, mode)}</span>`;
  const rows = pass.actions.map((action) => actionRow(action, find));
  return resourceCard(lead, rows, {
    label: `Actions of ${pass.pass}`,
    heads: ['Resource', 'Owner', 'What and why', ...(mode === 'enforce' ? ['Outcome'] : [])],
    most: 50,
    wholeIn: ': the table of all images below has them.',
  });
}

interface CardTexts {
  readonly label: string;
  /** A fourth one for how each action ended. */
  readonly heads: readonly string[];
  readonly most: number;
  readonly wholeIn: string;
}

/** A line that folds out what is done to resources, or has changed with them. */
function resourceCard(lead: Markup, rows: readonly ResourceRow[], { label, heads, most, wholeIn }: CardTexts): Markup {
  if (rows.length === 0) return html`<div class="card pass-card">${lead}</div>`;
  const shown = rows.slice(0, most).map((row) => tableRow(row, heads.length > 3));
  const more = moreThan(most, rows.length, wholeIn).map((line) => html`<p class="muted">${line}</p>`);
  return html`<details class="card pass-card"${rows.length <= OPEN_UP_TO ? html` open` : undefined}><summary>${lead}</summary>${scrollTable(label, heads, shown, { table: 'actions' })}${more}</details>`;
}

function tableRow(row: ResourceRow, withOutcome: boolean): Markup {
  const id = html`<code>${row.resourceId}</code>`;
  const outcome = html`<td class="${row.status ?? 'muted'}"><bdi>${row.outcome === '' ? '—' : row.outcome}</bdi></td>`;
  return html`<tr><td>${row.isListed ? html`<a href="#q=${row.resourceId}">${id}</a>` : id}<br><bdi>${row.name}</bdi></td><td><bdi>${row.owner}</bdi></td><td><b>${row.what}</b> <bdi class="muted">${row.why}</bdi></td>${withOutcome ? outcome : undefined}</tr>`;
}
