import {
  BatchGetFleets$,
  type BatchGetFleetsInput,
  type BatchGetFleetsOutput,
  ListFleets$,
  type ListFleetsInput,
  type ListFleetsOutput,
} from '@aws-sdk/client-codebuild';
import { ServiceError } from './error.ts';
import { type Context, type Operation, read } from './operation.ts';

const MOST = 100;

function listFleets(input: ListFleetsInput, { state, pages }: Context): ListFleetsOutput {
  const size = input.maxResults ?? MOST;
  if (size < 1 || size > MOST)
    throw new ServiceError('InvalidInputException', `maxResults must be between 1 and ${MOST}`);
  const arns = [...state.codeBuildFleets.values()].flatMap(({ arn }) => arn ?? []);
  const page = pages.take(arns, (arn) => arn, { token: input.nextToken, size });
  return { fleets: page.items, nextToken: page.nextToken };
}

function batchGetFleets({ names = [] }: BatchGetFleetsInput, { state }: Context): BatchGetFleetsOutput {
  if (names.length < 1 || names.length > MOST)
    throw new ServiceError('InvalidInputException', `names must be between 1 and ${MOST}`);
  const fleets = [...state.codeBuildFleets.values()];
  const found = names.flatMap((name) => fleets.find((fleet) => fleet.arn === name || fleet.name === name) ?? []);
  const known = new Set(found.flatMap(({ arn = '', name = '' }) => [arn, name]));
  return { fleets: found, fleetsNotFound: names.filter((name) => !known.has(name)) };
}

export const codeBuildOperations: readonly Operation[] = [
  read(ListFleets$, listFleets),
  read(BatchGetFleets$, batchGetFleets),
];
