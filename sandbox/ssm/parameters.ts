import type { Parameter, ParameterHistory } from '@aws-sdk/client-ssm';
import type { AccountState, StoredParameter } from '../state.ts';

/** A parameter's version as `GetParameters` shows it. */
function shown(state: AccountState, entry: ParameterHistory, selector: string | undefined): Parameter {
  return {
    ...(selector === undefined ? {} : { Selector: `:${selector}` }),
    Name: entry.Name,
    Type: entry.Type,
    Value: entry.Value,
    Version: entry.Version,
    LastModifiedDate: entry.LastModifiedDate,
    ARN: parameterArn(state, entry.Name ?? ''),
    DataType: entry.DataType ?? 'text',
  };
}

export function parameterArn(state: AccountState, name: string): string {
  const owner = name.startsWith('/aws/service/') ? '' : state.accountId;
  return `arn:aws:ssm:${state.region}:${owner}:parameter${name.startsWith('/') ? '' : '/'}${name}`;
}

/** The version that counts when none is named. */
export function currentParameter(stored: StoredParameter): ParameterHistory {
  return stored.history.at(-1) ?? { Name: stored.name };
}

/** Finds `name`, `name:version` or `name:label` (an ARN in place of the name, too); undefined where it leads nowhere. */
export function resolveParameter(state: AccountState, reference: string): Parameter | undefined {
  const [, name = '', selector] =
    /^((?:arn:aws[\w-]*:ssm:[\w-]*:\d*:parameter)?[^:]*)(?::(.+))?$/.exec(reference) ?? [];
  const path = /^arn:[^/]*:parameter(\/.*)$/.exec(name)?.[1];
  const stored =
    state.parameters.get(path ?? name) ?? (path === undefined ? undefined : state.parameters.get(path.slice(1)));
  if (stored === undefined) return undefined;
  const found =
    selector === undefined
      ? stored.history.at(-1)
      : stored.history.find((entry) =>
          /^\d+$/.test(selector) ? entry.Version === Number(selector) : entry.Labels?.includes(selector),
        );
  return found === undefined ? undefined : shown(state, found, selector);
}
