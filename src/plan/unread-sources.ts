import type { Plan } from '../model/plan.ts';
import { holdsEverything } from '../model/reference.ts';

/** The sources that could not be read and that hold everything: any of them could name any image. */
export function unreadSourcesOf({ sources }: Plan): string[] {
  return sources.filter(holdsEverything).map(({ name }) => name);
}
