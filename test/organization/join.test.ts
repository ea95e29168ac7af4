import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reference } from '../../src/model/reference.ts';
import { Join, type Joined } from '../../src/organization/join/join.ts';
import type { Copy, OutgoingReferences } from '../../src/organization/read/outgoing-references.ts';
import { type RegionTarget, regionTargetName } from '../../src/organization/s3-keys.ts';
import { imageId, snapshotId } from '../builders/account.ts';
import { times } from '../builders/runs.ts';
import { tried } from '../builders/tried.ts';

const GOLDEN: RegionTarget = { accountId: '222222222222', region: 'eu-west-1' };
const AWAY: RegionTarget = { accountId: '222222222222', region: 'us-east-1' };
const CONSUMER: RegionTarget = { accountId: '333333333333', region: 'eu-west-1' };
const CONSUMER_AWAY: RegionTarget = { accountId: '333333333333', region: 'us-east-1' };

const template = (resource: string): Reference => ({ kind: 'ec2:LaunchTemplate', resource, namedBy: [] });

function uses(given: Partial<Extract<OutgoingReferences, { status: 'read' }>> = {}): OutgoingReferences {
  return { status: 'read', images: [], snapshots: [], copies: [], ...given };
}

const copy = (copyNumber: number, sourceNumber: number, sourceRegion: string, usedBy?: Reference): Copy => ({
  imageId: imageId(copyNumber),
  sourceImageId: imageId(sourceNumber),
  sourceRegion,
  ...(usedBy && { usedBy }),
});

function joinOf(places: readonly [RegionTarget, OutgoingReferences, readonly string[]][]): Map<string, Joined> {
  const join = new Join();
  for (const [place, used] of places) join.addUses(place, used);
  for (const [place, , owned] of places) join.addOwned(place, owned);
  return join.joined();
}

/** What the join says of an image, as `KIND RESOURCE in ACCOUNT REGION`. */
function of(joined: Map<string, Joined>, place: RegionTarget, number: number): string[] | undefined {
  return joined
    .get(regionTargetName(place))
    ?.images.get(imageId(number))
    ?.map(({ kind, resource, accountId, region }) => `${kind} ${resource} in ${accountId} ${region}`);
}

describe('a join', () => {
  it('tells the owner of each image and snapshot who uses it elsewhere, and where', () => {
    const joined = joinOf([
      [GOLDEN, uses(), [imageId(1), imageId(2), snapshotId(1)]],
      [
        CONSUMER,
        uses({ images: [[imageId(1), [template('lt-1')]]], snapshots: [[snapshotId(1), [template('lt-2')]]] }),
        [imageId(3)],
      ],
    ]);
    expect(of(joined, GOLDEN, 1)).toEqual(['ec2:LaunchTemplate lt-1 in 333333333333 eu-west-1']);
    expect(of(joined, GOLDEN, 2)).toBeUndefined();
    expect(joined.get(regionTargetName(GOLDEN))?.snapshots.get(snapshotId(1))).toEqual([
      { ...template('lt-2'), ...CONSUMER },
    ]);
    expect([...joined.keys()]).toEqual([regionTargetName(GOLDEN)]);
  });

  it('takes an id for another image in another Region', () => {
    const joined = joinOf([
      [GOLDEN, uses(), [imageId(1)]],
      [CONSUMER_AWAY, uses({ images: [[imageId(1), [template('lt-1')]]] }), []],
    ]);
    expect(joined.size).toBe(0);
  });

  it.each<[string, [RegionTarget, OutgoingReferences, string[]][]]>([
    [
      'that its own account runs in another Region',
      [[AWAY, uses({ copies: [copy(2, 1, 'eu-west-1', template('lt-1'))] }), [imageId(2)]]],
    ],
    [
      'that another account runs',
      [
        [AWAY, uses({ copies: [copy(2, 1, 'eu-west-1')] }), [imageId(2)]],
        [CONSUMER_AWAY, uses({ images: [[imageId(2), [template('lt-1')]]] }), []],
      ],
    ],
    [
      'of which a copy in another account is used',
      [
        [AWAY, uses({ copies: [copy(2, 1, 'eu-west-1')] }), [imageId(2)]],
        [CONSUMER_AWAY, uses({ copies: [copy(3, 2, 'us-east-1', template('lt-1'))] }), [imageId(3)]],
      ],
    ],
  ])('counts a copy %s', (_, others) => {
    const joined = joinOf([[GOLDEN, uses(), [imageId(1)]], ...others]);
    const [use] = of(joined, GOLDEN, 1) ?? [];
    expect(use).toMatch(/^ec2:Image ami-\S+ in \d{12} us-east-1$/);
  });

  it('leaves a copy alone that nobody uses', () => {
    const joined = joinOf([
      [GOLDEN, uses(), [imageId(1)]],
      [AWAY, uses({ copies: [copy(2, 1, 'eu-west-1')] }), [imageId(2)]],
    ]);
    expect(joined.size).toBe(0);
  });

  it('comes to an end where copies go in a circle', () => {
    const joined = joinOf([
      [GOLDEN, uses({ copies: [copy(1, 2, 'us-east-1')] }), [imageId(1)]],
      [AWAY, uses({ copies: [copy(2, 1, 'eu-west-1', template('lt-1'))] }), [imageId(2)]],
    ]);
    expect(of(joined, GOLDEN, 1)).toHaveLength(1);
    expect(of(joined, AWAY, 2)).toBeUndefined();
  });

  it('names at most twenty uses, and how many more there are', () => {
    const many = Array.from({ length: 45 }, (_, index): [RegionTarget, OutgoingReferences, string[]] => [
      { accountId: String(400_000_000_000 + index), region: 'eu-west-1' },
      uses({ images: [[imageId(1), [template('lt-1')]]] }),
      [],
    ]);
    const told = of(joinOf([[GOLDEN, uses(), [imageId(1)]], ...many]), GOLDEN, 1);
    expect(told).toHaveLength(21);
    expect(told?.at(-1)).toContain('25 more references');
  });
});

const PLACES = [GOLDEN, AWAY, CONSUMER, CONSUMER_AWAY];
const placeIndex = fc.integer({ min: 0, max: PLACES.length - 1 });
const number = fc.integer({ min: 1, max: 12 });
const world = fc.record({
  /** Image number → the place that owns it. */
  owners: fc.array(placeIndex, { minLength: 13, maxLength: 13 }),
  used: fc.array(fc.record({ place: placeIndex, number }), { maxLength: 6 }),
  /** Copy → source. */
  sources: fc.array(fc.option(number, { nil: undefined }), { minLength: 13, maxLength: 13 }),
});

it('whatever refers to what: an image is named exactly where something outside its place uses it or a copy of it', () => {
  tried(times(500), world, ({ owners, used, sources }) => {
    const ownerOf = (image: number) => PLACES[owners[image] ?? 0] ?? GOLDEN;
    const isUsedFrom = (image: number): RegionTarget[] =>
      used.flatMap((use) => {
        const place = PLACES[use.place] ?? GOLDEN;
        return use.number === image && place.region === ownerOf(image).region ? [place] : [];
      });
    const inputs = PLACES.map((place, index): [RegionTarget, OutgoingReferences, string[]] => {
      const own = owners.flatMap((owner, image) => (owner === index && image > 0 ? [image] : []));
      const here = used.filter((use) => use.place === index).map((use) => use.number);
      const copies = own.flatMap((image) => {
        const source = sources[image];
        if (source === undefined || source === image) return [];
        return [copy(image, source, ownerOf(source).region, here.includes(image) ? template('lt-own') : undefined)];
      });
      const foreign = [...new Set(here)].filter((image) => !own.includes(image));
      const images = foreign.map((image): [ReturnType<typeof imageId>, Reference[]] => [
        imageId(image),
        [template('lt-foreign')],
      ]);
      return [place, uses({ images, copies }), own.map((image) => imageId(image))];
    });
    const joined = joinOf(inputs);

    // Plainly: walk down from each image to everything that was copied from it.
    const copiesBelow = (image: number, seen: Set<number>): number[] =>
      sources.flatMap((source, below) => {
        if (below === 0 || source !== image || below === image || seen.has(below)) return [];
        seen.add(below);
        return [below, ...copiesBelow(below, seen)];
      });
    for (let image = 1; image <= 12; image += 1) {
      const place = ownerOf(image);
      const elsewhere = isUsedFrom(image).some((user) => regionTargetName(user) !== regionTargetName(place));
      const below = copiesBelow(image, new Set([image])).filter((one) => isUsedFrom(one).length > 0);
      const byCopy = below.some((one) => regionTargetName(ownerOf(one)) !== regionTargetName(place));
      expect((of(joined, place, image) ?? []).length > 0).toBe(elsewhere || byCopy);
    }
  });
});
