import type { EC2Client } from '@aws-sdk/client-ec2';
import * as z from 'zod';
import type { ErrorCode } from '../../aws/error-codes.ts';
import { type AwsFailure, failureOf, isServersOwn } from '../../aws/errors.ts';
import { actionRef } from '../../model/action-ref.ts';
import type { SnapshotId } from '../../model/ids.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { Action } from '../../model/plan.ts';

/** What a pass finds out of one action beside its outcome, and what was found out before it. */
export interface PassNotes {
  /** Whom the image was shared with a moment ago, as it was written down; absent where that was not written down. */
  readonly permissions?: Promise<readonly string[]> | undefined;
  /** For certain nothing was done, and no mark is left: what was written down before does not hold. */
  isUntouched: boolean;
  /** How the deletion of each of an image's snapshots ended, where that is certain. */
  readonly snapshots: Map<SnapshotId, 'held' | 'deleted'>;
}

/** What every pass works with. */
export interface PassContext {
  readonly ec2: EC2Client;
  readonly runId: string;
  readonly clock: () => Date;
  /** Asked the moment before what breaks launches: what stands against it now; nothing where it may be done. */
  readonly lastCheck: () => Promise<Ending | undefined>;
  readonly notes: PassNotes;
  /** Whom the image was shared with when it was looked at; absent where the policy does not ask. */
  readonly sharedBefore: ReadonlySet<string> | undefined;
  /** Waits while EC2 catches up with itself; real time where it is left out. */
  readonly sleep?: ((milliseconds: number) => Promise<unknown>) | undefined;
  /** Nothing waits beyond it. */
  readonly deadline?: Date | undefined;
}

/** One kind of action out of a plan. */
export type ActionOf<Kind extends Action['action']> = Extract<Action, { action: Kind }>;

/** How an action ended, where it did not throw. */
export type Ending =
  | {
      readonly status: 'done';
      readonly reason?: string;
      readonly requestId?: string | undefined;
      /** Somebody else removed it before. */
      readonly alreadyGone?: true;
    }
  | {
      readonly status: 'skipped' | 'failed';
      readonly reason: string;
      /** AWS said no to this action as such, and may go on saying so. */
      readonly refused?: boolean;
    };

/** For what removes or gives back, a resource that is gone is all that was asked for. */
export const ALREADY_GONE = { status: 'done', reason: 'it was already gone', alreadyGone: true } as const;

/** How an action ends whose image or snapshot is gone. */
export function gone(action: Action): Outcome {
  const removes = action.action === 'deregister' || action.action === 'delete-snapshot';
  return removes ? { ...actionRef(action), ...ALREADY_GONE } : skipped(action, 'it is gone');
}

/** An action that was left alone. @param refused whether a reading would not show why: AWS or its opinion said no */
export function skipped(action: Action, reason: string, refused = false): Outcome {
  return { ...actionRef(action), status: 'skipped', reason, ...(refused && { refused }) };
}

/** An action that could not be done. */
export function failed(action: Action, reason: string): Outcome {
  return { ...actionRef(action), status: 'failed', reason };
}

/**
 * Errors that are no failure of an action: what it asks for has come about, or can't now. They are known by their code,
 * and by asking AWS where that says too little; a denial is a denial, whatever its text speaks of.
 */
export type Expected = (
  code: ErrorCode | undefined,
  message: string,
) => Ending | undefined | Promise<Ending | undefined>;

/** What says nothing of an action: any other would have failed likewise. */
const PASSES_BY_ITSELF: ReadonlySet<AwsFailure['kind']> = new Set([
  'throttled',
  'unreachable',
  'credentials',
  'broken-answer',
]);

/**
 * Carries one action out; whatever it throws becomes its outcome, and ends nothing else.
 * @param notes where the one change that it sends is all that it leaves: untouched where AWS refused that
 */
export async function attempt(
  action: Action['action'],
  resourceId: string,
  act: (change: Change) => Promise<Ending>,
  expected: Expected = () => undefined,
  notes?: PassNotes,
): Promise<Outcome> {
  const change = new Change();
  const ending = await act(change).catch(async (error: unknown): Promise<Ending> => {
    if (notes !== undefined && change.isRefused) notes.isUntouched = true;
    const { kind, code, sentence } = failureOf(error);
    const isRefused = !PASSES_BY_ITSELF.has(kind) && !isServersOwn(error);
    const ended: Ending = { status: 'failed', reason: sentence, refused: isRefused };
    if (kind === 'denied') return ended;
    // Where asking fails too, what EC2 said is all that is known.
    return (await Promise.resolve(expected(code, sentence)).catch(() => undefined)) ?? ended;
  });
  if (ending.status !== 'done') {
    const { refused, ...rest } = ending;
    return { action, resourceId, ...rest, ...(refused === true && { refused }) };
  }
  const { status, reason, requestId, alreadyGone } = ending;
  return {
    ...{ action, resourceId, status },
    ...(reason && { reason }),
    ...(requestId && { requestId }),
    ...(alreadyGone && { alreadyGone }),
  };
}

const answered = z.object({ $metadata: z.object({ httpStatusCode: z.number(), attempts: z.number() }) });

/**
 * True where AWS certainly said no to a call, and did nothing: the only try got an answer, and it was a refusal. After
 * a second try nobody knows what became of the first.
 */
function isRefusal(error: unknown): boolean {
  const { success, data } = answered.safeParse(error);
  if (!success || data.$metadata.attempts > 1) return false;
  const { httpStatusCode } = data.$metadata;
  return httpStatusCode >= 400 && httpStatusCode < 500 && failureOf(error).kind !== 'throttled';
}

/** One request that changes something, and what is known of it after it failed. */
export class Change {
  #isSent = false;
  #isRefused = false;

  /** AWS certainly said no, and did nothing. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** It was sent, and for all that is known it may have come about. */
  get mayBeDone(): boolean {
    return this.#isSent && !this.#isRefused;
  }

  async send<Answer>(request: Promise<Answer>): Promise<Answer> {
    this.#isSent = true;
    try {
      return await request;
    } catch (error) {
      this.#isRefused = isRefusal(error);
      throw error;
    }
  }
}
