import {
  DescribeCluster$,
  type DescribeClusterRequest,
  type DescribeClusterResponse,
  ListClusters$,
  type ListClustersRequest,
  type ListClustersResponse,
} from '@aws-sdk/client-sagemaker';
import { ServiceError } from './error.ts';
import { type Context, type Operation, read } from './operation.ts';

const MOST = 100;

function listClusters(
  { MaxResults = 10, NextToken }: ListClustersRequest,
  { state, pages }: Context,
): ListClustersResponse {
  if (MaxResults < 1 || MaxResults > MOST)
    throw new ServiceError('ValidationException', `maxResults must be between 1 and ${MOST}`);
  const clusters = [...state.hyperPodClusters.values()];
  const page = pages.take(clusters, ({ ClusterName }) => ClusterName, { token: NextToken, size: MaxResults });
  return {
    ClusterSummaries: page.items.map(({ ClusterArn, ClusterName, ClusterStatus, CreationTime }) => ({
      ClusterArn,
      ClusterName,
      ClusterStatus,
      CreationTime,
    })),
    NextToken: page.nextToken,
  };
}

function describeCluster({ ClusterName = '' }: DescribeClusterRequest, { state }: Context): DescribeClusterResponse {
  const clusters = [...state.hyperPodClusters.values()];
  const found = clusters.find((cluster) => cluster.ClusterName === ClusterName || cluster.ClusterArn === ClusterName);
  if (found === undefined) throw new ServiceError('ResourceNotFound', `Cluster with name ${ClusterName} not found`);
  return found;
}

export const sageMakerOperations: readonly Operation[] = [
  read(ListClusters$, listClusters),
  read(DescribeCluster$, describeCluster),
];
