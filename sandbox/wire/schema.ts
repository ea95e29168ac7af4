import { isRecord, type Member, type OperationShape, type Shape } from './shape.ts';

/**
 * The SDK packages export the schema of every operation as nested arrays. Here they become shapes.
 */

type Traits = Readonly<Record<string, unknown>>;

const NO_TRAITS: Traits = {};
const SIMPLE = new Map<number, Shape>([
  [0, { kind: 'string' }],
  [1, { kind: 'number' }],
  [2, { kind: 'boolean' }],
  [4, { kind: 'timestamp', format: 'default' }],
  [5, { kind: 'timestamp', format: 'date-time' }],
  [6, { kind: 'timestamp', format: 'http-date' }],
  [7, { kind: 'timestamp', format: 'epoch-seconds' }],
  [15, { kind: 'document' }],
  [17, { kind: 'number' }],
  [19, { kind: 'number' }],
  [21, { kind: 'blob' }],
  [42, { kind: 'blob' }],
]);
const UNIT: Shape = { kind: 'unit' };
const compiled = new WeakMap<object, Shape>();

/** The traits that a bit vector stands for, as far as they matter here; an object is taken as it is. */
function traitsOf(indicator: unknown): Traits {
  if (typeof indicator === 'number') {
    return indicator === 0 ? NO_TRAITS : { httpLabel: (indicator & 1) !== 0, httpPayload: (indicator & 16) !== 0 };
  }
  return isRecord(indicator) ? indicator : NO_TRAITS;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Follows thunks and member pairs to the schema itself; the traits met on the way come along, the outermost winning. */
function unwrap(reference: unknown): { schema: unknown; traits: Traits } {
  const met: Traits[] = [];
  let schema = reference;
  for (;;) {
    if (typeof schema === 'function') {
      schema = schema();
    } else if (Array.isArray(schema) && schema.length === 2) {
      met.unshift(traitsOf(schema[1]));
      schema = schema[0];
    } else {
      break;
    }
  }
  // A simple shape with traits of its own: [0, namespace, name, traits, schema].
  if (Array.isArray(schema) && schema[0] === 0) {
    met.unshift(traitsOf(schema[3]));
    schema = schema[4];
  }
  return { schema, traits: met.length === 0 ? NO_TRAITS : Object.assign({}, ...met) };
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Schemas refer to themselves: a shape is looked up when it is first met, and then held. */
function lazily(reference: unknown): () => Shape {
  let shape: Shape | undefined;
  return () => {
    shape ??= shapeOf(reference);
    return shape;
  };
}

function memberOf(name: string, reference: unknown): Member {
  const traits = Array.isArray(reference) && reference.length === 2 ? traitsOf(reference[1]) : NO_TRAITS;
  const xmlName = textOf(traits.xmlName) ?? name;
  const header = textOf(traits.httpHeader);
  const query = textOf(traits.httpQuery);
  const prefixHeaders = textOf(traits.httpPrefixHeaders);
  return {
    name,
    xmlName,
    ec2Name: textOf(traits.ec2QueryName) ?? capitalized(xmlName),
    jsonName: textOf(traits.jsonName) ?? name,
    flattened: Boolean(traits.xmlFlattened),
    http: {
      ...(header === undefined ? {} : { header: header.toLowerCase() }),
      ...(query === undefined ? {} : { query }),
      ...(prefixHeaders === undefined ? {} : { prefixHeaders: prefixHeaders.toLowerCase() }),
      payload: Boolean(traits.httpPayload),
      label: Boolean(traits.httpLabel),
    },
    shape: lazily(reference),
  };
}

function listOf(reference: unknown): Shape {
  const { traits } = unwrap(reference);
  return { kind: 'list', itemName: textOf(traits.xmlName) ?? 'member', item: lazily(reference) };
}

function mapOf(key: unknown, value: unknown): Shape {
  return {
    kind: 'map',
    keyName: textOf(unwrap(key).traits.xmlName) ?? 'key',
    valueName: textOf(unwrap(value).traits.xmlName) ?? 'value',
    value: lazily(value),
  };
}

function structureOf(schema: readonly unknown[]): Shape {
  const names: readonly unknown[] = Array.isArray(schema[4]) ? schema[4] : [];
  const references: readonly unknown[] = Array.isArray(schema[5]) ? schema[5] : [];
  return {
    kind: 'structure',
    name: String(schema[2]),
    members: names.map((name, index) => memberOf(String(name), references[index])),
    required: typeof schema[6] === 'number' ? schema[6] : 0,
  };
}

function compile(schema: readonly unknown[]): Shape {
  switch (schema[0]) {
    case 1:
      return listOf(schema[4]);
    case 2:
      return mapOf(schema[4], schema[5]);
    case 3:
    case 4:
    case -3:
      return structureOf(schema);
    default:
      throw new Error(`Unknown kind of schema: ${String(schema[0])}`);
  }
}

/** The shape behind any reference that stands in a schema. */
function shapeOf(reference: unknown): Shape {
  const { schema } = unwrap(reference);
  if (schema === 'unit') return UNIT;
  if (typeof schema === 'number') {
    if (schema >= 128) return mapOf(0, schema & 63);
    if (schema >= 64) return listOf(schema & 63);
    const simple = SIMPLE.get(schema);
    if (simple !== undefined) return simple;
  }
  if (!Array.isArray(schema)) throw new Error(`Unknown schema: ${String(schema)}`);
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const shape = compile(schema);
  compiled.set(schema, shape);
  return shape;
}

export function operationShapeOf(schema: readonly unknown[]): OperationShape {
  const traits = traitsOf(schema[3]);
  const http = Array.isArray(traits.http) ? traits.http : undefined;
  const { schema: output } = unwrap(schema[5]);
  const outputTraits = Array.isArray(output) ? traitsOf(output[3]) : NO_TRAITS;
  return {
    name: String(schema[2]),
    ...(http === undefined ? {} : { http: { method: String(http[0]), uri: String(http[1]), status: Number(http[2]) } }),
    input: shapeOf(schema[4]),
    output: shapeOf(schema[5]),
    outputName: textOf(outputTraits.xmlName) ?? (Array.isArray(output) ? String(output[2]) : String(schema[2])),
  };
}
