import * as z from 'zod';

/** What an endpoint is to serve, and how it answers. */
export const endpointOptions = z.object({
  images: z.number(),
  latencyMilliseconds: z.number(),
  /** EC2's request limits; none for calls, CPU and memory alone. */
  buckets: z.boolean(),
  /** Another caller spends half of what comes back to every bucket. */
  otherCaller: z.boolean(),
});
export type EndpointOptions = z.infer<typeof endpointOptions>;

const counts = z.record(z.string(), z.number());

/** Said once the endpoint listens. */
export const ready = z.object({ url: z.string(), environment: z.record(z.string(), z.string()), least: counts });
export type Ready = z.infer<typeof ready>;

/** One of AWS's token buckets after a run: what was taken of it, and what it held and got back. */
const bucketUse = z.object({
  bucket: z.string(),
  operations: z.array(z.string()),
  calls: z.number(),
  size: z.number(),
  perSecond: z.number(),
});
export type BucketUse = z.infer<typeof bucketUse>;

/** What the endpoint saw of a run. */
export const seen = z.object({
  calls: counts,
  throttled: counts,
  buckets: z.array(bucketUse),
  cpuSeconds: z.number(),
  otherCaller: z.object({ asked: z.number(), refused: z.number() }).optional(),
});
export type Seen = z.infer<typeof seen>;

/** What a fresh process says of itself as it ends. */
export const metered = z.object({
  cpuSeconds: z.number(),
  peakRssMB: z.number(),
  /** From the start of the process to its first request. */
  startSeconds: z.number(),
});
export type Metered = z.infer<typeof metered>;
