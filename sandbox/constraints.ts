import published from './constraints.json' with { type: 'json' };
import { isRecord } from './wire/shape.ts';

/** What AWS's published model asks of one member of a request. */
export interface Constraint {
  /** Of a number itself; of a text, a list or bytes of its length. */
  readonly min?: number;
  readonly max?: number;
  /** Of the whole text. */
  readonly pattern?: string;
  /** Members that a structure must have. */
  readonly required?: readonly string[];
  /** The names that EC2's filters may have; `tag:<key>` stands for any key. */
  readonly filters?: readonly string[];
}

/** What `npm run constraints` writes. */
export interface Constraints {
  readonly source: string;
  /** `ec2.DescribeImages`, and of each of its members by its path: `Filters[].Name`. */
  readonly operations: Readonly<Record<string, Readonly<Record<string, Constraint>>>>;
}

type Check = (input: Readonly<Record<string, unknown>>) => string | undefined;

const { operations }: Constraints = published;
const compiled = new Map<string, readonly Check[]>();

/** @returns what is wrong with a request by AWS's published model, in words; nothing where it is as asked */
export function whyInvalid(operation: string, input: unknown): string | undefined {
  if (!isRecord(input)) return undefined;
  let checks = compiled.get(operation);
  if (checks === undefined) {
    checks = Object.entries(operations[operation] ?? {}).map(([path, constraint]) => checkOf(path, constraint));
    compiled.set(operation, checks);
  }
  for (const check of checks) {
    const why = check(input);
    if (why !== undefined) return why;
  }
  return undefined;
}

function checkOf(path: string, constraint: Constraint): Check {
  const steps = path === '' ? [] : path.replaceAll('[]', '.[]').split('.');
  const pattern = constraint.pattern === undefined ? undefined : new RegExp(`^(?:${constraint.pattern})$`, 'u');
  // The models' own documentation writes tag:<key> in two ways.
  const filters = constraint.filters?.map((name) => name.replace(/^tag(?::.*)?$/, 'tag:'));
  const wrongOf = (value: unknown): string | undefined => {
    const { min = -Infinity, max = Infinity, required = [] } = constraint;
    const size = sizeOf(value);
    if (size !== undefined && size < min) return `must have ${sized(value)} greater than or equal to ${min}`;
    if (size !== undefined && size > max) return `must have ${sized(value)} less than or equal to ${max}`;
    if (typeof value === 'string' && pattern?.test(value) === false)
      return `must satisfy the pattern ${pattern.source}`;
    const missing = isRecord(value) ? required.find((name) => value[name] === undefined) : undefined;
    if (missing !== undefined) return `must have the member ${missing}`;
    const unknown = Array.isArray(value) ? value.find((one) => filters && !isFilter(filters, one)) : undefined;
    return unknown === undefined ? undefined : `must be filters of this operation, and ${unknown.Name} is none`;
  };
  return (input) => {
    for (const value of valuesAt(input, steps)) {
      const wrong = wrongOf(value);
      if (wrong !== undefined) return `Value at '${path}' failed to satisfy constraint: Member ${wrong}`;
    }
    return undefined;
  };
}

function isFilter(names: readonly string[], filter: unknown): boolean {
  const name = isRecord(filter) && typeof filter.Name === 'string' ? filter.Name : '';
  return names.includes(name.replace(/^tag:.*/s, 'tag:'));
}

function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return value instanceof Uint8Array ? value.byteLength : undefined;
}

function sized(value: unknown): string {
  return typeof value === 'number' ? 'value' : 'length';
}

function* valuesAt(value: unknown, [step, ...rest]: readonly string[]): Generator<unknown> {
  if (value === undefined) return;
  if (step === undefined) yield value;
  else if (step !== '[]') {
    if (isRecord(value)) yield* valuesAt(value[step], rest);
  } else if (Array.isArray(value)) for (const one of value) yield* valuesAt(one, rest);
}
