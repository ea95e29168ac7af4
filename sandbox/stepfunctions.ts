import {
  DescribeStateMachine$,
  type DescribeStateMachineInput,
  type DescribeStateMachineOutput,
  ListStateMachines$,
  type ListStateMachinesInput,
  type ListStateMachinesOutput,
} from '@aws-sdk/client-sfn';
import { ServiceError } from './error.ts';
import { type Context, type Operation, read } from './operation.ts';

const DEFAULT_SIZE = 100;
const MOST = 1000;

function listStateMachines(input: ListStateMachinesInput, { state, pages }: Context): ListStateMachinesOutput {
  // 0 stands for the default.
  const size = input.maxResults || DEFAULT_SIZE;
  if (size > MOST) throw new ServiceError('ValidationException', `maxResults must be less than or equal to ${MOST}`);
  const all = [...state.texts.stateMachines.values()];
  const page = pages.take(all, ({ stateMachineArn }) => stateMachineArn, { token: input.nextToken, size });
  return {
    stateMachines: page.items.map(({ stateMachineArn, name, type, creationDate }) => ({
      stateMachineArn,
      name,
      type,
      creationDate,
    })),
    nextToken: page.nextToken,
  };
}

function describeStateMachine(
  { stateMachineArn = '' }: DescribeStateMachineInput,
  { state }: Context,
): DescribeStateMachineOutput {
  const found = state.texts.stateMachines.get(stateMachineArn);
  if (found === undefined)
    throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
  return found;
}

export const stepFunctionsOperations: readonly Operation[] = [
  read(ListStateMachines$, listStateMachines),
  read(DescribeStateMachine$, describeStateMachine),
];
