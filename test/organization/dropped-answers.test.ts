import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Call } from '../../sandbox/calls.ts';
import { organizationArn } from '../../sandbox/organizations/state.ts';
import { AWAY, HOME, MEMBER, type SeededOrganization, seedOrganization } from '../builders/organization.ts';
import { IS_SAMPLE, times } from '../builders/runs.ts';
import { Running } from './running.ts';

/** Golden images of a random story each; two accounts may use them, in both Regions. */
const IMAGES = 5;
const consumerNumber = fc.constantFrom(1, 2);
const story = fc.record({
  share: fc.constantFrom('all', 'first', 'second', 'organization', 'nobody'),
  use: fc.constantFrom(
    ...(['nothing', 'nothing', 'group', 'parameter', 'parameter away', 'copy', 'own copy'] as const),
    // What may begin late comes often: only an answer to acting itself tells of it.
    ...(['template', 'template', 'template', 'instance', 'instance', 'instance'] as const),
  ),
  by: consumerNumber,
  /** Begins once everything was joined, where the image is shared with who begins it. */
  isLate: fc.boolean(),
});
const TARGETS = ['golden', 'first', 'second'].flatMap((who) => [HOME, AWAY].map((region) => ({ who, region })));
const world = fc.record({
  stories: fc.array(story, { minLength: IMAGES, maxLength: IMAGES }),
  /** Whether a run before this one read everything. */
  earlier: fc.boolean(),
});
const drop = fc.record({
  targets: fc.subarray(TARGETS, { minLength: 1, maxLength: 4 }),
  /** In the first reading, or once everything was joined: the looks of the acting function. */
  phase: fc.constantFrom('read', 'act'),
  /** So many calls are answered before. */
  after: fc.constantFrom(0, 0, 0, 1, 5, 20),
  /** Left out: every one. */
  operation: fc.option(
    fc.constantFrom(
      ...['DescribeInstances', 'DescribeLaunchTemplateVersions', 'DescribeAutoScalingGroups', 'DescribeImages'],
      ...['DescribeParameters', 'GetParameters', 'DescribeImageAttribute', 'DescribeRegions'],
      ...['DescribeImageReferences', 'DescribeImageReferences', 'DescribeImageReferences'],
    ),
    { nil: undefined, freq: 1 },
  ),
  isRoleGone: fc.boolean(),
});
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;
type Drop = typeof drop extends fc.Arbitrary<infer Value> ? Value : never;

function seed({ stories }: World): SeededOrganization {
  const seeded = seedOrganization({ consumers: 2, unused: IMAGES });
  const { golden, organization, images } = seeded;
  const OrganizationArn = organizationArn(organization, 'organization');
  const userId = (number: number) => ({ UserId: seeded.consumer(number).accountId });
  const permissions = { all: [userId(1), userId(2)], first: [userId(1)], second: [userId(2)], nobody: [] };
  for (const [index, one] of stories.entries()) {
    const { share, use, by } = one;
    const id = images.unused[index] ?? '';
    const { home, away } = seeded.consumer(by);
    const own = share === 'organization' ? [{ OrganizationArn }] : permissions[share];
    golden.home.state.launchPermissions.delete(id);
    if (own.length > 0) golden.home.state.launchPermissions.set(id, own);
    const copyIn = (owner: typeof away) => {
      const copy = owner.image(`copy-${index}`, { ageDays: 200, deprecatedDaysAgo: null });
      const there = owner.state.images.get(copy);
      if (there) owner.state.images.set(copy, { ...there, SourceImageId: id, SourceImageRegion: HOME });
      return copy;
    };
    if (!isLate(one)) beginUse(seeded, index, one);
    if (use === 'parameter') home.parameter(`/images/${index}`, [id]);
    if (use === 'parameter away') away.parameter(`/images/${index}`, [id]);
    if (use === 'group')
      home.group(`group-${index}`, {
        LaunchTemplate: { LaunchTemplateId: home.template(`of-${index}`, [id]), Version: '$Latest' },
      });
    if (use === 'copy') {
      const copy = copyIn(golden.away);
      golden.away.state.launchPermissions.set(copy, [userId(by)]);
      away.instance(copy, { LaunchTime: away.daysAgo(90) });
    }
    if (use === 'own copy') away.template(`template-${index}`, [copyIn(away)]);
  }
  return seeded;
}

type Story = World['stories'][number];

function isLate({ isLate: late, share, by, use }: Story): boolean {
  const isShared = share === 'all' || share === (by === 1 ? 'first' : 'second');
  return late && isShared && (use === 'template' || use === 'instance');
}

function beginUse({ images, consumer }: SeededOrganization, index: number, { use, by }: Story): void {
  const id = images.unused[index] ?? '';
  const { home } = consumer(by);
  if (use === 'template') home.template(`template-${index}`, [id]);
  if (use === 'instance') home.instance(id, { LaunchTime: home.daysAgo(90) });
}

/** What an enforcing run removes of the golden account's images, where some of the answers never come. */
async function removedIn(given: World, dropped?: Drop): Promise<string[]> {
  const seeded = seed(given);
  const { golden } = seeded;
  if (given.earlier) {
    const first = await Running.start(seeded, { runId: '20261120T020000Z-00000000' });
    await first.readAll();
    await first.close();
  }
  const there = () => [golden.home, golden.away].flatMap(({ state }) => [...state.images.keys()]);
  const before = there();
  const running = await Running.start(seeded, { mode: 'enforce' });
  try {
    if (dropped?.phase === 'read') fail(running, dropped);
    await running.readAll();
    await running.join();
    for (const [index, one] of given.stories.entries()) if (isLate(one)) beginUse(seeded, index, one);
    if (dropped?.phase === 'act') fail(running, dropped);
    for (const region of [HOME, AWAY])
      await running.act({ accountId: golden.accountId, region }).catch((error: unknown) => {
        if (dropped === undefined) throw error;
      });
    const after = new Set(there());
    return before.filter((id) => !after.has(id));
  } finally {
    await running.close();
  }
}

function fail(running: Running, { targets, after, operation, isRoleGone }: Drop): void {
  const { golden, consumer } = running.seeded;
  const members = { golden, first: consumer(1), second: consumer(2) };
  const names = new Set<string>();
  for (const { who, region } of targets) {
    const member = who === 'golden' ? members.golden : who === 'first' ? members.first : members.second;
    names.add(`${member.accountId} ${region}`);
    if (isRoleGone) member.home.state.everywhere.roles.delete(MEMBER.readRole);
  }
  let answered = 0;
  running.intercept = ({ accountId, region, ...call }: Call) => {
    if (!names.has(`${accountId} ${region}`) || call.service === 's3') return undefined;
    if (operation !== undefined && call.operation !== operation) return undefined;
    answered += 1;
    return answered > after ? { kind: 'access-denied' } : undefined;
  };
}

it('nothing goes that a full reading keeps, whatever answers of whichever targets are missing', {
  timeout: 600_000,
}, async () => {
  let removed = 0;
  await fc.assert(
    fc.asyncProperty(world, fc.array(drop, { minLength: 1, maxLength: IS_SAMPLE ? 1 : 3 }), async (given, drops) => {
      const full = await removedIn(given);
      for (const dropped of drops) {
        const less = await removedIn(given, dropped);
        removed += less.length;
        expect(full).toEqual(expect.arrayContaining(less));
      }
    }),
    { numRuns: IS_SAMPLE ? 1 : times(20).numRuns },
  );
  // Some of what is missing matters to no image: not everything is kept for it.
  if (!IS_SAMPLE) expect(removed).toBeGreaterThan(5);
});
