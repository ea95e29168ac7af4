import { DeregisterImageCommand, DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { ec2Limit, paceEc2, TokenBucket } from '../../src/aws/rate-limit.ts';

describe('TokenBucket', () => {
  it('gives what it holds at once, and then as fast as it is refilled', () => {
    const bucket = new TokenBucket({ bucket: 3, perSecond: 2 }, 0);
    expect([1, 2, 3, 4].map(() => bucket.take(0))).toEqual([0, 0, 0, 500]);
    expect([400, 500, 500, 1000].map((now) => bucket.take(now))).toEqual([100, 0, 500, 0]);
  });

  it('holds no more than its size, however long nobody asks', () => {
    const bucket = new TokenBucket({ bucket: 2, perSecond: 10 }, 0);
    expect([1, 2, 3].map(() => bucket.take(1_000_000))).toEqual([0, 0, 100]);
  });

  it('takes no harm from a clock that stands still or steps back', () => {
    const bucket = new TokenBucket({ bucket: 1, perSecond: 1 }, 1000);
    expect([bucket.take(1000), bucket.take(0), bucket.take(1000)]).toEqual([0, 1000, 1000]);
  });

  it('halves its rate once for what is throttled together, and gets it back slowly', () => {
    const bucket = new TokenBucket({ bucket: 10, perSecond: 10 }, 0);
    for (const at of [0, 10, 900]) bucket.throttled(at);
    expect(bucket.take(900)).toBeGreaterThan(190);
    expect(bucket.take(900)).toBeLessThanOrEqual(200);
    // Half a minute later it is as fast as ever.
    for (let taken = 0; taken < 10; taken += 1) expect(bucket.take(40_000)).toBe(0);
    expect(bucket.take(40_000)).toBe(100);
  });

  it('goes on, however often it is throttled', () => {
    const bucket = new TokenBucket({ bucket: 10, perSecond: 10 }, 0);
    for (let second = 0; second < 100; second += 1) bucket.throttled(second * 1000);
    expect(bucket.take(99_000)).toBeLessThanOrEqual(1600);
  });
});

describe('paceEc2', () => {
  /** A client whose requests are answered at once, on a clock that only waiting moves. @param throttles by number */
  function paced(throttles: (request: number) => boolean = () => false) {
    let now = 0;
    const sent: number[] = [];
    const client = new EC2Client({
      region: 'eu-west-1',
      endpoint: 'http://127.0.0.1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
      requestHandler: {
        handle: async () => {
          sent.push(now);
          const refusal = '<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors></Response>';
          const answer = throttles(sent.length)
            ? { statusCode: 503, headers: {}, body: Buffer.from(refusal) }
            : { statusCode: 200, headers: {}, body: Buffer.from('<Response/>') };
          return { response: answer };
        },
      },
    });
    const sleep = async (milliseconds: number) => {
      now += milliseconds;
    };
    paceEc2(client, { now: () => now, sleep });
    return { client, sent };
  }

  const deregister = new DeregisterImageCommand({ ImageId: 'ami-0' });

  it('keeps writes under 90 % of 100 at once and 95 % of 5 a second', async () => {
    const { client, sent } = paced();
    for (let number = 0; number < 110; number += 1) await client.send(deregister);
    expect(sent.filter((at) => at === 0)).toHaveLength(90);
    expect(sent.at(-1)).toBeGreaterThanOrEqual((20 / 4.75) * 1000);
    expect(sent.at(-1)).toBeLessThan((20 / 4.75) * 1000 + 50);
  });

  it('sends in the order of asking, side by side too', async () => {
    const { client, sent } = paced();
    const answers: number[] = [];
    const send = async (number: number) => {
      await client.send(deregister);
      answers.push(number);
    };
    await Promise.all(Array.from({ length: 100 }, (_, number) => send(number)));
    expect(answers.slice(90)).toEqual([90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
    expect(sent.at(-1)).toBeGreaterThanOrEqual((10 / 4.75) * 1000);
  });

  it('goes on at half the rate once AWS throttles, which slows no other operation', async () => {
    const { client, sent } = paced((request) => request === 91);
    for (let number = 0; number < 90; number += 1) await client.send(deregister);
    await expect(client.send(deregister)).rejects.toThrow();
    await client.send(deregister);
    const [throttled = 0, next = 0] = sent.slice(90);
    expect(next - throttled).toBeGreaterThan(400);
    await client.send(new DescribeImagesCommand({}));
    expect(sent.at(-1)).toBe(next);
  });

  it('has a bucket for each operation', async () => {
    const { client, sent } = paced();
    for (let number = 0; number < 90; number += 1) {
      await client.send(deregister);
      await client.send(new DescribeImagesCommand({}));
    }
    expect(sent.every((at) => at === 0)).toBe(true);
  });

  it.each([
    ['DescribeImages', 100, 20],
    ['ListImagesInRecycleBin', 100, 20],
    ['DescribeSpotFleetRequests', 50, 3],
    ['EnableImageDeprecation', 50, 5],
    ['DeleteSnapshot', 100, 5],
    ['CreateTags', 100, 10],
  ])('knows the limit of %s', (operation, bucket, perSecond) => {
    expect(ec2Limit(operation)).toEqual({ bucket, perSecond });
  });
});
