import { ENVIRONMENT } from '../builders/sdk-environment.ts';
import { PLANTS, plant } from './planted.ts';

/**
 * A process that plays the years of some seeds, one after the other, and says at once how each ended: nothing of `src/` is
 * loaded before a mistake is planted there.
 */

/** What it is to play: from one seed on each so-manieth, so many. */
export interface Share {
  readonly first: number;
  readonly step: number;
  readonly years: number;
  readonly isOrganization: boolean;
  /** The number of a mistake in the code; what it breaks is not told as a shorter story. */
  readonly plant?: number;
  /** It ends itself after so much of a core's time, whatever else the machine does. */
  readonly seconds?: number;
}

/** How one year ended. */
export interface Ended {
  readonly seed: number;
  readonly removed: number;
  readonly broken: readonly string[];
  /** What the process took until now of a core's time. */
  readonly seconds: number;
  /** The shortest story found that still breaks the same promise, in sentences, and as it can be played again. */
  readonly story?: { readonly sentences: readonly string[]; readonly text: string };
}

/** How long a broken seed's story is made shorter. */
const SHRINK_MILLISECONDS = 180_000;

Object.assign(process.env, ENVIRONMENT);

async function playShare({ first, step, years, isOrganization, plant: number, seconds }: Share): Promise<void> {
  if (seconds !== undefined) setInterval(() => secondsUsed() > seconds && process.exit(), 500).unref();
  const planted = number === undefined ? undefined : PLANTS[number];
  if (planted) plant(planted);
  const { play, playYear } = await import('./simulate.ts');
  const { sentenceOf, storyOf } = await import('./story.ts');
  for (let year = 0; year < years; year += 1) {
    const seed = first + year * step;
    if (planted) {
      const { removed, broken } = await play(storyOf(seed, isOrganization));
      process.send?.({ seed, removed, broken, seconds: secondsUsed() } satisfies Ended);
    } else {
      const { removed, broken, failure } = await playYear(seed, SHRINK_MILLISECONDS, isOrganization);
      const story = failure && {
        sentences: failure.story.steps.map(sentenceOf),
        text: JSON.stringify(failure.story, undefined, 2),
      };
      const told = failure?.broken ?? broken;
      process.send?.({ seed, removed, broken: told, seconds: secondsUsed(), ...(story && { story }) } satisfies Ended);
    }
  }
  process.disconnect?.();
}

function secondsUsed(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}

process.once('message', (share: Share) => void playShare(share));
