import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { IS_SAMPLE } from '../builders/runs.ts';
import { play, playYear } from './simulate.ts';
import { sentenceOf, storyOf } from './story.ts';

/** Of `npm run simulate`, so many days in `npm test`, and one year otherwise. */
const SAMPLE_DAYS = 70;
const ORGANIZATION_DAYS = 8;
const SEED = 20_261_121;

it('a year of people, pipelines, faults and kills breaks no promise', { timeout: 300_000 }, async () => {
  if (IS_SAMPLE) {
    const story = storyOf(SEED);
    const steps = story.steps.filter(({ minute }) => minute < SAMPLE_DAYS * 1440);
    const played = await play({ ...story, steps });
    expect(played.broken).toEqual([]);
    expect(played.removed).toBeGreaterThan(2);
    return;
  }
  const { failure, removed } = await playYear(SEED, 60_000);
  expect(failure?.broken ?? [], failure?.story.steps.map(sentenceOf).join('\n')).toEqual([]);
  expect(removed).toBeGreaterThan(10);
});

it('a year of an organization breaks no promise', { timeout: 300_000 }, async () => {
  const story = storyOf(SEED, true);
  const steps = story.steps.filter(({ minute }) => !IS_SAMPLE || minute < ORGANIZATION_DAYS * 1440);
  const played = await play({ ...story, steps });
  expect(played.broken).toEqual([]);
  if (!IS_SAMPLE) expect(played.removed).toBeGreaterThan(10);
});

const STORIES = new URL('stories/', import.meta.url);
it.each(readdirSync(STORIES))('a story that once broke a promise breaks none: %s', async (file) => {
  const { broken } = await play(JSON.parse(readFileSync(new URL(file, STORIES), 'utf8')));
  expect(broken).toEqual([]);
});

it('the same seed tells the same story', () => {
  expect(storyOf(7)).toEqual(storyOf(7));
  expect(storyOf(8)).not.toEqual(storyOf(7));
});
