import type { Call } from './calls.ts';

/** How many requests a bucket holds, and how many come back each second. */
interface Limit {
  readonly size: number;
  readonly perSecond: number;
}

export interface RequestBucketOptions {
  /** A clock that only goes forward; its start does not matter. */
  readonly milliseconds: () => number;
  /** Someone else who spends what comes back to every bucket. */
  readonly otherCaller?: OtherCaller;
}

/** Another caller of the same account: asks steadily for a part of what comes back to each bucket that is in use. */
export class OtherCaller {
  /** The part of the refill: 0.5 where it takes half. */
  readonly share: number;
  asked = 0;
  refused = 0;

  constructor(share: number) {
    this.share = share;
  }

  /** Takes what it asks for over some time, as far as it is there, and gives what is left. */
  spend(tokens: number, refill: number): number {
    const wanted = refill * this.share;
    const taken = Math.min(wanted, tokens);
    this.asked += wanted;
    this.refused += wanted - taken;
    return tokens - taken;
  }
}

const READ: Limit = { size: 100, perSecond: 20 };
const WRITE: Limit = { size: 50, perSecond: 5 };
/** Reads of everything at once cost more. */
const UNPAGED_READ: Limit = { size: 50, perSecond: 10 };
/** AWS does not publish these two; the figures are on the careful side. */
const AUTO_SCALING: Limit = { size: 50, perSecond: 10 };
const SSM: Limit = { size: 40, perSecond: 40 };

/** EC2's published exceptions: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html */
const EC2_EXCEPTIONS: Readonly<Record<string, Limit>> = {
  CreateTags: { size: 100, perSecond: 10 },
  DeleteSnapshot: { size: 100, perSecond: 5 },
  DeleteTags: { size: 100, perSecond: 10 },
  DeregisterImage: { size: 100, perSecond: 5 },
  DescribeSpotFleetRequests: { size: 50, perSecond: 3 },
};
const COSTLY_UNPAGED = new Set(['DescribeInstances', 'DescribeSnapshots', 'DescribeSpotInstanceRequests']);

function isUnpagedAndUnfiltered({ input }: Call): boolean {
  if (typeof input !== 'object' || input === null) return true;
  return !('MaxResults' in input || 'Filters' in input || Object.keys(input).some((key) => key.endsWith('Ids')));
}

/** The bucket that a call takes from, by account, Region and API; none where AWS is not known to limit. */
export function limitOf(call: Call): { readonly bucket: string; readonly limit: Limit } | undefined {
  const account = `${call.accountId}/${call.region}`;
  switch (call.service) {
    case 'ec2': {
      const costly = COSTLY_UNPAGED.has(call.operation) && isUnpagedAndUnfiltered(call);
      const usual = call.writes ? WRITE : READ;
      return {
        bucket: `${account}/${call.operation}${costly ? '/all' : ''}`,
        limit: costly ? UNPAGED_READ : (EC2_EXCEPTIONS[call.operation] ?? usual),
      };
    }
    case 'autoscaling':
      return { bucket: `${account}/autoscaling`, limit: AUTO_SCALING };
    case 'ssm':
      return { bucket: `${account}/ssm/${call.operation}`, limit: SSM };
    default:
      return undefined;
  }
}

/** AWS's token buckets: one for each account, Region and API, and one for all of Auto Scaling. */
export class RequestBuckets {
  readonly #options: RequestBucketOptions;
  readonly #levels = new Map<string, { tokens: number; at: number }>();

  constructor(options: RequestBucketOptions) {
    this.#options = options;
  }

  /** Takes a token for a call; false where there is none left. */
  admits(call: Call): boolean {
    const found = limitOf(call);
    if (found === undefined) return true;
    const { size, perSecond } = found.limit;
    const at = this.#options.milliseconds();
    const level = this.#levels.get(found.bucket) ?? { tokens: size, at };
    const refill = ((at - level.at) / 1000) * perSecond;
    const there = level.tokens + refill;
    const tokens = Math.min(size, this.#options.otherCaller?.spend(there, refill) ?? there);
    this.#levels.set(found.bucket, { tokens: tokens >= 1 ? tokens - 1 : tokens, at });
    return tokens >= 1;
  }
}
