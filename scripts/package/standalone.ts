import * as z from 'zod';

const text = z.record(z.string(), z.unknown());
const functionShape = z.object({ Code: z.object({ S3Key: z.string() }), Role: z.unknown() });
/** What is the framework's own: the bucket that it uploads to. */
const FRAMEWORK = /^ServerlessDeploymentBucket/;

/** A packaged template as Serverless leaves it. */
export const packaged = z.looseObject({
  Parameters: text,
  Metadata: z.object({ 'AWS::CloudFormation::Interface': z.object({ ParameterGroups: z.array(z.unknown()) }) }),
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), DependsOn: z.array(z.string()).optional() })),
  Outputs: text,
});
export type Packaged = z.output<typeof packaged>;

/** What deploy/standalone.yml adds. */
export const addition = packaged.pick({ Parameters: true, Metadata: true });

/** How a deployment is called where it is packaged, and the file of each function's code by its key in Serverless' bucket. */
export interface Names {
  readonly service: string;
  readonly stage: string;
  readonly fileOf: (key: string) => string;
}

/**
 * The same resources with the same logical ids, as a template that needs nothing but CloudFormation: the code lies where
 * its parameters say, and so do the names. A stack that Serverless made is updated by it in place.
 */
export function standalone(template: Packaged, added: z.output<typeof addition>, names: Names): Packaged {
  const own = <T>(record: Readonly<Record<string, T>>) => Object.entries(record).filter(([id]) => !FRAMEWORK.test(id));
  const resources = own(template.Resources).map(([id, { DependsOn, ...resource }]) => {
    if (resource.Type !== 'AWS::Lambda::Function') return [id, { ...resource, ...(DependsOn && { DependsOn }) }];
    const { Code } = functionShape.parse(resource.Properties);
    const S3Key = { 'Fn::Sub': `\${CodePrefix}${names.fileOf(Code.S3Key)}` };
    const Properties = { ...text.parse(resource.Properties), Code: { S3Bucket: { Ref: 'CodeBucket' }, S3Key } };
    // Its role it waits for anyhow, as it names it.
    return [id, { ...resource, Properties, DependsOn: DependsOn?.filter((other) => !other.endsWith('Role')) }];
  });
  const groups = (one: Pick<Packaged, 'Metadata'>) => one.Metadata['AWS::CloudFormation::Interface'].ParameterGroups;
  return packaged.parse({
    ...template,
    Description: 'Finds what still uses each AMI, retires the ones that are due, and explains every decision.',
    Metadata: { 'AWS::CloudFormation::Interface': { ParameterGroups: [...groups(added), ...groups(template)] } },
    Parameters: { ...added.Parameters, ...template.Parameters },
    Resources: named(Object.fromEntries(resources), names),
    Outputs: named(Object.fromEntries(own(template.Outputs)), names),
  });
}

/** Has the parameters `NamePrefix` and `Stage` wherever the packaged names stand. */
function named(value: unknown, names: Names, substituted = false): unknown {
  if (typeof value === 'string') {
    const changed = value
      .replaceAll(`${names.service}-${names.stage}`, `\${NamePrefix}-\${Stage}`)
      .replaceAll(`AmiJanitor/${names.stage}`, `AmiJanitor/\${Stage}`);
    return changed === value || substituted ? changed : { 'Fn::Sub': changed };
  }
  if (Array.isArray(value)) return value.map((item) => named(item, names));
  if (typeof value !== 'object' || value === null) return value;
  const tag = z.object({ Key: z.literal('Stage'), Value: z.literal(names.stage) }).safeParse(value);
  if (tag.success) return { Key: 'Stage', Value: { Ref: 'Stage' } };
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (key !== 'Fn::Sub') return [key, named(item, names)];
      const [body, ...values] = Array.isArray(item) ? item : [item];
      const whole = named(body, names, true);
      return [key, Array.isArray(item) ? [whole, ...values.map((one) => named(one, names))] : whole];
    }),
  );
}
