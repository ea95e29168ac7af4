import type { Delivery } from '../../notify/delivery.ts';
import { deliveryFor } from '../../notify/delivery-for.ts';
import { LATEST_SUMMARY } from '../../organization/s3-keys.ts';
import { objectAddress } from '../../publish/report-address.ts';
import type { OrganizationEnvironment, RunState } from './state.ts';

/** The way of notifying people that the run's policy names; nothing where it names none. */
export function deliveryOf({ run, home, clock, end }: RunState): Promise<Delivery | undefined> {
  return deliveryFor({
    policy: run.policy,
    home,
    apiUrl: process.env.SLACK_API_URL,
    clock,
    end,
    retryOf: run.startedAt,
    // A button acts with the janitor's own credentials, which reach no image of another account.
    hasButtons: false,
  });
}

/** The address at which people open the newest summary. */
export function summaryAddress(environment: OrganizationEnvironment): string {
  return objectAddress(`${LATEST_SUMMARY}summary.html`, environment);
}
