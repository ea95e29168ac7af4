import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../src/model/plan.ts';
import { barChart, byAge, byFamily, byOwner, columnChart } from '../../../src/report/html/charts/bars.ts';
import { eventsOf, timelineOf } from '../../../src/report/html/charts/timeline.ts';
import { DAY } from '../../../src/text/format.ts';
import { AT, aReport, daysAgo, due, fullPlan, image, imageId, keep, mapped } from '../plans.ts';

const YOUNG = { code: 'younger-than', ageDays: 1, days: 60 } as const;

describe('storage by owner, family and age', () => {
  const report = aReport(fullPlan());

  test('adds up to all images, kept and due apart', () => {
    for (const bars of [byOwner(report.images), byFamily(report.images), byAge(report.images, report.at)]) {
      expect(bars.reduce((sum, bar) => sum + bar.keptGiB + bar.dueGiB, 0)).toBe(28);
      expect(bars.reduce((sum, bar) => sum + bar.dueGiB, 0)).toBe(12);
      expect(bars.reduce((sum, bar) => sum + bar.images, 0)).toBe(7);
    }
  });

  test('has a bar for images without an owner', () => {
    expect(byOwner(report.images).map(({ label, images }) => [label, images])).toEqual([
      ['webapp-team@example.com', 6],
      ['no owner', 1],
    ]);
  });

  test('takes the group of an image for its family, where its rule counts by group', () => {
    const decisions = [keep(image(1), [YOUNG], { group: 'webapp/arm64' }), keep(image(2), [YOUNG])];
    expect(byFamily(aReport({ decisions }).images).map(({ label }) => label)).toEqual([
      'golden images',
      'webapp/arm64',
    ]);
  });

  test('folds the small ones into one bar, and loses none', () => {
    const images = aReport({
      decisions: Array.from({ length: 40 }, (_, index) =>
        keep(image(index, { tags: { Owner: `team-${index}` } }), [YOUNG]),
      ),
    }).images;
    const bars = byOwner(images);
    expect(bars).toHaveLength(12);
    expect(bars.at(-1)).toMatchObject({ label: '29 others', images: 29 });
  });

  test.each([
    [29.9, '<1 mo'],
    [30, '1–3 mo'],
    [364, '½–1 y'],
    [365, '1–2 y'],
    [5000, '>3 y'],
    [-1, '<1 mo'],
  ])('puts an image of %d days under %s', (ageDays, label) => {
    const images = aReport({
      decisions: [keep(image(1, { creationDate: daysAgo(ageDays) }), [YOUNG])],
      snapshots: [mapped(1)],
    }).images;
    expect(
      byAge(images, AT.toISOString())
        .filter((bar) => bar.images > 0)
        .map((bar) => bar.label),
    ).toEqual([label]);
  });

  test('an unknown age has a column of its own', () => {
    const { creationDate: _, ...undated } = image(1);
    const images = aReport({ decisions: [keep(undated, [YOUNG])] }).images;
    expect(byAge(images, AT.toISOString()).at(-1)).toMatchObject({ label: 'unknown', images: 1 });
  });

  test('draws even nothing without a broken number', () => {
    for (const picture of [barChart('x', []), columnChart('x', byAge([], AT.toISOString()))]) {
      expect(picture.text).not.toMatch(/NaN|undefined|Infinity/);
    }
  });
});

describe('the timeline', () => {
  const steps = (report: ReturnType<typeof aReport>) =>
    timelineOf(report).spans.flatMap(({ from, counts }) =>
      Object.entries(counts)
        .filter(([, number]) => number > 0)
        .map(([step, number]) => `${from.toISOString().slice(0, 10)} ${step} ${number}`),
    );

  test('tells this run’s actions, what follows them, and what time alone will bring', () => {
    expect(timelineOf(aReport(fullPlan())).unit).toBe('week');
    expect(steps(aReport(fullPlan()))).toEqual([
      '2026-11-16 reinstate 1',
      '2026-11-16 deprecate 1',
      '2026-11-16 deregister 1',
      '2026-11-16 delete-snapshot 1',
      '2026-12-14 deregister 1',
      '2026-12-21 deregister 1',
      '2027-01-04 deprecate 1',
    ]);
  });

  const rules = [
    {
      name: 'golden images',
      disable: { after: { text: '14d', milliseconds: 14 * DAY }, notice: { text: '0d', milliseconds: 0 } },
      deregister: { after: { text: '30d', milliseconds: 30 * DAY }, notice: { text: '0d', milliseconds: 0 } },
    },
  ];

  test('counts what is deferred, a day later for each run that it needs, and each later step', () => {
    const numbers = [1, 2, 3, 4];
    const actions = numbers.map((number) => {
      return {
        action: 'deprecate',
        imageId: imageId(number),
        rule: 'golden images',
        alreadyDeprecated: false,
      } as const;
    });
    const deferred = actions.slice(1);
    const plan: Partial<Plan> = {
      rules,
      decisions: numbers.map((number) => due(image(number), 'deprecate')),
      passes: [{ pass: 'deprecate', actions: actions.slice(0, 1), deferred }],
    };
    const on = (step: string, days: readonly number[]) =>
      days.map((inDays) => `${daysAgo(-inDays).toISOString()} ${step}`);
    const events = eventsOf(aReport(plan), AT).map(({ at, step }) => `${at.toISOString()} ${step}`);
    expect(events.toSorted()).toEqual([
      ...on('deprecate', [0, 1, 2, 3]),
      ...on('disable', [14, 15, 16, 17]),
      ...on('deregister', [30, 31, 32, 33]),
    ]);
    const stopped = { due: 3, ofImages: 4, percent: 75, stopAbovePercent: 25 };
    expect(steps(aReport({ ...plan, passes: [{ pass: 'deprecate', actions: [], deferred, stopped }] }))).toEqual([]);
  });

  test('goes on from the deprecation of what waits to be disabled', () => {
    const waiting = { code: 'waiting', deprecatedAt: daysAgo(10), days: 10, ofDays: 14 } as const;
    const next = { decision: 'disable', at: daysAgo(-4) } as const;
    expect(steps(aReport({ rules, decisions: [keep(image(1), [waiting], { next })] }))).toEqual([
      '2026-11-25 disable 1',
      '2026-12-11 deregister 1',
    ]);
  });

  test('is by day where all is near, and by month where some is far', () => {
    const soon = (days: number) =>
      aReport({ decisions: [keep(image(1), [YOUNG], { next: { decision: 'deprecate', at: daysAgo(-days) } })] });
    expect([timelineOf(soon(3)).unit, timelineOf(soon(100)).unit, timelineOf(soon(400)).unit]).toEqual([
      'day',
      'week',
      'month',
    ]);
    expect(steps(soon(3))).toEqual(['2026-11-24 deprecate 1']);
    expect(timelineOf(soon(4000))).toMatchObject({ spans: [], later: 1 });
  });

  test('has a step that is overdue today, not in the past', () => {
    const plan = {
      decisions: [due(image(1), 'deprecate')],
      passes: [
        {
          pass: 'deprecate',
          actions: [
            {
              action: 'deprecate',
              imageId: imageId(1),
              rule: 'r',
              alreadyDeprecated: true,
              deregisterAfter: daysAgo(5),
            },
          ],
          deferred: [],
        },
      ],
    } as const;
    expect(steps(aReport(plan))).toEqual(['2026-11-21 deprecate 1', '2026-11-21 deregister 1']);
  });
});
