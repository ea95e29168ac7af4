import { expect, it } from 'vitest';
import { emptyAccount } from '../../sandbox/state.ts';
import { open, refusal } from './open.ts';

const many = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** What AWS's published models forbid, and the SDK sends all the same. */
it.each([
  ['a page that is too long', 'InvalidParameterValue', 'DescribeLaunchTemplateVersions', { MaxResults: 201 }],
  ['a page that is too short', 'InvalidParameterValue', 'DescribeLockedSnapshots', { MaxResults: 4 }],
  ['too many ids', 'InvalidParameterValue', 'ListImagesInRecycleBin', { ImageIds: many(21, 'ami-0000000') }],
  ['a filter of another operation', 'InvalidParameterValue', 'DescribeImages', { Filters: [{ Name: 'snapshot-id' }] }],
])('%s is refused with %s: %s', async (_, code, operation, input) => {
  const { ec2 } = await open(emptyAccount());
  const method = `${operation.charAt(0).toLowerCase()}${operation.slice(1)}`;
  expect(await refusal(Reflect.apply(Reflect.get(ec2, method), ec2, [input]))).toBe(code);
});

it.each([
  ['ValidationError', (one: Opened) => one.autoScaling.describeAutoScalingGroups({ MaxRecords: 101 })],
  ['ValidationException', (one: Opened) => one.ssm.describeParameters({ MaxResults: 51 })],
  ['ValidationException', (one: Opened) => one.ssm.getParameters({ Names: many(11, '/p/') })],
  ['ValidationException', (one: Opened) => one.ssm.describeAssociation({ AssociationId: 'none' })],
])('in a service’s own words: %s', async (code, ask) => {
  expect(await refusal(ask(await open(emptyAccount())))).toBe(code);
});

type Opened = Awaited<ReturnType<typeof open>>;
