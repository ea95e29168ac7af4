import {
  DescribeInstances$,
  type DescribeInstancesRequest,
  type DescribeInstancesResult,
  type Instance,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, read } from '../operation.ts';
import { type FilterFields, filtered } from './filters.ts';
import { isListed } from './managed.ts';
import { INSTANCE_ID, pageSize, refuseTogether, selected } from './parameters.ts';

const FIELDS: FilterFields<Instance> = {
  architecture: (instance) => [instance.Architecture],
  'image-id': (instance) => [instance.ImageId],
  'instance-id': (instance) => [instance.InstanceId],
  'instance-lifecycle': (instance) => [instance.InstanceLifecycle],
  'instance-state-name': (instance) => [instance.State?.Name],
  'instance-type': (instance) => [instance.InstanceType],
};

function describeInstances(input: DescribeInstancesRequest, { state, pages }: Context): DescribeInstancesResult {
  refuseTogether(input.InstanceIds, 'instancesSet', input.MaxResults);
  const size = pageSize(input.MaxResults, { min: 5, max: 1000, default: 1000 });
  const listed = selected(state.instances, input.InstanceIds, INSTANCE_ID).filter((instance) =>
    isListed(instance, input.IncludeManagedResources, state),
  );
  const page = pages.take(filtered(listed, input.Filters, FIELDS), (instance) => instance.InstanceId, {
    token: input.NextToken,
    size,
  });
  const Reservations = page.items.map((instance) => ({
    ReservationId: (instance.InstanceId ?? '').replace(/^i-/, 'r-'),
    OwnerId: state.accountId,
    Groups: [],
    Instances: [instance],
  }));
  return { Reservations, NextToken: page.nextToken };
}

export const instanceReads: readonly Operation[] = [read(DescribeInstances$, describeInstances)];
