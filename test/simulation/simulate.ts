import { SlackServer } from '../notify/slack-server.ts';
import { NOW } from '../scenarios/account.ts';
import { POLICIES } from './policies.ts';
import { memberOf } from './press.ts';
import { type Failure, shrink } from './shrink.ts';
import { accountStage, organizationStage, type Stage } from './stage.ts';
import { type Step, type Story, storyOf, TEAMS } from './story.ts';
import { DAY } from './world.ts';

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

/** Plays a story through the real code, and looks after each step whether every promise holds. */
export async function play(story: Story): Promise<Played> {
  const slack = await new SlackServer().start();
  try {
    return await playOn(story, slack);
  } finally {
    slack.close();
  }
}

async function playOn(story: Story, slack: SlackServer): Promise<Played> {
  const stage = story.isOrganization ? await organizationStage(story, slack) : accountStage(story, slack);
  const { worlds, time } = stage;
  slack.now = time.now;
  slack.onSilence = time.silence;
  slack.channels.push({ id: 'C00PLATFORM', name: 'platform' }, { id: 'C00FALLBACK', name: 'fallback' });
  for (let team = 1; team <= TEAMS; team += 1)
    slack.channels.push({ id: `C0000TEAM${team}`, name: `team-${team}`, members: [memberOf(team)] });
  const [first] = story.steps;
  time.milliseconds = NOW.getTime() + Math.min(0, first?.minute ?? 0) * MINUTE;
  const removed = () => worlds.reduce((sum, world) => sum + world.removed, 0);
  try {
    for (const [index, step] of story.steps.entries()) {
      stage.goOn(NOW.getTime() + step.minute * MINUTE);
      await playStep(step, stage);
      if (step.do === 'rest')
        for (const [at, world] of worlds.entries())
          for (const what of world.leftovers()) stage.witnesses[at]?.found('progress', what);
      const broken = [
        ...stage.witnesses.flatMap((witness) => witness.broken),
        ...stage.mailbox.broken,
        ...worlds.flatMap((world) => world.incomplete()),
      ];
      if (broken.length > 0) return { broken, steps: index + 1, removed: removed() };
    }
    return { broken: [], steps: story.steps.length, removed: removed() };
  } finally {
    await stage.close();
  }
}

async function playStep(step: Step, stage: Stage): Promise<void> {
  switch (step.do) {
    case 'morning':
      return stage.morning(step.trouble);
    case 'night':
      return stage.night(step.trouble);
    case 'edit':
      for (const world of stage.worlds) world.edit(POLICIES[step.policy] ?? world.policy);
      return;
    case 'press':
      return stage.press(step);
    case 'rules':
      for (const world of stage.worlds) world.makeRules(step.areThere);
      return;
    case 'lock out':
    case 'let in':
      return stage.lock(step.account, step.do === 'lock out');
    case 'rest': {
      stage.letGo();
      const start = stage.time.milliseconds;
      for (let day = 1; day <= step.days; day += REST_STEP)
        for (const at of stage.restNights.map((after) => start + (day + after) * DAY)) {
          stage.goOn(at);
          await stage.morning({});
          stage.goOn(at + 60 * MINUTE);
          await stage.night({});
        }
      return;
    }
    default:
      return stage.act(step);
  }
}

/** Plays a year. @returns what it broke, told as shortly as could be found within some time; nothing where all held */
export async function playYear(
  seed: number,
  shrinkMilliseconds: number,
  isOrganization = false,
): Promise<Played & { readonly failure?: Failure }> {
  const story = storyOf(seed, isOrganization);
  const played = await play(story);
  if (played.broken.length === 0) return played;
  const steps = story.steps.slice(0, played.steps);
  return { ...played, failure: await shrink(play, { ...story, steps }, played.broken, shrinkMilliseconds) };
}
