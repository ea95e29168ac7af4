import { NOW } from '../scenarios/account.ts';
import { Mailbox } from '../simulation/mailbox.ts';
import { Witness } from '../simulation/witness.ts';
import { DAY } from '../simulation/world.ts';
import { SECOND } from './heard.ts';
import { answerCall } from './steps.ts';
import { type Start, ToolRun } from './tool.ts';
import { asValue, type Stage, stageOf, type Value } from './value.ts';
import { ACTS, type ActName, leftBehind, letGo, smallWorld } from './world.ts';

const HOUR = 3600 * SECOND;

/** What is about to happen to the image in the run that is looked at, and what happened before. */
const SCENES = {
  'the run deprecates it': { nights: [], at: 0 },
  'the run disables it': { nights: [0], at: 2 },
  'the run deregisters it': { nights: [0, 2], at: 4 },
  'the run deletes its orphaned snapshots': { nights: [0, 2], leave: 1, at: 7 },
} as const satisfies Readonly<
  Record<string, { readonly nights: readonly number[]; readonly leave?: number; readonly at: number }>
>;
export type Scene = keyof typeof SCENES;
export const SCENE_NAMES = Object.keys(SCENES).filter((name): name is Scene => name in SCENES);
/** Nights after everybody let go, until all that is due must be gone. */
const QUIET_NIGHTS = [1, 3, 5, 9, 14, 19];
export const NOT_QUIET = 'undisturbed: a night fails, or could not read everything';

/** One way that a night may go. */
export interface Way {
  readonly scene: Scene;
  /** In order: each comes when so many calls of its run were answered, in the run after a crash or in the first. */
  readonly acts: readonly { readonly act: ActName; readonly isInSecond: boolean; readonly after: number }[];
  /** So many calls were answered, and no more reach AWS; an hour later comes another run. */
  readonly crashAfter?: number;
}

/** A way as people tell it. */
export function wayText({ scene, acts, crashAfter }: Way): string {
  const told = (isSecond: boolean) =>
    acts.filter(({ isInSecond }) => isInSecond === isSecond).map(({ act, after }) => `${act} after call ${after}`);
  const crash = crashAfter === undefined ? [] : [`it crashes after call ${crashAfter}; an hour later another run`];
  return [scene, ...told(false), ...crash, ...told(true)].join('; ');
}

/** The run that is looked at, and the one that comes where it crashes. */
export function runsOf(scene: Scene): readonly [Start, Start] {
  const at = NOW.getTime() + SCENES[scene].at * DAY;
  return [runAt(at, 1), runAt(at + HOUR, 2)];
}

/** Runs after that one: hours later in the day, so that no wait ends within the minutes that a run takes. */
export function quietRunsOf(scene: Scene): readonly Start[] {
  const [{ milliseconds }] = runsOf(scene);
  return QUIET_NIGHTS.map((night, index) => runAt(milliseconds + night * DAY + 6 * HOUR, 3 + index));
}

function runAt(milliseconds: number, number: number): Start {
  const stamp = new Date(milliseconds).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return { runId: `${stamp}Z-${number.toString(16).padStart(8, '0')}`, milliseconds };
}

/** How a scene begins. */
export async function beginningOf(scene: Scene): Promise<Value> {
  const { nights, ...rest } = SCENES[scene];
  const { world, ids } = smallWorld();
  const stage = { world, ids, did: new Set<string>(), witness: new Witness(world, new Mailbox(), { isExact: true }) };
  for (const night of nights) {
    const start = runAt(NOW.getTime() + night * DAY, 0x100 + night);
    if ('leave' in rest && night > rest.leave) ACTS['it is deregistered'](world);
    await playNight(stage, start);
  }
  stage.did.clear();
  return asValue(stage);
}

/** Plays a way from its beginning to the end of the last quiet night. @returns with how things stood before these */
export async function play(way: Way): Promise<{ readonly end: Value; readonly broken: readonly string[] }> {
  const { scene, acts, crashAfter } = way;
  const [first, second] = runsOf(scene);
  const stage = stageOf(await beginningOf(scene), first.milliseconds);
  const { witness, world } = stage;
  let isDead = false;
  const actsDue = (isSecond: boolean) => (calls: number) => {
    for (const { act, isInSecond, after } of acts) if (isInSecond === isSecond && after === calls) ACTS[act](world);
    isDead ||= !isSecond && crashAfter === calls;
    return isDead && !isSecond;
  };
  await playRun(stage, first, actsDue(false));
  if (isDead) await playRun(stage, second, actsDue(true));
  const end = asValue(stage);
  letGo(world);
  for (const start of quietRunsOf(scene)) {
    if (witness.broken.length === 0) await playNight(stage, start);
  }
  return { end, broken: witness.broken.length > 0 ? witness.broken : leftBehind(world) };
}

/** A run with nobody about. */
async function playNight(stage: Stage, start: Start): Promise<void> {
  const isComplete = await playRun(stage, start, () => false);
  if (isComplete !== true) stage.witness.broken.push(NOT_QUIET);
  stage.world.seeHolds(start.milliseconds, new Set());
}

/** @param act does what is due after so many calls, and says whether the run dies there */
async function playRun(stage: Stage, start: Start, act: (calls: number) => boolean): Promise<boolean | undefined> {
  const { world, did } = stage;
  const run = new ToolRun(start);
  did.clear();
  world.goOn(start.milliseconds);
  for (let calls = 0; !act(calls); calls += 1) {
    const asked = await run.next();
    if (!('key' in asked)) return asked.complete;
    world.goOn(start.milliseconds + (calls + 1) * SECOND);
    const at = { runId: start.runId, now: world.time.milliseconds };
    const { reply } = await answerCall(asked, world.state, at, stage);
    await run.answer(reply.wire, reply.key, at.now);
  }
  run.abandon();
  return undefined;
}
