import { DescribeClusterCommand, paginateListClusters, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { unlessGone } from '../aws/errors.ts';
import { essential, itemsOf, listOf } from '../aws/requests.ts';
import type { Finder, FinderContext, Finding } from './finder.ts';
import { imageFindings, reference } from './findings.ts';

/** As many as SageMaker gives in one page. */
const CLUSTERS_A_PAGE = 100;
/** What a group that runs AWS's own image says in place of an id. */
const AWS_OWN = 'default';

/** SageMaker HyperPod clusters: what each instance group runs and is to run, of size 0 too. Nodes lie in an account of AWS's. */
export const find: Finder['find'] = async function* (context) {
  const { clients, requests } = context;
  const listed = paginateListClusters({ client: clients.of(SageMakerClient) }, { MaxResults: CLUSTERS_A_PAGE });
  const clusters = await Array.fromAsync(itemsOf(listed, 'ClusterSummaries', requests));
  const findings = await requests.sendAll(clusters, ({ ClusterName }) =>
    readCluster(context, essential(ClusterName, 'ClusterName of a cluster')),
  );
  yield* findings.flat();
};

async function readCluster({ clients, requests }: FinderContext, ClusterName: string): Promise<Finding[]> {
  const command = new DescribeClusterCommand({ ClusterName });
  const described = requests.send(() => clients.of(SageMakerClient).send(command));
  const answer = await unlessGone('ResourceNotFound', described);
  if (answer === undefined) return [];
  // Restricted groups name no image; a cluster may have only those.
  const groups = answer.InstanceGroups ?? (answer.RestrictedInstanceGroups?.length ? [] : undefined);
  return listOf(groups, `InstanceGroups of ${ClusterName}`).flatMap((group) => {
    const name = essential(group.InstanceGroupName, `InstanceGroupName of a group of ${ClusterName}`);
    const named = reference('sagemaker:Cluster', ClusterName, `instance group ${name}`);
    return [group.CurrentImageId, group.DesiredImageId]
      .filter((imageId) => imageId !== AWS_OWN)
      .flatMap((imageId) => [...imageFindings(imageId, named)]);
  });
}
