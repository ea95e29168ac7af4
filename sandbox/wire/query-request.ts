import { ServiceError } from '../error.ts';
import type { Shape, Structure } from './shape.ts';

/** Reads the form of EC2's and the other query protocols into an operation's input, refusing what its schema does not know. */

export type QueryDialect = 'ec2' | 'query';

/** A form's keys, split at their dots. */
interface Node {
  value?: string;
  readonly children: Map<string, Node>;
}

function treeOf(form: URLSearchParams): Node {
  const root: Node = { children: new Map() };
  for (const [key, value] of form) {
    if (key === 'Action' || key === 'Version') continue;
    let node = root;
    for (const part of key.split('.')) {
      const next = node.children.get(part) ?? { children: new Map() };
      node.children.set(part, next);
      node = next;
    }
    node.value = value;
  }
  return root;
}

function invalid(path: string, value: string, wanted: string): ServiceError {
  return new ServiceError(
    'InvalidParameterValue',
    `Value (${value}) for parameter ${path} is invalid. Expected ${wanted}.`,
  );
}

function readScalar(shape: Shape, text: string, path: string): unknown {
  switch (shape.kind) {
    case 'number': {
      if (!/^-?\d+(\.\d+)?$/.test(text)) throw invalid(path, text, 'a number');
      return Number(text);
    }
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw invalid(path, text, "'true' or 'false'");
      return text === 'true';
    case 'timestamp': {
      const time = new Date(text);
      if (Number.isNaN(time.getTime())) throw invalid(path, text, 'a time');
      return time;
    }
    case 'blob':
      return new Uint8Array(Buffer.from(text, 'base64'));
    default:
      return text;
  }
}

function readItems(item: Shape, node: Node, path: string, dialect: QueryDialect): unknown[] {
  const entries = [...node.children].map(([key, child]) => ({ key, index: Number(key), child }));
  const wrong = entries.find((entry) => !Number.isInteger(entry.index) || entry.index < 1);
  if (wrong !== undefined) throw unknownParameter(`${path}.${wrong.key}`);
  return entries
    .sort((a, b) => a.index - b.index)
    .map((entry) => read(item, entry.child, `${path}.${entry.key}`, dialect));
}

function unknownParameter(path: string): ServiceError {
  return new ServiceError('UnknownParameter', `The parameter ${path} is not recognized`);
}

function readStructure(shape: Structure, node: Node, path: string, dialect: QueryDialect): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  const known = new Set<string>();
  for (const [index, member] of shape.members.entries()) {
    const key = dialect === 'ec2' ? member.ec2Name : member.xmlName;
    known.add(key);
    const child = node.children.get(key);
    const memberPath = path === '' ? key : `${path}.${key}`;
    if (child !== undefined) input[member.name] = read(member.shape(), child, memberPath, dialect);
    else if (index < shape.required)
      throw new ServiceError('MissingParameter', `The request must contain the parameter ${memberPath}`);
  }
  for (const key of node.children.keys())
    if (!known.has(key)) throw unknownParameter(path === '' ? key : `${path}.${key}`);
  return input;
}

function read(shape: Shape, node: Node, path: string, dialect: QueryDialect): unknown {
  switch (shape.kind) {
    case 'structure':
      return readStructure(shape, node, path, dialect);
    case 'list': {
      // EC2 numbers items right after the name; the others say `.member.` between, and send an empty value for an empty list.
      const items = dialect === 'ec2' ? node : node.children.get(shape.itemName);
      return items === undefined ? [] : readItems(shape.item(), items, path, dialect);
    }
    case 'map': {
      const entries = node.children.get('entry')?.children.values() ?? [];
      return Object.fromEntries(
        [...entries].map((entry) => {
          const value = entry.children.get(shape.valueName) ?? { children: new Map() };
          return [entry.children.get(shape.keyName)?.value ?? '', read(shape.value(), value, path, dialect)];
        }),
      );
    }
    default:
      return readScalar(shape, node.value ?? '', path);
  }
}

export function readQueryInput(input: Shape, form: URLSearchParams, dialect: QueryDialect): unknown {
  return input.kind === 'structure' ? readStructure(input, treeOf(form), '', dialect) : {};
}
