import { executePlan } from '../execute/execute-plan.ts';
import { janitorHandler } from './handler.ts';

/** Archives the snapshots of disabled images, where their rule asks for it and that saves. */
export const handler = janitorHandler({ passes: ['protect'], executePlan });
