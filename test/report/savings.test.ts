import { describe, expect, test } from 'vitest';
import type { ImageId } from '../../src/model/ids.ts';
import type { Snapshot } from '../../src/model/image.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { summaryOf } from '../../src/report/acts.ts';
import { costBasis } from '../../src/report/prices.ts';
import { aReport, daysAgo, due, image, imageId, keep, mapped, RUN, snapshot, snapshotId } from './plans.ts';

const GIB = 2 ** 30;
const YOUNG = { code: 'younger-than', ageDays: 12, days: 60 } as const;

/** An image, made from one that nothing else was made from, and its snapshot: 20 GiB for each of its number, $1, $2, … a month. */
interface Story {
  readonly source?: ImageId | 'untold';
  readonly snapshot?: Partial<Snapshot>;
  readonly unmeasured?: true;
}

/** Images 1, 2, …, of which the first ones are due. */
function planOf(stories: readonly Story[], dueImages: number) {
  return {
    decisions: stories.map((story, index) => {
      const { source = imageId(100 + index) } = story;
      const one = image(index + 1, source === 'untold' ? {} : { sourceImageId: source });
      return index < dueImages ? due(one, 'deregister') : keep(one, [YOUNG]);
    }),
    snapshots: stories.map((story, index) => {
      const whole = snapshot(index + 1, { fullSizeBytes: (index + 1) * 20 * GIB, ...story.snapshot });
      const { fullSizeBytes: _, ...unmeasured } = whole;
      return { ...mapped(index + 1), snapshot: story.unmeasured === true ? unmeasured : whole };
    }),
  };
}

const volume = (name: string): Story => ({ snapshot: { volumeId: `vol-${name}` } });
const from = (number: number, name: string): Story => ({ ...volume(name), source: imageId(number) });
const untold = (name: string): Story => ({ ...volume(name), source: 'untold' });
const copy: Story = { snapshot: { isCopy: true } };

describe('of two due images a month costs', () => {
  test.each<[string, readonly Story[], number]>([
    ['all, where nothing is shared', [volume('a'), volume('b'), volume('c')], 3],
    ['the largest of one volume', [volume('a'), volume('a'), volume('b')], 2],
    ['nothing of a volume of which one stays', [volume('a'), volume('b'), volume('a')], 2],
    ['the largest of an image and its source', [from(2, 'a'), volume('b'), volume('c')], 2],
    ['nothing where the source stays', [from(3, 'a'), from(3, 'b'), volume('c')], 0],
    ['nothing where what was made from one stays', [volume('a'), volume('b'), from(1, 'c')], 2],
    ['nothing where the source’s source stays', [from(2, 'a'), from(3, 'b'), volume('c')], 0],
    ['the largest of those of one source that is out of sight', [from(8, 'a'), from(8, 'b'), volume('c')], 2],
    ['nothing where another of that source stays', [from(8, 'a'), volume('b'), from(8, 'c')], 2],
    ['the largest of copies', [copy, copy, volume('c')], 2],
    ['nothing where a copy stays', [copy, volume('b'), copy], 2],
    ['the largest where no source is told', [untold('a'), untold('b'), volume('c')], 2],
    ['nothing where what stays may be the source', [untold('a'), volume('b'), untold('c')], 2],
    ['nothing of what no volume is told, where such stays', [{}, volume('b'), {}], 2],
    ['what is archived, whole', [archived('a'), volume('b'), archived('a')], 2.25],
    [
      'what is archived, whatever stays of its image’s source',
      [{ ...from(3, 'a'), ...archived('a') }, volume('b'), volume('c')],
      2.25,
    ],
    ['what does not share with the archive', [volume('a'), volume('b'), archived('a')], 3],
    ['nothing where AWS tells no full size', [unmeasured('a'), volume('b'), volume('c')], 2],
  ])('at least %s', (_, stories, least) => {
    const { dueStorage } = aReport(planOf(stories, 2)).totals;
    expect(dueStorage).toMatchObject({ snapshots: 2, monthlyCostFrom: least });
    expect(dueStorage.monthlyCostUpTo).toBeGreaterThanOrEqual(least);
  });

  function archived(name: string): Story {
    return { snapshot: { volumeId: `vol-${name}`, storageTier: 'archive' } };
  }

  function unmeasured(name: string): Story {
    return { ...volume(name), unmeasured: true };
  }
});

test('the whole account costs at least the largest of each family', () => {
  const { storage } = aReport(planOf([volume('a'), volume('a'), volume('b')], 0)).totals;
  expect(storage).toMatchObject({ monthlyCostFrom: 5, monthlyCostUpTo: 6 });
});

describe('what a run freed', () => {
  const deletion = (number: number, over: object = {}): Outcome => ({
    action: 'delete-snapshot',
    resourceId: snapshotId(number),
    status: 'done',
    ...over,
  });
  const plan = planOf([volume('a'), volume('a'), volume('b')], 3);
  const enforced = (outcomes: readonly Outcome[]) => aReport(plan, { outcomes, run: { ...RUN, mode: 'enforce' } });

  test.each<[string, readonly Outcome[], object]>([
    ['is of what is gone', [deletion(1), deletion(2)], { snapshots: 2, monthlyCostFrom: 2, monthlyCostUpTo: 3 }],
    ['shares with what it failed to delete', [deletion(1)], { snapshots: 1, monthlyCostFrom: 0, monthlyCostUpTo: 1 }],
    [
      'is not what others had deleted, with which nothing is shared any more',
      [deletion(1), deletion(2, { alreadyGone: true })],
      { snapshots: 1, monthlyCostFrom: 1, monthlyCostUpTo: 1 },
    ],
  ])('%s', (_, outcomes, freed) => {
    expect(enforced(outcomes).totals.deletedStorage).toMatchObject(freed);
  });

  test('is told as a range, with the day on which the Recycle Bin lets go of it', () => {
    const held = [deletion(1, { recoverableUntil: daysAgo(-7) }), deletion(2, { recoverableUntil: daysAgo(-3) })];
    expect(summaryOf(enforced([...held, deletion(3, { recoverableUntil: null })]))[1]).toBe(
      'It saves $5.00 to $6.00 a month (120 GiB), $5.00 to $6.00 once all due images are gone (120 GiB). ' +
        'What lies in the Recycle Bin, until 2026-11-28 at most, costs as before.',
    );
    expect(summaryOf(enforced([deletion(1)]))[1]).toBe(
      'It saves up to $1.00 a month (20 GiB), $5.00 to $6.00 once all due images are gone (120 GiB).',
    );
  });
});

test('how costs were worked out names the list, and a Region that is not on it', () => {
  expect(costBasis(aReport())).toContain('× $0.05 per GiB-month (AWS’s list of 20');
  const elsewhere = aReport({ target: { accountId: '1', region: 'cn-north-1' } });
  expect(costBasis(elsewhere)).toContain('(a usual price: cn-north-1 is not on AWS’s list of 20');
});
