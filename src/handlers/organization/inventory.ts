import * as z from 'zod';
import { readRegionTarget } from '../../organization/read/read-target.ts';
import { targetInput, targetState } from './state.ts';

const input = targetInput.extend({
  account: z.object({ accountId: targetInput.shape.account.shape.accountId, regions: z.array(z.string()) }),
});

/** Reads one account in one Region: what it owns, and what it uses of others. */
export const handler = targetState(input, (context, { account }) =>
  readRegionTarget({ ...context, regions: account.regions }),
);
