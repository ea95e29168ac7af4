import { setTimeout as sleepFor } from 'node:timers/promises';
import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';

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

/** Of each limit, what a run takes at most: the account's other callers share it, its own scaling among them. */
const SHARE = 0.8;

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

/** One bucket for all of Auto Scaling's calls; AWS does not publish its size. */
const AUTO_SCALING_LIMIT: RequestLimit = { bucket: 100, perSecond: 20 };

const REAL_TIME: PaceSettings = { now: () => performance.now(), sleep: (milliseconds) => sleepFor(milliseconds) };

/** Tokens that come back with time. Those who find none are told how long to wait, each behind the last. */
export class TokenBucket {
  readonly #size: number;
  readonly #perMillisecond: number;
  #tokens: number;
  #at: number;

  constructor({ bucket, perSecond }: RequestLimit, now: number) {
    this.#size = Math.max(1, bucket);
    this.#perMillisecond = perSecond / 1000;
    this.#tokens = this.#size;
    this.#at = now;
  }

  /** Takes a token, a future one if need be, and says in how many milliseconds it is there. */
  take(now: number): number {
    const elapsed = Math.max(0, now - this.#at);
    this.#at = Math.max(this.#at, now);
    this.#tokens = Math.min(this.#size, this.#tokens + elapsed * this.#perMillisecond) - 1;
    return this.#tokens >= 0 ? 0 : -this.#tokens / this.#perMillisecond;
  }
}

/** EC2's limit for an operation such as `DescribeImages`. */
export function ec2Limit(operation: string): RequestLimit {
  const known = EC2_LIMITS[operation];
  return known ?? (/^(Describe|List|Get)/.test(operation) ? READS : WRITES);
}

/** Keeps a client's requests, every attempt of them, under EC2's limits: one bucket for each operation. */
export function paceEc2(client: Pick<EC2Client, 'middlewareStack'>, settings: PaceSettings = REAL_TIME): void {
  const wait = pacer((operation) => ({ name: operation, limit: ec2Limit(operation) }), settings);
  // Retrying has a higher priority in this step, so that each attempt takes a token of its own.
  client.middlewareStack.add(
    (next, context) => async (request) => {
      await wait(operationOf(context.commandName));
      return next(request);
    },
    { name: 'paceMiddleware', step: 'finalizeRequest' },
  );
}

/** Keeps a client's requests under a moderate rate for all of Auto Scaling. */
export function paceAutoScaling(
  client: Pick<AutoScalingClient, 'middlewareStack'>,
  settings: PaceSettings = REAL_TIME,
): void {
  const wait = pacer(() => ({ name: 'all', limit: AUTO_SCALING_LIMIT }), settings);
  client.middlewareStack.add(
    (next) => async (request) => {
      await wait('');
      return next(request);
    },
    { name: 'paceMiddleware', step: 'finalizeRequest' },
  );
}

function pacer(
  bucketOf: (operation: string) => { readonly name: string; readonly limit: RequestLimit },
  { now, sleep }: PaceSettings,
): (operation: string) => Promise<void> {
  const buckets = new Map<string, TokenBucket>();
  return async (operation) => {
    const { name, limit } = bucketOf(operation);
    const share = { bucket: limit.bucket * SHARE, perSecond: limit.perSecond * SHARE };
    const bucket = buckets.get(name) ?? new TokenBucket(share, now());
    buckets.set(name, bucket);
    const milliseconds = bucket.take(now());
    if (milliseconds > 0) await sleep(milliseconds);
  };
}

/** `DescribeImagesCommand` is the operation `DescribeImages`. */
function operationOf(commandName: string | undefined): string {
  return (commandName ?? '').replace(/Command$/, '');
}
