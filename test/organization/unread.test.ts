import { describe, expect, it } from 'vitest';
import { MEMBER, type Member, type SeededOrganization, seedOrganization } from '../builders/organization.ts';
import { Running } from './running.ts';

const DAY = 86_400_000;

let running: Running;

/** One run so many days later; gives what its report says of an image, and whether it is there. */
async function run(seeded: SeededOrganization, day: number, mode: 'enforce' | 'dry-run' = 'enforce') {
  const runId = `20261121T020000Z-${String(day).padStart(8, '0')}`;
  running = await Running.start(seeded, { mode, runId, laterMilliseconds: day * DAY });
  await running.readAndJoin();
  await running.act();
  const { images } = await running.report();
  return (id: string) => {
    const found = images.find(({ imageId }) => imageId === id);
    const codes = found?.reasons.map(({ code }) => code).join(', ');
    return [found && `${found.decision}: ${codes}`, seeded.golden.home.state.images.has(id)];
  };
}

function takeRole({ home }: Member): () => void {
  const { roles } = home.state.everywhere;
  const role = roles.get(MEMBER.readRole);
  roles.delete(MEMBER.readRole);
  return () => void (role && roles.set(MEMBER.readRole, role));
}

describe('an image that is shared no more, and used in an account that can’t be read', () => {
  it('stays for what that account used when it was last read, and is not given back for it', async () => {
    const seeded = seedOrganization({ consumers: 2, unused: 0 });
    const { golden, images, consumer } = seeded;
    await run(seeded, 0, 'dry-run');
    golden.home.state.launchPermissions.delete(images.inTemplate37);
    golden.home.state.launchPermissions.delete(images.copied);
    const giveRoleBack = takeRole(consumer(37));
    const unread = await run(seeded, 1);
    expect(unread(images.inTemplate37)).toEqual(['keep: consumer-unread', true]);
    expect(unread(images.copied)).toEqual(['keep: consumer-unread', true]);
    // Weeks later it is unread still, and what it used is still remembered.
    expect((await run(seeded, 40))(images.inTemplate37)).toEqual(['keep: consumer-unread', true]);
    giveRoleBack();
    expect((await run(seeded, 41))(images.inTemplate37)).toEqual(['reinstate: referenced', true]);
  });

  it('stays until a whole usage report speaks, where that account was never read', async () => {
    const seeded = seedOrganization({ consumers: 2, unused: 0 });
    const { golden, images, consumer } = seeded;
    golden.home.state.launchPermissions.delete(images.inTemplate37);
    takeRole(consumer(37));
    const first = await run(seeded, 0);
    expect(first(images.inTemplate37)).toEqual(['keep: usage-unknown', true]);
    expect(first(images.unshared)).toEqual(['keep: usage-unknown', true]);
    const second = await run(seeded, 1);
    expect(second(images.inTemplate37)).toEqual(['reinstate: used-elsewhere', true]);
    expect(golden.home.state.images.has(images.unshared)).toBe(false);
  });
});
