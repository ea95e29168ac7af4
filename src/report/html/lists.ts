import { rollups, sum } from 'd3-array';
import { IMAGE_REASONS, SNAPSHOT_REASONS } from '../../model/reasons.ts';
import { count, counted, day, gib } from '../../text/format.ts';
import { keptGroups, snapshotGroups } from '../grouping.ts';
import { sourceCounts, sourceNote } from '../incomplete.ts';
import { referenceText } from '../references.ts';
import { listsOf, moreThan } from '../sections.ts';
import { unverifiedSentence } from '../sentences.ts';
import type { Report, ReportImage } from '../shape.ts';
import { withheldOf } from '../withheld.ts';
import { html, type Markup, scrollTable } from './markup.ts';

const MOST = 100;
const SOURCE_RANK = { unreadable: 0, off: 1, read: 2 } as const;

/** What was read, what was off, and, first, what could not be read. */
export function sources({ sources: all }: Report): Markup {
  const rows = all
    .toSorted((a, b) => SOURCE_RANK[a.status] - SOURCE_RANK[b.status])
    .map((source) => {
      const { read = '', references } = sourceCounts(source);
      return html`<tr class="${source.status}"><th scope="row"><bdi>${source.name}</bdi></th><td><span class="status">${source.status}</span></td><td>${read}</td><td>${references === undefined ? '' : count(references)}</td><td>${count(source.calls)}</td><td><bdi>${sourceNote(source)}</bdi></td></tr>`;
    });
  const heads = ['Source', 'Status', 'Read', 'References', 'Calls', 'Why'];
  const table = scrollTable('What was read', heads, rows, { box: 'card scroll' });
  return html`<section id="sources" aria-labelledby="sources-title"><h2 id="sources-title">Sources</h2>${table}</section>`;
}

/** What deserves a second look, a line that folds out for each kind of it; nothing where there is none. */
export function warnings(report: Report): Markup | undefined {
  const { warnings: said, critical, missing, stale, dangling, leftovers } = listsOf(report);
  const { restarted = [], vestigial, totals } = report;
  const withheld = withheldOf(report);
  const all = [
    ...unverifiedSentence(totals).map((sentence) => html`<p class="card warning">${sentence}</p>`),
    ...said.lines.map((line) => html`<p class="card warning">${isolated(line)}</p>`),
    warning(withheld.title, [
      ...withheld.lines.map(isolated),
      ...withheld.advice.map((line) => (line.startsWith('aws ') ? html`<code>${line}</code>` : html`${line}`)),
    ]),
    warning(critical.title, critical.lines.map(isolated)),
    warning(missing.title, missing.lines.map(isolated)),
    warning(
      dangling.title,
      report.dangling.map(
        ({ missing: gone, namedBy }) =>
          html`${isolated(gone)}${namedBy.length === 0 ? undefined : html`, named by ${isolated(namedBy.join(' and '))}`}`,
      ),
    ),
    warning(
      leftovers.title,
      leftovers.lines.map((line) => html`<code>${line}</code>`),
    ),
    warning(
      stale.title,
      vestigial.map((reference) => {
        const { imageId, lastLaunchedTime: launched } = reference;
        const note = launched === null ? 'no launch known' : `last launched ${day(launched)}`;
        return imageLine(imageId, referenceText(reference), note);
      }),
      html`Nobody names the reference, and nothing was launched for 90 days.`,
    ),
    warning(
      'Launched after their deprecation',
      restarted.map(({ imageId, name, deprecatedAt, launchedAt }) =>
        imageLine(imageId, name, `deprecated on ${day(deprecatedAt)}, launched on ${day(launchedAt)}`),
      ),
      html`Each launch begins their waits and their notice anew.`,
    ),
  ].filter((one) => one !== undefined);
  if (all.length === 0) return undefined;
  return html`<section id="warnings" aria-labelledby="warnings-title"><h2 id="warnings-title">Warnings</h2>${all}</section>`;
}

function warning(title: string, lines: readonly Markup[], note?: Markup): Markup | undefined {
  if (lines.length === 0) return undefined;
  return html`<details class="card warning"><summary><b>${title}</b> <span class="muted">${count(lines.length)}</span></summary>${note && html`<p class="muted">${note}</p>`}${listed(lines)}</details>`;
}

/** Why images stay, by reason and by rule; who owns none, and what becomes of snapshots. */
export function lists(report: Report): Markup {
  const { rules } = listsOf(report);
  const { images, totals } = report;
  const cards = [
    list(
      'By reason',
      keptGroups(images).map(
        ({ code, images: group, byThisAlone }) =>
          html`<a href="#decision=keep&reason=${code}">${IMAGE_REASONS[code].title}</a> ${count(group.length)}<span class="muted">, only reason for ${count(byThisAlone)}</span>`,
      ),
    ),
    list(rules.title, rules.lines.map(isolated)),
    list('Images without an owner', ownerless(images), {
      total: totals.imagesWithoutOwner,
      note: html`<a href="#owner=-">Show them in the table</a>`,
    }),
    list(
      'Snapshots',
      snapshotGroups(report.snapshots).map(
        ({ decision, code, count: number }) =>
          html`<b class="${decision}">${decision}</b> ${count(number)}: ${SNAPSHOT_REASONS[code].title}`,
      ),
    ),
  ];
  return html`<section id="reasons" aria-labelledby="reasons-title"><h2 id="reasons-title">Why images stay</h2><div class="flow">${cards}</div></section>`;
}

/** By rule, the most images first. */
function ownerless(images: readonly ReportImage[]): Markup[] {
  return rollups(
    images.filter(({ owner }) => owner === null),
    (group) => [group.length, sum(group, ({ storageGiB }) => storageGiB)] as const,
    ({ rule }) => rule ?? 'no rule',
  )
    .sort(([, [a]], [, [b]]) => b - a)
    .map(([rule, [number, storageGiB]]) => html`${isolated(rule)}: ${counted(number, 'image')}, ${gib(storageGiB)}`);
}

/** Anyone's text, whose direction moves nothing beside it. */
function isolated(text: string): Markup {
  return html`<bdi>${text}</bdi>`;
}

function imageLine(imageId: string, text: string, note: string): Markup {
  return html`<a href="#q=${imageId}"><code>${imageId}</code></a> ${isolated(text)} <span class="muted">${note}</span>`;
}

/** A card with a list; nothing where the list is empty. */
function list(
  title: string,
  lines: readonly Markup[],
  { total, note }: { readonly total?: number; readonly note?: Markup } = {},
): Markup | undefined {
  if (lines.length === 0) return undefined;
  return html`<div class="card"><h3>${title} ${total === undefined ? undefined : html`<span class="muted">${count(total)}</span>`}</h3>${note && html`<p class="muted">${note}</p>`}${listed(lines)}</div>`;
}

function listed(lines: readonly Markup[]): Markup {
  const more = moreThan(MOST, lines.length, ' in report.json.').map((line) => html`<p class="muted">${line}</p>`);
  return html`<ul class="lines">${lines.slice(0, MOST).map((line) => html`<li>${line}</li>`)}</ul>${more}`;
}
