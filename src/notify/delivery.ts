import { counted } from '../text/format.ts';
import type { Notification, NotificationItem } from './notifications.ts';
import type { FailedRun, RunSummary } from './platform-message.ts';

/** What is to be delivered, under the owner tag that says to whom; the same tag never comes twice. */
export interface OwnedNotification {
  readonly owner: string | undefined;
  readonly items: readonly NotificationItem[];
}

/** What is said with every message of a run. */
export type About = Omit<Notification, 'items' | 'audience'>;

/** What stood in one message that was certainly delivered, as that message said it. */
export interface Confirmed {
  readonly items: readonly NotificationItem[];
  /** When an earlier attempt delivered it; absent where it was delivered just now. */
  readonly at?: Date;
}

/** How a delivery goes on. */
export interface DeliverOptions {
  /**
   * Records what a message said, as soon as it was certainly delivered and before the next one goes out: what ends the
   * run afterwards loses nothing. It must not throw.
   */
  readonly onDelivered: (confirmed: Confirmed) => Promise<void>;
  /** Writes down that a message goes out, before it does; says why where it can't be: then nothing more is sent. */
  readonly onSending?: (items: readonly NotificationItem[]) => Promise<string | undefined>;
  /**
   * Whether an earlier attempt was about to send it, and nobody knows whether it did: it is sent again only where the
   * medium shows that it did not arrive.
   */
  readonly wasBegun?: (item: NotificationItem) => boolean;
  /**
   * Since when an earlier run may have delivered what nobody recorded: that is looked for before anything is sent again,
   * where the medium can show it.
   */
  readonly unfinishedSince?: Date;
  /** Whether what a message of that time said is recorded already: what is to be delivered now is new then. */
  readonly isRecorded?: (item: NotificationItem, at: Date) => boolean;
}

/** What came of notifying owners. */
export interface Delivered {
  /** What stood in a message that was certainly delivered, each item once. */
  readonly delivered: readonly NotificationItem[];
  /** What was not delivered for certain; the next run sends it again. */
  readonly undelivered: readonly NotificationItem[];
  readonly messages: number;
  /** Owners that could not be reached and whose messages the fallback got, and what failed, in sentences. */
  readonly problems: readonly string[];
}

/** One way to notify people. */
export interface Delivery {
  /** Notifies every owner within the run's time; whatever one recipient's problem is, the others hear. */
  readonly notifyOwners: (
    notifications: readonly OwnedNotification[],
    about: About,
    options: DeliverOptions,
  ) => Promise<Delivered>;
  /** Notifies the platform's people of a run; says why where that failed. */
  readonly notifyPlatform: (summary: RunSummary) => Promise<string | undefined>;
  /** Notifies the platform's people of an invocation that failed; says why where that failed too. */
  readonly notifyFailure: (failed: FailedRun) => Promise<string | undefined>;
}

/** How calls wait, and how long they may. */
export interface DeliveryTiming {
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** Of one call, until it counts as unanswered. */
  readonly timeoutMilliseconds: number;
  /** Whether so much time is left for notifying owners; nothing is begun for whose answer there would be no time. */
  readonly isTimeLeft: (milliseconds: number) => boolean;
  /** The same for the last message, to the platform's people: a part of the time is theirs alone. */
  readonly isTimeLeftAtEnd?: (milliseconds: number) => boolean;
}

interface OwnedMessage {
  readonly items: readonly NotificationItem[];
}

/**
 * Sends each owner's messages one after the other, through a medium that shows no history: what was not confirmed
 * counts as undelivered.
 * @param send sends one message; gives a sentence where it was not delivered for certain
 */
export async function sendEach<Message extends OwnedMessage>(
  notifications: readonly OwnedNotification[],
  messagesOf: (notification: OwnedNotification) => readonly Message[],
  send: (message: Message) => Promise<string | undefined>,
  { onDelivered, onSending, wasBegun = () => false }: DeliverOptions,
): Promise<Delivered> {
  const delivered = new Set<NotificationItem>();
  const problems = new Set<string>();
  let messages = 0;
  const unsure = notifications.flatMap(({ items }) => items.filter(wasBegun));
  if (unsure.length > 0) problems.add(whyUnsure(unsure.length));
  const fresh = notifications
    .map((one) => ({ ...one, items: one.items.filter((item) => !wasBegun(item)) }))
    .filter(({ items }) => items.length > 0);
  for (const message of fresh.flatMap(messagesOf)) {
    const stop = await onSending?.(message.items);
    if (stop !== undefined) {
      problems.add(stop);
      break;
    }
    const problem = await send(message);
    if (problem !== undefined) {
      problems.add(problem);
      continue;
    }
    messages += 1;
    for (const item of message.items) delivered.add(item);
    await onDelivered({ items: message.items });
  }
  const undelivered = notifications.flatMap(({ items }) => items.filter((item) => !delivered.has(item)));
  return { delivered: [...delivered], undelivered, messages, problems: [...problems] };
}

/** That nobody knows whether an earlier attempt delivered so many images' news. */
export function whyUnsure(images: number): string {
  return `Whether the owners of ${counted(images, 'image')} were told could not be found out, since an earlier attempt ended while it told them; the next run tells them.`;
}
