import { describe, expect, it } from 'vitest';
import type { Call } from '../../sandbox/calls.ts';
import { exitCodeOf } from '../../src/cli/commands/plan.ts';
import { EXIT } from '../../src/cli/io.ts';
import type { Policy } from '../../src/model/policy.ts';
import { refusalProblems } from '../../src/report/notifications.ts';
import { BUCKET, deprecatedAt, recorded, recordOf } from '../builders/journal.ts';
import { actOn, daysLater, policyOf, rightBefore } from '../execute/acting.ts';
import { NOW, StoryAccount } from './account.ts';

const WITHOUT_INSTANCES = 'references: { sharedImages: evaluate, off: [instances] }';

function limited(perRun: number, rule = 'deregister: { after: 30d }'): Policy {
  const policy = policyOf(rule, WITHOUT_INSTANCES);
  return { ...policy, limits: { perRun, stopAbovePercent: 100 } };
}

/** Images, oldest first. */
function many(story: StoryAccount, count: number): string[] {
  return Array.from({ length: count }, (_, index) => story.image(`old ${index}`, { ageDays: 900 - index }));
}

describe('what AWS refuses', () => {
  it.each([
    ['deregister', 'deregister: { after: 30d }'],
    ['disable', 'disable: { after: 14d }'],
  ])('does not keep a run from doing all that it may: %s', async (action, rule) => {
    const story = new StoryAccount();
    const images = many(story, 30);
    // Only AWS's second opinion sees these uses.
    for (const image of images.slice(0, 15)) story.instance(image);
    const { of, report } = await actOn(story, { policy: limited(10, rule) });
    expect(images.slice(15, 25).map(of)).toEqual(Array(10).fill('done'));
    expect(images.slice(25).map(of)).toEqual(Array(5).fill(undefined));
    const pass = report.passes.find((one) => one.pass === action);
    // Each stands once: tried now, or left to a later run.
    expect([pass?.actions.length, pass?.deferred.length]).toEqual([25, 5]);
    expect(exitCodeOf(report)).toBe(EXIT.done);
  });

  it('takes others’ place in a run however it refuses: denials, protection, full tags', async () => {
    const story = new StoryAccount();
    const [denied = '', locked = '', full = '', ...others] = many(story, 8);
    const refuse = ({ operation, input }: Call) =>
      operation === 'DeregisterImage' && JSON.stringify(input).includes(denied)
        ? ({ kind: 'access-denied' } as const)
        : undefined;
    const accounts = Array.from({ length: 200 }, (_, index) => ({ UserId: String(100_000_000_000 + index) }));
    story.state.launchPermissions.set(full, accounts);
    const { of, report } = await actOn(story, {
      policy: limited(4),
      intercept: (call) => {
        const image = story.state.images.get(locked);
        const isIt = call.operation === 'DeregisterImage' && JSON.stringify(call.input).includes(locked);
        if (isIt && image) story.state.images.set(locked, { ...image, DeregistrationProtection: 'enabled' });
        return refuse(call);
      },
    });
    expect([denied, locked, full].map((id) => of(id)?.slice(0, 7))).toEqual(['failed:', 'failed:', 'skipped']);
    expect(others.slice(0, 4).map(of)).toEqual(Array(4).fill('done'));
    expect(others.slice(4).map(of)).toEqual([undefined]);
    for (const outcome of report.outcomes.filter(({ status }) => status !== 'done'))
      expect(outcome).toMatchObject({ refused: true });
  });

  it('is tried four times as often as a run may act, and no more; a run of which all is refused fails', async () => {
    const story = new StoryAccount();
    const images = many(story, 60);
    for (const image of images) story.instance(image);
    const { of, report, calls } = await actOn(story, { policy: limited(10) });
    expect(images.filter((id) => of(id) !== undefined)).toEqual(images.slice(0, 40));
    expect(calls.count('DeregisterImage')).toBe(0);
    // One look for the ten, and what is read further for the others.
    expect(calls.count('DescribeAutoScalingGroups')).toBe(2);
    expect(exitCodeOf(report)).toBe(EXIT.failed);
    expect(refusalProblems(report)).toEqual([
      expect.stringMatching(
        /^all that was due was refused \(40 actions\), the first: deregister ami-\w+: refused once/,
      ),
    ]);
  });

  it('is not replaced where a person agreed to what was shown', async () => {
    const story = new StoryAccount();
    const images = many(story, 5);
    story.instance(images[0] ?? '');
    const { of } = await actOn(story, { policy: limited(2), fillsUp: false });
    expect(images.map((id) => of(id)?.slice(0, 7))).toEqual(['skipped', 'done', undefined, undefined, undefined]);
  });

  it('is replaced while there is time: what is left then stays with later runs', async () => {
    const story = new StoryAccount();
    const images = many(story, 5);
    for (const image of images.slice(0, 2)) story.instance(image);
    let now = NOW;
    const late = () => {
      now = daysLater(1);
    };
    const intercept = rightBefore('DeregisterImage', late);
    const { of } = await actOn(story, { policy: limited(2), now: () => now, deadline: daysLater(0.5), intercept });
    expect(images.map((id) => of(id)?.slice(0, 7))).toEqual(['skipped', 'skipped', 'done', undefined, undefined]);
  });

  it.each([
    ['deprecate', 'EnableImageDeprecation', 'deprecated', { deprecatedDaysAgo: null }],
    ['disable', 'DisableImage', 'disabled', {}],
  ] as const)('is forgotten once it is done, and left no record of an act: %s', async (_, operation, fact, options) => {
    const story = new StoryAccount();
    const image = story.image('old', options);
    const policy = limited(1, 'disable: { after: 14d }');
    const intercept = (call: Call) => (call.operation === operation ? ({ kind: 'access-denied' } as const) : undefined);
    expect((await actOn(story, { policy, intercept })).of(image)).toMatch(/^failed: access denied/);
    const refused = await recordOf(story.state, image);
    expect([refused[fact], refused.refused?.times]).toEqual([undefined, 1]);
    expect((await actOn(story, { policy, at: daysLater(2) })).of(image)).toBe('done');
    const done = await recordOf(story.state, image);
    expect([done[fact]?.at, done.refused]).toEqual([daysLater(2), undefined]);
  });

  it('is not what time, an outage or a change of plan took away', async () => {
    const story = new StoryAccount();
    const images = many(story, 3);
    const { report } = await actOn(story, {
      policy: limited(3),
      intercept: ({ operation }) => (operation === 'DeregisterImage' ? { kind: 'throttle' } : undefined),
    });
    expect(report.outcomes).toHaveLength(images.length);
    for (const outcome of report.outcomes) expect(outcome).not.toHaveProperty('refused');
  });

  it('is remembered in the journal, tried more and more rarely, and raises the alarm when it stays', async () => {
    const story = new StoryAccount();
    const [stuck = '', ...others] = many(story, 4);
    story.instance(stuck);
    await recorded(
      story.state,
      [stuck, ...others].map((id) => deprecatedAt(id, story.daysAgo(60))),
    );
    const seen: unknown[] = [];
    for (const day of [0, 1, 2, 3, 5]) {
      const { of, report } = await actOn(story, { policy: limited(1), at: daysLater(day), bucket: BUCKET });
      const { refused } = await recordOf(story.state, stuck);
      seen.push([day, of(stuck)?.slice(0, 7), refused?.times, refusalProblems(report).length]);
    }
    expect(seen).toEqual([
      [0, 'skipped', 1, 0],
      [1, 'skipped', 2, 0],
      [2, undefined, 2, 0],
      [3, 'skipped', 3, 1],
      // Nothing else is left, and it stays: the alarm goes on.
      [5, undefined, 3, 1],
    ]);
    expect(others.filter((id) => story.state.images.has(id))).toEqual([]);
    // What no longer uses it lets it go, and the refusal is forgotten.
    story.state.instances.clear();
    const { of } = await actOn(story, { policy: limited(1), at: daysLater(8), bucket: BUCKET });
    expect(of(stuck)).toBe('done');
  });
});
