import { describe, expect, it } from 'vitest';
import type { Call, Fault } from '../../sandbox/calls.ts';
import { executePlan } from '../../src/execute/execute-plan.ts';
import type { Plan } from '../../src/model/plan.ts';
import { actOn, policyOf, rightBefore, tagsOf } from '../execute/acting.ts';
import { NOW, StoryAccount } from './account.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DISABLE = policyOf('disable: { after: 14d }', 'references: { sharedImages: evaluate }');

/** A clock that calls move on: each takes a while. */
function ticking(milliseconds: (call: Call) => number) {
  let now = NOW.getTime();
  const intercept = (call: Call): Fault => ({
    before: () => {
      now += milliseconds(call);
    },
  });
  return { now: () => new Date(now), intercept };
}

function many(story: StoryAccount, count: number): string[] {
  return Array.from({ length: count }, (_, index) => story.image(`old ${index}`, { ageDays: 900 - index }));
}

function idsOf({ input }: { readonly input: unknown }): string[] {
  return [...(JSON.stringify(input).match(/ami-[0-9a-f]{17}/g) ?? [])];
}

describe('AWS’s second opinion', () => {
  it.each([
    ['deregister', 'DeregisterImage', policyOf('deregister: { after: 30d }'), 300],
    ['deregister', 'DeregisterImage', policyOf('deregister: { after: 30d }'), 1900],
    ['disable', 'DisableImage', DISABLE, 1900],
  ])(
    'is asked before each %s (%s), for ten at the most, ten seconds before at the most',
    async (_, operation, policy, took) => {
      const story = new StoryAccount();
      const images = many(story, 25);
      const { of, calls } = await actOn(story, {
        policy,
        ...ticking(({ service }) => (service === 'ec2' ? took : 10)),
      });
      expect(images.map(of)).toEqual(images.map(() => 'done'));
      const asked = calls.entries.filter((call) => call.operation === 'DescribeImageReferences');
      expect(Math.max(...asked.map((call) => idsOf(call).length))).toBeLessThanOrEqual(10);
      for (const call of calls.entries.filter((one) => one.operation === operation)) {
        const [id = ''] = idsOf(call);
        const latest = asked.filter((one) => one.number < call.number && idsOf(one).includes(id)).at(-1);
        expect(call.at.getTime() - (latest?.at.getTime() ?? 0)).toBeLessThanOrEqual(10 * SECOND);
      }
    },
  );

  it('keeps an image from being disabled too, where only it sees the use', async () => {
    const story = new StoryAccount();
    const image = story.image('old');
    story.instance(image);
    const policy = policyOf('disable: { after: 14d }', 'references: { off: [instances] }');
    const { of, calls } = await actOn(story, { policy });
    expect(of(image)).toMatch(/^skipped: AWS names a use of it .*ec2:Instance/);
    expect(calls.count('DisableImage')).toBe(0);
    expect(tagsOf(story, image)).not.toHaveProperty('ami-janitor:disabled-at');
  });

  it.each([
    ['deregistering', 'DeregisterImage', policyOf('deregister: { after: 30d }')],
    ['disabling', 'DisableImage', DISABLE],
    ['a deprecation that is final', 'EnableImageDeprecation', policyOf('deregister: { after: 90d }, public: true')],
  ])('keeps an image where it takes longer than it may: %s', async (_, operation, policy) => {
    const story = new StoryAccount();
    const isPublic = operation === 'EnableImageDeprecation';
    const image = story.image('old', isPublic ? { deprecatedDaysAgo: null, with: { Public: true } } : {});
    const slow = ticking((call) => (call.operation === 'DescribeImageReferences' ? 11 * SECOND : 0));
    const before = tagsOf(story, image);
    const { of, calls } = await actOn(story, { policy, ...slow });
    expect(of(image)).toMatch(/^skipped: AWS took more than 10 seconds/);
    expect(calls.count(operation)).toBe(0);
    expect(tagsOf(story, image)).toEqual(before);
  });

  it.each([
    ['goes on where nothing uses it', () => {}, /^done$/],
    [
      'leaves it where something does by then',
      (story: StoryAccount, id: string) => story.instance(id),
      /^skipped: AWS/,
    ],
  ])('is asked anew where ten seconds went by since, and %s', async (_, by, expected) => {
    const story = new StoryAccount();
    const image = story.image('old');
    let now = NOW.getTime();
    const late = () => {
      now += 11 * SECOND;
      by(story, image);
    };
    const { of } = await actOn(story, { now: () => new Date(now), intercept: rightBefore('CreateTags', late) });
    expect(of(image)).toMatch(expected);
    expect(tagsOf(story, image)).not.toHaveProperty('ami-janitor:deregister-run');
  });
});

describe('what people change the moment before', () => {
  const CHANGES: readonly (readonly [string, string, (story: StoryAccount, id: string) => void])[] = [
    ['a keep tag', 'its tags changed (ami-janitor:keep)', (story, id) => tag(story, id, 'ami-janitor:keep', 'true')],
    ['an owner', 'its tags changed (Owner)', (story, id) => tag(story, id, 'Owner', 'web')],
    ['a launch', 'it was launched', (story, id) => change(story, id, { LastLaunchedTime: NOW.toISOString() })],
    ['its state', 'its state is disabled', (story, id) => change(story, id, { State: 'disabled' })],
    ['protection', 'its protection changed', (story, id) => change(story, id, { DeregistrationProtection: 'enabled' })],
  ];

  it.each(CHANGES)('counts: %s', async (_, why, by) => {
    const story = new StoryAccount();
    const images = many(story, 12);
    const last = images.at(-1) ?? '';
    const { of, calls } = await actOn(story, { intercept: rightBefore('DeregisterImage', () => by(story, last)) });
    expect(of(last)).toBe(`skipped: it changed since it was read: ${why}`);
    expect(images.slice(0, -1).map(of)).toEqual(Array(11).fill('done'));
    expect(calls.count('DescribeAutoScalingGroups')).toBe(2);
  });

  it.each([
    ['deregistering', 'DeregisterImage', policyOf('deregister: { after: 30d }')],
    ['disabling', 'DisableImage', policyOf('disable: { after: 14d }')],
  ])('counts before %s: an account that it is shared with', async (_, operation, policy) => {
    const story = new StoryAccount();
    const images = many(story, 12);
    const last = images.at(-1) ?? '';
    const share = () => void story.state.launchPermissions.set(last, [{ UserId: '210987654321' }]);
    const { of } = await actOn(story, { policy, intercept: rightBefore(operation, share) });
    expect(of(last)).toBe('skipped: it was shared with 210987654321 since it was read');
    expect(Object.keys(tagsOf(story, last)).sort()).toEqual(['ami-janitor:deprecated-at', 'ami-janitor:rule']);
    expect(images.slice(0, -1).map(of)).toEqual(Array(11).fill('done'));
  });

  it('counts for a snapshot too: its image goes, and it stays as it is', async () => {
    const story = new StoryAccount();
    const images = many(story, 12);
    const snapshot = story.snapshotOf(images.at(-1) ?? '');
    const keep = () => tag(story, snapshot, 'ami-janitor:keep', 'true');
    const { of } = await actOn(story, { intercept: rightBefore('DeregisterImage', keep) });
    expect(images.map(of)).toEqual(Array(12).fill('done'));
    expect(tagsOf(story, snapshot)).toEqual({ 'ami-janitor:keep': 'true' });
  });

  it('is not known of a snapshot where it can’t be read: neither it goes nor its image', async () => {
    const story = new StoryAccount();
    const image = story.image('old');
    const tags = { 'ami-janitor:image': story.id('ami'), 'ami-janitor:run': '20260922T020000Z-1a2b3c4d' };
    const left = story.snapshot('left behind', { tags });
    const { of, calls } = await actOn(story, {
      intercept: ({ operation, input }) =>
        operation === 'DescribeSnapshots' && JSON.stringify(input).includes('snap-')
          ? { kind: 'access-denied' }
          : undefined,
    });
    for (const id of [image, left])
      expect(of(id)).toMatch(/^skipped: it could not be read once more right before: access denied/);
    expect(calls.count('DeregisterImage') + calls.count('DeleteSnapshot')).toBe(0);
  });

  it.each<[string, (plan: Plan) => Plan, RegExp]>([
    [
      'its journal is unread',
      (plan) => ({ ...plan, journal: { status: 'unreadable', error: 'denied' } }),
      /^failed: it could not be written down in the journal before, so it was not done: .*denied/,
    ],
    [
      'it lacks the image',
      (plan) => ({ ...plan, decisions: [] }),
      /^skipped: it changed since it was read: it was not/,
    ],
  ])('can’t be told by a plan that knows too little, and nothing is done by it: %s', async (_, lessOf, why) => {
    const story = new StoryAccount();
    const image = story.image('new', { deprecatedDaysAgo: null });
    const { of, calls } = await actOn(story, {
      executePlan: (request) => executePlan({ ...request, plan: lessOf(request.plan) }),
    });
    expect(of(image)).toMatch(why);
    expect(calls.count('CreateTags') + calls.count('EnableImageDeprecation')).toBe(0);
  });

  it('is not known where it can’t be read: nothing goes', async () => {
    const story = new StoryAccount();
    const image = story.image('old');
    const { of } = await actOn(story, {
      intercept: ({ operation, input }) =>
        operation === 'DescribeImages' && idsOf({ input }).length > 0 ? { kind: 'access-denied' } : undefined,
    });
    expect(of(image)).toMatch(/^skipped: it could not be read once more right before: access denied/);
    expect(story.state.images.has(image)).toBe(true);
  });
});

describe('an account whose look takes twelve minutes', () => {
  const slow = () => ticking(({ operation }) => (operation === 'DescribeSpotFleetRequests' ? 12 * MINUTE : 500));

  it('is acted on at the pace that the look allows', async () => {
    const story = new StoryAccount();
    const images = many(story, 60);
    const { of, calls } = await actOn(story, slow());
    expect(images.map(of)).toEqual(images.map(() => 'done'));
    // The plan's, and one for fifty and one for ten.
    expect(calls.count('DescribeSpotFleetRequests')).toBe(3);
  });

  it('loses nothing that came into use, or that someone named, after the look', async () => {
    const story = new StoryAccount();
    const images = many(story, 45);
    const [launched = '', named = '', kept = ''] = images.slice(-3);
    const clock = slow();
    const then = rightBefore('DeregisterImage', () => {
      story.instance(launched);
      story.template('new', [named]);
      tag(story, kept, 'Keep', 'true');
    });
    const intercept = (call: Call): Fault => {
      const { before } = then(call) ?? {};
      return {
        before: async () => {
          await before?.();
          await clock.intercept(call).before?.();
        },
      };
    };
    const { of } = await actOn(story, { now: clock.now, intercept });
    expect([launched, named, kept].map((id) => story.state.images.has(id))).toEqual([true, true, true]);
    expect(images.slice(0, -3).map(of)).toEqual(Array(42).fill('done'));
  });
});

describe('a run whose time is too short for a second look', () => {
  const look = ticking(({ operation }) => (operation === 'DescribeSpotFleetRequests' ? 12 * MINUTE : 500));

  it('does what the first look serves, begins no other, and fails where it could do nothing', async () => {
    const story = new StoryAccount();
    const due = story.image('due', { deprecatedDaysAgo: null });
    const old = story.image('old');
    const deadline = new Date(NOW.getTime() + 14 * MINUTE);
    const both = await actOn(story, { ...look, deadline });
    expect([due, old].map(both.of)).toEqual(['done', 'skipped: out of time; the next run takes it up']);
    const again = ticking(({ operation }) => (operation === 'DescribeSpotFleetRequests' ? 12 * MINUTE : 500));
    const alone = await actOn(story, { ...again, deadline });
    expect(alone.of(old)).toMatch(/^failed: reading this account takes about 12 min, and this run has no time/);
    expect(alone.calls.count('DescribeSpotFleetRequests')).toBe(1);
  });
});

describe('what could not be read', () => {
  it('of one image holds that image, and no other', async () => {
    const story = new StoryAccount();
    const images = many(story, 3);
    const secret = images[1] ?? '';
    let acting = false;
    const { of } = await actOn(story, {
      intercept: ({ operation, input }) => {
        acting ||= operation === 'PutParameter';
        const isAsked = operation === 'DescribeImageAttribute' && idsOf({ input }).includes(secret);
        return acting && isAsked ? { kind: 'access-denied' } : undefined;
      },
    });
    expect(images.map((id) => of(id)?.slice(0, 7))).toEqual(['done', 'skipped', 'done']);
  });

  it('of a source leaves nothing to be done but giving back', async () => {
    const story = new StoryAccount();
    const used = story.image('used again');
    story.template('web', [used]);
    const due = story.image('due', { deprecatedDaysAgo: null });
    const old = story.image('old');
    let now = NOW;
    let acting = false;
    const { of } = await actOn(story, {
      now: () => now,
      // The first look is too old to act on by then.
      confirm: async () => {
        acting = true;
        now = new Date(NOW.getTime() + 6 * MINUTE);
        return true;
      },
      intercept: ({ operation }) =>
        acting && operation === 'DescribeLaunchConfigurations' ? { kind: 'access-denied' } : undefined,
    });
    const why = 'skipped: read again, the account could not be read completely (launch-configurations)';
    expect([used, due, old].map(of)).toEqual(['done', why, why]);
    expect(tagsOf(story, used)).toEqual({});
  });
});

describe('the lock', () => {
  it('is renewed inside a chunk that takes long', async () => {
    const story = new StoryAccount();
    many(story, 10);
    const clock = ticking(({ operation }) => (operation === 'DeregisterImage' ? 4 * MINUTE : 0));
    const { calls } = await actOn(story, clock);
    const renewed = calls.entries.filter(({ operation }) => operation === 'PutParameter').map(({ at }) => at.getTime());
    const gaps = renewed.map((at, index) => (renewed[index + 1] ?? at) - at);
    expect(Math.max(...gaps)).toBeLessThan(10 * MINUTE);
    expect(renewed.length).toBeGreaterThan(4);
  });
});

function tag(story: StoryAccount, id: string, Key: string, Value: string): void {
  const { images, snapshots } = story.state;
  const image = images.get(id);
  const snapshot = snapshots.get(id);
  if (image !== undefined) images.set(id, { ...image, Tags: [...(image.Tags ?? []), { Key, Value }] });
  if (snapshot !== undefined) snapshots.set(id, { ...snapshot, Tags: [...(snapshot.Tags ?? []), { Key, Value }] });
}

function change(story: StoryAccount, id: string, changes: object): void {
  const image = story.state.images.get(id);
  if (image !== undefined) story.state.images.set(id, { ...image, ...changes });
}
