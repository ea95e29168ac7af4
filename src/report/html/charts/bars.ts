import { max, nice } from 'd3-array';
import { scaleBand } from 'd3-scale';
import { count, cut, gib, money, upTo } from '../../../text/format.ts';
import { html, type Markup } from '../markup.ts';
import type { Bar } from './chart-data.ts';
import { asTable, linear, percent, stack } from './drawing.ts';

const ROW = 38;
const LABEL_LENGTH = 24;
const COLUMNS_HEIGHT = 180;
const SERIES = ['dueGiB', 'keptGiB'] as const;

const stacked = (bars: readonly Bar[]) => stack(bars, SERIES, (bar, key) => bar[key]);

/** Bars that lie, one below the other, each with its label and figures above it. */
export function barChart(title: string, bars: readonly Bar[]): Markup {
  const across = linear([0, largest(bars)], [0, 100]);
  const down = scaleBand(
    bars.map((_, index) => index),
    [0, bars.length * ROW],
  );
  const segments = stacked(bars).flatMap((series) =>
    series.spans.map(
      ([from, to], index) =>
        html`<rect class="${series.key}" x="${percent(across(from))}" width="${percent(across(to - from))}" y="${(down(index) ?? 0) + 20}" height="10" rx="2"></rect>`,
    ),
  );
  const labels = bars.map(
    (bar, index) =>
      html`<g><title>${tooltip(bar)}</title><text x="0" y="${(down(index) ?? 0) + 13}">${cut(bar.label, LABEL_LENGTH)}</text><text class="figure" x="100%" y="${(down(index) ?? 0) + 13}" text-anchor="end">${gib(bar.keptGiB + bar.dueGiB)}, up to ${money(bar.monthlyCostUpTo)}</text></g>`,
  );
  return figure(
    title,
    bars,
    html`<svg role="img" aria-label="${title}" width="100%" height="${bars.length * ROW}">${segments}${labels}</svg>`,
  );
}

/** Bars that stand, in an order of their own. */
export function columnChart(title: string, bars: readonly Bar[]): Markup {
  const up = linear(nice(0, largest(bars), 4), [COLUMNS_HEIGHT, 22]);
  const across = scaleBand(
    bars.map(({ label }) => label),
    [0, 100],
  ).padding(0.2);
  const columns = stacked(bars).flatMap((series) =>
    series.spans.map(([from, to], index) => {
      const x = across(bars[index]?.label ?? '') ?? 0;
      return html`<rect class="${series.key}" x="${percent(x)}" width="${percent(across.bandwidth())}" y="${up(to)}" height="${up(from) - up(to)}"></rect>`;
    }),
  );
  const labels = bars.map((bar) => {
    const middle = percent((across(bar.label) ?? 0) + across.bandwidth() / 2);
    const size = bar.keptGiB + bar.dueGiB;
    return html`<g><title>${tooltip(bar)}</title><text class="figure" x="${middle}" y="${up(size) - 6}" text-anchor="middle">${size === 0 ? '' : count(Math.round(size))}</text><text x="${middle}" y="${COLUMNS_HEIGHT + 18}" text-anchor="middle">${bar.label}</text></g>`;
  });
  return figure(
    title,
    bars,
    html`<svg class="columns" role="img" aria-label="${title}" width="100%" height="${COLUMNS_HEIGHT + 26}"><line class="axis" x1="0" x2="100%" y1="${COLUMNS_HEIGHT}" y2="${COLUMNS_HEIGHT}"></line>${columns}${labels}</svg>`,
  );
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

function largest(bars: readonly Bar[]): number {
  return max(bars, ({ keptGiB, dueGiB }) => keptGiB + dueGiB) || 1;
}
