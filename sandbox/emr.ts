import {
  ClusterState,
  DescribeCluster$,
  type DescribeClusterInput,
  type DescribeClusterOutput,
  ListClusters$,
  type ListClustersInput,
  type ListClustersOutput,
  ListInstanceFleets$,
  type ListInstanceFleetsInput,
  type ListInstanceFleetsOutput,
  ListInstanceGroups$,
  type ListInstanceGroupsInput,
  type ListInstanceGroupsOutput,
} from '@aws-sdk/client-emr';
import { ServiceError } from './error.ts';
import { type Context, type Operation, read } from './operation.ts';
import type { AccountState, StoredCluster } from './state.ts';

/** EMR gives so many of anything at once, and takes no other number. */
const PAGE_SIZE = 50;

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidRequestException', message);
}

function clusterOf(state: AccountState, id: string | undefined): StoredCluster {
  const stored = state.emrClusters.get(id ?? '');
  if (stored === undefined) throw invalid(`Cluster id '${id}' is not valid.`);
  return stored;
}

function listClusters(input: ListClustersInput, { state, pages }: Context): ListClustersOutput {
  const known = new Set<string>(Object.values(ClusterState));
  const asked = new Set<string>(input.ClusterStates ?? known);
  const unknown = asked.difference(known);
  if (unknown.size > 0) throw invalid(`The cluster state ${[...unknown].join(', ')} is not valid.`);
  const found = [...state.emrClusters.values()].filter(({ cluster }) => asked.has(cluster.Status?.State ?? ''));
  const page = pages.take(found, ({ cluster }) => cluster.Id, { token: input.Marker, size: PAGE_SIZE });
  return {
    Clusters: page.items.map(({ cluster: { Id, Name, Status, ClusterArn } }) => ({ Id, Name, Status, ClusterArn })),
    Marker: page.nextToken,
  };
}

function describeCluster({ ClusterId }: DescribeClusterInput, { state }: Context): DescribeClusterOutput {
  return { Cluster: clusterOf(state, ClusterId).cluster };
}

function listInstanceGroups(input: ListInstanceGroupsInput, { state, pages }: Context): ListInstanceGroupsOutput {
  const { groups } = clusterOf(state, input.ClusterId);
  if (groups === undefined) throw invalid('Instance fleets and instance groups are mutually exclusive.');
  const page = pages.take(groups, ({ Id }) => Id, { token: input.Marker, size: PAGE_SIZE });
  return { InstanceGroups: page.items, Marker: page.nextToken };
}

function listInstanceFleets(input: ListInstanceFleetsInput, { state, pages }: Context): ListInstanceFleetsOutput {
  const { fleets } = clusterOf(state, input.ClusterId);
  if (fleets === undefined) throw invalid('Instance fleets and instance groups are mutually exclusive.');
  const page = pages.take(fleets, ({ Id }) => Id, { token: input.Marker, size: PAGE_SIZE });
  return { InstanceFleets: page.items, Marker: page.nextToken };
}

export const emrOperations: readonly Operation[] = [
  read(ListClusters$, listClusters),
  read(DescribeCluster$, describeCluster),
  read(ListInstanceGroups$, listInstanceGroups),
  read(ListInstanceFleets$, listInstanceFleets),
];
