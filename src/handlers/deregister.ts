import { executePlan } from '../execute/execute-plan.ts';
import { janitorHandler } from './handler.ts';

/** Deregisters images that were deprecated long enough ago, with their snapshots. */
export const handler = janitorHandler({ passes: ['deregister'], executePlan });
