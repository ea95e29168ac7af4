import * as z from 'zod';
import type { TargetSettings } from '../../model/policy.ts';
import { issue, keepDuration } from './schema-parts.ts';

const accountId = z
  .string()
  .regex(/^\d{12}$/, { error: 'must be an account id: 12 digits in quotes, such as "123456789012"' });

const unitId = z.string().regex(/^(?:ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32})$/, {
  error: 'must be the id of an organizational unit or a root, such as ou-ab12-11111111 or r-ab12',
});

const region = z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, { error: 'must be a Region such as eu-west-1' });

const regions = z.array(region).min(1);

/** Which accounts and Regions a run over an organization goes through. */
export const targetsSchema = z
  .strictObject({
    accounts: z.array(accountId).min(1).exactOptional().describe('Accounts by id, in quotes.'),
    organizationalUnits: z
      .array(unitId)
      .min(1)
      .exactOptional()
      .describe('Organizational units or roots by id (ou-…, r-…): every active account below them, however deep.'),
    except: z.array(accountId).exactOptional().describe('Accounts that are left out, whatever else names them.'),
    regions: z
      .union([
        z
          .string()
          .regex(/^enabled$/, { error: 'must be enabled, or a list such as [eu-west-1]' })
          .transform(() => 'enabled' as const),
        regions,
      ])
      .exactOptional()
      .describe(
        "Region names, or enabled: every one that is enabled in the account. Left out: the run's event names them, or it is the Region of the state machine.",
      ),
  })
  .superRefine(({ accounts, organizationalUnits }, context) => {
    if (accounts === undefined && organizationalUnits === undefined) {
      context.addIssue(issue('needs accounts or organizationalUnits'));
    }
  })
  .transform(({ accounts = [], organizationalUnits = [], except = [], regions }): TargetSettings => {
    return { accounts, organizationalUnits, except, ...(regions && { regions }) };
  });

/** What becomes of other accounts' images that are shared with an account. */
export const sharedWithAccountSchema = z.strictObject({
  cancelUnusedAfter: keepDuration.describe(
    'How long nothing in the account must have used the image before the account gives up the right to launch it.',
  ),
});
