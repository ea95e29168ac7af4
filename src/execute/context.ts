import type { JournalWriter } from '../journal/writer.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Action } from '../model/plan.ts';
import type { BinWatch } from './bin-watch.ts';
import type { ExecuteRequest } from './enforcement.ts';

/** What acting on a part of a plan works with. */
export interface ExecuteContext {
  readonly request: ExecuteRequest;
  /** Where acts are written down before they are done; absent where no journal is kept. */
  readonly writer: JournalWriter | undefined;
  /** Why nothing more may be done, if so: out of time, interrupted, the lock lost. Renews the lock on its way. */
  readonly stopReason: () => Promise<string | undefined>;
  /** Looks whether what is removed lies in the Recycle Bin. */
  readonly bin: BinWatch;
  /** Takes an outcome of an action that was tried, or found not to be called for. */
  readonly record: (outcome: Outcome) => void;
  /** Leaves an action alone for a reason that has nothing to do with it. */
  readonly leave: (action: Action, why: string) => void;
}
