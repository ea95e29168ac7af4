import { expect, it } from 'vitest';
import { IS_SAMPLE } from '../builders/runs.ts';
import { explore } from './explore.ts';
import { SCENE_NAMES, wayText } from './play.ts';

/** `npm run test:small-scope` goes every way with an act and a crash too; these are those with one act, or some of them. */
const EVERY = IS_SAMPLE ? 24 : 1;

it.each(SCENE_NAMES)(
  '%s, and whatever a person does at any moment, nothing used, kept or put back is gone',
  { timeout: 300_000 },
  async (scene) => {
    const { ways, broken } = await explore(scene, { acts: 1, crashes: 0 }, (number) => number % EVERY === 0);
    expect(broken.map(({ way, broken: what }) => `${wayText(way)}: ${what.join('; ')}`)).toEqual([]);
    expect(ways).toBeGreaterThan(50 / EVERY);
  },
);
