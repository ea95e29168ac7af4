import { executePlan } from '../execute/execute-plan.ts';
import { janitorHandler } from './handler.ts';

/** Deletes snapshots that deregistered images left behind. */
export const handler = janitorHandler({ passes: ['delete-snapshots'], executePlan });
