import * as z from 'zod';
import { readRegionTarget } from '../../organization/read/read-target.ts';
import { targetInput, targetState } from './state.ts';

const input = targetInput.extend({
  iteration: z.int().positive(),
  account: z.object({ accountId: targetInput.shape.account.shape.accountId, regions: z.array(z.string()) }),
});

/** Reads one account in one Region: what it owns, and what it uses of others; once in each iteration of the organization. */
export const handler = targetState(input, (context, { account, iteration }) =>
  readRegionTarget({ ...context, regions: account.regions, iteration }),
);
