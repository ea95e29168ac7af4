import { expect, test } from 'vitest';
import { OtherCaller } from '../../sandbox/request-buckets.ts';
import { emptyAccount } from '../../sandbox/state.ts';
import { open, refusal } from './open.ts';

/** How many calls get through before the first is throttled. */
async function untilThrottled(call: () => Promise<unknown>): Promise<number> {
  for (let count = 0; count < 300; count += 1) {
    try {
      await call();
    } catch {
      return count;
    }
  }
  return Number.POSITIVE_INFINITY;
}

test('each API of EC2 has a bucket of its own, and it fills again', async () => {
  let milliseconds = 0;
  const { ec2 } = await open(emptyAccount(), { requestBuckets: { milliseconds: () => milliseconds } });
  const images = () => ec2.describeImages({ MaxResults: 10 });
  expect(await untilThrottled(images)).toBe(100);
  expect(await untilThrottled(() => ec2.describeSpotFleetRequests({}))).toBe(50);
  expect(await untilThrottled(() => ec2.describeSnapshots({}))).toBe(50);
  expect(await untilThrottled(() => ec2.describeSnapshots({ MaxResults: 10 }))).toBe(100);
  expect(await refusal(images())).toBe('RequestLimitExceeded');
  milliseconds = 500;
  expect(await untilThrottled(images)).toBe(10);
});

test('all of Auto Scaling shares one', async () => {
  const { autoScaling } = await open(emptyAccount(), { requestBuckets: { milliseconds: () => 0 } });
  expect(await untilThrottled(() => autoScaling.describeAutoScalingGroups({}))).toBe(50);
  expect(await refusal(autoScaling.describeLaunchConfigurations({}))).toBe('Throttling');
});

test('another caller may spend half of what comes back, and goes without where nothing is left', async () => {
  let milliseconds = 0;
  const otherCaller = new OtherCaller(0.5);
  const { ec2 } = await open(emptyAccount(), { requestBuckets: { milliseconds: () => milliseconds, otherCaller } });
  const images = () => ec2.describeImages({ MaxResults: 10 });
  expect(await untilThrottled(images)).toBe(100);
  milliseconds = 1000;
  expect(await untilThrottled(images)).toBe(10);
  expect(otherCaller).toMatchObject({ asked: 10, refused: 0 });
});
