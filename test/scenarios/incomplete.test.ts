import { describe, expect, it } from 'vitest';
import type { Call } from '../../sandbox/calls.ts';
import { nextSteps } from '../../src/cli/next-steps.ts';
import { failures } from '../../src/handlers/run-result.ts';
import { compareReports } from '../../src/report/comparison.ts';
import { comparisonMarkdown, comparisonTerminal } from '../../src/report/comparison-formats.ts';
import { reportHtml } from '../../src/report/html/html.ts';
import { reportMarkdown } from '../../src/report/markdown.ts';
import { runProblemsOf } from '../../src/report/notifications.ts';
import type { Report } from '../../src/report/report.ts';
import { reportTerminal } from '../../src/report/terminal/terminal.ts';
import { actOn } from '../execute/acting.ts';
import { PLAIN } from '../report/texts.ts';
import { aPolicy, oldImage, StoryAccount, tell } from './account.ts';

/** The same in every writer, and in what the function fails with. */
function told(report: Report): string[] {
  const texts = [
    reportTerminal(report, { width: 400, palette: PLAIN }),
    reportMarkdown(report),
    [...reportHtml(report)].join('').replaceAll(/<[^>]+>/g, ' '),
  ];
  return [...texts, failures([{ region: 'eu-west-1', report, problems: [] }]).join()];
}

const GO_ON =
  'All other images and snapshots go on: every source of references was read, and so was what is asked of each.';

const refuses =
  (operation: string, ...ids: string[]) =>
  (call: Call) =>
    call.operation === operation && (ids.length === 0 || ids.some((id) => JSON.stringify(call.input).includes(id)))
      ? ({ kind: 'access-denied' } as const)
      : undefined;

describe('what could not be read of some images alone', () => {
  it('holds those and no other: the plan says so, and enforcing does what it says', async () => {
    const story = new StoryAccount();
    const hidden = [1, 2, 3].map((number) => story.image(`hidden ${number}`));
    const others = [1, 2].map((number) => story.image(`old ${number}`));
    const fresh = story.image('not yet deprecated', { deprecatedDaysAgo: null });
    const intercept = refuses('DescribeImageAttribute', ...hidden);

    const { report: planned } = await tell(story.state, { intercept });
    expect(
      planned.passes.flatMap(({ actions }) => actions.map((one) => 'imageId' in one && one.imageId)).sort(),
    ).toEqual([...others, fresh].sort());
    const { report, of } = await actOn(story, { intercept });
    expect(others.map(of)).toEqual(['done', 'done']);
    expect(of(fresh)).toBe('done');
    expect(hidden.map((id) => story.state.images.has(id))).toEqual([true, true, true]);
    expect(hidden.map(of)).toEqual([undefined, undefined, undefined]);

    expect(report.complete).toBe(false);
    const row = report.sources.find(({ name }) => name === 'launch-permissions');
    expect(row).toMatchObject({ status: 'unreadable', only: hidden });
    const steps = nextSteps(report, { policy: 'policy.yml', format: 'table' }, 'ami-janitor').map(({ says }) => says);
    for (const text of [...told(report), runProblemsOf(report).join(), steps.join()]) {
      expect(text).toContain('launch permissions of 3 images could not be read: these 3 stay');
      expect(text).not.toMatch(/nothing is due|every image and/i);
    }
    for (const text of told(report).slice(0, 3)) expect(text).toContain(GO_ON);
    const comparison = compareReports(planned, planned);
    for (const text of [comparisonTerminal(comparison, { width: 400, palette: PLAIN }), comparisonMarkdown(comparison)])
      expect(text).toContain(GO_ON);
  });

  it('holds the copies of those too, where copies are kept with their source', async () => {
    const story = new StoryAccount();
    const hidden = story.image('source');
    const copy = story.image('copy', { with: { SourceImageId: hidden, SourceImageRegion: story.state.region } });
    const other = story.image('other');
    const keep = { youngerThan: '30d', copiesOfKept: true };
    const rule = { name: 'all', select: { name: '*' }, keep, deprecate: {}, deregister: { after: '30d' } };
    const policy = aPolicy({ rules: [rule] });
    const { of } = await actOn(story, { policy, intercept: refuses('DescribeImageAttribute', hidden) });
    expect(of(other)).toBe('done');
    expect([hidden, copy].map((id) => story.state.images.has(id))).toEqual([true, true]);
  });

  it('holds a snapshot of which it is not known whether it is locked or shared', async () => {
    const { story, image, snapshot } = oldImage();
    const { report, of } = await actOn(story, { intercept: refuses('DescribeSnapshotAttribute', snapshot) });
    expect(of(image)).toBe('done');
    expect(story.state.snapshots.has(snapshot)).toBe(true);
    for (const text of told(report))
      expect(text).toContain('locks, shares or fast restores of 1 snapshot could not be read: it stays');
  });
});

describe('a source that could not be read', () => {
  it('holds every image and snapshot; what is in use again is given back all the same, and the report says why', async () => {
    const story = new StoryAccount();
    const [due, used] = story.images('old', 'used again');
    story.template('web', [used]);
    const intercept = refuses('DescribeFleets');
    const { report, of } = await actOn(story, { intercept });
    expect(of(due)).toBeUndefined();
    expect(of(used)).toBe('done');
    expect(report.outcomes.map(({ action }) => action)).toEqual(['reinstate']);
    for (const text of told(report))
      expect(text).toMatch(/(?:could|everything could) (?:not )?be read, so every image and snapshot stays/);
    for (const text of told(report).slice(0, 3))
      expect(text).toContain('1 image still gets back what deprecating took');
  });
});
