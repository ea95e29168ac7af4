import type { Plant } from '../simulation/planted.ts';

/** What the tool is to be red without: the last look at an image right before it goes, and the tags before the act. */
export const PLANTS: Readonly<Record<string, Plant>> = {
  'look-again': {
    breaks: 'kept',
    file: 'execute/last-check.ts',
    text: 'return currentObjection(then, read, now, runId) ?? {',
    instead: 'return {',
  },
  'tags-first': {
    breaks: 'undo',
    file: 'execute/passes/deregister.ts',
    text: 'await tag(context, order, saved.tags);',
    instead: '',
  },
};
