import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';

/** A state as far as running it locally needs to know it; everything else stays as the file has it. */
export interface State {
  readonly [key: string]: unknown;
  readonly Type: string;
  readonly Resource?: string | undefined;
  readonly Retry?: readonly Readonly<Record<string, unknown>>[] | undefined;
  readonly ItemProcessor?: Machine | undefined;
}
export interface Machine {
  readonly [key: string]: unknown;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

const state: z.ZodType<State> = z.looseObject({
  Type: z.string(),
  Resource: z.string().optional(),
  Retry: z.array(z.record(z.string(), z.unknown())).optional(),
  get ItemProcessor() {
    return machine.optional();
  },
});
const machine: z.ZodType<Machine> = z.looseObject({ StartAt: z.string(), States: z.record(z.string(), state) });
const FUNCTION = /\{"Fn::GetAtt":\["([\w-]+)","Arn"\]\}/g;

/** The deployment's own definition, with the parameters that it is given and each function by its name. */
export function readDefinition(overrides: Readonly<Record<string, string>> = {}): Machine {
  const { default: defaults } = z
    .object({ default: z.record(z.string(), z.unknown()) })
    .parse(parse(readFileSync('deploy/params.yml', 'utf8')));
  const parameters = { ...defaults, ...overrides };
  const text = JSON.stringify(parse(readFileSync('deploy/organization/state-machine.yml', 'utf8')))
    .replace(FUNCTION, (_, name: string) => JSON.stringify(`arn:aws:lambda:eu-west-1:111111111111:function:${name}`))
    .replaceAll('#{AWS::Partition}', 'aws')
    .replace(/#\{(\w)(\w+)\}/g, (_, first: string, rest: string) => {
      const name = `${first.toLowerCase()}${rest}`;
      if (!(name in parameters)) throw new Error(`deploy/params.yml has no ${name}`);
      return String(parameters[name]);
    });
  return machine.parse(JSON.parse(text));
}

/** Every state, those within maps too, by name. */
export function statesOf({ States }: Machine): [string, State][] {
  return Object.entries(States).flatMap(([name, one]): [string, State][] => [
    [name, one],
    ...(one.ItemProcessor === undefined ? [] : statesOf(one.ItemProcessor)),
  ]);
}
