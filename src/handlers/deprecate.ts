import { executePlan } from '../execute/execute-plan.ts';
import { janitorHandler } from './handler.ts';

/** Deprecates images that are due, and reinstates those that no longer are. */
export const handler = janitorHandler({ passes: ['deprecate'], executePlan });
