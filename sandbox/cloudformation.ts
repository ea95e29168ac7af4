import {
  DescribeStacks$,
  type DescribeStacksInput,
  type DescribeStacksOutput,
  GetTemplate$,
  type GetTemplateInput,
  type GetTemplateOutput,
} from '@aws-sdk/client-cloudformation';
import { ServiceError } from './error.ts';
import { type Context, type Operation, read } from './operation.ts';

/** CloudFormation cuts its pages at 1 MB; so many are as much where a stack takes 10 kB. */
const PAGE_SIZE = 100;

/** By its name, a stack that was not deleted; by its id, any. */
function findStacks({ texts }: Context['state'], asked: string | undefined) {
  const found = [...texts.stacks.values()].filter(
    ({ stack: { StackId, StackName, StackStatus } }) =>
      (asked !== undefined && asked === StackId) ||
      (StackStatus !== 'DELETE_COMPLETE' && (asked === undefined || asked === StackName)),
  );
  if (asked !== undefined && found.length === 0)
    throw new ServiceError('ValidationError', `Stack with id ${asked} does not exist`);
  return found;
}

function describeStacks(input: DescribeStacksInput, { state, pages }: Context): DescribeStacksOutput {
  const found = findStacks(state, input.StackName).map(({ stack }) => stack);
  const page = pages.take(found, ({ StackId }) => StackId, { token: input.NextToken, size: PAGE_SIZE });
  return { Stacks: page.items, NextToken: page.nextToken };
}

function getTemplate({ StackName = '' }: GetTemplateInput, { state }: Context): GetTemplateOutput {
  const [found] = findStacks(state, StackName);
  if (found?.stack.StackStatus === 'REVIEW_IN_PROGRESS')
    throw new ServiceError('ValidationError', 'GetTemplate cannot be called on REVIEW_IN_PROGRESS stacks.');
  return { TemplateBody: found?.template, StagesAvailable: ['Original', 'Processed'] };
}

export const cloudFormationOperations: readonly Operation[] = [
  read(DescribeStacks$, describeStacks),
  read(GetTemplate$, getTemplate),
];
