/** The embedded endpoint in a process of its own: `node scripts/bench/endpoint.ts OPTIONS`, spoken to by messages. */

import { sandboxEnvironment } from '../../sandbox/environment.ts';
import { limitOf, OtherCaller } from '../../sandbox/request-buckets.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { benchAccount } from './account.ts';
import { leastToRead } from './least-calls.ts';
import { type BucketUse, endpointOptions, type Ready, type Seen } from './messages.ts';

const THROTTLED = new Set(['RequestLimitExceeded', 'Throttling', 'ThrottlingException', 'SlowDown']);

const { images, latencyMilliseconds, buckets, otherCaller } = endpointOptions.parse(JSON.parse(process.argv[2] ?? ''));
const account = benchAccount(images, new Date());
const least = leastToRead(account);
const other = new OtherCaller(0.5);
const requestBuckets = { milliseconds: () => performance.now(), ...(otherCaller && { otherCaller: other }) };
const sandbox = await startSandbox({
  account,
  now: () => new Date(),
  latencyMilliseconds: () => latencyMilliseconds,
  ...(buckets && { requestBuckets }),
});
const started = process.cpuUsage();

process.on('message', () => {
  send(seenSoFar());
  process.disconnect();
  void sandbox.close();
});
send({ url: sandbox.url, environment: sandboxEnvironment(sandbox.url, account.region), least });

function send(message: Ready | Seen): void {
  process.send?.(message);
}

function seenSoFar(): Seen {
  const throttled: Record<string, number> = {};
  const used = new Map<string, BucketUse>();
  for (const call of sandbox.calls.entries) {
    if (THROTTLED.has(call.outcome)) throttled[call.operation] = (throttled[call.operation] ?? 0) + 1;
    const found = limitOf(call);
    if (found === undefined) continue;
    const { size, perSecond } = found.limit;
    const before = used.get(found.bucket);
    used.set(found.bucket, {
      bucket: found.bucket.replace(/^.*?\/.*?\//, ''),
      operations: [...new Set([...(before?.operations ?? []), call.operation])],
      calls: (before?.calls ?? 0) + 1,
      size,
      perSecond: otherCaller ? perSecond * (1 - other.share) : perSecond,
    });
  }
  const { user, system } = process.cpuUsage(started);
  return {
    calls: sandbox.calls.counts(),
    throttled,
    buckets: [...used.values()],
    cpuSeconds: (user + system) / 1e6,
    ...(otherCaller && { otherCaller: { asked: other.asked, refused: other.refused } }),
  };
}
