import { describe, expect, it } from 'vitest';
import { bearOut } from '../builders/seeded-journal.ts';
import { NOW, oldImage, StoryAccount } from '../scenarios/account.ts';
import { actOn, daysLater, policyOf, rightBefore, tagsOf } from './acting.ts';

const isLock = ({ input }: { readonly input: unknown }) => JSON.stringify(input).includes('/ami-janitor/lock');

describe('between the plan and the act', () => {
  const COMES_INTO_USE: readonly (readonly [string, (story: StoryAccount, image: string) => void])[] = [
    ['a launch template names it', (story, image) => story.template('new', [image])],
    ['an instance runs it', (story, image) => story.instance(image)],
    ['a launch configuration names it', (story, image) => story.launchConfiguration('new', image)],
    ['a parameter holds it', (story, image) => story.parameter('/images/new', [image])],
    ['a person keeps it', (story, image) => setTags(story, image, { 'ami-janitor:keep': 'true' })],
    ['its mark is taken off', (story, image) => setTags(story, image, {})],
  ];

  it.each(COMES_INTO_USE)('%s: it stays', async (_, change) => {
    const story = new StoryAccount();
    const image = story.image('old');
    // The lock is taken when the plan is made.
    const { of, calls } = await actOn(story, {
      intercept: rightBefore('PutParameter', () => change(story, image), isLock),
    });
    expect(of(image)).toMatch(/^skipped: read again, it is to/);
    expect(calls.count('DeregisterImage')).toBe(0);
    expect(story.state.images.has(image)).toBe(true);
  });

  it('an account shares it: it stays', async () => {
    const story = new StoryAccount();
    const image = story.image('old');
    const share = () => story.state.launchPermissions.set(image, [{ UserId: '210987654321' }]);
    const { of } = await actOn(story, { intercept: rightBefore('PutParameter', share, isLock) });
    expect(of(image)).toMatch(/^skipped: read again, it is to/);
  });

  it('another image comes to map its snapshot: the snapshot stays', async () => {
    const { story, image, snapshot } = oldImage();
    const BlockDeviceMappings = [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: snapshot } }];
    const map = () => story.image('new', { ageDays: 0, deprecatedDaysAgo: null, with: { BlockDeviceMappings } });
    const { of } = await actOn(story, { intercept: rightBefore('PutParameter', map, isLock) });
    expect(of(image)).toBe('done');
    expect(story.state.snapshots.has(snapshot)).toBe(true);
    expect(tagsOf(story, snapshot)).toEqual({});
  });

  it('a template comes to name its snapshot: the snapshot stays, and is taken up when that ends', async () => {
    const { story, image, snapshot } = oldImage();
    const data = { BlockDeviceMappings: [{ DeviceName: '/dev/xvdb', Ebs: { SnapshotId: snapshot } }] };
    const name = () => story.template('data', [undefined], { data });
    await actOn(story, { intercept: rightBefore('PutParameter', name, isLock) });
    expect(story.state.images.has(image)).toBe(false);
    expect(story.state.snapshots.has(snapshot)).toBe(true);
    story.state.launchTemplates.clear();
    bearOut(story.state.buckets, 'ami-janitor-reports', story.state);
    await actOn(story, { at: daysLater(1), bucket: 'ami-janitor-reports' });
    expect(story.state.snapshots.has(snapshot)).toBe(false);
  });

  it('the account can no longer be read completely: nothing is removed', async () => {
    const story = new StoryAccount();
    const image = story.image('old');
    let acting = false;
    const { of, calls } = await actOn(story, {
      intercept: ({ operation }) => {
        acting ||= operation === 'PutParameter';
        return acting && operation === 'DescribeLaunchTemplateVersions' ? { kind: 'access-denied' } : undefined;
      },
    });
    expect(of(image)).toBe('skipped: read again, the account could not be read completely (launch-templates)');
    expect(calls.count('DeregisterImage')).toBe(0);
  });

  it('someone else deregisters it and wants its snapshot: the snapshot stays', async () => {
    const { story, image, snapshot } = oldImage();
    const remove = () => story.state.images.delete(image);
    const { of } = await actOn(story, { intercept: rightBefore('CreateTags', remove) });
    expect(of(image)).toBe('done');
    expect(story.state.snapshots.has(snapshot)).toBe(true);
  });

  it('something new becomes due: it waits for the next plan', async () => {
    const story = new StoryAccount();
    story.image('old');
    let added = '';
    const add = () => {
      added = story.image('also old');
    };
    await actOn(story, { intercept: rightBefore('PutParameter', add, isLock) });
    expect(story.state.images.has(added)).toBe(true);
  });
});

describe("AWS's own second opinion", () => {
  it('keeps an image that only it sees', async () => {
    const story = new StoryAccount();
    const image = story.image('old');
    story.template('old-version', [image, story.image('new', { ageDays: 1, deprecatedDaysAgo: null })]);
    const policy = policyOf('deregister: { after: 30d }', 'references: { off: [instances] }');
    story.instance(image);
    const { of } = await actOn(story, { policy });
    expect(of(image)).toMatch(/^skipped: AWS names a use of it .*ec2:Instance .*instance\/i-/);
    expect(story.state.images.has(image)).toBe(true);
  });

  it('does not keep an image for an old template version that nothing names, and says which', async () => {
    const story = new StoryAccount();
    const image = story.image('old');
    const template = story.template('moved-on', [image, story.image('new', { ageDays: 1, deprecatedDaysAgo: null })]);
    const { report } = await actOn(story);
    const outcome = report.outcomes.find(({ resourceId }) => resourceId === image);
    expect(outcome).toMatchObject({ status: 'done', reason: expect.stringContaining(`${template} (version 1)`) });
  });

  it.each(['access-denied', 'server-error', 'garbage', 'drop-before'] as const)(
    'keeps every image where it fails (%s)',
    async (kind) => {
      const story = new StoryAccount();
      const images = Array.from({ length: 12 }, (_, index) => story.image(`old ${index}`));
      const { of, calls } = await actOn(story, {
        intercept: ({ operation }) => (operation === 'DescribeImageReferences' ? { kind } : undefined),
      });
      for (const image of images) expect(of(image)).toMatch(/^skipped: AWS's own second opinion could not be had/);
      expect(calls.count('DeregisterImage')).toBe(0);
    },
  );

  it('is asked ten ids a call, and one id that is gone hides no other', async () => {
    const story = new StoryAccount();
    const images = Array.from({ length: 12 }, (_, index) => story.image(`old ${index}`));
    const first = images[0] ?? '';
    const { of, calls } = await actOn(story, {
      intercept: rightBefore('DescribeImageReferences', () => story.state.images.delete(first)),
    });
    expect(images.slice(1).map(of)).toEqual(Array(11).fill('done'));
    expect(calls.count('DescribeImageReferences')).toBe(1 + 10 + 1);
  });
});

describe('time', () => {
  it('does not execute a plan that is more than 15 minutes old', async () => {
    const story = new StoryAccount();
    const image = story.image('old');
    let now = NOW;
    const confirm = async () => {
      now = new Date(NOW.getTime() + 16 * 60_000);
      return true;
    };
    const { of, calls } = await actOn(story, { now: () => now, confirm });
    expect(of(image)).toBe('skipped: the plan is more than 15 minutes old; plan anew');
    expect(calls.writes().filter(({ service }) => service === 'ec2')).toEqual([]);
  });

  it.each<[string, (story: StoryAccount, image: string) => void]>([
    ['a template', (story, image) => story.template('new', [image])],
    // AWS's own second opinion does not know it.
    ['a launch configuration', (story, image) => story.launchConfiguration('new', image)],
  ])('looks anew where a look is more than five minutes old, and finds %s', async (_, use) => {
    const story = new StoryAccount();
    const images = [1, 2, 3].map((number) => story.image(`old ${number}`, { ageDays: 400 - number }));
    let now = NOW;
    const { of } = await actOn(story, {
      now: () => now,
      intercept: ({ operation }) => {
        if (operation !== 'DeregisterImage') return undefined;
        return {
          after: () => {
            now = new Date(now.getTime() + 6 * 60_000);
            if (now.getTime() - NOW.getTime() < 7 * 60_000) use(story, images[1] ?? '');
          },
        };
      },
    });
    expect(images.map((image) => of(image)?.slice(0, 7))).toEqual(['done', 'skipped', 'done']);
  });

  it.each([
    ['in its own last check: it looks anew', 'DescribeImageReferences', 1, /^skipped: read again, it is to reinstate/],
    ['in each last check: the next run looks', 'DescribeImageReferences', 9, /^skipped: .* minutes/],
    ['while its snapshot was marked', 'CreateTags', 2, /^skipped: .* minutes/],
  ] as const)('does not act on a look that grew old %s', async (_, slow, times, ending) => {
    const { story, image } = oldImage();
    let now = NOW;
    let left: number = times;
    const { of, calls } = await actOn(story, {
      now: () => now,
      intercept: ({ operation }) => {
        if (operation !== slow || left === 0) return undefined;
        left -= 1;
        now = new Date(now.getTime() + 7 * 60_000);
        if (times < 9) story.launchConfiguration(`new ${left}`, image);
        return undefined;
      },
    });
    expect(of(image)).toMatch(ending);
    expect(calls.count('DeregisterImage')).toBe(0);
    expect(story.state.images.has(image)).toBe(true);
  });

  it('stops before its time ends; the next run takes up what is left', async () => {
    const story = new StoryAccount();
    const images = [1, 2, 3].map((number) => story.image(`old ${number}`, { ageDays: 400 - number }));
    let now = NOW;
    const deadline = new Date(NOW.getTime() + 60_000);
    const { of } = await actOn(story, {
      deadline,
      now: () => now,
      intercept: ({ operation }) => {
        if (operation !== 'DeregisterImage') return undefined;
        return {
          after: () => {
            now = new Date(now.getTime() + 61_000);
          },
        };
      },
    });
    expect(images.map(of)).toEqual(['done', ...Array(2).fill('skipped: out of time; the next run takes it up')]);
    const next = await actOn(story, { at: daysLater(1) });
    expect(images.map(next.of)).toEqual([undefined, 'done', 'done']);
  });

  it('stops between two actions when it is interrupted', async () => {
    const story = new StoryAccount();
    const images = [1, 2].map((number) => story.image(`old ${number}`, { ageDays: 400 - number }));
    const interrupt = new AbortController();
    const { of } = await actOn(story, {
      signal: interrupt.signal,
      intercept: rightBefore('DeregisterImage', () => interrupt.abort()),
    });
    expect(images.map(of)).toEqual(['done', 'skipped: interrupted; the next run takes it up']);
  });
});

function setTags(story: StoryAccount, imageId: string, tags: Record<string, string>): void {
  const image = story.state.images.get(imageId);
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  if (image !== undefined) story.state.images.set(imageId, { ...image, Tags });
}
