import * as z from 'zod';

/** The account and Region for which the tests read the template. */
export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';

const shape = z.object({
  Outputs: z.record(z.string(), z.object({ Value: z.unknown() })).default({}),
  Parameters: z.record(z.string(), z.object({ Default: z.union([z.string(), z.number()]).optional() })).default({}),
  Metadata: z
    .object({
      'AWS::CloudFormation::Interface': z.object({
        ParameterGroups: z.array(z.object({ Parameters: z.array(z.string()) })),
      }),
    })
    .default({ 'AWS::CloudFormation::Interface': { ParameterGroups: [] } }),
  Conditions: z.record(z.string(), z.unknown()),
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Condition: z.string().optional(),
      DeletionPolicy: z.string().optional(),
      UpdateReplacePolicy: z.string().optional(),
      Properties: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
});
export type Template = z.infer<typeof shape>;

export function parseTemplate(template: unknown): Template {
  return shape.parse(template);
}

const substitution = z.tuple([z.string(), z.record(z.string(), z.unknown())]);
const NO_VALUE = Symbol('AWS::NoValue');
const PSEUDO: Readonly<Record<string, unknown>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::NoValue': NO_VALUE,
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
};

/** How an ARN of each type of resource looks, its logical id standing for its name. */
const ARN: Readonly<Record<string, (id: string) => string>> = {
  'AWS::IAM::ManagedPolicy': (id) => `arn:aws:iam::${ACCOUNT}:policy/${id}`,
  'AWS::IAM::Role': (id) => `arn:aws:iam::${ACCOUNT}:role/${id}`,
  'AWS::Lambda::Function': (id) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${id}`,
  // CloudFormation's ARN of a log group ends in `:*`, which covers its streams.
  'AWS::Logs::LogGroup': (id) => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${id}:*`,
  'AWS::S3::Bucket': (id) => `arn:aws:s3:::${id.toLowerCase()}`,
  'AWS::SQS::Queue': (id) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${id}`,
  'AWS::SNS::Topic': (id) => `arn:aws:sns:${REGION}:${ACCOUNT}:${id}`,
  'AWS::StepFunctions::StateMachine': (id) => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${id}`,
  'AWS::Scheduler::ScheduleGroup': (id) => `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule-group/${id}`,
};
const REFERS_BY_ARN = new Set(['AWS::IAM::ManagedPolicy', 'AWS::SNS::Topic', 'AWS::StepFunctions::StateMachine']);

/**
 * Reads the template as CloudFormation would: `enforce` is its parameter of that name, `given` are others, which else have
 * their defaults.
 */
export function resolver(template: Template, enforce: boolean, given: Readonly<Record<string, string>> = {}) {
  const parameter = (name: string): string | undefined => {
    const value = given[name] ?? (name === 'Enforce' ? enforce : template.Parameters[name]?.Default);
    return value === undefined ? undefined : String(value);
  };
  const arnOf = (id: string): string => {
    const type = template.Resources[id]?.Type ?? `unknown resource ${id}`;
    const arn = ARN[type];
    if (arn === undefined) throw new Error(`the test knows no ARN for ${type}`);
    return arn(id);
  };
  const ref = (id: string): unknown => {
    if (id in PSEUDO) return PSEUDO[id];
    if (parameter(id) !== undefined) return parameter(id);
    if (id in template.Resources)
      return REFERS_BY_ARN.has(template.Resources[id]?.Type ?? '') ? arnOf(id) : id.toLowerCase();
    throw new Error(`Ref to ${id}, which is not in the template`);
  };
  const attribute = (id: string, name: string): string => (name === 'Arn' ? arnOf(id) : `${id}.${name}`);
  const condition = (name: string): boolean => {
    const [[key, argument] = ['', undefined]] = Object.entries(template.Conditions[name] ?? {});
    return holds(key, argument);
  };
  const holds = (key: string, argument: unknown): boolean => {
    if (key === 'Condition') return condition(String(argument));
    const parts = z.array(z.unknown()).parse(argument);
    if (key === 'Fn::Equals') return resolve(parts[0]) === resolve(parts[1]);
    const each = parts.flatMap((part) => Object.entries(z.record(z.string(), z.unknown()).parse(part)));
    if (key === 'Fn::Not') return !each.some(([inner, value]) => holds(inner, value));
    if (key === 'Fn::And') return each.every(([inner, value]) => holds(inner, value));
    throw new Error(`the test cannot tell whether ${key} holds`);
  };
  const substitute = (text: string, values: Readonly<Record<string, unknown>> = {}): string =>
    text.replace(/\$\{([^}!]+)\}/g, (_, name: string) => {
      if (name in values) return String(resolve(values[name]));
      const [id = '', ...rest] = name.split('.');
      return rest.length === 0 ? String(ref(id)) : attribute(id, rest.join('.'));
    });

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== NO_VALUE);
    if (typeof value !== 'object' || value === null) return value;
    const [[key, argument] = ['', undefined], ...others] = Object.entries(value);
    if (others.length === 0) {
      if (key === 'Ref') return ref(String(argument));
      if (key === 'Fn::Sub') {
        return Array.isArray(argument) ? substitute(...substitution.parse(argument)) : substitute(String(argument));
      }
      if (key === 'Fn::GetAtt') return attribute(...z.tuple([z.string(), z.string()]).parse(argument));
      if (key === 'Fn::Join') {
        const [by, parts] = z.tuple([z.string(), z.unknown()]).parse(argument);
        return z.array(z.unknown()).parse(resolve(parts)).join(by);
      }
      if (key === 'Fn::Split') {
        const [by, whole] = z.tuple([z.string(), z.unknown()]).parse(argument);
        return String(resolve(whole)).split(by);
      }
      if (key === 'Fn::If') {
        const [name, yes, no] = z.tuple([z.string(), z.unknown(), z.unknown()]).parse(argument);
        return resolve(condition(name) ? yes : no);
      }
      if (key.startsWith('Fn::')) throw new Error(`the test cannot resolve ${key}`);
    }
    return Object.fromEntries(
      Object.entries(value)
        .map(([name, item]) => [name, resolve(item)] as const)
        .filter(([, item]) => item !== NO_VALUE),
    );
  }
  return { resolve, condition };
}
