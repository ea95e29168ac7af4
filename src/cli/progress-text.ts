import { count, counted } from '../text/format.ts';

/** How far a run is. */
export interface Standing {
  readonly what: string;
  /** Requests sent, pages of lists among them. */
  readonly requests: number;
  readonly sources: { readonly read: number; readonly of: number };
  readonly acting?: {
    readonly ended: number;
    readonly of: number;
    readonly startedAt: Date;
    /** The last action that ended: `deregister ami-…: done`. */
    readonly last?: string;
  };
}

const NARROWEST = 20;
/** The spinner and a space. */
const SIGN_WIDTH = 3;

/** How far a run is, in one line that does not wrap. */
export function progressText(standing: Standing, now: Date, columns: number): string {
  const parts = standing.acting === undefined ? reading(standing) : acting(standing.acting, now);
  const room = Math.max(NARROWEST, columns) - SIGN_WIDTH;
  // The last parts say the least: they go first where there is no room.
  for (let kept = parts.length; kept > 1; kept -= 1) {
    const line = parts.slice(0, kept).join(', ');
    if (line.length <= room) return line;
  }
  return (parts[0] ?? '').slice(0, room);
}

/** So many sources are named. */
const MOST_NAMES = 5;

/** How far a run is, in a line of its own that may be longer, with what it waits for. */
export function lineText(standing: Standing, now: Date, waitedFor: ReadonlySet<string>): string {
  const parts = standing.acting === undefined ? reading(standing) : acting(standing.acting, now);
  const { read, of } = standing.sources;
  if (standing.acting !== undefined || read >= of || waitedFor.size === 0) return parts.join(', ');
  const names = [...waitedFor];
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return `${parts.join(', ')}; waiting for ${names.slice(0, MOST_NAMES).join(', ')}${more}`;
}

function reading({ what, requests, sources: { read, of } }: Standing): string[] {
  const sent = counted(requests, 'request');
  return read < of ? [`${what}: ${count(read)} of ${count(of)} sources`, sent] : [`${what}: looking closer`, sent];
}

function acting({ ended, of, startedAt, last }: NonNullable<Standing['acting']>, now: Date): string[] {
  const left = timeLeft(ended, of, now.getTime() - startedAt.getTime());
  return [
    `Acting: ${count(ended)} of ${counted(of, 'action')}`,
    ...(left === undefined ? [] : [left]),
    ...(last === undefined ? [] : [last]),
  ];
}

/** By how long the actions took so far; nothing where too few have ended to tell. */
function timeLeft(ended: number, of: number, milliseconds: number): string | undefined {
  if (ended < 3 || ended >= of) return undefined;
  const seconds = Math.ceil(((milliseconds / ended) * (of - ended)) / 1000);
  return seconds <= 90
    ? `about ${counted(seconds, 'second')} left`
    : `about ${count(Math.round(seconds / 60))} minutes left`;
}
