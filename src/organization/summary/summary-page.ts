import { createHash } from 'node:crypto';
import { html, Markup } from '../../report/html/markup.ts';
import { minute } from '../../text/dates.ts';
import { count } from '../../text/format.ts';
import type { OrganizationSummary, TargetSummary } from './summary.ts';
import { endingOf, summaryLines } from './summary-markdown.ts';

const STYLE = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}body{margin:2rem auto;max-width:75rem;padding:0 1rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .7rem;border-bottom:1px solid #8884;vertical-align:top}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}.bad{color:light-dark(#b3261e,#ff8a80);font-weight:600}`;
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** summary.html: static, and without network; it leads to the report of each target. */
export function summaryPage(summary: OrganizationSummary): string {
  const { runId, mode, startedAt, policy, troubles, places, leftOut } = summary;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer"><title>AMI summary of the organization</title><style>${new Markup(STYLE)}</style></head>
<body><main><h1>AMI summary of the organization</h1>
<p>${mode === 'dry-run' ? 'Dry run' : 'Enforcing run'} <bdi>${runId}</bdi>, started ${minute(startedAt)}, policy <bdi>${policy.source}</bdi> (sha256 ${policy.sha256.slice(0, 12)})</p>
${troubles.length === 0 ? undefined : html`<h2 class="bad">Problems: ${count(troubles.length)}</h2>${list(troubles)}`}
${list(summaryLines(summary))}
<h2>Targets: ${count(places.length)}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Targets"><table><thead><tr><th scope="col">Account</th><th scope="col">Region</th><th scope="col" class="number">Images</th><th scope="col" class="number">Due</th><th scope="col">Ended</th></tr></thead><tbody>
${places.map(row)}</tbody></table></div>
${leftOut.length === 0 ? undefined : html`<h2>Left out: ${count(leftOut.length)}</h2>${list(leftOut.map(({ accountId, region, reason }) => `${[accountId, region].filter(Boolean).join(' ')}: ${reason}`))}`}
</main></body></html>
`.text;
}

function row(target: TargetSummary): Markup {
  const { accountId, name, region, images, dueImages, report } = target;
  const path = pathOf(report);
  const where = html`${accountId} <bdi>${name ?? ''}</bdi>`;
  const linked = path === undefined ? where : html`<a href="../../${path}report.html">${where}</a>`;
  const bad = target.status !== 'ended' || target.complete !== true || target.failed > 0 || target.troubles.length > 0;
  return html`<tr><td>${linked}</td><td>${region}</td><td class="number">${count(images)}</td><td class="number">${count(dueImages)}</td><td${new Markup(bad ? ' class="bad"' : '')}><bdi>${endingOf(target)}</bdi></td></tr>
`;
}

function list(lines: readonly string[]): Markup {
  return html`<ul>${lines.map((line) => html`<li><bdi>${line}</bdi></li>`)}</ul>`;
}

/** `reports/…/` of `s3://BUCKET/reports/…/`; the summary lies two folders below the bucket, here and in `latest/`. */
function pathOf(report: string | undefined): string | undefined {
  return /^s3:\/\/[^/]+\/((?:[\w-]+\/)+)$/.exec(report ?? '')?.[1];
}
