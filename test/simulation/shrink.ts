import type { Played } from './simulate.ts';
import type { Step, Story } from './story.ts';

/** A seed whose year breaks a promise, and the shortest story found that still breaks the same one. */
export interface Failure {
  readonly seed: number;
  readonly story: Story;
  readonly broken: readonly string[];
}

/** Leaves out steps, in ever smaller pieces, and then troubles, as long as the same promise is broken. */
export async function shrink(
  play: (story: Story) => Promise<Played>,
  story: Story,
  broken: readonly string[],
  milliseconds: number,
): Promise<Failure> {
  const end = performance.now() + milliseconds;
  const invariantOf = (what = '') => what.split(':')[0];
  let best = { seed: story.seed, story, broken };
  const tryWith = async (steps: readonly Step[]): Promise<boolean> => {
    const shorter = { ...story, steps };
    const played = await play(shorter).catch(() => undefined);
    const same = played?.broken.find((what) => invariantOf(what) === invariantOf(broken[0]));
    if (played === undefined || same === undefined) return false;
    best = { ...best, story: { ...shorter, steps: steps.slice(0, played.steps) }, broken: played.broken };
    return true;
  };
  await tryWith(best.story.steps.map((step) => ('trouble' in step ? { ...step, trouble: {} } : step)));
  for (const image of new Set(best.story.steps.flatMap((step) => ('image' in step ? step.image : []))))
    if (performance.now() < end)
      await tryWith(best.story.steps.filter((step) => !('image' in step && step.image === image)));
  for (let size = Math.ceil(best.story.steps.length / 2); ; size = Math.ceil(size / 2)) {
    for (let from = 0; from < best.story.steps.length && performance.now() < end; ) {
      const { steps } = best.story;
      if (!(await tryWith([...steps.slice(0, from), ...steps.slice(from + size)]))) from += size;
    }
    if (size === 1) break;
  }
  for (let at = 0; at < best.story.steps.length; at += 1)
    for (const simpler of simplerOf(best.story.steps[at])) {
      if (performance.now() < end) await tryWith(best.story.steps.with(at, simpler));
    }
  return best;
}

/** The same step with one trouble less. */
function simplerOf(step: Step | undefined): Step[] {
  if (step?.do !== 'morning' && step?.do !== 'night') return [];
  const { minute, do: what, trouble } = step;
  const quiet: Step = { minute, do: what, trouble: {} };
  const less = Object.keys(trouble).map((name): Step => {
    const kept = Object.fromEntries(Object.entries(trouble).filter(([key]) => key !== name));
    return { minute, do: what, trouble: kept };
  });
  return [...less, quiet];
}
