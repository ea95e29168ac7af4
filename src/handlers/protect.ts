import { executePlan } from '../execute/execute-plan.ts';
import { janitorHandler } from './handler.ts';

/** Turns EC2's deregistration protection on for what is in use, and this tool's own off where nothing uses it. */
export const handler = janitorHandler({ passes: ['protect'], executePlan });
