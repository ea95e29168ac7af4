import type { FailedRun } from './failure-message.ts';
import type { Notification, NotificationItem } from './notifications.ts';
import type { Summary } from './platform-message.ts';

/** What is to be told, under the owner tag that says whom; the same tag never comes twice. */
export interface OwnedNotification {
  readonly owner: string | undefined;
  readonly entries: readonly NotificationItem[];
}

/** What is said with every message of a run. */
export type About = Omit<Notification, 'entries' | 'showsOwners'>;

/** What stood in one message that was certainly delivered, as that message said it. */
export interface Confirmed {
  readonly entries: readonly NotificationItem[];
  /** When an earlier try told it; absent where it was told just now. */
  readonly at?: Date;
}

/** How telling goes on. */
export interface DeliverOptions {
  /**
   * Writes down what a message told, as soon as it was certainly delivered and before the next one goes out: what ends
   * the telling afterwards loses nothing. It must not throw.
   */
  readonly onDelivered: (confirmed: Confirmed) => Promise<void>;
  /**
   * Since when an earlier telling may have told what nobody wrote down: that is looked for before anything is told
   * again, where the medium can show it.
   */
  readonly unfinishedSince?: Date;
  /** Whether what a message of that time told is written down already: what is to be told now is new then. */
  readonly isRecorded?: (entry: NotificationItem, at: Date) => boolean;
}

/** What came of telling owners. */
export interface Delivered {
  /** What stood in a message that was certainly delivered, each entry once. */
  readonly shown: readonly NotificationItem[];
  /** What was not delivered for certain; it is told again in the next run. */
  readonly untold: readonly NotificationItem[];
  readonly messages: number;
  /** Owners that could not be told themselves and whose news the fallback got, and what failed, in sentences. */
  readonly problems: readonly string[];
}

/** One way to tell people. */
export interface Delivery {
  /** Tells every owner within the run's time; whatever one recipient's trouble is, the others hear. */
  readonly notifyOwners: (
    news: readonly OwnedNotification[],
    about: About,
    options: DeliverOptions,
  ) => Promise<Delivered>;
  /** Tells the platform's people; says why where that failed. */
  readonly tellPlatform: (summary: Summary) => Promise<string | undefined>;
  /** Tells the platform's people of an invocation that failed; says why where that failed too. */
  readonly tellFailure: (failed: FailedRun) => Promise<string | undefined>;
}
