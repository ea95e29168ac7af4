import { extent } from 'd3-array';
import { linear } from '../report/html/charts/drawing.ts';
import { html, type Markup, scrollTable } from '../report/html/markup.ts';
import { count, day, gib, money } from '../text/format.ts';

/** What is taken of a run. */
interface TrendRun {
  readonly accountId: string;
  readonly region: string;
  readonly observedAt: string;
  readonly images: number;
  readonly dueImages: number;
  /** Absent in what an earlier version wrote, as is the next. */
  readonly storageGiB?: number;
  readonly savingUpTo?: number;
  /** It asked a question, and stands in no trend. */
  readonly whatIf?: true;
}

/** A figure of a run as it goes over the runs, and how it is written. */
const FIGURES = [
  ['Images', ({ images }: TrendRun) => images, count],
  ['Due', ({ dueImages }: TrendRun) => dueImages, count],
  ['Storage', ({ storageGiB }: TrendRun) => storageGiB, gib],
  ['To be saved a month, up to', ({ savingUpTo }: TrendRun) => savingUpTo, money],
] as const;

/**
 * The newest report of each account and Region, with how its figures went over the runs.
 * @param runs the newest first
 */
export function trendTable(runs: readonly TrendRun[]): Markup {
  const places = [...Map.groupBy(runs, ({ accountId, region }) => `${accountId}/${region}`)];
  const rows = places.map(([path, own]) => {
    const [newest] = own;
    const days = [...Map.groupBy(own.filter(({ whatIf }) => whatIf !== true).toReversed(), dayOf).values()];
    const daily = days.flatMap((all) => all.at(-1) ?? []);
    const cells = FIGURES.map(([name, figure, written]) => trendCell(name, daily, figure, written));
    return html`<tr><td><a href="../latest/${path}/report.html"><bdi>${newest?.accountId}</bdi> <bdi>${newest?.region}</bdi></a></td>${cells}</tr>\n`;
  });
  return scrollTable('Newest', ['Newest report', ...FIGURES.map(([name]) => name)], rows, {}, [1, 2, 3, 4]);
}

function dayOf({ observedAt }: TrendRun): string {
  return day(observedAt);
}

/** The newest value, by how much it has changed, and a line of the values between; runs of earlier versions lack some. */
function trendCell(
  name: string,
  daily: readonly TrendRun[],
  figure: (run: TrendRun) => number | undefined,
  written: (value: number) => string,
): Markup {
  const points = daily.flatMap((run) => {
    const value = figure(run);
    return value === undefined ? [] : [{ at: Date.parse(run.observedAt), value, day: dayOf(run) }];
  });
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return html`<td class="number">—</td>`;
  if (first === last) return html`<td class="number">${written(last.value)}</td>`;
  const change = last.value - first.value;
  const sign = change === 0 ? '±' : change < 0 ? '−' : '+';
  const [least = 0, most = 0] = extent(points, ({ value }) => value);
  const across = linear([first.at, last.at], [2, 118]);
  const up = linear([least, most === least ? least + 1 : most], [24, 4]);
  const line = points.map(({ at, value }) => `${across(at).toFixed(1)},${up(value).toFixed(1)}`).join(' ');
  const says = `${name}: ${written(first.value)} on ${first.day}, ${written(last.value)} on ${last.day}, between ${written(least)} and ${written(most)}`;
  return html`<td class="number">${written(last.value)}<br><svg role="img" aria-label="${says}" width="120" height="28"><title>${says}</title><polyline points="${line}" fill="none" stroke="currentColor" stroke-width="1.5"></polyline><circle cx="118" cy="${up(last.value).toFixed(1)}" r="2" fill="currentColor"></circle></svg><br><small>${sign}${written(Math.abs(change))} since ${first.day}</small></td>`;
}
