import { randomUUID } from 'node:crypto';
import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { failureOf, unlessGone } from '../aws/errors.ts';
import { LockedError } from '../model/errors.ts';
import { parseJson } from '../text/json.ts';

/** The parameter that one run at a time holds, in each account and Region. */
export const LOCK_PARAMETER = '/ami-janitor/lock';

const MINUTE = 60_000;
const LOCK_MINUTES = 20;
/** It is renewed after a quarter of that, however long a step takes. */
const RENEW_MILLISECONDS = 5 * MINUTE;

/** What a run needs to lock. */
export interface LockRequest {
  readonly ssm: SSMClient;
  readonly runId: string;
  readonly clock: () => Date;
}

const valueSchema = z.object({
  runId: z.string(),
  /** A run can be redriven while an invocation of it lives on; absent where an earlier version holds it. */
  invocation: z.string().exactOptional(),
  expiresAt: z.iso.datetime().transform((text) => new Date(text)),
});
type LockValue = z.infer<typeof valueSchema>;

/** A request, and the one holder that it makes. */
interface Holder extends LockRequest {
  readonly invocation: string;
}

/**
 * Takes the lock for one invocation; one that has expired is taken over.
 * @throws LockedError where another run holds it, or another invocation of this one, or it can't be taken
 */
export async function acquireLock(request: LockRequest): Promise<RunLock> {
  const own: Holder = { ...request, invocation: randomUUID() };
  try {
    if (!(await put(own, false))) {
      const holder = await read(own);
      if (holder !== undefined && !isOwn(holder, own) && holder.expiresAt > own.clock()) throw heldBy(holder, own);
      await put(own, true);
      // Of two that take an expired lock over, the later one has it.
      const now = await read(own);
      if (now === undefined) throw new LockedError('the lock vanished while it was taken');
      if (!isOwn(now, own)) throw heldBy(now, own);
    }
  } catch (error) {
    if (error instanceof LockedError) throw error;
    throw new LockedError(
      `the lock ${LOCK_PARAMETER} (an SSM parameter) could not be taken, so nothing was done: ${failureOf(error).sentence}`,
      { cause: error },
    );
  }
  return new RunLock(own);
}

/**
 * Holds the account and Region for one invocation of one run. It keeps two runs from wasting each other's work, and two
 * invocations of one run from spending its limits twice; that two at once do no other harm rests on revalidation.
 */
export class RunLock {
  readonly #request: Holder;
  #renewedAt: number;
  #lost: string | undefined;

  constructor(request: Holder) {
    this.#request = request;
    this.#renewedAt = request.clock().getTime();
  }

  /** Why it is not this run's any more, or that cannot be told. */
  get lost(): string | undefined {
    return this.#lost;
  }

  /** Renews it; says why where it is lost. */
  async renew(): Promise<string | undefined> {
    try {
      const holder = await read(this.#request);
      if (holder !== undefined && isOwn(holder, this.#request)) await put(this.#request, true);
      else
        this.#lost = `the lock was lost to ${holder === undefined ? 'nobody (it is gone)' : nameOf(holder, this.#request)}`;
    } catch (error) {
      this.#lost = `the lock could not be renewed: ${failureOf(error).sentence}`;
    }
    this.#renewedAt = this.#request.clock().getTime();
    return this.#lost;
  }

  /** Renews it where that was not done for some minutes; says why where it is lost. */
  async keep(): Promise<string | undefined> {
    const age = this.#request.clock().getTime() - this.#renewedAt;
    return this.#lost === undefined && age >= RENEW_MILLISECONDS ? this.renew() : this.#lost;
  }

  /** Gives it back; says why where that failed. It expires by itself then. */
  async release(): Promise<string | undefined> {
    const { ssm } = this.#request;
    try {
      const holder = await read(this.#request);
      if (holder !== undefined && isOwn(holder, this.#request))
        await ssm.send(new DeleteParameterCommand({ Name: LOCK_PARAMETER }));
      return undefined;
    } catch (error) {
      return `the lock could not be given back and expires by itself: ${failureOf(error).sentence}`;
    }
  }
}

/** @returns false where there is one already, and it is not to be overwritten: SSM makes that atomic */
async function put({ ssm, runId, invocation, clock }: Holder, Overwrite: boolean): Promise<boolean> {
  const expiresAt = new Date(clock().getTime() + LOCK_MINUTES * MINUTE).toISOString();
  const Value = JSON.stringify({ runId, invocation, expiresAt });
  try {
    await ssm.send(new PutParameterCommand({ Name: LOCK_PARAMETER, Value, Type: 'String', Overwrite }));
    return true;
  } catch (error) {
    if (failureOf(error).code === 'ParameterAlreadyExists') return false;
    throw error;
  }
}

/** The holder; none where the parameter is gone or holds something else, which is nobody's lock. */
async function read({ ssm }: LockRequest): Promise<LockValue | undefined> {
  const asked = ssm.send(new GetParameterCommand({ Name: LOCK_PARAMETER }));
  const answer = await unlessGone('ParameterNotFound', asked);
  return valueSchema.safeParse(parseJson(answer?.Parameter?.Value ?? '')).data;
}

function isOwn(holder: LockValue, { invocation }: Holder): boolean {
  return holder.invocation === invocation;
}

/** Who holds it, as sentences name them. */
function nameOf({ runId }: LockValue, own: Holder): string {
  return runId === own.runId ? `another invocation of this run (${runId})` : runId;
}

function heldBy(holder: LockValue, own: Holder): LockedError {
  const { runId, expiresAt } = holder;
  const who = runId === own.runId ? nameOf(holder, own) : `another run (${runId})`;
  return new LockedError(
    `${who} is acting on this account and Region, so nothing was done; try again when it has ended (its lock, the SSM parameter ${LOCK_PARAMETER}, expires at ${expiresAt.toISOString()})`,
  );
}

/** A plan that was made longer ago is not begun. */
const PLAN_VALID_MINUTES = 15;

interface StopRequest {
  readonly plannedAt: Date;
  readonly options: { readonly clock: () => Date; readonly deadline?: Date; readonly signal?: AbortSignal };
}

/** @returns what tells why nothing more may be done, if the next step takes so long at the least */
export function stopReasons({ plannedAt, options }: StopRequest, lock: RunLock) {
  const { clock, deadline, signal } = options;
  const isTooOld = clock().getTime() - plannedAt.getTime() > PLAN_VALID_MINUTES * MINUTE;
  return (neededMilliseconds: number): string | undefined => {
    if (isTooOld) return `the plan is more than ${PLAN_VALID_MINUTES} minutes old; plan anew`;
    if (lock.lost !== undefined) return lock.lost;
    if (signal?.aborted === true) return 'interrupted; the next run takes it up';
    if (deadline !== undefined && clock().getTime() + neededMilliseconds >= deadline.getTime())
      return 'out of time; the next run takes it up';
    return undefined;
  };
}
