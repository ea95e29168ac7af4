import { count } from '../../text/format.ts';
import { type ActionRow, actionRow } from '../action-rows.ts';
import { type Lookup, lookup } from '../grouping.ts';
import { passSentence } from '../sentences.ts';
import type { Report, ReportPass } from '../shape.ts';
import { html, type Markup } from './markup.ts';

const MOST_ROWS = 50;
const OPEN_UP_TO = 8;

/** What each pass would do, or did. */
export function passes(report: Report): Markup {
  const find = lookup(report);
  const title = report.mode === 'dry-run' ? 'What each pass would do' : 'What each pass did';
  return html`<section id="passes" aria-labelledby="passes-title"><h2 id="passes-title">${title}</h2>${report.passes.map((pass) => onePass(pass, report, find))}</section>`;
}

function onePass(pass: ReportPass, report: Report, find: Lookup): Markup {
  const sentence = passSentence(pass, report.mode);
  const told = html`<b class="pass ${pass.pass}">${pass.pass}</b> <span class="${pass.stopped === undefined ? 'muted' : 'bad'}">${sentence}</span>`;
  if (pass.actions.length === 0) return html`<div class="card pass-card">${told}</div>`;
  const rows = pass.actions.slice(0, MOST_ROWS).map((action) => actionRow(action, find));
  const enforced = report.mode === 'enforce';
  const more = pass.actions.length - rows.length;
  return html`<details class="card pass-card"${pass.actions.length <= OPEN_UP_TO ? html` open` : undefined}><summary>${told}</summary><div class="scroll" tabindex="0" role="region" aria-label="Actions of ${pass.pass}"><table class="actions"><thead><tr><th scope="col">Resource</th><th scope="col">Owner</th><th scope="col">What and why</th>${enforced ? html`<th scope="col">Outcome</th>` : undefined}</tr></thead><tbody>${rows.map((row) => tableRow(row, enforced))}</tbody></table></div>${more > 0 ? html`<p class="muted">… and ${count(more)} more: the table of all images below has them.</p>` : undefined}</details>`;
}

function tableRow(row: ActionRow, enforced: boolean): Markup {
  const about = row.resourceId.startsWith('ami-')
    ? html`<a href="#q=${row.resourceId}"><code>${row.resourceId}</code></a>`
    : html`<code>${row.resourceId}</code>`;
  const outcome = enforced
    ? html`<td class="${row.status ?? 'muted'}"><bdi>${row.outcome === '' ? '—' : row.outcome}</bdi></td>`
    : undefined;
  return html`<tr><td>${about}<br><bdi>${row.name}</bdi></td><td><bdi>${row.owner}</bdi></td><td><b>${row.what}</b> <bdi class="muted">${row.why}</bdi></td>${outcome}</tr>`;
}
