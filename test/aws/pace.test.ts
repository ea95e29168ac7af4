import { DeregisterImageCommand, DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { ec2Limit, paceEc2, TokenBucket } from '../../src/aws/pace.ts';

describe('TokenBucket', () => {
  it('gives what it holds at once, and then as fast as it is refilled, in order', () => {
    const bucket = new TokenBucket({ bucket: 3, perSecond: 2 }, 0);
    expect([1, 2, 3, 4, 5].map(() => bucket.take(0))).toEqual([0, 0, 0, 500, 1000]);
    expect(bucket.take(1000)).toBe(500);
  });

  it('holds no more than its size, however long nobody asks', () => {
    const bucket = new TokenBucket({ bucket: 2, perSecond: 10 }, 0);
    expect([1, 2, 3].map(() => bucket.take(1_000_000))).toEqual([0, 0, 100]);
  });

  it('takes no harm from a clock that stands still or steps back', () => {
    const bucket = new TokenBucket({ bucket: 1, perSecond: 1 }, 1000);
    expect([bucket.take(1000), bucket.take(0), bucket.take(1000)]).toEqual([0, 1000, 2000]);
  });
});

describe('paceEc2', () => {
  /** A client whose requests are answered at once, on a clock that only waiting moves. */
  function paced() {
    let now = 0;
    const sent: number[] = [];
    const client = new EC2Client({
      region: 'eu-west-1',
      endpoint: 'http://127.0.0.1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      requestHandler: {
        handle: async () => {
          sent.push(now);
          return { response: { statusCode: 200, headers: {}, body: Buffer.from('<Response/>') } };
        },
      },
    });
    const sleep = async (milliseconds: number) => {
      now += milliseconds;
    };
    paceEc2(client, { now: () => now, sleep });
    return { client, sent };
  }

  it('keeps writes under four fifths of 100 at once and 5 a second', async () => {
    const { client, sent } = paced();
    for (let number = 0; number < 100; number += 1) await client.send(new DeregisterImageCommand({ ImageId: 'ami-0' }));
    expect(sent.filter((at) => at === 0)).toHaveLength(80);
    expect(sent.at(-1)).toBeCloseTo(20 * 250, 0);
  });

  it('has a bucket for each operation', async () => {
    const { client, sent } = paced();
    for (let number = 0; number < 80; number += 1) {
      await client.send(new DeregisterImageCommand({ ImageId: 'ami-0' }));
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
