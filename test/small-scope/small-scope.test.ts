import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IS_SAMPLE } from '../builders/runs.ts';
import { Course } from './course.ts';
import { explore } from './explore.ts';
import { play, SCENE_NAMES, type Way, wayText } from './play.ts';
import { ACT_NAMES } from './world.ts';

/** `npm run test:small-scope` goes every way with three acts and a crash; these are those with one act, or without any. */
const ACTS = IS_SAMPLE ? 0 : 1;

it.each(IS_SAMPLE ? SCENE_NAMES.slice(1, 3) : SCENE_NAMES)(
  '%s, and whatever a person does at any moment, nothing used, kept or put back is gone',
  { timeout: 300_000 },
  async (scene) => {
    const { ways, broken } = await explore(scene, { acts: ACTS, crashes: 1 });
    expect(broken.map(({ way, broken: what }) => `${wayText(way)}: ${what.join('; ')}`)).toEqual([]);
    expect(ways).toBeGreaterThan(ACTS === 0 ? 4 : 50);
  },
);

describe('what is explored', () => {
  const wayOf = fc.record({
    scene: fc.constantFrom(...SCENE_NAMES),
    acts: fc.array(
      fc.record({ act: fc.constantFrom(...ACT_NAMES), isInSecond: fc.boolean(), after: fc.nat({ max: 45 }) }),
      { maxLength: 3 },
    ),
    crashAfter: fc.option(fc.nat({ max: 45 }), { nil: undefined }),
  });

  it('is what comes of each way when the tool is run from its beginning to its end', { timeout: 300_000 }, async () => {
    const goesAlike = async ({ crashAfter, ...rest }: Omit<Way, 'crashAfter'> & { crashAfter: number | undefined }) => {
      const way = { ...rest, ...(crashAfter !== undefined && { crashAfter }) };
      const course = new Course(way.scene);
      const [played, { position, broken }] = [await play(way), await course.follow(way)];
      const after = broken.length > 0 ? broken : await course.afterwards(position);
      expect(after[0]).toBe(played.broken[0]);
      if (broken.length > 0) return;
      expect(position.value.account.id).toBe(played.end.account.id);
      expect(position.value.memory.id).toBe(played.end.memory.id);
    };
    await fc.assert(fc.asyncProperty(wayOf, goesAlike), { numRuns: IS_SAMPLE ? 3 : 100, seed: 20261122 });
  });

  it.skipIf(IS_SAMPLE)('leaves out no way that ends otherwise', { timeout: 300_000 }, async () => {
    const scope = { acts: 1, crashes: 1 } as const;
    const [some, all] = [
      await explore('the run deprecates it', scope),
      await explore('the run deprecates it', scope, false),
    ];
    expect([...some.ends].sort()).toEqual([...all.ends].sort());
    expect(some.broken).toEqual(all.broken);
    expect(some.ways).toBeLessThan(all.ways / 10);
  });
});
