import { describe, expect, test } from 'vitest';
import type { Sharing } from '../../src/model/account.ts';
import type { ImageId } from '../../src/model/ids.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { AT, anAccount, anImage, imageId, NOT_IN_BIN, snapshotId, UNSHARED, unreadable } from '../builders/account.ts';
import { images, POLICY } from '../builders/plan.ts';

test('a plan says what it is a plan of', () => {
  const account = images(anImage());
  const plan = makePlan(account, POLICY, AT);
  expect(plan).toMatchObject({ target: account.target, observedAt: account.observedAt, at: AT, complete: true });
  expect(plan.passes.map((one) => one.pass)).toEqual(['deprecate', 'disable', 'deregister', 'delete-snapshots']);
  expect(plan.decisions).toHaveLength(1);
  expect(plan.snapshots).toHaveLength(1);
  expect(plan.dangling).toBe(account.references.dangling);
  expect(plan.sources.map(({ name }) => name)).toEqual(
    [...account.inventory, ...account.references.sources].map(({ name }) => name),
  );
});

describe('a plan is complete only where everything could be read', () => {
  test('not with a source that could not be', () => {
    const plan = makePlan(anAccount({ images: [anImage()], sources: unreadable('instances') }), POLICY, AT);
    expect(plan.complete).toBe(false);
    for (const one of plan.passes) expect(one.actions).toEqual([]);
  });

  test('not with a source that nobody looked at', () => {
    const account = anAccount({ images: [anImage()] });
    const sources = account.references.sources.filter(({ name }) => name !== 'instances');
    const plan = makePlan({ ...account, references: { ...account.references, sources } }, POLICY, AT);
    expect(plan.complete).toBe(false);
    expect(plan.sources.at(-1)).toEqual({
      name: 'instances',
      status: 'unreadable',
      references: 0,
      calls: 0,
      error: 'was not read',
    });
  });

  test('not with further readings that failed, of which each kind is a row', () => {
    const failed = { status: 'unreadable', error: 'access denied' } as const;
    const account = {
      ...images(anImage(), anImage({ number: 2 }), anImage({ number: 3 })),
      sharing: new Map<ImageId, Sharing>([
        [imageId(1), failed],
        [imageId(2), failed],
        [imageId(3), UNSHARED],
      ]),
      snapshotDetails: new Map([[snapshotId(1), failed]]),
      recycleBin: new Map([[imageId(9), NOT_IN_BIN]]),
    };
    const plan = makePlan(account, POLICY, AT);
    expect(plan.complete).toBe(false);
    expect(plan.sources.slice(-2)).toEqual([
      {
        name: 'launch-permissions',
        status: 'unreadable',
        references: 0,
        calls: 3,
        error: 'access denied (and 1 more)',
        only: [imageId(1), imageId(2)],
      },
      {
        name: 'snapshot-details',
        status: 'unreadable',
        references: 0,
        calls: 1,
        error: 'access denied',
        only: [snapshotId(1)],
      },
    ]);
    const bin = makePlan({ ...account, recycleBin: new Map([[imageId(9), failed]]) }, POLICY, AT);
    expect(bin.sources.at(-1)?.name).toBe('recycle-bin');
  });
});
