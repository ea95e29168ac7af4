import type { Clients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import type { Notice } from '../model/notice.ts';
import type { Mode } from '../model/run.ts';
import type { Delivery } from '../notify/delivery.ts';
import { eventsOfNotices, type JanitorEvent } from '../report/events.ts';
import type { Environment } from './environment.ts';
import type { Invocation } from './invocation.ts';

/** Sends events; says in the log what could not be sent, and fails nothing: the report and the audit trail have it all. */
export type SendEvents = (events: readonly JanitorEvent[]) => Promise<void>;

const SOURCE = 'ami-janitor';
const LONGEST_MILLISECONDS = 20_000;
/** Left for what the function does afterwards. */
const RESERVED_MILLISECONDS = 10_000;

/** What sends events to the bus that the deployment names; nothing where it names none. */
export function eventSender(
  {
    environment: { eventBus },
    logger,
    clock,
    end,
  }: Pick<Invocation, 'logger' | 'clock' | 'end'> & {
    readonly environment: Environment;
  },
  home: Clients,
): SendEvents {
  return async (events) => {
    if (eventBus === undefined || events.length === 0) return;
    const left = end.getTime() - clock().getTime() - RESERVED_MILLISECONDS;
    const until = AbortSignal.timeout(Math.max(0, Math.min(LONGEST_MILLISECONDS, left)));
    const entries = events.map(({ type, detail }) => ({
      EventBusName: eventBus,
      Source: SOURCE,
      DetailType: type,
      Detail: JSON.stringify(detail),
    }));
    try {
      const { putEvents } = await import('../aws/event-bus.ts');
      for (const problem of await putEvents(home, entries, until)) logger.error('events not sent', { problem });
    } catch (error) {
      logger.error('events not sent', { problem: failureOf(error).sentence });
    }
  };
}

/** A way of notifying people that also sends an event for each image whose owner was told for certain. */
export function withEvents(delivery: Delivery, run: { readonly runId: string; readonly mode: Mode }, send: SendEvents) {
  const notifyOwners: Delivery['notifyOwners'] = async (notifications, about, options) => {
    const told: Notice[] = [];
    const delivered = await delivery.notifyOwners(notifications, about, {
      ...options,
      onDelivered: async (confirmed) => {
        told.push(...confirmed.items.flatMap((item) => (item.kind === 'notice' ? [item.notice] : [])));
        await options.onDelivered(confirmed);
      },
    });
    // What a dry run says announces nothing.
    if (!about.isDryRun) await send(eventsOfNotices(run, told));
    return delivered;
  };
  return { ...delivery, notifyOwners } satisfies Delivery;
}
