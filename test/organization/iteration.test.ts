import { describe, expect, it } from 'vitest';
import { actionKey } from '../../src/model/action-ref.ts';
import { NO_JOURNAL } from '../../src/model/journal.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { Action, Plan } from '../../src/model/plan.ts';
import { passesAfter } from '../../src/organization/act/close-target.ts';
import {
  askedFor,
  type Done,
  endOfInterrupted,
  hasWork,
  iterationPolicy,
  planIteration,
} from '../../src/organization/act/iteration.ts';
import { anAccount, anImage, imageId, snapshotId } from '../builders/account.ts';
import { aPolicy } from '../builders/policy.ts';

const RUN = '20261121T020000Z-1a2b3c4d';

const deregister = (number: number): Action => ({
  action: 'deregister',
  imageId: imageId(number),
  rule: 'all',
  deleteSnapshots: [],
  keepSnapshots: [],
});
const ended = (number: number, status: 'done' | 'failed'): Outcome => ({
  action: 'deregister',
  resourceId: imageId(number),
  status,
  reason: 'because',
});

function planOf(ready: readonly number[], deferred: readonly number[] = []): Plan {
  return {
    target: { accountId: '123456789012', region: 'eu-west-1' },
    ancestry: new Map(),
    journal: NO_JOURNAL,
    observedAt: new Date(0),
    at: new Date(0),
    complete: true,
    sources: [],
    decisions: [],
    snapshots: [],
    passes: [{ pass: 'deregister', actions: ready.map(deregister), deferred: deferred.map(deregister) }],
    dangling: [],
    missingImages: [],
    rules: [],
    warnings: [],
  };
}

function done(attempted: readonly number[], outcomes: readonly Outcome[]): Done {
  return {
    attempted: () => new Set(attempted.map((number) => actionKey(deregister(number)))),
    settled: () => new Set(outcomes.map(({ action, resourceId }) => `${action} ${resourceId}`)),
    outcomes: () => [...outcomes],
  };
}

const limited = (perRun: number) => aPolicy(`rules: []\nlimits: { perRun: ${perRun}, stopAbove: 100% }`);

/** The numbers of what a round does. */
function numbers({ passes }: Plan): number[] {
  const all = Array.from({ length: 700 }, (_, number) => imageId(number));
  return passes.flatMap(({ actions }) =>
    actions.map((action) => ('imageId' in action ? all.indexOf(action.imageId) : -1)),
  );
}

describe('a round does', () => {
  it.each<[string, number, Plan, Done, number[]]>([
    ['all that the limit allows', 2, planOf([1, 2, 3]), done([], []), [1, 2]],
    ['what is left of the limit', 3, planOf([3, 4, 5]), done([1, 2], [ended(1, 'done'), ended(2, 'done')]), [3]],
    ['nothing once the limit is reached', 2, planOf([3, 4]), done([1, 2], [ended(1, 'done'), ended(2, 'done')]), []],
    ['others in the place of what failed', 2, planOf([1, 2, 3]), done([1], [ended(1, 'failed')]), [2, 3]],
    [
      'nothing once four times as much failed',
      1,
      planOf([5]),
      done(
        [1, 2, 3, 4],
        [1, 2, 3, 4].map((number) => ended(number, 'failed')),
      ),
      [],
    ],
    ['nothing twice', 9, planOf([1, 2]), done([1], [ended(1, 'failed')]), [2]],
    ['again what was begun and not ended, which counts only once', 2, planOf([1, 2, 3]), done([1], []), [1, 2]],
    ['that even where the limit is reached', 1, planOf([1, 2]), done([1], []), [1]],
    ['nothing that the plan only defers', 9, planOf([], [1]), done([], []), []],
    ['nothing where the limit is zero', 0, planOf([1]), done([], []), []],
  ])('%s', (_, perRun, plan, soFar, expected) => {
    expect(numbers(planIteration(plan, limited(perRun), soFar, askedFor(plan)))).toEqual(expected);
  });

  it('at most five hundred actions, whatever the limit', () => {
    const many = Array.from({ length: 600 }, (_, number) => number + 1);
    const round = planIteration(planOf(many), limited(10_000), done([], []), askedFor(planOf([], many)));
    expect(numbers(round)).toEqual(many.slice(0, 500));
    expect(round.passes[0]?.deferred).toHaveLength(100);
    expect(hasWork(round)).toBe(true);
    expect(iterationPolicy(limited(10_000), done([], [])).limits.perRun).toBe(500);
  });

  it('nothing that the first round’s plan did not ask for', () => {
    const round = planIteration(planOf([1, 2]), limited(9), done([], []), askedFor(planOf([2])));
    expect(numbers(round)).toEqual([2]);
  });

  it('plan past what failed and still stands first in line', () => {
    expect(iterationPolicy(limited(3), done([1], [ended(1, 'failed'), ended(2, 'done')])).limits.perRun).toBe(4);
  });
});

it('the report tells of all that was attempted, and of what is left', () => {
  const [pass] = passesAfter(planOf([1, 2], [3, 4]), done([1, 3], []));
  expect(numbers({ ...planOf([]), passes: pass ? [pass] : [] })).toEqual([1, 3]);
  expect(pass?.deferred.map((action) => 'imageId' in action && action.imageId)).toEqual([imageId(2), imageId(4)]);
});

describe('an action that was interrupted', () => {
  const marked = { 'ami-janitor:run': RUN, 'ami-janitor:deprecated-at': '2026-11-21T02:00:00Z' };
  const gone = anAccount();
  it.each([
    ['is tried again where it is still called for', `deregister ${imageId(1)}`, planOf([1]), gone, undefined],
    ['is tried again where a limit defers it', `deregister ${imageId(1)}`, planOf([], [1]), gone, undefined],
    ['has removed the image that is gone', `deregister ${imageId(1)}`, planOf([]), gone, 'done'],
    [
      'has not removed the image that is there',
      `deregister ${imageId(1)}`,
      planOf([]),
      anAccount({ images: [anImage()] }),
      'skipped',
    ],
    [
      'has deprecated the image that says so',
      `deprecate ${imageId(1)}`,
      planOf([]),
      anAccount({ images: [anImage({ tags: marked })] }),
      'done',
    ],
    [
      'has not deprecated what another run did',
      `deprecate ${imageId(1)}`,
      planOf([]),
      anAccount({ images: [anImage({ tags: { ...marked, 'ami-janitor:run': 'other' } })] }),
      'skipped',
    ],
    [
      'has disabled the image that is',
      `disable ${imageId(1)}`,
      planOf([]),
      anAccount({ images: [anImage({ state: 'disabled' })] }),
      'done',
    ],
    [
      'has given back what carries no mark',
      `reinstate ${imageId(1)}`,
      planOf([]),
      anAccount({ images: [anImage()] }),
      'done',
    ],
    ['has deleted the snapshot that is gone', `delete-snapshot ${snapshotId(1)}`, planOf([]), gone, 'done'],
    ['has not marked a snapshot that is gone', `mark-orphan ${snapshotId(1)}`, planOf([]), gone, 'skipped'],
    ['is nothing of a plan', 'cancel-launch-permission ami-1', planOf([]), gone, undefined],
  ])('%s', (_, key, plan, account, status) => {
    expect(endOfInterrupted(key, plan, account, RUN)?.status).toBe(status);
  });
});
