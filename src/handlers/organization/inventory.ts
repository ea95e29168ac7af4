import { readRegionTarget } from '../../organization/read/read-target.ts';
import { targetState } from './state.ts';

/** Reads one account in one Region: what it owns, and what it uses of others. */
export const handler = targetState(readRegionTarget);
