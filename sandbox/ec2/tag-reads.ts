import {
  DescribeTags$,
  type DescribeTagsRequest,
  type DescribeTagsResult,
  type ResourceType,
  type Tag,
  type TagDescription,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, read } from '../operation.ts';
import type { AccountState } from '../state.ts';
import { type FilterFields, filtered } from './filters.ts';
import { pageSize } from './parameters.ts';

type Row = TagDescription & { readonly Tags: Tag[] };

const FIELDS: FilterFields<Row> = {
  key: (row) => [row.Key],
  'resource-id': (row) => [row.ResourceId],
  'resource-type': (row) => [row.ResourceType],
  value: (row) => [row.Value],
};

/** The tags of all that carries any, what lies in the Recycle Bin included: there it can still be looked at. */
function rows(state: AccountState, now: Date): Row[] {
  const lying = <Resource>(bin: ReadonlyMap<string, { resource: Resource; exitsAt: Date }>) =>
    [...bin.values()].filter(({ exitsAt }) => exitsAt > now).map(({ resource }) => resource);
  const of = (ResourceType: ResourceType, id: string | undefined, Tags: Tag[] = []): Row[] =>
    Tags.map(({ Key, Value }) => ({ Key, Value, ResourceId: id, ResourceType, Tags }));
  return [
    ...[...state.images.values(), ...lying(state.recycleBin.images)].flatMap((image) =>
      of('image', image.ImageId, image.Tags),
    ),
    ...[...state.snapshots.values(), ...lying(state.recycleBin.snapshots)].flatMap((snapshot) =>
      of('snapshot', snapshot.SnapshotId, snapshot.Tags),
    ),
    ...[...state.instances.values()].flatMap((instance) => of('instance', instance.InstanceId, instance.Tags)),
  ];
}

function describeTags(input: DescribeTagsRequest, { state, now, pages }: Context): DescribeTagsResult {
  const size = pageSize(input.MaxResults, { min: 5, max: 1000, default: 1000 });
  const found = filtered(rows(state, now), input.Filters, FIELDS);
  const page = pages.take(found, (row) => `${row.ResourceId} ${row.Key}`, { token: input.NextToken, size });
  return { Tags: page.items.map(({ Tags: _all, ...row }) => row), NextToken: page.nextToken };
}

export const tagReads: readonly Operation[] = [read(DescribeTags$, describeTags)];
