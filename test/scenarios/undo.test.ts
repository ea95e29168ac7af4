import { describe, expect, it } from 'vitest';
import type { RetentionRule } from '../../sandbox/state.ts';
import { exitCodeOf } from '../../src/cli/commands/plan.ts';
import { actOn, daysLater, policyOf, tagsOf } from '../execute/acting.ts';
import { StoryAccount } from './account.ts';

const RECYCLE = [{ Key: 'ami-janitor:recycle', Value: 'true' }];
const IMAGES: RetentionRule = { resource: 'image', retentionDays: 30, tags: RECYCLE };
const SNAPSHOTS: RetentionRule = { resource: 'snapshot', retentionDays: 30, tags: RECYCLE };
const WAIVED = policyOf('deregister: { after: 30d }, snapshots: delete', 'undo: none');

/** An account with some rules, and nothing but them. */
function withRules(...rules: readonly RetentionRule[]): StoryAccount {
  const story = new StoryAccount();
  story.state.recycleBin.rules.splice(0, 2, ...rules);
  return story;
}

const removals = ({ calls }: Awaited<ReturnType<typeof actOn>>) =>
  calls.count('DeregisterImage') + calls.count('DeleteSnapshot');

describe('what the Recycle Bin would not take', () => {
  it('is not removed where there is no rule; deprecating goes on, and the run exits 3', async () => {
    const story = withRules();
    const [due, fresh] = [story.image('due'), story.image('fresh', { deprecatedDaysAgo: null })];
    const acted = await actOn(story);
    expect(removals(acted)).toBe(0);
    expect(tagsOf(story, due)).not.toHaveProperty('ami-janitor:deregister-run');
    expect(acted.of(fresh)).toBe('done');
    expect(exitCodeOf(acted.report)).toBe(3);
    const { withheld, actions } = acted.report.passes.find(({ pass }) => pass === 'deregister') ?? {};
    expect(actions).toEqual([]);
    expect(withheld).toMatchObject([{ action: { imageId: due }, uncovered: [{ why: 'no-rule' }, { why: 'no-rule' }] }]);
    expect(exitCodeOf({ ...acted.report, mode: 'dry-run', outcomes: [] })).toBe(0);
  });

  it('goes once there is a rule', async () => {
    const story = withRules();
    const due = story.image('due');
    await actOn(story);
    story.state.recycleBin.rules.push(IMAGES, SNAPSHOTS);
    const { of, report } = await actOn(story, { at: daysLater(1) });
    expect([of(due), exitCodeOf(report)]).toEqual(['done', 0]);
    expect([...story.state.recycleBin.images.keys()]).toEqual([due]);
    expect(story.state.recycleBin.snapshots.size).toBe(1);
  });

  it.each<[string, readonly RetentionRule[]]>([
    [
      'a tag of the image excludes it',
      [{ resource: 'image', retentionDays: 7, excludeTags: [{ Key: 'Env', Value: 'dev' }] }, SNAPSHOTS],
    ],
    ['only its snapshots are not covered', [IMAGES]],
    ['only it is not covered', [SNAPSHOTS]],
    ['the rule does not work yet', [{ ...IMAGES, activeFrom: daysLater(1) }, SNAPSHOTS]],
    ['the rule names a tag without a value', [{ ...IMAGES, tags: [{ Key: 'Env' }] }, SNAPSHOTS]],
  ])('stays where %s', async (_, rules) => {
    const story = withRules(...rules);
    const image = story.image('due', { tags: { Env: 'dev' } });
    const acted = await actOn(story);
    expect([removals(acted), story.state.images.has(image), exitCodeOf(acted.report)]).toEqual([0, true, 3]);
  });

  it.each(['ListRules', 'GetRule'])('stays where %s is denied; the report names the permission', async (operation) => {
    const story = new StoryAccount();
    const fresh = story.image('fresh', { deprecatedDaysAgo: null });
    story.image('due');
    const acted = await actOn(story, {
      intercept: (call) => (call.operation === operation ? { kind: 'access-denied' } : undefined),
    });
    expect([removals(acted), acted.of(fresh), exitCodeOf(acted.report)]).toEqual([0, 'done', 3]);
    expect(acted.report.complete).toBe(true);
    expect(acted.report.warnings.join()).toContain(`rbin:${operation}`);
  });

  it('does not take the place of what can go', async () => {
    const story = withRules({ resource: 'image', retentionDays: 7, excludeTags: [{ Key: 'Env' }] }, SNAPSHOTS);
    const stays = [1, 2, 3].map((number) => story.image(`old ${number}`, { ageDays: 500, tags: { Env: 'dev' } }));
    const goes = story.image('younger');
    const policy = {
      ...policyOf('deregister: { after: 30d }, snapshots: delete'),
      limits: { perRun: 2, stopAbovePercent: 100 },
    };
    const { of } = await actOn(story, { policy });
    expect(of(goes)).toBe('done');
    expect(stays.map(of)).toEqual([undefined, undefined, undefined]);
  });

  it('goes all the same where the policy says so, no rule is asked for, and the report says it', async () => {
    const story = withRules();
    const image = story.image('due');
    const acted = await actOn(story, { policy: WAIVED });
    expect([acted.of(image), exitCodeOf(acted.report)]).toEqual(['done', 0]);
    expect(acted.calls.counts('rbin')).toEqual({});
    expect(acted.report.warnings.join()).toContain('undo is none');
  });

  it('is read again before it goes: a rule that someone takes away meanwhile holds it back', async () => {
    const story = new StoryAccount();
    const image = story.image('due');
    let looks = 0;
    const acted = await actOn(story, {
      intercept: ({ operation }) => {
        if (operation !== 'DescribeImages') return undefined;
        looks += 1;
        return looks === 2 ? { before: () => void story.state.recycleBin.rules.splice(0) } : undefined;
      },
    });
    expect(removals(acted)).toBe(0);
    expect(acted.of(image)).toMatch(/^skipped: read again, no Recycle Bin rule covers/);
  });
});

describe('the first removal of each kind is looked for in the bin', () => {
  it('and nothing more is removed where it is not there', async () => {
    const story = new StoryAccount();
    const images = [1, 2, 3].map((number) => story.image(`due ${number}`));
    // The rules say one thing, and the bin does another.
    const acted = await actOn(story, {
      intercept: ({ operation }) =>
        operation === 'DeregisterImage' ? { before: () => void story.state.recycleBin.rules.splice(0) } : undefined,
    });
    expect(acted.calls.count('DeregisterImage')).toBe(1);
    expect(story.state.images.size).toBe(2);
    expect(images.map((id) => acted.of(id)?.split(',')[0])).toEqual([
      'failed: it was removed',
      expect.stringMatching(/^skipped: ami-/),
      expect.stringMatching(/^skipped: ami-/),
    ]);
    expect(exitCodeOf(acted.report)).toBe(1);
  });

  it('snapshots by themselves', async () => {
    const story = new StoryAccount();
    const [first, second] = [story.image('first'), story.image('second')];
    const acted = await actOn(story, {
      intercept: ({ operation }) =>
        operation === 'DeregisterImage' ? { before: () => void story.state.recycleBin.rules.splice(1) } : undefined,
    });
    expect([acted.of(first), acted.of(second)?.slice(0, 13)]).toEqual(['done', 'skipped: snap']);
    expect(acted.of(story.id('x')) ?? exitCodeOf(acted.report)).toBe(1);
  });

  it('and where the bin cannot be looked at', async () => {
    const story = new StoryAccount();
    for (const number of [1, 2]) story.image(`due ${number}`);
    const acted = await actOn(story, {
      intercept: ({ operation }) => (operation === 'ListImagesInRecycleBin' ? { kind: 'access-denied' } : undefined),
    });
    expect([acted.calls.count('DeregisterImage'), exitCodeOf(acted.report)]).toEqual([1, 1]);
  });

  it('with patience: the bin may show it a moment late', async () => {
    const story = new StoryAccount();
    const images = [1, 2].map((number) => story.image(`due ${number}`));
    let asked = 0;
    const hidden = new Map(story.state.recycleBin.images);
    const acted = await actOn(story, {
      intercept: ({ operation }) => {
        if (operation !== 'ListImagesInRecycleBin' || ++asked > 1) return undefined;
        const { images: bin } = story.state.recycleBin;
        for (const [id, entry] of bin) hidden.set(id, entry);
        return { before: () => bin.clear(), after: () => void [...hidden].map(([id, entry]) => bin.set(id, entry)) };
      },
    });
    expect(images.map(acted.of)).toEqual(['done', 'done']);
  });
});
