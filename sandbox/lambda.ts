import { ListFunctions$, type ListFunctionsRequest, type ListFunctionsResponse } from '@aws-sdk/client-lambda';
import { ServiceError } from './error.ts';
import { type Context, type Operation, read } from './operation.ts';

/** Lambda takes greater numbers, and gives no more at once. */
const MOST = 50;

function listFunctions(input: ListFunctionsRequest, { state, pages }: Context): ListFunctionsResponse {
  const asked = input.MaxItems ?? MOST;
  if (asked < 1 || asked > 10_000) {
    const message = `Value '${asked}' at 'maxItems' failed to satisfy constraint: Member must have value between 1 and 10000`;
    throw new ServiceError('ValidationException', `1 validation error detected: ${message}`);
  }
  const request = { token: input.Marker, size: Math.min(asked, MOST) };
  const page = pages.take([...state.texts.functions.values()], ({ FunctionName }) => FunctionName, request);
  return { Functions: page.items, NextMarker: page.nextToken };
}

export const lambdaOperations: readonly Operation[] = [read(ListFunctions$, listFunctions)];
