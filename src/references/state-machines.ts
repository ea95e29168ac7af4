import { DescribeStateMachineCommand, paginateListStateMachines, SFNClient } from '@aws-sdk/client-sfn';
import { unlessGone } from '../aws/errors.ts';
import { essential, itemsOf } from '../aws/requests.ts';
import { type Finder, readByName } from './finder.ts';
import { reference, textFindings } from './findings.ts';

/** Step Functions: image ids in the definitions of the state machines that the policy names. */
export const find: Finder['find'] = async function* (context) {
  const { clients, requests } = context;
  const client = clients.of(SFNClient);
  const list = () => itemsOf(paginateListStateMachines({ client }, { maxResults: 1000 }), 'stateMachines', requests);
  yield* readByName(context, 'state-machines', list, {
    nameOf: ({ name }) => essential(name, 'name of a state machine'),
    read: async ({ name = '', stateMachineArn }) => {
      const arn = essential(stateMachineArn, `stateMachineArn of the state machine ${name}`);
      const command = new DescribeStateMachineCommand({ stateMachineArn: arn });
      const described = requests.send(() => client.send(command));
      const answer = await unlessGone('StateMachineDoesNotExist', described);
      if (answer === undefined) return [];
      const definition = essential(answer.definition, `definition of the state machine ${name}`);
      return [...textFindings(definition, reference('stepfunctions:StateMachine', name))];
    },
  });
};
