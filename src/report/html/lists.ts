import { rollups, sum } from 'd3-array';
import { IMAGE_REASONS, SNAPSHOT_REASONS } from '../../model/reasons.ts';
import { day } from '../../text/dates.ts';
import { count, counted, gib } from '../../text/format.ts';
import { keptGroups, snapshotGroups } from '../grouping.ts';
import { sourceNote } from '../incomplete.ts';
import { referenceText } from '../references.ts';
import { listsOf, moreThan } from '../sections.ts';
import type { Report, ReportSource } from '../shape.ts';
import { withheldAdvice, withheldOf, withheldSentence, withheldTitle } from '../withheld.ts';
import { html, type Markup, scrollTable } from './markup.ts';

const MOST = 100;

/** What was read, what was off, and, first, what could not be read. */
export function sources({ sources: all }: Report): Markup {
  const rows = all
    .toSorted((a, b) => rank(a) - rank(b))
    .map(
      (source) =>
        html`<tr class="${source.status}"><th scope="row"><bdi>${source.name}</bdi></th><td><span class="status">${source.status}</span></td><td>${count(source.references)}</td><td>${count(source.calls)}</td><td><bdi>${sourceNote(source)}</bdi></td></tr>`,
    );
  const heads = ['Source', 'Status', 'References', 'Calls', 'Why'];
  const table = scrollTable('Sources', heads, rows, { box: 'card scroll' });
  return html`<section id="sources" aria-labelledby="sources-title"><h2 id="sources-title">Sources</h2>${table}</section>`;
}

/** What people may want to look into: images without an owner, references of no use, snapshots, warnings. */
export function lists(report: Report): Markup {
  const { warnings, missing, ...titled } = listsOf(report);
  return html`<section id="look" aria-labelledby="look-title"><h2 id="look-title">Worth a look</h2><div class="flow">${[
    withheld(report),
    list(warnings.title, warnings.lines.map(isolated)),
    kept(report),
    ownerless(report),
    restarted(report),
    staleReferences(report, titled.stale.title),
    list(missing.title, missing.lines.map(isolated), { total: missing.lines.length }),
    dangling(report, titled.dangling.title),
    snapshots(report),
  ]}</div></section>`;
}

function withheld(report: Report): Markup | undefined {
  const all = withheldOf(report);
  const advice = all.length === 0 ? [] : withheldAdvice(report, all);
  return list(withheldTitle(all), [
    ...all.map((one) => isolated(withheldSentence(one))),
    ...advice.map((line) => (line.startsWith('aws ') ? html`<code>${line}</code>` : html`${line}`)),
  ]);
}

function kept({ images }: Report): Markup | undefined {
  const lines = keptGroups(images).map(
    ({ code, images: group, byThisAlone }) =>
      html`<a href="#decision=keep&reason=${code}">${IMAGE_REASONS[code].title}</a> ${count(group.length)}<span class="muted">, only reason for ${count(byThisAlone)}</span>`,
  );
  return list('Why images stay', lines);
}

function ownerless({ images, totals }: Report): Markup | undefined {
  const none = images.filter(({ owner }) => owner === null);
  const lines = rollups(
    none,
    (group) => [group.length, sum(group, ({ storageGiB }) => storageGiB)] as const,
    ({ rule }) => rule ?? 'no rule',
  )
    .sort(([, [a]], [, [b]]) => b - a)
    .map(([rule, [number, storageGiB]]) => html`${isolated(rule)}: ${counted(number, 'image')}, ${gib(storageGiB)}`);
  return list('Images without an owner', lines, {
    total: totals.imagesWithoutOwner,
    note: 'Show them in the table',
    link: '#owner=-',
  });
}

function restarted({ restarted: all = [] }: Report): Markup | undefined {
  const lines = all.map(({ imageId, name, deprecatedAt, launchedAt }) =>
    imageLine(imageId, name, `deprecated on ${day(deprecatedAt)}, launched on ${day(launchedAt)}`),
  );
  return list('Launched after their deprecation', lines, {
    total: all.length,
    note: 'Each launch begins their waits and their notice anew.',
  });
}

function staleReferences({ vestigial: all }: Report, title: string): Markup | undefined {
  const lines = all.map((reference) => {
    const { imageId, lastLaunchedTime: launched } = reference;
    return imageLine(
      imageId,
      referenceText(reference),
      launched === null ? 'no launch known' : `last launched ${day(launched)}`,
    );
  });
  return list(title, lines, {
    total: all.length,
    note: 'Nobody names the reference, and nothing was launched for 90 days.',
  });
}

function dangling({ dangling: all }: Report, title: string): Markup | undefined {
  const lines = all.map(
    ({ missing, namedBy }) =>
      html`${isolated(missing)}${namedBy.length === 0 ? undefined : html`, named by ${isolated(namedBy.join(' and '))}`}`,
  );
  return list(title, lines, { total: all.length });
}

function snapshots({ snapshots: all }: Report): Markup | undefined {
  const lines = snapshotGroups(all).map(
    ({ decision, code, count: number }) =>
      html`<b class="${decision}">${decision}</b> ${count(number)}: ${SNAPSHOT_REASONS[code].title}`,
  );
  return list('Snapshots', lines);
}

/** Anyone's text, whose direction moves nothing beside it. */
function isolated(text: string): Markup {
  return html`<bdi>${text}</bdi>`;
}

function imageLine(imageId: string, text: string, note: string): Markup {
  return html`<a href="#q=${imageId}"><code>${imageId}</code></a> ${isolated(text)} <span class="muted">${note}</span>`;
}

interface ListFacts {
  readonly total?: number;
  readonly note?: string;
  /** Where the note leads. */
  readonly link?: string;
}

function list(title: string, lines: readonly Markup[], { total, note, link }: ListFacts = {}): Markup | undefined {
  if (lines.length === 0) return undefined;
  const above = link === undefined ? html`${note}` : html`<a href="${link}">${note}</a>`;
  const more = moreThan(MOST, lines.length, ' in report.json.').map((line) => html`<p class="muted">${line}</p>`);
  return html`<div class="card"><h3>${title} ${total === undefined ? undefined : html`<span class="muted">${count(total)}</span>`}</h3>${note === undefined ? undefined : html`<p class="muted">${above}</p>`}<ul class="lines">${lines.slice(0, MOST).map((line) => html`<li>${line}</li>`)}</ul>${more}</div>`;
}

function rank({ status }: ReportSource): number {
  return ['unreadable', 'off', 'read'].indexOf(status);
}
