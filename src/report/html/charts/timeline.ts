import { max, sum } from 'd3-array';
import { scaleBand } from 'd3-scale';
import { count, counted } from '../../../text/format.ts';
import type { Report } from '../../shape.ts';
import { html, type Markup } from '../markup.ts';
import { asTable, linear, percent, stack } from './drawing.ts';
import { type Span, STEPS, type Timeline, timelineOf } from './timeline-data.ts';

const HEIGHT = 170;
const MOST_LABELS = 4;

const stacked = (spans: readonly Span[]) => stack(spans, STEPS, ({ counts }, step) => counts[step]);

/** What is deprecated and removed when, if nothing else changes. */
export function timeline(report: Report): Markup {
  const { unit, spans, later } = timelineOf(report);
  if (spans.length === 0)
    return html`<p class="muted">Nothing is due to happen: no action now, and none that time alone would bring.</p>`;
  const up = linear([0, max(spans, total) || 1], [HEIGHT, 20]);
  const across = scaleBand(
    spans.map((_, index) => index),
    [0, 100],
  ).padding(spans.length > 40 ? 0.1 : 0.25);
  const columns = stacked(spans).flatMap((series) =>
    series.spans.map(([from, to], index) =>
      to === from
        ? undefined
        : html`<rect class="${series.key}" x="${percent(across(index) ?? 0)}" width="${percent(across.bandwidth())}" y="${up(to)}" height="${up(from) - up(to)}"><title>${name(spans[index], unit)}: ${series.key} ${count(to - from)}</title></rect>`,
    ),
  );
  const every = Math.ceil(spans.length / MOST_LABELS);
  const labels = spans.map((span, index) => {
    const middle = (across(index) ?? 0) + across.bandwidth() / 2;
    const anchor = middle < 6 ? 'start' : middle > 94 ? 'end' : 'middle';
    const x = percent(anchor === 'start' ? 0 : anchor === 'end' ? 100 : middle);
    const label =
      index % every === 0
        ? html`<text x="${x}" y="${HEIGHT + 18}" text-anchor="${anchor}">${date(span.from, unit)}</text>`
        : undefined;
    const figure =
      total(span) > 0 && spans.length <= 30
        ? html`<text class="figure" x="${percent(middle)}" y="${up(total(span)) - 6}" text-anchor="middle">${count(total(span))}</text>`
        : undefined;
    return [label, figure];
  });
  const title = `Steps by ${unit}`;
  return html`<figure class="card"><figcaption>${title}</figcaption>${legend(spans)}<svg role="img" aria-label="${title}" width="100%" height="${HEIGHT + 26}"><line class="axis" x1="0" x2="100%" y1="${HEIGHT}" y2="${HEIGHT}"></line>${columns}${labels}</svg>${table(spans, unit)}${later === 0 ? undefined : html`<p class="muted">${counted(later, 'step')} more than two years ahead.</p>`}</figure>`;
}

function legend(spans: readonly Span[]): Markup {
  const present = STEPS.filter((step) => spans.some(({ counts }) => counts[step] > 0));
  return html`<ul class="legend">${present.map((step) => html`<li><span class="swatch ${step}"></span>${step} ${count(sum(spans, ({ counts }) => counts[step]))}</li>`)}</ul>`;
}

function table(spans: readonly Span[], unit: Timeline['unit']): Markup {
  const busy = spans.filter((span) => total(span) > 0);
  const rows = busy.map(
    (span) =>
      html`<tr><th scope="row">${name(span, unit)}</th>${STEPS.map((step) => html`<td>${count(span.counts[step])}</td>`)}</tr>`,
  );
  return asTable(`Steps by ${unit}`, ['When', ...STEPS], rows);
}

function name(span: Span | undefined, unit: Timeline['unit']): string {
  if (span === undefined) return '';
  return unit === 'week' ? `week of ${date(span.from, unit)}` : date(span.from, unit);
}

function date(from: Date, unit: Timeline['unit']): string {
  return from.toISOString().slice(0, unit === 'month' ? 7 : 10);
}

function total({ counts }: Span): number {
  return sum(STEPS, (step) => counts[step]);
}
