import {
  DescribeParameters$,
  type DescribeParametersRequest,
  type DescribeParametersResult,
  GetParameter$,
  GetParameterHistory$,
  type GetParameterHistoryRequest,
  type GetParameterHistoryResult,
  type GetParameterRequest,
  type GetParameterResult,
  GetParameters$,
  GetParametersByPath$,
  type GetParametersByPathRequest,
  type GetParametersByPathResult,
  type GetParametersRequest,
  type GetParametersResult,
  type Parameter,
  type ParameterHistory,
  type ParameterMetadata,
  type ParameterStringFilter,
} from '@aws-sdk/client-ssm';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, read } from '../operation.ts';
import type { AccountState, StoredParameter } from '../state.ts';
import { serviceRegions } from './global-infrastructure.ts';
import { currentParameter, parameterArn, resolveParameter } from './parameters.ts';

const NAMES_A_CALL = 10;
const CIPHERTEXT = 'AQICAHsandboxciphertext==';

function pageSize(asked: number | undefined, most: number): number {
  if (asked === undefined || (asked >= 1 && asked <= most)) return asked ?? most;
  const constraint = asked < 1 ? 'greater than or equal to 1' : `less than or equal to ${most}`;
  throw new ServiceError(
    'ValidationException',
    `1 validation error detected: Value '${asked}' at 'maxResults' failed to satisfy constraint: Member must have value ${constraint}`,
  );
}

function fieldOf(key: string, current: ParameterHistory): string | undefined {
  if (key === 'Name') return current.Name;
  if (key === 'Type') return current.Type;
  if (key === 'DataType') return current.DataType ?? 'text';
  if (key === 'Tier') return current.Tier ?? 'Standard';
  throw new ServiceError(
    'InvalidFilterKey',
    `The following filter key is not valid: ${key}. Valid filter keys include: [Path, Name, Type, DataType, Tier]`,
  );
}

function isUnder(name: string, path: string, recursive: boolean): boolean {
  const prefix = path.endsWith('/') ? path : `${path}/`;
  return name.startsWith(prefix) && (recursive || !name.slice(prefix.length).includes('/'));
}

function passes(stored: StoredParameter, filter: ParameterStringFilter): boolean {
  const key = filter.Key ?? '';
  const values = filter.Values ?? [];
  if (key === 'Path') return values.some((value) => isUnder(stored.name, value, filter.Option === 'Recursive'));
  const field = fieldOf(key, currentParameter(stored)) ?? '';
  switch (filter.Option ?? 'Equals') {
    case 'Equals':
      return values.includes(field);
    case 'BeginsWith':
      return values.some((value) => field.startsWith(value));
    case 'Contains':
      if (key === 'Name') return values.some((value) => field.includes(value));
      throw new ServiceError('InvalidFilterOption', 'The filter option Contains is valid for Name only.');
    default:
      throw new ServiceError('InvalidFilterOption', `The specified filter option isn't valid: ${filter.Option}.`);
  }
}

function describeParameters(input: DescribeParametersRequest, { state, pages }: Context): DescribeParametersResult {
  const size = pageSize(input.MaxResults, 50);
  if ((input.Filters ?? []).length > 0)
    throw new ServiceError('ValidationException', 'Filters is superseded: use ParameterFilters.');
  const filters = input.ParameterFilters ?? [];
  // AWS's public parameters are nobody's own: they are to be had by name and by path alone.
  const own = [...state.parameters.values()].filter(({ name }) => !name.startsWith('/aws/service/'));
  const found = own.filter((stored) => filters.every((filter) => passes(stored, filter)));
  const page = pages.take(found, (stored) => stored.name, { token: input.NextToken, size });
  const Parameters = page.items.map((stored): ParameterMetadata => {
    const { Name, Type, Version, LastModifiedDate, Description, DataType, Tier } = currentParameter(stored);
    return {
      Name,
      ARN: parameterArn(state, stored.name),
      Type,
      Version,
      LastModifiedDate,
      Description,
      DataType: DataType ?? 'text',
      Tier: Tier ?? 'Standard',
    };
  });
  return { Parameters, NextToken: page.nextToken };
}

function veiled<Entry extends Parameter | ParameterHistory>(entry: Entry, decrypt: boolean | undefined): Entry {
  return entry.Type === 'SecureString' && decrypt !== true ? { ...entry, Value: CIPHERTEXT } : entry;
}

const POSSIBLE = /^(?:arn:aws[\w-]*:ssm:[\w-]+:(\d*):parameter\/?)?[\w./-]+(?::[\w.-]+)?$/;

/**
 * Denies as SSM does: what can be no name is checked as any resource, which a role that may read parameters may not
 * see, and another account's parameter must be shared; none is here.
 */
function checkAccess(name: string, { state, caller }: Context): void {
  const [possible, owner] = POSSIBLE.exec(name) ?? [];
  if (possible !== undefined && (!owner || owner === state.accountId)) return;
  const resource = possible === undefined ? `arn:aws:ssm:${state.region}:${state.accountId}:*` : name;
  const kind = possible === undefined ? 'identity' : 'resource';
  throw new ServiceError(
    'AccessDeniedException',
    `User: ${caller.arn} is not authorized to perform: ssm:GetParameters on resource: ${resource} because no ${kind}-based policy allows the ssm:GetParameters action`,
  );
}

function getParameters(input: GetParametersRequest, context: Context): GetParametersResult {
  const { state } = context;
  const names = input.Names ?? [];
  if (names.length < 1 || names.length > NAMES_A_CALL) {
    throw new ServiceError(
      'ValidationException',
      `1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length less than or equal to ${NAMES_A_CALL}`,
    );
  }
  if (names.some((name) => name.length < 1 || name.length > 2048)) {
    throw new ServiceError(
      'ValidationException',
      "1 validation error detected: Value at 'names' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 2048, Member must have length greater than or equal to 1]",
    );
  }
  for (const name of names) checkAccess(name, context);
  const found = names.map((name) => ({ name, parameter: resolveParameter(state, name) }));
  return {
    Parameters: found.flatMap(({ parameter }) =>
      parameter === undefined ? [] : [veiled(parameter, input.WithDecryption)],
    ),
    InvalidParameters: found.filter(({ parameter }) => parameter === undefined).map(({ name }) => name),
  };
}

function getParameter(input: GetParameterRequest, { state }: Context): GetParameterResult {
  const name = input.Name ?? '';
  const found = resolveParameter(state, name);
  if (found !== undefined) return { Parameter: veiled(found, input.WithDecryption) };
  const exists = resolveParameter(state, name.replace(/:[^:/]+$/, '')) !== undefined;
  throw new ServiceError(exists ? 'ParameterVersionNotFound' : 'ParameterNotFound', `Parameter ${name} not found.`);
}

function storedParameter(state: AccountState, name: string): StoredParameter {
  const stored = state.parameters.get(name);
  if (stored === undefined) throw new ServiceError('ParameterNotFound', `Parameter ${name} not found.`);
  return stored;
}

function getHistory(input: GetParameterHistoryRequest, { state, pages }: Context): GetParameterHistoryResult {
  const size = pageSize(input.MaxResults, 50);
  const page = pages.take(storedParameter(state, input.Name ?? '').history, (entry) => entry.Version, {
    token: input.NextToken,
    size,
  });
  return { Parameters: page.items.map((entry) => veiled(entry, input.WithDecryption)), NextToken: page.nextToken };
}

function getByPath(input: GetParametersByPathRequest, { state, pages }: Context): GetParametersByPathResult {
  const size = pageSize(input.MaxResults, 10);
  const path = input.Path ?? '';
  if (!path.startsWith('/'))
    throw new ServiceError(
      'ValidationException',
      "The parameter doesn't meet the parameter name requirements: it must begin with a forward slash.",
    );
  const own = serviceRegions(path, state);
  if (own !== undefined) {
    const page = pages.take(own, ({ Name }) => Name, { token: input.NextToken, size });
    return { Parameters: [...page.items], NextToken: page.nextToken };
  }
  const filters = input.ParameterFilters ?? [];
  const found = [...state.parameters.values()].filter(
    (stored) =>
      isUnder(stored.name, path, input.Recursive === true) && filters.every((filter) => passes(stored, filter)),
  );
  const page = pages.take(found, (stored) => stored.name, { token: input.NextToken, size });
  const Parameters = page.items
    .flatMap((stored) => resolveParameter(state, stored.name) ?? [])
    .map((parameter) => veiled(parameter, input.WithDecryption));
  return { Parameters, NextToken: page.nextToken };
}

export const parameterReads: readonly Operation[] = [
  read(DescribeParameters$, describeParameters),
  read(GetParameters$, getParameters),
  read(GetParameter$, getParameter),
  read(GetParameterHistory$, getHistory),
  read(GetParametersByPath$, getByPath),
];
