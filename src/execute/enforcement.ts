import type { Clients } from '../aws/clients.ts';
import type { JournalReader } from '../journal/reader.ts';
import type { Account, MissingFromBin } from '../model/account.ts';
import type { ImageId } from '../model/ids.ts';
import type { Outcome } from '../model/outcome.ts';
import { type Action, breaksLaunches, type PassName, type Plan } from '../model/plan.ts';
import type { Policy } from '../model/policy.ts';
import type { AccountReader } from '../observe/account-reader.ts';
import type { SecondOpinion } from '../references/second-opinion.ts';
import type { RunLock } from './lock.ts';

/** Writes down what a run does as it does it, for whoever goes on where it was killed. What it throws ends the run. */
export interface Ledger {
  /** Before anything of a batch is done. */
  readonly begin: (pass: PassName, batch: readonly Action[]) => Promise<void>;
  /** How those that were tried ended; the others of the batch were left alone. */
  readonly end: (tried: readonly Action[], outcomes: readonly Outcome[], missing: MissingFromBin) => Promise<void>;
  /** What the parts of the run so far looked for in the Recycle Bin in vain. */
  readonly missingFromBin: () => MissingFromBin;
}

/** What is known of the other accounts that may use an account's images. */
export interface OtherAccounts {
  /** When the first of them was read. */
  readonly readAt: Date;
  /** Until when what breaks launches or can't be undone may rest on it. */
  readonly until: Date;
  /** Asks those who may launch some images what uses them at this moment. */
  readonly askSecondOpinion: (
    account: Account,
    imageIds: readonly ImageId[],
  ) => Promise<ReadonlyMap<ImageId, SecondOpinion>>;
}

interface ExecuteOptions {
  readonly clients: Clients;
  readonly clock: () => Date;
  /** When to stop, so that there is time left to report. */
  readonly deadline?: Date;
  /** Stops between two actions. */
  readonly signal?: AbortSignal;
  /** False: only what the plan holds is done, and nothing else takes the place of what is refused. */
  readonly fillsUp?: boolean;
  /** Waits while EC2 catches up with itself; real time where it is left out. */
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
  readonly ledger?: Ledger;
  /** Where other accounts were read, too. */
  readonly others?: OtherAccounts;
  /** Held by who executes the plan, and given back by them; without it the lock is taken for this plan alone. */
  readonly lock?: RunLock;
  /** Where this tool's own acts are written down before they are done; without it, no later run can prove them. */
  readonly journal?: JournalReader | undefined;
  readonly onOutcome: (outcome: Outcome) => void;
  readonly onWarning: (sentence: string) => void;
}

/** What makes a run enforce: what executes its plan, and how. */
export interface Enforcement extends ExecuteOptions {
  /** Given, so that a function that never executes a plan has none of that in its bundle. */
  readonly executePlan: (request: ExecuteRequest) => Promise<Outcome[]>;
}

/** What executing a plan needs. */
export interface ExecuteRequest {
  readonly runId: string;
  readonly plan: Plan;
  /** When the plan was made: its account was being read from `plan.observedAt` until then. */
  readonly plannedAt: Date;
  readonly policy: Policy;
  readonly reader: AccountReader;
  readonly options: ExecuteOptions;
}

type Options = ExecuteRequest['options'];

/** Whether what other accounts use counts for an action: it takes away what they may need. */
function needsOthers(action: Action): boolean {
  return breaksLaunches(action) || action.action === 'delete-snapshot';
}

/** Why an action waits until other accounts were read anew; nothing where it need not. */
export function whyTooOld({ others, clock }: Pick<Options, 'others' | 'clock'>, action: Action): string | undefined {
  if (others === undefined || !needsOthers(action) || clock() <= others.until) return undefined;
  return `other accounts were read at ${others.readAt.toISOString()}, which counted until ${others.until.toISOString()}; it waits until they are read again`;
}

/** Others' answers count for ten seconds, or five times as long as asking took, a minute at the most. */
const SHORTEST_MILLISECONDS = 10_000;
const LONGEST_MILLISECONDS = 60_000;
const TIMES_AS_LONG = 5;

/** What AWS says right before an act of those other accounts that may launch an image. */
export class OthersOpinions {
  readonly #options: Options;
  readonly #account: Account | undefined;
  readonly #answers = new Map<ImageId, { readonly opinion: SecondOpinion; readonly until: number }>();

  /** @param account with whom its images are shared */
  constructor(options: Options, account: Account | undefined) {
    this.#options = options;
    this.#account = account;
  }

  /** Asks about some images where nobody was asked yet, or too long ago. */
  async renew(imageIds: readonly ImageId[]): Promise<void> {
    const { others, clock } = this.#options;
    if (others === undefined || this.#account === undefined) return;
    const startedAt = clock().getTime();
    if (imageIds.every((imageId) => startedAt <= (this.#answers.get(imageId)?.until ?? 0))) return;
    const opinions = await others.askSecondOpinion(this.#account, imageIds);
    const endedAt = clock().getTime();
    const valid = Math.max(SHORTEST_MILLISECONDS, TIMES_AS_LONG * (endedAt - startedAt));
    const until = endedAt + Math.min(LONGEST_MILLISECONDS, valid);
    for (const [imageId, opinion] of opinions) this.#answers.set(imageId, { opinion, until });
  }

  /** What others' answers have against taking an image away. */
  objection(imageId: ImageId): string | undefined {
    if (this.#options.others === undefined) return undefined;
    const opinion = this.#answers.get(imageId)?.opinion;
    if (opinion?.opinion === 'unreferenced') return undefined;
    return opinion?.opinion === 'referenced'
      ? `another account began to use it: ${opinion.by.join('; ')}`
      : `not every account that may launch it could be asked whether it does: ${opinion?.error ?? 'it was not asked'}`;
  }
}
