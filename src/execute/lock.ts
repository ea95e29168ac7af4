import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { failureOf } from '../aws/errors.ts';
import { JanitorError } from '../model/errors.ts';
import { parseJson } from '../text/json.ts';
import type { ExecuteRequest } from './enforcement.ts';

/** The parameter that one run at a time holds, in each account and Region. */
export const LOCK_PARAMETER = '/ami-janitor/lock';

const MINUTE = 60_000;
const LOCK_MINUTES = 20;
/** It is renewed after a quarter of that, however long a step takes. */
const RENEW_MILLISECONDS = 5 * MINUTE;

/** Another run acts on this account and Region, or nobody can tell. Nothing was done. */
export class LockedError extends JanitorError {
  override readonly name = 'LockedError';
}

/** What a run needs to lock. */
export interface LockRequest {
  readonly ssm: SSMClient;
  readonly runId: string;
  readonly clock: () => Date;
}

const valueSchema = z.object({ runId: z.string(), expiresAt: z.iso.datetime().transform((text) => new Date(text)) });
type LockValue = z.infer<typeof valueSchema>;

/**
 * Takes the lock; one that has expired is taken over.
 * @throws LockedError where another run holds it, or it can't be taken
 */
export async function acquireLock(request: LockRequest): Promise<RunLock> {
  const { runId, clock } = request;
  try {
    if (!(await put(request, false))) {
      const holder = await read(request);
      if (holder?.runId !== runId && holder !== undefined && holder.expiresAt > clock()) throw heldBy(holder);
      await put(request, true);
      // Of two that take an expired lock over, the later one has it.
      const now = await read(request);
      if (now?.runId !== runId)
        throw now === undefined ? new LockedError('the lock vanished while it was taken') : heldBy(now);
    }
  } catch (error) {
    if (error instanceof LockedError) throw error;
    throw new LockedError(
      `the lock ${LOCK_PARAMETER} (an SSM parameter) could not be taken, so nothing was done: ${failureOf(error).sentence}`,
      { cause: error },
    );
  }
  return new RunLock(request);
}

/**
 * Holds the account and Region for one run. It keeps two runs from wasting each other's work; that two at once
 * do no harm rests on revalidation, never on this.
 */
export class RunLock {
  readonly #request: LockRequest;
  #renewedAt: number;
  #lost: string | undefined;

  constructor(request: LockRequest) {
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
      if (holder?.runId === this.#request.runId) await put(this.#request, true);
      else this.#lost = `the lock was lost to ${holder?.runId ?? 'nobody (it is gone)'}`;
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
    const { ssm, runId } = this.#request;
    try {
      const holder = await read(this.#request);
      if (holder?.runId === runId) await ssm.send(new DeleteParameterCommand({ Name: LOCK_PARAMETER }));
      return undefined;
    } catch (error) {
      return `the lock could not be given back and expires by itself: ${failureOf(error).sentence}`;
    }
  }
}

/** @returns false where there is one already, and it is not to be overwritten: SSM makes that atomic */
async function put({ ssm, runId, clock }: LockRequest, Overwrite: boolean): Promise<boolean> {
  const expiresAt = new Date(clock().getTime() + LOCK_MINUTES * MINUTE).toISOString();
  const Value = JSON.stringify({ runId, expiresAt });
  try {
    await ssm.send(new PutParameterCommand({ Name: LOCK_PARAMETER, Value, Type: 'String', Overwrite }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterAlreadyExists') return false;
    throw error;
  }
}

/** The holder; none where the parameter is gone or holds something else, which is nobody's lock. */
async function read({ ssm }: LockRequest): Promise<LockValue | undefined> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: LOCK_PARAMETER }));
    const parsed = valueSchema.safeParse(parseJson(Parameter?.Value ?? ''));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterNotFound') return undefined;
    throw error;
  }
}

function heldBy({ runId, expiresAt }: LockValue): LockedError {
  return new LockedError(
    `another run (${runId}) is acting on this account and Region, so nothing was done; try again when it has ended (its lock, the SSM parameter ${LOCK_PARAMETER}, expires at ${expiresAt.toISOString()})`,
  );
}

/** A plan that was made longer ago is not begun. */
const PLAN_VALID_MINUTES = 15;

/** @returns what tells why nothing more may be done, if the next step takes so long at the least */
export function stopReasons({ plannedAt, options }: ExecuteRequest, lock: RunLock) {
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
