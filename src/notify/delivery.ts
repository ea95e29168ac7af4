import type { FailedRun } from './failure-message.ts';
import type { Entry, News } from './news.ts';
import type { Summary } from './platform-message.ts';

/** What is to be told, under the owner tag that says whom; the same tag never comes twice. */
export interface OwnedNews {
  readonly owner: string | undefined;
  readonly entries: readonly Entry[];
}

/** What came of telling owners. */
export interface Delivered {
  /** What stood in a message that was certainly delivered, each entry once. */
  readonly shown: readonly Entry[];
  /** What was not delivered for certain; it is told again in the next run. */
  readonly untold: readonly Entry[];
  readonly messages: number;
  /** Owners that could not be told themselves and whose news the fallback got, and what failed, in sentences. */
  readonly problems: readonly string[];
}

/** One way to tell people. */
export interface Delivery {
  /** Tells every owner; whatever one recipient's trouble is, the others hear. */
  readonly tellOwners: (news: readonly OwnedNews[], about: Omit<News, 'entries' | 'showsOwners'>) => Promise<Delivered>;
  /** Tells the platform's people; says why where that failed. */
  readonly tellPlatform: (summary: Summary) => Promise<string | undefined>;
  /** Tells the platform's people of an invocation that failed; says why where that failed too. */
  readonly tellFailure: (failed: FailedRun) => Promise<string | undefined>;
}
