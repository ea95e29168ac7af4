import type { Plan } from '../model/plan.ts';
import { LAUNCH_PERMISSIONS } from '../policy/sharing.ts';
import { RECYCLE_BIN, SNAPSHOT_DETAILS } from './snapshot-holds.ts';

/** What is read of one image or snapshot; where that fails, it holds that one and no other. */
const OF_ONE: ReadonlySet<string> = new Set([LAUNCH_PERMISSIONS, SNAPSHOT_DETAILS, RECYCLE_BIN]);

/** The sources that could not be read and that hold everything: any of them could name any image. */
export function unreadSourcesOf({ sources }: Plan): string[] {
  return sources.filter(({ name, status }) => status === 'unreadable' && !OF_ONE.has(name)).map(({ name }) => name);
}
