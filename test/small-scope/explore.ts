import { type Played, play, type Scene, type Step, type Way } from './play.ts';
import { ACT_NAMES, ACTS, type ActName } from './world.ts';

const READ_BY_ACTS = ['images', 'snapshots', 'recycleBin'];

/** How much may happen in one way. */
export interface Scope {
  readonly acts: number;
  readonly crashes: 0 | 1;
}

export interface Explored {
  ways: number;
  readonly broken: { readonly way: Way; readonly broken: readonly string[] }[];
}

/**
 * Every way that one scene can go: each act of people at each moment at which it can make a difference, which is right
 * after a call that reads or writes what the act changes, or that writes anything; each crash right before a call that
 * writes. What comes at other moments ends in the same.
 * @param isMine picks a share of the ways by their number on the first level, so that several processes divide them
 */
export async function explore(scene: Scene, scope: Scope, isMine: (number: number) => boolean): Promise<Explored> {
  const seen = new Set<string>();
  const isNew = (key: string) => {
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  };
  const explored: Explored = { ways: 0, broken: [] };
  const visit = async (way: Way, depth: number): Promise<void> => {
    explored.ways += 1;
    const played = await play(way, isNew);
    if (played.broken.length > 0) explored.broken.push({ way, broken: played.broken });
    if (played.isKnown || played.broken.length > 0) return;
    for (const [number, next] of waysAfter(way, played, scope).entries())
      if (depth > 0 || isMine(number)) await visit(next, depth + 1);
  };
  await visit({ scene, acts: [] }, 0);
  return explored;
}

function waysAfter(way: Way, { steps }: Played, { acts, crashes }: Scope): Way[] {
  const from = Math.max(way.acts.at(-1)?.after ?? 0, way.crashAfter ?? 0);
  const later = steps.map((step, index) => ({ step, after: index + 1 })).filter(({ after }) => after > from);
  const crashing = crashes > 0 && way.crashAfter === undefined ? later.filter(({ step }) => step.writes) : [];
  const acting = way.acts.length < acts ? ACT_NAMES : [];
  return [
    ...crashing.map(({ after }) => ({ ...way, crashAfter: after - 1 })),
    ...acting.flatMap((act) =>
      [from, ...later.flatMap(({ step, after }) => (matters(act, step) ? [after] : []))].map((after) => ({
        ...way,
        acts: [...way.acts, { act, after }],
      })),
    ),
  ];
}

/** Whether it makes a difference if an act comes before or after a call: each reads what the other writes. */
function matters(act: ActName, { writes, touched }: Step): boolean {
  const changes: readonly string[] = ACTS[act].changes;
  return changes.some((part) => touched.has(part)) || (writes && READ_BY_ACTS.some((part) => touched.has(part)));
}
