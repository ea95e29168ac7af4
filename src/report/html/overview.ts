import { accountText, count, counted, gib, minute } from '../../text/format.ts';
import { savingsHeadline, summaryOf } from '../acts.ts';
import { changesSentence } from '../changes.ts';
import { type Lookup, lookup } from '../grouping.ts';
import { incompletenessOf } from '../incomplete.ts';
import { refusedRows, refusedSentence } from '../notifications.ts';
import { costBasis, costOf } from '../prices.ts';
import { actionRow, changeRows, moreThan, type ResourceRow } from '../sections.ts';
import { DECISIONS, passSentence, plannedFor, stoppedText } from '../sentences.ts';
import type { DecisionName, Report, ReportPass } from '../shape.ts';
import { html, type Markup, scrollTable } from './markup.ts';

/** Who, where, when and by which policy. */
export function heading(report: Report): Markup {
  const { target, mode, runId, observedAt, policy } = report;
  const at = plannedFor(report);
  const planned = at === undefined ? undefined : html`<span>planned for ${minute(at)}</span>`;
  return html`<header><div><h1>AMI report <span class="where"><bdi>${accountText(target)}</bdi> <bdi>${target.region}</bdi></span></h1><p class="meta"><span class="mode ${mode}">${mode === 'dry-run' ? 'Dry run' : 'Enforced'}</span><span>observed ${minute(observedAt)}</span>${planned}<span>run <code>${runId}</code></span><span>policy <bdi>${policy.source}</bdi> <code title="sha256 ${policy.sha256}">${policy.sha256.slice(0, 12)}</code></span></p></div><button type="button" id="theme" hidden>Theme: auto</button></header>`;
}

/** What must not be overlooked: what could not be read, what failed, what a limit stopped. */
function alarms(report: Report): Markup[] {
  const { sources, outcomes, passes } = report;
  const refused = refusedRows(report).map((row) => html`<li><bdi>${refusedSentence(row)}</bdi></li>`);
  const failed = outcomes.flatMap(({ action, resourceId, status, reason }) =>
    status === 'failed' ? [html`<li>${action} <code>${resourceId}</code>: <bdi>${reason}</bdi></li>`] : [],
  );
  const stopped = passes.flatMap(({ pass, stopped: by }) =>
    by === undefined ? [] : html`<li><b>${pass}</b>: ${stoppedText(by)}</li>`,
  );
  const incomplete = incompletenessOf(sources, passes).flatMap(({ title, unread, goesOn, mend }) =>
    alarm(`Incomplete: ${title}`, [
      ...unread.map(({ name, error }) => html`<li><b><bdi>${name}</bdi></b>: <bdi>${error}</bdi></li>`),
      ...[...goesOn, mend].map((sentence) => html`<li>${sentence}</li>`),
    ]),
  );
  return [
    ...incomplete,
    ...alarm(`${counted(failed.length, 'action')} failed`, failed),
    ...alarm('Refused by AWS', refused),
    ...alarm('Stopped by a limit: nothing is done in these passes', stopped),
  ];
}

/** What could be saved, what must not be overlooked, and the figures of the account. */
export function savings(report: Report): Markup {
  const { totals: all, prices } = report;
  const shares = DECISIONS.filter((decision) => all.decisions[decision] > 0);
  const unowned = html`<a href="#owner=-">${counted(all.imagesWithoutOwner, 'image')}</a> without an owner`;
  const stored = `${counted(all.storage.snapshots, 'snapshot')}, ${costOf(all.storage)} a month`;
  return html`<section id="savings" aria-labelledby="savings-title"><h2 id="savings-title" class="headline">${savingsHeadline(report)}</h2><p>${summaryOf(report).join(' ')}</p>${alarms(report)}<div class="cards">
${card('Images', count(all.images), all.imagesWithoutOwner === 0 ? html`all with an owner` : unowned, '#images')}
${card('Due', count(all.dueImages), html`they alone hold up to ${gib(all.dueStorage.storageGiB)}`)}
${card('Snapshot storage', gib(all.storage.storageGiB), html`${stored}`)}
</div>
<svg class="shares" role="img" aria-label="Images by decision" width="100%" height="14">${bands(report, shares)}</svg>
<ul class="legend">${shares.map((decision) => html`<li><a href="#decision=${decision}"><span class="swatch ${decision}"></span>${decision} ${count(all.decisions[decision])}</a></li>`)}</ul>
<p class="muted small">${costBasis(report)} Prices: ${prices.source}.</p></section>`;
}

function bands({ totals: { images, decisions } }: Report, shares: readonly DecisionName[]): Markup[] {
  let from = 0;
  return shares.map((decision) => {
    const width = (decisions[decision] / images) * 100;
    const band = html`<rect class="${decision}" x="${from.toFixed(2)}%" width="${width.toFixed(2)}%" height="14"><title>${decision}: ${count(decisions[decision])}</title></rect>`;
    from += width;
    return band;
  });
}

function card(title: string, figure: string, below: Markup, href?: string): Markup {
  const heading = href === undefined ? html`${title}` : html`<a href="${href}">${title}</a>`;
  return html`<div class="card"><h3>${heading}</h3><p class="big">${figure}</p><p class="muted">${below}</p></div>`;
}

function alarm(title: string, lines: readonly Markup[]): Markup[] {
  return lines.length === 0 ? [] : [html`<div class="alarm" role="alert"><h2>${title}</h2><ul>${lines}</ul></div>`];
}

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
  const chips = row.brief.map((brief) => html`<bdi class="chip">${brief}</bdi>`);
  const why = chips.length === 0 ? html`<bdi class="muted">${row.why}</bdi>` : html`<div class="chips">${chips}</div>`;
  const outcome = html`<td class="${row.status ?? 'muted'}"><bdi>${row.outcome === '' ? '—' : row.outcome}</bdi></td>`;
  return html`<tr><td>${row.isListed ? html`<a href="#q=${row.resourceId}">${id}</a>` : id}<br><bdi>${row.name}</bdi></td><td><bdi>${row.owner}</bdi></td><td class="what"><b>${row.what}</b> ${why}</td>${withOutcome ? outcome : undefined}</tr>`;
}
