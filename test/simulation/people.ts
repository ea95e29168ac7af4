import type { Image } from '@aws-sdk/client-ec2';
import { TAG } from '../../src/model/tags.ts';
import { USUAL_POLICY } from './policies.ts';
import { rollOut, settle } from './rollouts.ts';
import type { Act, Use } from './story.ts';
import { DAY, type Life, type UsedBy, type World } from './world.ts';

/** What people and pipelines do in an account; nothing where it can't be done. */
export function act(world: World, does: Act): void {
  if (does.do === 'build') world.build(does);
  const life = world.life(does.image);
  if (life === undefined || does.do === 'build') return;
  const image = world.state.images.get(life.id);
  if (does.do === 'restore') restore(world, life);
  else if (does.do === 'lock' || does.do === 'unlock') lock(world, life, does.do === 'lock');
  else if (does.do === 'stop using') stopUsing(world, life);
  else if (image !== undefined) actOn(world, life, image, does);
}

/** Everybody lets go of everything, and the policy is the usual one. */
export function letGoOfAll(world: World): void {
  world.edit(USUAL_POLICY);
  world.makeRules(true);
  for (const image of world.lives.keys())
    for (const what of ['stop using', 'let go', 'unlock', 'enable'] as const) act(world, { do: what, image });
}

type ActOn = Exclude<Act, { do: 'build' } | { do: 'restore' | 'lock' | 'unlock' | 'stop using' }>;

function actOn(world: World, life: Life, image: Image, does: ActOn): void {
  const now = world.time.milliseconds;
  const isAvailable = image.State === 'available';
  life.touchedAt = now;
  switch (does.do) {
    case 'use': {
      const user = does.of === undefined ? world : world.neighbors[does.of - 1];
      if (user === undefined || !isAvailable || !world.isSharedWith(life, user)) break;
      const key = user === world ? does.by : (`${does.by} of ${user.state.accountId}` as const);
      if (!life.uses.has(key)) life.uses.set(key, { since: now, ...startUsing(user, life.id, does.by) });
      break;
    }
    case 'copy': {
      const target = world.neighbors[does.to - 1] ?? world.otherRegion;
      if (target === undefined || !isAvailable || !world.isSharedWith(life, target)) break;
      const { kind, owner } = life;
      const source = { SourceImageId: life.id, SourceImageRegion: world.state.region };
      const copy = { image: does.as, kind, team: Number(owner.at(-1)), sharesRoot: false };
      life.copies.push(target.build({ do: 'build', ...copy }, source));
      break;
    }
    case 'roll out': {
      const to = world.life(does.to);
      if (to === undefined) break;
      to.touchedAt = now;
      rollOut(world, life, to);
      break;
    }
    case 'settle':
      settle(world, life, does.goesOn);
      break;
    case 'launch':
      if (isAvailable) life.launchedAt = now;
      break;
    case 'keep':
      keepFrom(world, life, keepOf(world, life));
      tag(world, life, TAG.keep, does.days === 'for ever' ? 'true' : timeText(now + does.days * DAY));
      break;
    case 'let go':
      life.keptSince = undefined;
      tag(world, life, TAG.keep, undefined);
      break;
    case 'hand over':
      life.owner = `#team-${does.team}`;
      life.ownerSince = now;
      tag(world, life, 'Owner', life.owner);
      break;
    case 'forge':
      if (does.tag === TAG.deregisterAfter) life.deregisterAfter = undefined;
      // Taken off and put on again between two runs, it looks as the tool left it.
      if (does.tag === TAG.deprecatedAt && (life.unmarked?.at ?? 0) > world.seenAt)
        life.markedAt ??= life.unmarked?.markedAt;
      tag(world, life, does.tag, timeText(now - does.daysAgo * DAY));
      break;
    case 'untag':
      if (does.tag === TAG.deprecatedAt) {
        life.unmarked = { at: now, markedAt: life.markedAt };
        life.markedAt = undefined;
      }
      // Taken off a disabled image, they say that it is to be shared with nobody.
      if (does.tag === TAG.launchPermissions && !isAvailable) life.sharedWith.clear();
      tag(world, life, does.tag, undefined);
      break;
    case 'share':
    case 'revoke':
      if (isAvailable) share(world, life, world.accountOf(does.account), does.do === 'share');
      break;
    case 'enable':
      if (isAvailable) break;
      if (life.disabledByTool) life.putBackAt = now;
      world.change(life, { State: 'available' });
      break;
    case 'disable':
      if (!isAvailable || life.uses.size > 0) break;
      // Enabled and disabled again between two runs, it looks as the tool left it.
      if ((life.putBackAt ?? 0) > world.seenAt) life.putBackAt = undefined;
      world.state.launchPermissions.delete(life.id);
      world.change(life, { State: 'disabled' });
      break;
    case 'deregister':
      if (life.uses.size > 0) break;
      life.leftAt = now;
      world.state.deregistered.set(life.id, world.state.images.get(life.id) ?? {});
      world.state.images.delete(life.id);
  }
}

function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function startUsing({ state, story }: World, id: string, by: Use): Omit<UsedBy, 'since'> {
  const name = `${by.replace(' ', '-')}-${story.id('use')}`;
  if (by === 'instance') {
    const instance = story.instance(id);
    return { stop: () => state.instances.delete(instance) };
  }
  if (by === 'parameter') {
    story.parameter(`/${name}`, [id]);
    return { stop: () => state.parameters.delete(`/${name}`) };
  }
  if (by === 'launch configuration') {
    story.launchConfiguration(name, id);
    return { stop: () => state.launchConfigurations.delete(name) };
  }
  // A group names a version that is neither the newest nor the default.
  const templateId = story.template(name, by === 'group' ? [id, undefined] : [id]);
  if (by === 'group') story.group(name, { LaunchTemplate: { LaunchTemplateId: templateId, Version: '1' } });
  const stop = () => {
    state.autoScalingGroups.delete(name);
    state.instanceRefreshes.delete(name);
    state.launchTemplates.delete(templateId);
  };
  return { stop, templateId, ...(by === 'group' && { group: name }) };
}

function stopUsing({ lives, rollouts }: World, { uses }: Life): void {
  for (const { stop, templateId } of uses.values()) {
    stop();
    // What a rollout brought to the same group or template goes with it.
    for (const [life, other] of [...lives.values()].flatMap((one) => [...one.uses].map((use) => [one, use] as const)))
      if (templateId !== undefined && other[1].templateId === templateId && life.uses !== uses) {
        life.uses.delete(other[0]);
        rollouts.delete(life);
      }
  }
  for (const life of [...rollouts.keys()]) if (life.uses === uses) rollouts.delete(life);
  uses.clear();
}

/** From the Recycle Bin, snapshots first, as far as it still lies there. */
function restore({ state, time }: World, life: Life): void {
  const { images, snapshots } = state.recycleBin;
  const now = time.milliseconds;
  const binned = images.get(life.id);
  if (binned === undefined || binned.exitsAt.getTime() <= now) return;
  const missing = life.snapshots.filter((id) => !state.snapshots.has(id));
  const found = missing.flatMap((id) => snapshots.get(id) ?? []).filter(({ exitsAt }) => exitsAt.getTime() > now);
  if (found.length < missing.length) return;
  for (const { resource } of found) {
    snapshots.delete(resource.SnapshotId ?? '');
    state.snapshots.set(resource.SnapshotId ?? '', resource);
  }
  images.delete(life.id);
  state.deregistered.delete(life.id);
  state.lingering.delete(life.id);
  state.images.set(life.id, binned.resource);
  life.putBackAt = now;
  life.touchedAt = now;
}

function lock({ state }: World, { snapshots }: Life, isLocked: boolean): void {
  for (const SnapshotId of snapshots) {
    if (isLocked && state.snapshots.has(SnapshotId))
      state.snapshotLocks.set(SnapshotId, { SnapshotId, LockState: 'governance' });
    else state.snapshotLocks.delete(SnapshotId);
  }
}

/** It is kept from now on, unless it is still kept by what was written before. */
export function keepFrom({ time }: World, life: Life, before: string | undefined): void {
  const isKept = before === 'true' || Date.parse(before ?? '') > time.milliseconds;
  if (!isKept || life.keptSince === undefined) life.keptSince = time.milliseconds;
}

/** Until when an image is to be kept, in people's words. */
export function keepOf({ state }: World, { id }: Life): string | undefined {
  return state.images.get(id)?.Tags?.find(({ Key }) => Key === TAG.keep)?.Value;
}

function share({ state }: World, life: Life, UserId: string, isShared: boolean): void {
  const before = state.launchPermissions.get(life.id) ?? [];
  const others = before.filter((one) => one.UserId !== UserId);
  // To take away what is not there changes nothing, and nobody can see it.
  if (!isShared && others.length === before.length) return;
  // Enabled by hand and shared anew, it is shared with nobody else any more: they left the others out.
  if (isShared && others.length === 0) life.sharedWith.clear();
  state.launchPermissions.set(life.id, isShared ? [...others, { UserId }] : others);
  if (isShared) life.sharedWith.add(UserId);
  else life.sharedWith.delete(UserId);
}

function tag(world: World, life: Life, Key: string, Value: string | undefined): void {
  const others = (world.state.images.get(life.id)?.Tags ?? []).filter((one) => one.Key !== Key);
  world.change(life, { Tags: Value === undefined ? others : [...others, { Key, Value }] });
}
