import { max, nice, sum } from 'd3-array';
import { scaleBand } from 'd3-scale';
import { count, cut, DAY, gib, money, upTo } from '../../../text/format.ts';
import { isDue } from '../../due.ts';
import type { ReportImage } from '../../shape.ts';
import { html, type Markup } from '../markup.ts';
import { asTable, linear, percent, stack } from './drawing.ts';

/** One bar: what is kept, and what is due. */
export interface Bar {
  readonly label: string;
  readonly images: number;
  readonly keptGiB: number;
  readonly dueGiB: number;
  readonly monthlyCostUpTo: number;
}

const MOST_BARS = 12;
const AGES: readonly (readonly [beforeDays: number, label: string])[] = [
  [30, '<1 mo'],
  [90, '1–3 mo'],
  [180, '3–6 mo'],
  [365, '½–1 y'],
  [730, '1–2 y'],
  [1095, '2–3 y'],
  [Number.POSITIVE_INFINITY, '>3 y'],
];

/** Storage by what an image belongs to: its group where its rule counts by group, else its rule. */
export function byFamily(images: readonly ReportImage[]): Bar[] {
  return largestBy(images, ({ rule, group }) => group ?? rule ?? 'no rule');
}

/** Storage by owner. */
export function byOwner(images: readonly ReportImage[]): Bar[] {
  return largestBy(images, ({ owner }) => owner ?? 'no owner');
}

/** Storage by age, youngest first; unknown ages last, where there are any. */
export function byAge(images: readonly ReportImage[], at: string): Bar[] {
  const groups = Map.groupBy(images, ({ creationDate }) => ageOf(creationDate, at));
  const labels = [...AGES.map(([, label]) => label), ...(groups.has('unknown') ? ['unknown'] : [])];
  return labels.map((label) => barOf(label, groups.get(label) ?? []));
}

function ageOf(creationDate: string | null, at: string): string {
  if (creationDate === null) return 'unknown';
  const ageDays = (Date.parse(at) - Date.parse(creationDate)) / DAY;
  return AGES.find(([beforeDays]) => ageDays < beforeDays)?.[1] ?? 'unknown';
}

/** The largest bars, and the small ones folded into one. */
function largestBy(images: readonly ReportImage[], labelOf: (image: ReportImage) => string): Bar[] {
  const groups = [...Map.groupBy(images, labelOf)]
    .map(([label, group]) => ({ bar: barOf(label, group), group }))
    .sort((a, b) => size(b.bar) - size(a.bar) || (a.bar.label < b.bar.label ? -1 : 1));
  if (groups.length <= MOST_BARS) return groups.map(({ bar }) => bar);
  const rest = groups.splice(MOST_BARS - 1);
  const others = rest.flatMap(({ group }) => group);
  return [...groups.map(({ bar }) => bar), barOf(`${rest.length} others`, others)];
}

/** What is due, and known not to be shared with anybody who keeps it, stands apart. */
function barOf(label: string, images: readonly ReportImage[]): Bar {
  const isSaving = (image: ReportImage) => isDue(image) && image.unverified !== true;
  return {
    label,
    images: images.length,
    keptGiB: sum(images, (image) => (isSaving(image) ? 0 : image.storageGiB)),
    dueGiB: sum(images, (image) => (isSaving(image) ? image.storageGiB : 0)),
    monthlyCostUpTo: sum(images, (image) => image.monthlyCostUpTo),
  };
}

function size({ keptGiB, dueGiB }: Bar): number {
  return keptGiB + dueGiB;
}

const ROW = 38;
const LABEL_LENGTH = 24;
const COLUMNS_HEIGHT = 180;

/** Bars that lie, one below the other, each with its label and figures above it. */
export function barChart(title: string, bars: readonly Bar[]): Markup {
  const across = linear([0, max(bars, size) || 1], [0, 100]);
  const down = scaleBand<Bar>(bars, [0, bars.length * ROW]);
  const segments = stacked(bars).map(
    ({ key, column, from, to }) =>
      html`<rect class="${key}" x="${percent(across(from))}" width="${percent(across(to - from))}" y="${(down(column) ?? 0) + 20}" height="10" rx="2"></rect>`,
  );
  const labels = bars.map((bar) => {
    const y = (down(bar) ?? 0) + 13;
    return html`<g><title>${tooltip(bar)}</title><text x="0" y="${y}">${cut(bar.label, LABEL_LENGTH)}</text><text class="figure" x="100%" y="${y}" text-anchor="end">${gib(size(bar))}, up to ${money(bar.monthlyCostUpTo)}</text></g>`;
  });
  const picture = html`<svg role="img" aria-label="${title}" width="100%" height="${bars.length * ROW}">${segments}${labels}</svg>`;
  return figure(title, bars, picture);
}

/** Bars that stand, in an order of their own. */
export function columnChart(about: string, bars: readonly Bar[]): Markup {
  const [unit, inUnit] = (max(bars, size) ?? 0) < 1024 ? (['GiB', 1] as const) : (['TiB', 1024] as const);
  const title = `${about}, in ${unit}`;
  const up = linear(nice(0, max(bars, size) || 1, 4), [COLUMNS_HEIGHT, 22]);
  const across = scaleBand<Bar>(bars, [0, 100]).padding(0.2);
  // There is little room above a column.
  const brief = (amount: number) => (amount < 0.05 ? '<0.1' : count(amount < 10 ? amount : Math.round(amount)));
  const columns = stacked(bars).map(
    ({ key, column, from, to }) =>
      html`<rect class="${key}" x="${percent(across(column) ?? 0)}" width="${percent(across.bandwidth())}" y="${up(to)}" height="${up(from) - up(to)}"></rect>`,
  );
  const labels = bars.map((bar) => {
    const middle = percent((across(bar) ?? 0) + across.bandwidth() / 2);
    return html`<g><title>${tooltip(bar)}</title><text class="figure" x="${middle}" y="${up(size(bar)) - 6}" text-anchor="middle">${size(bar) === 0 ? '' : brief(size(bar) / inUnit)}</text><text x="${middle}" y="${COLUMNS_HEIGHT + 18}" text-anchor="middle">${bar.label}</text></g>`;
  });
  const picture = html`<svg class="columns" role="img" aria-label="${title}" width="100%" height="${COLUMNS_HEIGHT + 26}"><line class="axis" x1="0" x2="100%" y1="${COLUMNS_HEIGHT}" y2="${COLUMNS_HEIGHT}"></line>${columns}${labels}</svg>`;
  return figure(title, bars, picture);
}

function stacked(bars: readonly Bar[]) {
  return stack(bars, ['dueGiB', 'keptGiB'], (bar, key) => bar[key]);
}

function figure(title: string, bars: readonly Bar[], picture: Markup): Markup {
  const rows = bars.map(
    (bar) =>
      html`<tr><th scope="row">${bar.label}</th><td>${count(bar.images)}</td><td>${gib(bar.keptGiB)}</td><td>${gib(bar.dueGiB)}</td><td>${upTo(bar.monthlyCostUpTo)}</td></tr>`,
  );
  return html`<figure class="card"><figcaption>${title}</figcaption>${picture}${asTable(title, ['Part', 'Images', 'Kept', 'Due', 'Cost'], rows)}</figure>`;
}

function tooltip(bar: Bar): string {
  return `${bar.label}: ${count(bar.images)} images, ${gib(bar.keptGiB)} kept, ${gib(bar.dueGiB)} due, ${upTo(bar.monthlyCostUpTo)}`;
}
