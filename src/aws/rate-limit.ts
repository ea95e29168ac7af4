import { setTimeout as sleepFor } from 'node:timers/promises';
import { failureOf } from './errors.ts';
import type { WithMiddleware } from './silence.ts';

/** What one API of AWS lets an account and Region have: so many at once, so many a second after that. */
export interface RequestLimit {
  readonly bucket: number;
  readonly perSecond: number;
}

/** How the requests of one client wait; the clock is a monotonic one, in milliseconds. */
export interface PaceSettings {
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/**
 * Of each bucket, what a run takes at most: requests that arrive closer together than they were sent still find their
 * tokens.
 */
const SHARE_OF_BUCKET = 0.9;
/**
 * Of what comes back to it. The account's other callers share it, its own scaling among them: where they want more
 * than the rest, AWS throttles, and the run gives way.
 */
const SHARE_OF_REFILL = 0.95;

const READS: RequestLimit = { bucket: 100, perSecond: 20 };
const WRITES: RequestLimit = { bucket: 50, perSecond: 5 };

/**
 * EC2's published limits that are not those of all reads or all writes
 * (https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html).
 */
const EC2_LIMITS: Readonly<Record<string, RequestLimit>> = {
  DescribeSpotFleetRequests: { bucket: 50, perSecond: 3 },
  CreateTags: { bucket: 100, perSecond: 10 },
  DeleteTags: { bucket: 100, perSecond: 10 },
  DeregisterImage: { bucket: 100, perSecond: 5 },
  DeleteSnapshot: { bucket: 100, perSecond: 5 },
};

/**
 * One bucket for all of Auto Scaling's calls, scaling itself among them
 * (https://repost.aws/knowledge-center/autoscaling-api-calls-throttled). AWS does not publish its size: half of what
 * EC2 lets an account read is on the careful side.
 */
const AUTO_SCALING_LIMIT: RequestLimit = { bucket: 50, perSecond: 10 };

const REAL_TIME: PaceSettings = { now: () => performance.now(), sleep: (milliseconds) => sleepFor(milliseconds) };

/** What a throttled bucket goes down to at the least, of its usual rate. */
const SLOWEST = 1 / 16;
/** How much of the usual rate comes back each second without a throttle: slowly, so that others keep what they took. */
const RECOVERY_PER_SECOND = 0.02;
/** Requests that were under way together are throttled together, and that counts once. */
const COUNTED_ONCE_MILLISECONDS = 1000;

/**
 * Tokens that come back with time. Where AWS throttles all the same, someone else takes from its bucket too: the rate
 * is halved, and recovers slowly.
 */
export class TokenBucket {
  readonly #size: number;
  readonly #usualPerMillisecond: number;
  #rate = 1;
  #tokens: number;
  #at: number;
  #throttledAt = Number.NEGATIVE_INFINITY;

  constructor({ bucket, perSecond }: RequestLimit, now: number) {
    this.#size = Math.max(1, bucket);
    this.#usualPerMillisecond = perSecond / 1000;
    this.#tokens = this.#size;
    this.#at = now;
  }

  /** Takes a token where there is one, and says 0; else says in how many milliseconds there will be one. */
  take(now: number): number {
    this.#refill(now);
    if (this.#tokens < 1) return Math.ceil((1 - this.#tokens) / (this.#rate * this.#usualPerMillisecond));
    this.#tokens -= 1;
    return 0;
  }

  /** Hears that AWS throttled a request: what seemed to be left is not there. */
  throttled(now: number): void {
    this.#refill(now);
    this.#tokens = 0;
    if (now - this.#throttledAt < COUNTED_ONCE_MILLISECONDS) return;
    this.#throttledAt = now;
    this.#rate = Math.max(SLOWEST, this.#rate / 2);
  }

  #refill(now: number): void {
    const elapsed = Math.max(0, now - this.#at);
    this.#at = Math.max(this.#at, now);
    this.#tokens = Math.min(this.#size, this.#tokens + elapsed * this.#rate * this.#usualPerMillisecond);
    this.#rate = Math.min(1, this.#rate + (elapsed / 1000) * RECOVERY_PER_SECOND);
  }
}

/** EC2's limit for an operation such as `DescribeImages`. */
export function ec2Limit(operation: string): RequestLimit {
  const known = EC2_LIMITS[operation];
  return known ?? (/^(Describe|List|Get)/.test(operation) ? READS : WRITES);
}

/** Keeps a client's requests, every attempt of them, under EC2's limits: one bucket for each operation. */
export function paceEc2(client: WithMiddleware, settings: PaceSettings = REAL_TIME): void {
  pace(client, (operation) => ({ name: operation, limit: ec2Limit(operation) }), settings);
}

/** Keeps a client's requests under a moderate rate for all of Auto Scaling. */
export function paceAutoScaling(client: WithMiddleware, settings: PaceSettings = REAL_TIME): void {
  pace(client, () => ({ name: 'all', limit: AUTO_SCALING_LIMIT }), settings);
}

function pace(
  client: WithMiddleware,
  bucketOf: (operation: string) => { readonly name: string; readonly limit: RequestLimit },
  { now, sleep }: PaceSettings,
): void {
  const queues = new Map<string, { readonly bucket: TokenBucket; last: Promise<void> }>();
  const turn = async (before: Promise<void>, bucket: TokenBucket) => {
    await before;
    // Asked again after each wait: the rate may have changed meanwhile.
    for (let wait = bucket.take(now()); wait > 0; wait = bucket.take(now())) await sleep(wait);
  };
  const paced =
    <Request, Answer>(
      next: (request: Request) => Promise<Answer>,
      { commandName = '' }: { readonly commandName?: string },
    ) =>
    async (request: Request): Promise<Answer> => {
      // `DescribeImagesCommand` is the operation `DescribeImages`.
      const { name, limit } = bucketOf(commandName.replace(/Command$/, ''));
      const share = { bucket: limit.bucket * SHARE_OF_BUCKET, perSecond: limit.perSecond * SHARE_OF_REFILL };
      const queue = queues.get(name) ?? { bucket: new TokenBucket(share, now()), last: Promise.resolve() };
      queues.set(name, queue);
      queue.last = turn(queue.last, queue.bucket);
      await queue.last;
      try {
        return await next(request);
      } catch (error) {
        if (failureOf(error).kind === 'throttled') queue.bucket.throttled(now());
        throw error;
      }
    };
  // Retrying has a higher priority in this step, so that each attempt takes a token of its own.
  client.middlewareStack.add(paced, { name: 'paceMiddleware', step: 'finalizeRequest' });
}

/**
 * Counts the requests that AWS throttled, those among them that a retry then brought through.
 * @returns asks for the number so far
 */
export function countThrottles(clients: readonly WithMiddleware[]): () => number {
  let throttled = 0;
  const counting =
    <Request, Answer>(next: (request: Request) => Promise<Answer>) =>
    async (request: Request): Promise<Answer> => {
      try {
        return await next(request);
      } catch (error) {
        if (failureOf(error).kind === 'throttled') throttled += 1;
        throw error;
      }
    };
  // Answers become errors in this step, one for each attempt; retrying is further out.
  const position = { name: 'countThrottlesMiddleware', step: 'deserialize', priority: 'high' } as const;
  for (const { middlewareStack } of clients) middlewareStack.add(counting, position);
  return () => throttled;
}
