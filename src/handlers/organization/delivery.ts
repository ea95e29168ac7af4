import type { Policy } from '../../model/policy.ts';
import type { Delivery } from '../../notify/delivery.ts';
import { deliveryFor } from '../../notify/delivery-for.ts';
import type { OrganizationRun } from '../../organization/run-record.ts';
import type { StateContext } from './state.ts';

/** The way of telling people that the run's policy names; nothing where it names none. */
export function deliveryOf(
  { policy, record }: OrganizationRun,
  { home, clock, lambda }: StateContext,
): Promise<Delivery | undefined> {
  return deliveryFor({
    policy: withoutButtons(policy),
    home,
    apiUrl: process.env.SLACK_API_URL,
    clock,
    end: new Date(clock().getTime() + lambda.getRemainingTimeInMillis()),
    retryOf: record.startedAt,
  });
}

/** A button acts with the janitor's own credentials, which reach no image of another account. */
function withoutButtons(policy: Policy): Policy {
  const { notify } = policy;
  if (notify?.slack === undefined) return policy;
  const { signingSecret: _, ...slack } = notify.slack;
  return { ...policy, notify: { ...notify, slack } };
}
