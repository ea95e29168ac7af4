import type { AccountState } from '../../sandbox/state.ts';
import type { Policy } from '../../src/model/policy.ts';
import { aPolicy } from '../builders/policy.ts';
import { bearOut } from '../builders/seeded-journal.ts';
import { StoryAccount } from '../scenarios/account.ts';

/** Where the sweep's journal lies. */
export const BUCKET = 'ami-janitor-reports';

/** The policy of the crash sweep: something for every pass. */
export const POLICY: Policy = aPolicy(`
protect: { tags: { DoNotDelete: "true" } }
references: { sharedImages: evaluate }
rules:
  - name: trial absence
    select: { tags: { Kind: trial } }
    keep: { youngerThan: 30d }
    deprecate: {}
    disable: { after: 14d }
    deregister: { after: 90d }
    snapshots: delete
  - name: snapshots stay
    select: { tags: { Kind: archive } }
    keep: { youngerThan: 30d }
    deprecate: {}
    deregister: { after: 30d }
    snapshots: keep
  - name: all
    select: { name: "*" }
    keep: { youngerThan: 30d }
    deprecate: {}
    deregister: { after: 30d }
    snapshots: delete
orphanSnapshots: { deleteAfter: 30d }
limits: { perRun: 100, stopAbove: 100% }
`);

/** An account, and what must never go from it whatever happens. */
export interface CrashAccount {
  readonly state: AccountState;
  /** Images that something uses or protects. */
  readonly staying: readonly string[];
  /** Snapshots that a template or a lock holds. */
  readonly held: readonly string[];
}

const ORGANIZATION = 'arn:aws:organizations::123456789012:organization/o-a1b2c3d4e5';
const SHARED = [{ UserId: '210987654321' }, { UserId: '345678901234' }, { OrganizationArn: ORGANIZATION }];

/** Makes the account of the sweep: small, with something of each kind for each pass. */
export function crashAccount(): CrashAccount {
  const story = new StoryAccount();
  const staying = [...addUsed(story), ...addReinstated(story)];
  addDue(story);
  addToDisable(story);
  const held = addToDeregister(story);
  held.push(...addOrphans(story));
  story.state.recycleBin.rules.push(
    { resource: 'image', retentionDays: 7 },
    { resource: 'snapshot', retentionDays: 14, tags: [{ Key: 'ami-janitor:image' }] },
  );
  bearOut(story.state.buckets, BUCKET, story.state);
  return { state: story.state, staying, held };
}

function addUsed(story: StoryAccount): string[] {
  const byTemplate = story.image('used by a template', { deprecatedDaysAgo: null });
  story.template('web', [byTemplate, byTemplate]);
  const byGroup = story.image('used by a group', { deprecatedDaysAgo: null });
  story.group('web-prod', {
    LaunchTemplate: { LaunchTemplateId: story.template('web-prod', [byGroup]), Version: '$Latest' },
  });
  const byConfiguration = story.image('used by a configuration', { deprecatedDaysAgo: null });
  story.launchConfiguration('legacy', byConfiguration);
  const byInstance = story.image('used by an instance', { deprecatedDaysAgo: null });
  story.instance(byInstance);
  const byParameter = story.image('used by a parameter', { deprecatedDaysAgo: null });
  story.parameter('/images/web', [byParameter]);
  const byTag = story.image('held by a person', { deprecatedDaysAgo: null, tags: { DoNotDelete: 'true' } });
  const young = story.image('young', { ageDays: 3, deprecatedDaysAgo: null });
  return [byTemplate, byGroup, byConfiguration, byInstance, byParameter, byTag, young];
}

function addReinstated(story: StoryAccount): string[] {
  const usedAgain = story.image('deprecated, then used again');
  story.template('used-again', [usedAgain]);
  const disabled = story.image('disabled, then used again', {
    tags: {
      'ami-janitor:disabled-at': story.daysAgo(20).toISOString(),
      'ami-janitor:launch-permissions': `210987654321,345678901234,${ORGANIZATION}`,
    },
    with: { State: 'disabled' },
  });
  story.template('disabled-used-again', [disabled]);
  const moved = story.image('deprecated before its owner’s own date, then kept', {
    tags: {
      'ami-janitor:keep': 'true',
      'ami-janitor:previous-deprecation-time': story.daysAgo(-200).toISOString(),
    },
  });
  return [usedAgain, disabled, moved];
}

function addDue(story: StoryAccount): void {
  for (const name of ['due 1', 'due 2', 'due 3', 'due 4']) story.image(name, { deprecatedDaysAgo: null });
  story.image('due, deprecated by someone else', {
    deprecatedDaysAgo: null,
    with: { DeprecationTime: story.daysAgo(40).toISOString() },
  });
  story.image('due, to be deprecated by someone else', {
    deprecatedDaysAgo: null,
    with: { DeprecationTime: story.daysAgo(-40).toISOString() },
  });
}

function addToDisable(story: StoryAccount): void {
  const tags = { Kind: 'trial' };
  story.image('to be disabled', { deprecatedDaysAgo: 20, tags });
  const shared = story.image('to be disabled, shared', { deprecatedDaysAgo: 20, tags });
  story.state.launchPermissions.set(shared, SHARED);
}

function addToDeregister(story: StoryAccount): string[] {
  const { state } = story;
  for (let number = 1; number <= 8; number += 1) story.image(`to go ${number}`);
  const shared = story.image('to go, shared with accounts');
  state.launchPermissions.set(shared, SHARED);
  const several = [1, 2, 3].map((number) => story.snapshot(`volume ${number}`));
  story.image('to go, with several snapshots', { with: { BlockDeviceMappings: several.map(device) } });
  const common = story.snapshot('root of two that go');
  story.image('to go, first of two', { ageDays: 410, with: { BlockDeviceMappings: [device(common)] } });
  story.image('to go, second of two', { ageDays: 405, with: { BlockDeviceMappings: [device(common)] } });
  const root = story.snapshot('root of one that goes and one that stays');
  story.image('to go, with a snapshot of another', { with: { BlockDeviceMappings: [device(root)] } });
  story.image('stays, with a snapshot of another', {
    ageDays: 5,
    deprecatedDaysAgo: null,
    with: { BlockDeviceMappings: [device(root)] },
  });
  story.image('to go without its snapshot', { tags: { Kind: 'archive' } });
  story.image('to go, disabled', {
    deprecatedDaysAgo: 120,
    tags: { Kind: 'trial', 'ami-janitor:disabled-at': story.daysAgo(100).toISOString() },
    with: { State: 'disabled' },
  });
  const old = story.image('to go, named by an old version alone');
  const newer = story.image('newer', { ageDays: 2, deprecatedDaysAgo: null });
  story.template('moved-on', [old, newer]);

  const [locked, free] = [story.snapshot('locked volume'), story.snapshot('free volume')];
  story.image('to go, with a locked snapshot', { with: { BlockDeviceMappings: [locked, free].map(device) } });
  state.snapshotLocks.set(locked, { SnapshotId: locked, LockState: 'compliance' });
  const [inTemplate, other] = [story.snapshot('volume that a template names'), story.snapshot('other volume')];
  story.image('to go, with a snapshot that a template names', {
    with: { BlockDeviceMappings: [inTemplate, other].map(device) },
  });
  story.template('data-volume', [undefined], { data: { BlockDeviceMappings: [device(inTemplate)] } });
  const fast = story.snapshotOf(story.image('to go, with fast restore'));
  state.fastSnapshotRestores.push({ SnapshotId: fast, AvailabilityZone: 'eu-west-1a', State: 'enabled' });
  return [locked, inTemplate, fast];
}

function addOrphans(story: StoryAccount): string[] {
  const of = () => `Created by CreateImage(i-0123456789abcdef0) for ${story.id('ami')}`;
  story.snapshot(of());
  story.snapshot(of());
  for (const days of [40, 45]) {
    const gone = story.id('ami');
    story.snapshot(`Created by CreateImage(i-0123456789abcdef0) for ${gone}`, {
      tags: { 'ami-janitor:image': gone, 'ami-janitor:orphaned-at': story.daysAgo(days).toISOString() },
    });
  }
  const leftBehind = () => ({
    tags: { 'ami-janitor:image': story.id('ami'), 'ami-janitor:run': '20261001T020000Z-1a2b3c4d' },
  });
  story.snapshot('root', leftBehind());
  story.snapshot('root', leftBehind());
  const locked = story.snapshot('root, locked', leftBehind());
  story.state.snapshotLocks.set(locked, { SnapshotId: locked, LockState: 'governance' });
  const backup = story.snapshot('nightly backup of db-1');
  return [locked, backup];
}

function device(SnapshotId: string, index = 0) {
  return { DeviceName: `/dev/xvd${'abcdef'[index]}`, Ebs: { SnapshotId, VolumeSize: 8 } };
}
