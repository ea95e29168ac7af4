import { PASSES } from '../model/plan.ts';
import { janitorHandler } from './handler.ts';

/** Says what every pass would do; never acts, and its role could not. */
export const handler = janitorHandler({ passes: PASSES });
