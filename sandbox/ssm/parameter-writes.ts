import {
  DeleteParameter$,
  type DeleteParameterRequest,
  type DeleteParameterResult,
  PutParameter$,
  type PutParameterRequest,
  type PutParameterResult,
} from '@aws-sdk/client-ssm';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, write } from '../operation.ts';

const NAME = /^(?:\/[\w.-]+)+$|^[\w.-]+$/;
const MOST_VALUE_BYTES = 4096;
const MOST_VERSIONS = 100;
const TYPES = ['String', 'StringList', 'SecureString'];

function putParameter(input: PutParameterRequest, { state, now }: Context): PutParameterResult {
  const { Name = '', Value = '', Overwrite = false } = input;
  if (!NAME.test(Name) || /^\/?(aws|ssm)/i.test(Name)) {
    throw new ServiceError('ValidationException', `Parameter name: can't be "${Name}".`);
  }
  if (Value === '' || Buffer.byteLength(Value) > MOST_VALUE_BYTES) {
    throw new ServiceError('ValidationException', 'Standard tier parameters hold from 1 to 4096 characters.');
  }
  const stored = state.parameters.get(Name);
  if (stored !== undefined && !Overwrite) {
    throw new ServiceError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  const before = stored?.history.at(-1);
  const Type = input.Type ?? before?.Type;
  if (Type === undefined || !TYPES.includes(Type)) {
    throw new ServiceError('ValidationException', 'A parameter type is required when you create a parameter.');
  }
  const Version = (before?.Version ?? 0) + 1;
  const entry = { Name, Type, Value, Version, LastModifiedDate: now, DataType: input.DataType ?? 'text', Labels: [] };
  const history = [...(stored?.history ?? []), entry].slice(-MOST_VERSIONS);
  state.parameters.set(Name, { name: Name, history });
  return { Version, Tier: 'Standard' };
}

function deleteParameter(input: DeleteParameterRequest, { state }: Context): DeleteParameterResult {
  const name = input.Name ?? '';
  if (!state.parameters.delete(name)) throw new ServiceError('ParameterNotFound', `Parameter ${name} not found.`);
  return {};
}

export const parameterWrites: readonly Operation[] = [
  write(PutParameter$, putParameter),
  write(DeleteParameter$, deleteParameter),
];
