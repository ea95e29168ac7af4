import {
  ClusterState,
  DescribeClusterCommand,
  EMRClient,
  paginateListClusters,
  paginateListInstanceFleets,
  paginateListInstanceGroups,
} from '@aws-sdk/client-emr';
import { essential, itemsOf, listOf } from '../aws/requests.ts';
import type { Finder, FinderContext, Finding } from './finder.ts';
import { imageFindings, reference } from './findings.ts';

/** EMR lists by state alone, so that one that is new to AWS is asked for once the SDK knows it. */
const CAN_LAUNCH = Object.values(ClusterState).filter((state) => !state.startsWith('TERMINAT'));
// A state that is new to this code counts as use: unknown means keep.
const PART_ENDED = new Set<string>(['TERMINATED', 'ENDED']);

/** EMR clusters that can still launch: their own image, and those of their instance groups or fleets, of size 0 too. */
export const find: Finder['find'] = async function* (context) {
  const { clients, requests } = context;
  const listed = paginateListClusters({ client: clients.of(EMRClient) }, { ClusterStates: CAN_LAUNCH });
  const clusters = await Array.fromAsync(itemsOf(listed, 'Clusters', requests));
  const findings = await requests.sendAll(clusters, ({ Id }) => readCluster(context, essential(Id, 'Id of a cluster')));
  yield* findings.flat();
  requests.items = clusters.length;
};

async function readCluster({ clients, requests }: FinderContext, ClusterId: string): Promise<Finding[]> {
  const client = clients.of(EMRClient);
  const answer = await requests.send(() => client.send(new DescribeClusterCommand({ ClusterId })));
  const { Name = '', CustomAmiId, InstanceCollectionType } = essential(answer.Cluster, `Cluster of ${ClusterId}`);
  const named = (part = '') => reference('emr:Cluster', ClusterId, `"${Name}"${part}`);
  const findings = [...imageFindings(CustomAmiId, named())];
  // A cluster has the one or the other, and EMR refuses to list what it has not.
  if (essential(InstanceCollectionType, `InstanceCollectionType of ${ClusterId}`) === 'INSTANCE_FLEET') {
    const fleets = paginateListInstanceFleets({ client }, { ClusterId });
    for await (const { Id, Status, InstanceTypeSpecifications } of itemsOf(fleets, 'InstanceFleets', requests)) {
      if (PART_ENDED.has(Status?.State ?? '')) continue;
      for (const type of listOf(InstanceTypeSpecifications, 'InstanceTypeSpecifications'))
        findings.push(...imageFindings(type.CustomAmiId, named(`, instance fleet ${Id}, ${type.InstanceType}`)));
    }
  } else {
    const groups = paginateListInstanceGroups({ client }, { ClusterId });
    for await (const { Id, Status, CustomAmiId: image } of itemsOf(groups, 'InstanceGroups', requests))
      if (!PART_ENDED.has(Status?.State ?? '')) findings.push(...imageFindings(image, named(`, instance group ${Id}`)));
  }
  return findings;
}
