import { executePlan } from '../execute/execute-plan.ts';
import { janitorHandler } from './handler.ts';

/** Disables deprecated images, where their rule asks for it. */
export const handler = janitorHandler({ passes: ['disable'], executePlan });
