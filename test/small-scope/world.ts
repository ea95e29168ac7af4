import { SOURCES } from '../../src/model/sources.ts';
import { aPolicy } from '../builders/policy.ts';
import { NOW, StoryAccount } from '../scenarios/account.ts';
import { act } from '../simulation/people.ts';
import type { Act } from '../simulation/story.ts';
import { DAY, World } from '../simulation/world.ts';

const ON: readonly string[] = ['auto-scaling-groups', 'launch-templates', 'instances'];
const OFF = SOURCES.filter((name) => !ON.includes(name));
export const POLICY = aPolicy(`
references:
  sharedImages: evaluate
  # Nothing of these is in the account.
  off: [${OFF.join(', ')}]
rules:
  - name: trial
    select: { tags: { Kind: trial } }
    keep: { youngerThan: 5d }
    deprecate: {}
    disable: { after: 1d }
    deregister: { after: 3d }
    snapshots: delete
limits: { perRun: 4, stopAbove: 100% }
orphanSnapshots: { deleteAfter: 4d }
`);
const HOUR = 3_600_000;
const IMAGE = 1;
const SECOND_IMAGE = 2;

const byHand = (does: Act) => (world: World) => act(world, does);

/** What the one person can do. */
export const ACTS = {
  'a group uses it': byHand({ image: IMAGE, do: 'use', by: 'group' }),
  'nothing uses it any more': byHand({ image: IMAGE, do: 'stop using' }),
  'it is tagged to be kept': byHand({ image: IMAGE, do: 'keep', days: 'for ever' }),
  'it need not be kept any more': byHand({ image: IMAGE, do: 'let go' }),
  'it is enabled': byHand({ image: IMAGE, do: 'enable' }),
  'it is disabled': byHand({ image: IMAGE, do: 'disable' }),
  'it is deregistered': byHand({ image: IMAGE, do: 'deregister' }),
  'it is restored': byHand({ image: IMAGE, do: 'restore' }),
  'its snapshots are locked': byHand({ image: IMAGE, do: 'lock' }),
  'it is shared': byHand({ image: IMAGE, do: 'share', account: 2 }),
  'another image is made of its snapshot': makeAnother,
} as const satisfies Readonly<Record<string, (world: World) => void>>;
export type ActName = keyof typeof ACTS;
export const ACT_NAMES = Object.keys(ACTS).filter((name): name is ActName => name in ACTS);

/** One image with two snapshots, built a month ago, one person, and nothing else. */
export function smallWorld(): { readonly world: World; readonly ids: { last: number } } {
  const ids = { last: 0 };
  const world = new World({ lingersSeconds: 0 }, new StoryAccount(undefined, ids));
  world.edit(POLICY);
  world.time.milliseconds = NOW.getTime() - 30 * DAY;
  world.build({ do: 'build', image: IMAGE, kind: 'trial', team: 1, sharesRoot: false });
  const life = world.lives.get(IMAGE);
  if (life === undefined) throw new Error('the image is not there');
  const second = world.story.snapshot(`Created by CreateImage(i-0123456789abcdef0) for ${life.id}`, { ageDays: 30 });
  const root = world.state.images.get(life.id)?.BlockDeviceMappings ?? [];
  const data = { DeviceName: '/dev/sdb', Ebs: { SnapshotId: second, VolumeSize: 8 } };
  world.change(life, { BlockDeviceMappings: [...root, data] });
  world.lives.set(IMAGE, { ...life, snapshots: [...life.snapshots, second] });
  // What waits in the Recycle Bin is gone before the last of the quiet nights.
  const { rules } = world.state.recycleBin;
  rules.splice(0, rules.length, ...rules.map((rule) => ({ ...rule, retentionDays: 7 })));
  world.time.milliseconds = NOW.getTime();
  return { world, ids };
}

/** Registers an image from the first one's root snapshot, where that is there. */
function makeAnother(world: World): void {
  const [root = ''] = world.lives.get(IMAGE)?.snapshots ?? [];
  if (!world.state.snapshots.has(root) || world.lives.has(SECOND_IMAGE)) return;
  const now = world.time.milliseconds;
  // The second in which it was made tells the tool nothing.
  world.time.milliseconds -= now % HOUR;
  world.build({ do: 'build', image: SECOND_IMAGE, kind: 'archive', team: 1, sharesRoot: false });
  world.time.milliseconds = now;
  const life = world.lives.get(SECOND_IMAGE);
  if (life === undefined) return;
  for (const id of life.snapshots) world.state.snapshots.delete(id);
  world.change(life, { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: root, VolumeSize: 8 } }] });
  world.lives.set(SECOND_IMAGE, { ...life, snapshots: [root] });
}

/** The person lets go of everything. */
export function letGo(world: World): void {
  for (const what of ['stop using', 'let go', 'unlock', 'enable'] as const) byHand({ image: IMAGE, do: what })(world);
}

/** What is still there of the image, though nothing has held it for long. */
export function leftBehind({ lives, state }: World): string[] {
  const life = lives.get(IMAGE);
  const other = state.images.get(lives.get(SECOND_IMAGE)?.id ?? '');
  const used = new Set(other?.BlockDeviceMappings?.map(({ Ebs }) => Ebs?.SnapshotId));
  const left = (life?.snapshots ?? []).filter((id) => state.snapshots.has(id) && !used.has(id));
  return [
    ...(state.images.has(life?.id ?? '') ? ['the image is still there'] : []),
    ...left.map((id) => `${id} is left`),
  ];
}
