import { createHash } from 'node:crypto';
import { html, Markup } from '../report/html/markup.ts';
import { minute } from '../text/dates.ts';
import { count } from '../text/format.ts';
import type { RunEntry } from './run-entry.ts';

const STYLE = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}body{margin:2rem auto;max-width:75rem;padding:0 1rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .7rem;border-bottom:1px solid #8884;white-space:nowrap}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}.bad{color:light-dark(#b3261e,#ff8a80);font-weight:600}.enforce{font-weight:600}`;
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** The page of past runs: static, and without network, as the reports that it links to. */
export function indexPage(runs: readonly RunEntry[]): string {
  const places = new Map(runs.map(({ accountId, region }) => [`${accountId}/${region}`, { accountId, region }]));
  const latest = [...places].map(
    ([path, { accountId, region }]) =>
      html`<li><a href="../latest/${path}/report.html"><bdi>${accountId}</bdi> <bdi>${region}</bdi></a></li>`,
  );
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer"><title>AMI reports</title><style>${new Markup(STYLE)}</style></head>
<body><main><h1>AMI reports</h1><h2>Newest</h2><ul>${latest}</ul><h2>All runs: ${count(runs.length)}</h2><div class="scroll" tabindex="0" role="region" aria-label="All runs"><table><thead><tr><th scope="col">Observed</th><th scope="col">Account</th><th scope="col">Region</th><th scope="col">Mode</th><th scope="col">Passes</th><th scope="col" class="number">Images</th><th scope="col" class="number">Due</th><th scope="col" class="number">Actions</th><th scope="col">Ended</th><th scope="col">Started by</th></tr></thead><tbody>
${runs.map(row)}</tbody></table></div></main></body></html>
`.text;
}

function row(run: RunEntry): Markup {
  const { path, observedAt, accountId, region, mode, passes, images, dueImages, actions, startedBy } = run;
  const ended = endingOf(run);
  return html`<tr><td><a href="${path}report.html">${minute(observedAt)}</a></td><td>${accountId}</td><td>${region}</td><td class="${mode}">${mode}</td><td>${passes.length === 1 ? passes : 'all'}</td><td class="number">${count(images)}</td><td class="number">${count(dueImages)}</td><td class="number">${count(actions)}</td><td>${ended}</td><td><bdi>${startedBy}</bdi></td></tr>
`;
}

function endingOf({ complete, stopped, mode, done, failed }: RunEntry): Markup {
  const bad = [
    ...(complete ? [] : ['incomplete']),
    ...(stopped ? ['stopped by a limit'] : []),
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
  ];
  if (bad.length > 0) return html`<span class="bad">${bad.join(', ')}</span>`;
  return html`${mode === 'enforce' ? `${count(done)} done` : 'planned'}`;
}
