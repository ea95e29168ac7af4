import { max, sum } from 'd3-array';
import { scaleBand } from 'd3-scale';
import { utcDay, utcMonday, utcMonth } from 'd3-time';
import { count, counted, DAY } from '../../../text/format.ts';
import type { Report, ReportAction, ReportImage } from '../../shape.ts';
import { tally } from '../../totals.ts';
import { html, type Markup } from '../markup.ts';
import { asTable, linear, percent, stack } from './drawing.ts';

/** What time alone brings, and what this run does. */
const STEPS = ['reinstate', 'deprecate', 'disable', 'archive', 'deregister', 'delete-snapshot'] as const;
type Step = (typeof STEPS)[number];

/** How many of each step fall into one day, week or month. */
interface Span {
  readonly from: Date;
  readonly counts: Readonly<Record<Step, number>>;
}

interface Timeline {
  readonly unit: 'day' | 'week' | 'month';
  readonly spans: readonly Span[];
  /** Steps beyond the last span. */
  readonly later: number;
}

interface Event {
  readonly step: Step;
  readonly at: Date;
}

const HORIZON_DAYS = 730;

/** What is deprecated, disabled, removed or given back, when, at the earliest: now, and what follows if nothing changes. */
export function timelineOf(report: Report): Timeline {
  const at = new Date(report.at);
  const horizon = new Date(at.getTime() + HORIZON_DAYS * DAY);
  const all = eventsOf(report, at);
  const events = all.filter((event) => event.at <= horizon);
  const last = max(events, (event) => event.at) ?? at;
  const days = (last.getTime() - at.getTime()) / DAY;
  const unit = days <= 21 ? 'day' : days <= 182 ? 'week' : 'month';
  const interval = { day: utcDay, week: utcMonday, month: utcMonth }[unit];
  const groups = Map.groupBy(events, (event) => interval.floor(event.at).getTime());
  const spans = interval.range(interval.floor(at), new Date(last.getTime() + 1)).map((from) => {
    const none = { reinstate: 0, deprecate: 0, disable: 0, archive: 0, deregister: 0, 'delete-snapshot': 0 };
    return { from, counts: tally(none, groups.get(from.getTime()) ?? [], ({ step }) => step) };
  });
  return { unit, spans: events.length === 0 ? [] : spans, later: all.length - events.length };
}

/**
 * What this run does, what it leaves to later ones, what time alone brings, and each later step of an image that is
 * deprecated by then. What is overdue happens now, not in the past; what is left is done as if a run came each day.
 */
export function eventsOf({ passes, images, rules = [] }: Report, now: Date): Event[] {
  const ruleOf = new Map(rules.map((rule) => [rule.rule, rule]));
  const imageOf = new Map(images.map((image) => [image.imageId, image]));
  const event = (step: Step, time: number): Event => ({ step, at: new Date(Math.max(time, now.getTime())) });
  /** A step at a time, and what its rule asks for after it, not before the date that is promised. */
  const withLater = (step: Step, time: number, image: ReportImage | undefined, promised?: string): Event[] => {
    const { disableAfterDays, archiveAfterDays, deregisterAfterDays } = ruleOf.get(image?.rule ?? null) ?? {};
    const start = step === 'deprecate' ? time : image && deprecatedAt(image);
    const waited = (days: number | undefined) =>
      start === undefined || days === undefined ? [] : [start + days * DAY];
    const gone = [...waited(deregisterAfterDays), ...(promised === undefined ? [] : [Date.parse(promised)])];
    const isBefore = (other: Step) => STEPS.indexOf(step) < STEPS.indexOf(other) && step !== 'reinstate';
    const deregister = isBefore('deregister') ? gone : [];
    const disable = isBefore('disable') ? waited(disableAfterDays) : [];
    const archive = isBefore('archive') ? waited(archiveAfterDays) : [];
    const last = Math.max(...deregister);
    return [
      event(step, time),
      ...disable.filter((at) => deregister.length === 0 || at < last).map((at) => event('disable', at)),
      ...archive.filter((at) => deregister.length === 0 || at < last).map((at) => event('archive', at)),
      ...(deregister.length === 0 ? [] : [event('deregister', Math.max(last, time))]),
    ];
  };
  const ofAction = (action: ReportAction, time: number): Event[] => {
    if (action.action === 'mark-orphan' || action.action === 'protect' || action.action === 'unprotect') return [];
    const promised = action.action === 'deprecate' ? action.deregisterAfter : undefined;
    const image = imageOf.get(action.imageId);
    return withLater(action.action, time, image, promised);
  };
  return [
    ...passes.flatMap(({ actions, deferred, stopped }) => [
      ...actions.flatMap((action) => ofAction(action, now.getTime())),
      ...(stopped === undefined ? deferred : []).flatMap((action, index) => {
        const runs = 1 + Math.floor(index / Math.max(1, actions.length));
        return ofAction(action, now.getTime() + runs * DAY);
      }),
    ]),
    ...images.flatMap((image) =>
      image.next === undefined || image.next.decision === 'keep'
        ? []
        : withLater(image.next.decision, Date.parse(image.next.at), image),
    ),
  ];
}

/** When the waits of an image began, as its reasons tell. */
function deprecatedAt({ reasons }: ReportImage): number | undefined {
  const [waited] = reasons.flatMap((reason) =>
    reason.code === 'waiting' || reason.code === 'deprecated-for' ? [reason.launchedAt ?? reason.deprecatedAt] : [],
  );
  return waited === undefined ? undefined : Date.parse(waited);
}

const HEIGHT = 170;
const MOST_LABELS = 4;

/** What is deprecated and removed when, if nothing else changes. */
export function timeline(report: Report): Markup {
  const { unit, spans, later } = timelineOf(report);
  if (spans.length === 0)
    return html`<p class="muted">Nothing is due to happen: no action now, and none that time alone would bring.</p>`;
  const up = linear([0, max(spans, total) || 1], [HEIGHT, 20]);
  const across = scaleBand<Span>(spans, [0, 100]).padding(spans.length > 40 ? 0.1 : 0.25);
  const columns = stack(spans, STEPS, ({ counts }, step) => counts[step]).map(({ key, column, from, to }) =>
    to === from
      ? undefined
      : html`<rect class="${key}" x="${percent(across(column) ?? 0)}" width="${percent(across.bandwidth())}" y="${up(to)}" height="${up(from) - up(to)}"><title>${name(column, unit)}: ${key} ${count(to - from)}</title></rect>`,
  );
  const every = Math.ceil(spans.length / MOST_LABELS);
  const labels = spans.map((span, index) => {
    const middle = (across(span) ?? 0) + across.bandwidth() / 2;
    const anchor = middle < 6 ? 'start' : middle > 94 ? 'end' : 'middle';
    const x = percent(anchor === 'start' ? 0 : anchor === 'end' ? 100 : middle);
    const label =
      index % every === 0
        ? html`<text x="${x}" y="${HEIGHT + 18}" text-anchor="${anchor}">${date(span, unit)}</text>`
        : undefined;
    const figure =
      total(span) > 0 && spans.length <= 30
        ? html`<text class="figure" x="${percent(middle)}" y="${up(total(span)) - 6}" text-anchor="middle">${count(total(span))}</text>`
        : undefined;
    return [label, figure];
  });
  const title = `Steps by ${unit}`;
  return html`<figure class="card"><figcaption>${title}</figcaption>${legend(spans)}<svg role="img" aria-label="${title}" width="100%" height="${HEIGHT + 26}"><line class="axis" x1="0" x2="100%" y1="${HEIGHT}" y2="${HEIGHT}"></line>${columns}${labels}</svg>${table(title, spans, unit)}${deferredNote(report)}${later === 0 ? undefined : html`<p class="muted">${counted(later, 'step')} more than two years ahead.</p>`}</figure>`;
}

function deferredNote({ passes }: Report): Markup | undefined {
  const deferred = sum(passes, (pass) => (pass.stopped === undefined ? pass.deferred.length : 0));
  const stopped = passes.filter((pass) => pass.stopped !== undefined).map(({ pass }) => pass);
  const lines = [
    ...(deferred === 0 ? [] : [`${counted(deferred, 'deferred action')} counted as if a run came each day.`]),
    ...(stopped.length === 0 ? [] : [`Not counted: what a limit stops (${stopped.join(', ')}).`]),
  ];
  return lines.length === 0 ? undefined : html`<p class="muted">${lines.join(' ')}</p>`;
}

function legend(spans: readonly Span[]): Markup {
  const items = STEPS.map((step) => {
    const number = sum(spans, ({ counts }) => counts[step]);
    return number === 0 ? undefined : html`<li><span class="swatch ${step}"></span>${step} ${count(number)}</li>`;
  });
  return html`<ul class="legend">${items}</ul>`;
}

function table(title: string, spans: readonly Span[], unit: Timeline['unit']): Markup {
  const busy = spans.filter((span) => total(span) > 0);
  const rows = busy.map(
    (span) =>
      html`<tr><th scope="row">${name(span, unit)}</th>${STEPS.map((step) => html`<td>${count(span.counts[step])}</td>`)}</tr>`,
  );
  return asTable(title, ['When', ...STEPS], rows);
}

function name(span: Span, unit: Timeline['unit']): string {
  return unit === 'week' ? `week of ${date(span, unit)}` : date(span, unit);
}

function date({ from }: Span, unit: Timeline['unit']): string {
  return from.toISOString().slice(0, unit === 'month' ? 7 : 10);
}

function total({ counts }: Span): number {
  return sum(STEPS, (step) => counts[step]);
}
