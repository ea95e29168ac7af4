import { act } from '../act.ts';
import { janitorHandler } from './handler.ts';

/** Deletes snapshots that deregistered images left behind. */
export const handler = janitorHandler({ passes: ['delete-snapshots'], act });
