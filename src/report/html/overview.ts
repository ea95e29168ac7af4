import { minute } from '../../text/dates.ts';
import { count, counted, gib, upTo } from '../../text/format.ts';
import { incompletenessOf } from '../incomplete.ts';
import { refusedRows, refusedSentence } from '../refused.ts';
import { DECISIONS, stoppedText, unverifiedSentence } from '../sentences.ts';
import type { DecisionName, Report } from '../shape.ts';
import { html, type Markup } from './markup.ts';

/** Who, where, when and by which policy. */
export function heading({ target, mode, runId, observedAt, at, policy }: Report): Markup {
  const plannedFor = at === observedAt ? undefined : html`<span>planned for ${minute(at)}</span>`;
  return html`<header><div><h1>AMI report <span class="where"><bdi>${target.accountId}</bdi> <bdi>${target.region}</bdi></span></h1><p class="meta"><span class="mode ${mode}">${mode === 'dry-run' ? 'Dry run' : 'Enforced'}</span><span>observed ${minute(observedAt)}</span>${plannedFor}<span>run <code>${runId}</code></span><span>policy <bdi>${policy.source}</bdi> <code title="sha256 ${policy.sha256}">${policy.sha256.slice(0, 12)}</code></span></p></div><button type="button" id="theme" hidden>Theme: auto</button></header>`;
}

/** What must not be overlooked: what could not be read, what failed, what a limit stopped. */
export function alarms(report: Report): Markup[] {
  const { sources, outcomes, passes } = report;
  const refused = refusedRows(report).map((row) => html`<li><bdi>${refusedSentence(row)}</bdi></li>`);
  const failed = outcomes.flatMap(({ action, resourceId, status, reason }) =>
    status === 'failed' ? [html`<li>${action} <code>${resourceId}</code>: <bdi>${reason}</bdi></li>`] : [],
  );
  const stopped = passes.flatMap(({ pass, stopped: by }) =>
    by === undefined ? [] : html`<li><b>${pass}</b>: ${stoppedText(by)}</li>`,
  );
  const incomplete = incompletenessOf(sources, passes).flatMap(({ title, unread, goesOn }) =>
    alarm(`Incomplete: ${title}`, [
      ...unread.map(({ name, error }) => html`<li><b><bdi>${name}</bdi></b>: <bdi>${error}</bdi></li>`),
      ...goesOn.map((sentence) => html`<li>${sentence}</li>`),
    ]),
  );
  return [
    ...incomplete,
    ...alarm(`${counted(failed.length, 'action')} failed`, failed),
    ...alarm('Refused by AWS', refused),
    ...alarm('Stopped by a limit: nothing is done in these passes', stopped),
  ];
}

/** The figures that stand first. */
export function totals(report: Report): Markup {
  const { totals: all, prices, target, mode } = report;
  const verb = mode === 'dry-run' ? 'This run would delete' : 'This run deleted';
  const assumed = prices.assumed ? `, a usual price that is assumed for ${target.region}` : '';
  const shares = DECISIONS.filter((decision) => all.decisions[decision] > 0);
  return html`<section id="totals" aria-labelledby="totals-title"><h2 id="totals-title">At a glance</h2><div class="cards">
${card('Images', count(all.images), html`${counted(all.imagesWithoutOwner, 'image')} without an owner`, '#images')}
${card('Due', count(all.dueImages), html`up to ${gib(all.dueStorage.storageGiB)} that only they hold, ${upTo(all.dueStorage.monthlyCostUpTo)}${unverifiedSentence(all).map((sentence) => html`. <b>${sentence}</b>`)}`)}
${card('Snapshot storage', gib(all.storage.storageGiB), html`${counted(all.storage.snapshots, 'snapshot')}, ${upTo(all.storage.monthlyCostUpTo)}`)}
${card(verb, gib(all.deletedStorage.storageGiB), html`${counted(all.deletedStorage.snapshots, 'snapshot')}, ${upTo(all.deletedStorage.monthlyCostUpTo)}`)}
</div>
<svg class="shares" role="img" aria-label="Images by decision" width="100%" height="14">${bands(report, shares)}</svg>
<ul class="legend">${shares.map((decision) => html`<li><a href="#decision=${decision}"><span class="swatch ${decision}"></span>${decision} ${count(all.decisions[decision])}</a></li>`)}</ul>
<p class="muted">Estimated maximum: full snapshot size × $${prices.standardPerGiBMonth} per GiB-month${assumed} (${prices.asOf}, ${prices.source}). Snapshots share blocks: deleting one frees less, or nothing.</p></section>`;
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
