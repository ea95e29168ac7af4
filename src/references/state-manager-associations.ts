import { DescribeAssociationCommand, paginateListAssociations } from '@aws-sdk/client-ssm';
import { unlessGone } from '../aws/errors.ts';
import { essential, itemsOf } from '../aws/requests.ts';
import { type Finder, readByName } from './finder.ts';
import { reference, textFindings } from './findings.ts';

/** State Manager: image ids in the parameters and targets of the associations that the policy names. */
export const find: Finder['find'] = async function* (context) {
  const { clients, requests } = context;
  const client = clients.ssm;
  const list = () => itemsOf(paginateListAssociations({ client }, { MaxResults: 50 }), 'Associations', requests);
  yield* readByName(context, 'state-manager-associations', list, {
    // Only its makers give an association a name; that of its document it always has.
    nameOf: ({ AssociationName, Name }) => AssociationName || essential(Name, 'Name of an association'),
    read: async ({ AssociationId: id, AssociationName, Name }) => {
      const AssociationId = essential(id, `AssociationId of ${AssociationName || Name}`);
      const command = new DescribeAssociationCommand({ AssociationId });
      const described = requests.send(() => client.send(command));
      const answer = await unlessGone('AssociationDoesNotExist', described);
      if (answer === undefined) return [];
      const { Parameters, Targets, TargetMaps } = essential(
        answer.AssociationDescription,
        `AssociationDescription of ${AssociationId}`,
      );
      const named = reference('ssm:Association', AssociationId, `"${AssociationName || Name}"`);
      return [...textFindings(JSON.stringify({ Parameters, Targets, TargetMaps }), named)];
    },
  });
};
