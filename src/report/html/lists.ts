import { rollup } from 'd3-array';
import { IMAGE_REASONS, SNAPSHOT_REASONS } from '../../model/reasons.ts';
import { day } from '../../text/dates.ts';
import { count, counted, gib } from '../../text/format.ts';
import { keptGroups, snapshotGroups } from '../grouping.ts';
import { sourceNote } from '../incomplete.ts';
import { MISSING_TITLE, missingText } from '../missing.ts';
import { referenceText } from '../references.ts';
import type { Report, ReportSource } from '../shape.ts';
import { withheldAdvice, withheldOf, withheldSentence, withheldTitle } from '../withheld.ts';
import { html, type Markup } from './markup.ts';

const MOST = 100;

/** What was read, what was off, and, first, what could not be read. */
export function sources({ sources: all }: Report): Markup {
  const rows = all
    .toSorted((a, b) => rank(a) - rank(b))
    .map(
      (source) =>
        html`<tr class="${source.status}"><th scope="row"><bdi>${source.name}</bdi></th><td><span class="status">${source.status}</span></td><td>${count(source.references)}</td><td>${count(source.calls)}</td><td><bdi>${sourceNote(source)}</bdi></td></tr>`,
    );
  return html`<section id="sources" aria-labelledby="sources-title"><h2 id="sources-title">Sources</h2><div class="card scroll" tabindex="0" role="region" aria-label="Sources"><table><thead><tr><th scope="col">Source</th><th scope="col">Status</th><th scope="col">References</th><th scope="col">Calls</th><th scope="col">Why</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

/** What people may want to look into: images without an owner, references of no use, snapshots, warnings. */
export function lists(report: Report): Markup {
  return html`<section id="look" aria-labelledby="look-title"><h2 id="look-title">Worth a look</h2><div class="flow">${[
    withheld(report),
    warnings(report),
    kept(report),
    ownerless(report),
    restarted(report),
    vestigial(report),
    missing(report),
    dangling(report),
    snapshots(report),
  ]}</div></section>`;
}

function withheld(report: Report): Markup | undefined {
  const all = withheldOf(report);
  return list(withheldTitle(all), [
    ...all.map((one) => html`<bdi>${withheldSentence(one)}</bdi>`),
    ...(all.length === 0 ? [] : withheldAdvice(report, all)).map((line) =>
      line.startsWith('aws ') ? html`<code>${line}</code>` : html`${line}`,
    ),
  ]);
}

function warnings({ warnings: all }: Report): Markup | undefined {
  return list(
    'Warnings',
    all.map((warning) => html`<bdi>${warning}</bdi>`),
  );
}

function kept({ images }: Report): Markup | undefined {
  const lines = keptGroups(images).map(
    ({ code, images: group, byThisAlone }) =>
      html`<a href="#decision=keep&reason=${code}">${IMAGE_REASONS[code].title}</a> ${count(group.length)}<span class="muted">, ${count(byThisAlone)} by this alone</span>`,
  );
  return list('Why images stay', lines);
}

function ownerless({ images, totals }: Report): Markup | undefined {
  const none = images.filter(({ owner }) => owner === null);
  const byRule = [
    ...rollup(
      none,
      (group) => [group.length, group.reduce((sum, { storageGiB }) => sum + storageGiB, 0)] as const,
      ({ rule }) => rule ?? 'no rule',
    ),
  ];
  const lines = byRule
    .sort(([, [a]], [, [b]]) => b - a)
    .map(([rule, [number, storageGiB]]) => html`<bdi>${rule}</bdi>: ${counted(number, 'image')}, ${gib(storageGiB)}`);
  return list('Images without an owner', lines, {
    total: totals.imagesWithoutOwner,
    note: html`<a href="#owner=-">Show them in the table</a>`,
  });
}

function restarted({ restarted: all = [] }: Report): Markup | undefined {
  const lines = all.map(
    ({ imageId, name, deprecatedAt, launchedAt }) =>
      html`<a href="#q=${imageId}"><code>${imageId}</code></a> <bdi>${name}</bdi> <span class="muted">deprecated on ${day(deprecatedAt)}, launched on ${day(launchedAt)}</span>`,
  );
  return list('Launched after their deprecation', lines, {
    total: all.length,
    note: html`Each launch begins their waits and their notice anew.`,
  });
}

function vestigial({ vestigial: all }: Report): Markup | undefined {
  const lines = all.map((reference) => {
    const launched =
      reference.lastLaunchedTime === null ? 'no launch known' : `last launched ${day(reference.lastLaunchedTime)}`;
    return html`<a href="#q=${reference.imageId}"><code>${reference.imageId}</code></a> <bdi>${referenceText(reference)}</bdi> <span class="muted">${launched}</span>`;
  });
  return list('Vestigial references', lines, {
    total: all.length,
    note: html`Each alone keeps an image, nobody names it, and nothing was launched for 90 days.`,
  });
}

function missing({ missingImages: all = [] }: Report): Markup | undefined {
  const lines = all.map((one) => html`<bdi>${missingText(one)}</bdi>`);
  return list(MISSING_TITLE, lines, { total: all.length });
}

function dangling({ dangling: all }: Report): Markup | undefined {
  const lines = all.map(
    ({ missing, namedBy }) =>
      html`<bdi>${missing}</bdi>${namedBy.length === 0 ? undefined : html`, named by <bdi>${namedBy.join(' and ')}</bdi>`}`,
  );
  return list('References that lead nowhere', lines, { total: all.length });
}

function snapshots({ snapshots: all }: Report): Markup | undefined {
  const lines = snapshotGroups(all).map(
    ({ decision, code, count: number }) =>
      html`<b class="${decision}">${decision}</b> ${count(number)}: ${SNAPSHOT_REASONS[code].title}`,
  );
  return list('Snapshots', lines);
}

interface ListFacts {
  readonly total?: number;
  readonly note?: Markup;
}

function list(title: string, lines: readonly Markup[], { total, note }: ListFacts = {}): Markup | undefined {
  if (lines.length === 0) return undefined;
  const more = lines.length - MOST;
  return html`<div class="card"><h3>${title} ${total === undefined ? undefined : html`<span class="muted">${count(total)}</span>`}</h3>${note === undefined ? undefined : html`<p class="muted">${note}</p>`}<ul class="lines">${lines.slice(0, MOST).map((line) => html`<li>${line}</li>`)}</ul>${more > 0 ? html`<p class="muted">… and ${count(more)} more in report.json.</p>` : undefined}</div>`;
}

function rank({ status }: ReportSource): number {
  return ['unreadable', 'off', 'read'].indexOf(status);
}
