import { EC2 } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import type { Fault, FaultKind } from '../../sandbox/calls.ts';
import { seedAccount } from '../../sandbox/seed/seed-account.ts';
import { NOW, open, refusal } from './open.ts';

const every = (fault: Fault) => ({ intercept: () => fault });

describe('each service words its faults as AWS does', () => {
  test.each([
    ['throttle', 'RequestLimitExceeded', 'Throttling', 'ThrottlingException'],
    ['server-error', 'InternalError', 'InternalFailure', 'InternalServerError'],
    ['access-denied', 'UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException'],
  ] as const)('%s', async (kind, ofEc2, ofAutoScaling, ofSsm) => {
    const { ec2, autoScaling, ssm } = await open(seedAccount({ now: NOW }), every({ kind }));
    expect(await refusal(ec2.describeImages({}))).toBe(ofEc2);
    expect(await refusal(autoScaling.describeAutoScalingGroups({}))).toBe(ofAutoScaling);
    expect(await refusal(ssm.describeParameters({}))).toBe(ofSsm);
  });

  test('what is denied is named', async () => {
    const { ec2 } = await open(seedAccount({ now: NOW }), every({ kind: 'access-denied' }));
    await expect(ec2.describeImages({})).rejects.toThrow(/not authorized to perform.*ec2:DescribeImages/);
  });
});

describe('a write whose answer does not arrive', () => {
  const kinds: readonly (readonly [FaultKind, number])[] = [
    ['drop-before', 0],
    ['drop-after', 1],
    ['garbage', 1],
    ['throttle', 0],
  ];
  test.each(kinds)('%s: AWS has acted %i times', async (kind, acted) => {
    const account = seedAccount({ now: NOW });
    const ImageId = [...account.images.values()].find((image) => image.Name === 'scratch-expired')?.ImageId ?? '';
    const before = account.images.get(ImageId)?.Tags?.length ?? 0;
    const { ec2, sandbox } = await open(account, every({ kind }));
    const attempt = ec2.createTags({ Resources: [ImageId], Tags: [{ Key: 'new', Value: 'tag' }] });
    await refusal(attempt);
    expect(account.images.get(ImageId)?.Tags).toHaveLength(before + acted);
    expect(sandbox.calls.entries.map((call) => call.acted)).toEqual([acted === 1]);
  });
});

test('a list that is garbage is an error; one that is well-formed and empty has no list at all', async () => {
  let kind: FaultKind = 'garbage';
  const { ec2, ssm } = await open(seedAccount({ now: NOW }), { intercept: () => ({ kind }) });
  await expect(ec2.describeImages({})).rejects.toThrow(/XML parse error/);
  await expect(ssm.describeParameters({})).rejects.toThrow(/JSON/);
  kind = 'empty-answer';
  expect((await ec2.describeImages({})).Images).toBeUndefined();
  expect((await ssm.describeParameters({})).Parameters).toBeUndefined();
});

test('a client that retries gets through, and every attempt is in the log', async () => {
  const { config, sandbox } = await open(seedAccount({ now: NOW }), {
    intercept: (call) => (call.number < 3 ? { kind: 'drop-before' } : undefined),
  });
  const patient = new EC2({ ...config, maxAttempts: 3 });
  const { Images } = await patient.describeImages({ Owners: ['self'] });
  patient.destroy();
  expect(Images?.length).toBeGreaterThan(100);
  expect(sandbox.calls.entries.map((call) => call.outcome)).toEqual(['dropped-before', 'dropped-before', 'ok']);
});

test('a hook changes the account before a call, or after it', async () => {
  const account = seedAccount({ now: NOW });
  const size = account.images.size;
  const { ec2 } = await open(account, {
    intercept: (call) => (call.number === 1 ? { after: () => account.images.clear() } : undefined),
  });
  const count = async () => (await ec2.describeImages({ IncludeDisabled: true })).Images?.length;
  expect(await count()).toBe(size);
  expect(await count()).toBe(0);
});
