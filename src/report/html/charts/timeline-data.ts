import { rollup } from 'd3-array';
import { utcDay, utcMonday, utcMonth } from 'd3-time';
import { DAY } from '../../../text/dates.ts';
import type { Report, ReportAction } from '../../shape.ts';

/** What time alone brings, and what this run does. */
export const STEPS = ['reinstate', 'deprecate', 'disable', 'deregister', 'delete-snapshot'] as const;
type Step = (typeof STEPS)[number];

/** How many of each step fall into one day, week or month. */
export interface Span {
  readonly from: Date;
  readonly counts: Readonly<Record<Step, number>>;
}

export interface Timeline {
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

/** What is deprecated, disabled, removed or given back, when: this run's actions, and what follows if nothing changes. */
export function timelineOf(report: Report): Timeline {
  const at = new Date(report.at);
  const horizon = new Date(at.getTime() + HORIZON_DAYS * DAY);
  const all = [...actionEvents(report, at), ...nextEvents(report, at)];
  const events = all.filter((event) => event.at <= horizon);
  const last = events.reduce((latest, event) => (event.at > latest ? event.at : latest), at);
  const days = (last.getTime() - at.getTime()) / DAY;
  const unit = days <= 21 ? 'day' : days <= 182 ? 'week' : 'month';
  const interval = { day: utcDay, week: utcMonday, month: utcMonth }[unit];
  const counts = rollup(
    events,
    (group) => group.length,
    (event) => interval.floor(event.at).getTime(),
    ({ step }) => step,
  );
  const spans = interval.range(interval.floor(at), new Date(last.getTime() + 1)).map((from) => {
    const of = (step: Step) => counts.get(from.getTime())?.get(step) ?? 0;
    return {
      from,
      counts: {
        reinstate: of('reinstate'),
        deprecate: of('deprecate'),
        disable: of('disable'),
        deregister: of('deregister'),
        'delete-snapshot': of('delete-snapshot'),
      },
    };
  });
  return { unit, spans: events.length === 0 ? [] : spans, later: all.length - events.length };
}

function actionEvents({ passes }: Report, at: Date): Event[] {
  return passes.flatMap(({ actions }) => actions.flatMap((action) => eventsOf(action, at)));
}

function eventsOf(action: ReportAction, at: Date): Event[] {
  if (action.action === 'mark-orphan') return [];
  const now: Event = { step: action.action, at };
  if (action.action !== 'deprecate' || action.deregisterAfter === undefined) return [now];
  return [now, { step: 'deregister', at: later(new Date(action.deregisterAfter), at) }];
}

function nextEvents({ images }: Report, at: Date): Event[] {
  return images.flatMap(({ next }) => {
    if (next === undefined || next.decision === 'keep') return [];
    return [{ step: next.decision, at: later(new Date(next.at), at) }];
  });
}

function later(a: Date, b: Date): Date {
  return a > b ? a : b;
}
