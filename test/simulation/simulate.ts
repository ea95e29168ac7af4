import { SlackServer } from '../notify/slack-server.ts';
import { NOW } from '../scenarios/account.ts';
import { Mailbox } from './mailbox.ts';
import { act, letGoOfAll } from './people.ts';
import { POLICIES } from './policies.ts';
import { Runs } from './runs.ts';
import { type Step, type Story, storyOf, TEAMS } from './story.ts';
import { Witness } from './witness.ts';
import { DAY, World } from './world.ts';

const MINUTE = 60_000;
/** Days between two nights of a rest. */
const REST_STEP = 7;

/** How a story ended. */
export interface Played {
  /** Promises that were broken, in the first step that broke any. */
  readonly broken: readonly string[];
  /** How many steps were played. */
  readonly steps: number;
  /** How many images the tool removed: or it would hold of a tool that does nothing. */
  readonly removed: number;
}

/** Plays one account's story through the real code, and looks after each step whether every promise holds. */
export async function play(story: Story): Promise<Played> {
  const slack = await new SlackServer().start();
  try {
    return await playOn(story, slack);
  } finally {
    slack.close();
  }
}

async function playOn(story: Story, slack: SlackServer): Promise<Played> {
  const world = new World(story);
  const mailbox = new Mailbox();
  const witness = new Witness(world, mailbox);
  const runs = new Runs(world, witness, mailbox, slack);
  slack.now = world.time.now;
  slack.onSilence = world.time.silence;
  slack.channels.push({ id: 'C00PLATFORM', name: 'platform' }, { id: 'C00FALLBACK', name: 'fallback' });
  for (let team = 1; team <= TEAMS; team += 1) slack.channels.push({ id: `C0000TEAM${team}`, name: `team-${team}` });
  const [first] = story.steps;
  world.time.milliseconds = NOW.getTime() + Math.min(0, first?.minute ?? 0) * MINUTE;
  for (const [index, step] of story.steps.entries()) {
    world.goOn(NOW.getTime() + step.minute * MINUTE);
    await playStep(step, world, runs);
    if (step.do === 'rest') for (const what of world.leftovers()) witness.found('progress', what);
    const broken = [...witness.broken, ...mailbox.broken, ...world.incomplete()];
    if (broken.length > 0) return { broken, steps: index + 1, removed: world.removed };
  }
  return { broken: [], steps: story.steps.length, removed: world.removed };
}

async function playStep(step: Step, world: World, runs: Runs): Promise<void> {
  switch (step.do) {
    case 'morning':
      return runs.morning(step.trouble);
    case 'night':
      return runs.night(step.trouble);
    case 'edit':
      return world.edit(POLICIES[step.policy] ?? world.policy);
    case 'rules':
      return world.makeRules(step.areThere);
    case 'rest': {
      letGoOfAll(world);
      const start = world.time.milliseconds;
      for (let day = 1; day <= step.days; day += REST_STEP) {
        world.goOn(start + day * DAY);
        await runs.morning({});
        world.goOn(start + day * DAY + 60 * MINUTE);
        await runs.night({});
      }
      return;
    }
    default:
      return act(world, step);
  }
}

/** A seed whose year breaks a promise, and the shortest story found that still breaks the same one. */
export interface Failure {
  readonly seed: number;
  readonly story: Story;
  readonly broken: readonly string[];
}

/** Plays a year. @returns what it broke, told as shortly as could be found within some time; nothing where all held */
export async function playYear(
  seed: number,
  shrinkMilliseconds: number,
): Promise<Played & { readonly failure?: Failure }> {
  const story = storyOf(seed);
  const played = await play(story);
  if (played.broken.length === 0) return played;
  const steps = story.steps.slice(0, played.steps);
  return { ...played, failure: await shrink({ ...story, steps }, played.broken, shrinkMilliseconds) };
}

/** Leaves out steps, in ever smaller pieces, and then troubles, as long as the same promise is broken. */
async function shrink(story: Story, broken: readonly string[], milliseconds: number): Promise<Failure> {
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
