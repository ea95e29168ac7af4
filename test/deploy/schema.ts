import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { resolver, Template } from './template.ts';

const specification = loadAwsServiceSpecSync();
type Resource = ReturnType<typeof specification.all<'resource'>>[number];
type PropertyType = Resource['properties'][string]['type'];
type Properties = Resource['properties'];

/** Every place where a template's resources are not what CloudFormation takes, once its references are resolved. */
export function templateProblems({ Resources }: Template, { resolve }: ReturnType<typeof resolver>): string[] {
  return Object.entries(Resources).flatMap(([id, { Type, Properties }]) =>
    schemaProblems(Type, resolve(Properties)).map((problem) => `${id}${problem}`),
  );
}

/** Every place where a resource is not what CloudFormation's own schema takes; empty where all is well. */
export function schemaProblems(type: string, properties: unknown): string[] {
  const [resource] = specification.lookup('resource', 'cloudFormationType', 'equals', type);
  return resource === undefined
    ? [`${type} is not a type of resource`]
    : membersProblems(properties, resource.properties, '');
}

/** The properties of a type that CloudFormation can't change: another value makes another resource. */
export function replacingProperties(type: string): string[] {
  const [resource] = specification.lookup('resource', 'cloudFormationType', 'equals', type);
  const all = Object.entries(resource?.properties ?? {});
  return all.filter(([, { causesReplacement }]) => causesReplacement === 'yes').map(([name]) => name);
}

function membersProblems(value: unknown, members: Properties, at: string): string[] {
  if (!isObject(value)) return [`${at} is not an object`];
  const unknown = Object.keys(value).filter((key) => members[key] === undefined);
  const missing = Object.entries(members).filter(
    ([key, { required }]) => required === true && value[key] === undefined,
  );
  return [
    ...unknown.map((key) => `${at}.${key} is unknown`),
    ...missing.map(([key]) => `${at}.${key} is missing`),
    ...Object.entries(value).flatMap(([key, item]) => {
      const member = members[key];
      return member === undefined ? [] : valueProblems(item, member.type, `${at}.${key}`);
    }),
  ];
}

function valueProblems(value: unknown, type: PropertyType, at: string): string[] {
  switch (type.type) {
    case 'string': {
      if (typeof value !== 'string') return [`${at} is not text`];
      const allowed = type.allowedValues ?? [value];
      return allowed.includes(value) ? [] : [`${at} is ${value}, not one of ${allowed.join(', ')}`];
    }
    case 'integer':
    case 'number':
      // CloudFormation takes numbers as text, too.
      return Number.isFinite(Number(value)) && value !== '' ? [] : [`${at} is not a number`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${at} is not true or false`];
    case 'array':
      return Array.isArray(value)
        ? value.flatMap((item, index) => valueProblems(item, type.element, `${at}[${index}]`))
        : [`${at} is not a list`];
    case 'map':
      return isObject(value)
        ? Object.entries(value).flatMap(([key, item]) => valueProblems(item, type.element, `${at}.${key}`))
        : [`${at} is not a map`];
    case 'tag':
      return isObject(value) && typeof value.Key === 'string' && typeof value.Value === 'string'
        ? []
        : [`${at} is no tag`];
    case 'ref':
      return membersProblems(value, specification.get('typeDefinition', type.reference).properties, at);
    case 'union': {
      const problems = type.types.map((option) => valueProblems(value, option, at));
      return problems.find((found) => found.length === 0) ?? problems[0] ?? [];
    }
    default:
      return [];
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
