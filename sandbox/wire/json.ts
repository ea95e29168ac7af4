import { ServiceError } from '../error.ts';
import { isRecord, type Shape, type Structure } from './shape.ts';

/** Reads and writes the JSON protocols by an operation's schema. */

function refused(path: string, wanted: string): ServiceError {
  return new ServiceError('SerializationException', `${path === '' ? 'The request' : path} must be ${wanted}`);
}

function readStructure(shape: Structure, value: unknown, path: string): Record<string, unknown> {
  if (!isRecord(value) || Array.isArray(value)) throw refused(path, 'an object');
  const known = new Map(shape.members.map((member) => [member.jsonName, member]));
  const input: Record<string, unknown> = {};
  for (const [key, held] of Object.entries(value)) {
    const member = known.get(key);
    if (member === undefined)
      throw new ServiceError('ValidationException', `Unknown parameter ${path === '' ? key : `${path}.${key}`}`);
    if (held !== null) input[member.name] = readJson(member.shape(), held, path === '' ? key : `${path}.${key}`);
  }
  return input;
}

/** A value of the wire as the SDK would hold it, or a refusal. */
export function readJson(shape: Shape, value: unknown, path = ''): unknown {
  switch (shape.kind) {
    case 'structure':
      return readStructure(shape, value, path);
    case 'list':
      if (!Array.isArray(value)) throw refused(path, 'a list');
      return value.map((item, index) => readJson(shape.item(), item, `${path}[${index}]`));
    case 'map':
      if (!isRecord(value)) throw refused(path, 'an object');
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, readJson(shape.value(), item, `${path}.${key}`)]),
      );
    case 'timestamp':
      if (typeof value !== 'number') throw refused(path, 'a number of seconds');
      return new Date(value * 1000);
    case 'blob':
      if (typeof value !== 'string') throw refused(path, 'base64 text');
      return new Uint8Array(Buffer.from(value, 'base64'));
    case 'unit':
      return {};
    case 'document':
      return value;
    default:
      if (typeof value !== shape.kind) throw refused(path, `a ${shape.kind}`);
      return value;
  }
}

/** Refuses an input that lacks a required member; AWS's validators say so for JSON services in this form. */
export function requireMembers(shape: Shape, input: unknown): void {
  if (shape.kind !== 'structure' || !isRecord(input)) return;
  for (const member of shape.members.slice(0, shape.required)) {
    if (input[member.name] !== undefined) continue;
    throw new ServiceError(
      'ValidationException',
      `1 validation error detected: Value null at '${member.jsonName}' failed to satisfy constraint: Member must not be null`,
    );
  }
}

/** The JSON value of an answer. */
export function writeJson(shape: Shape, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  switch (shape.kind) {
    case 'structure': {
      if (!isRecord(value)) throw new Error(`Not a structure: ${shape.name}`);
      const members = shape.members.filter((member) => member.http.header === undefined);
      return Object.fromEntries(
        members.map((member) => [member.jsonName, writeJson(member.shape(), value[member.name])]),
      );
    }
    case 'list':
      return Array.isArray(value) ? value.map((item) => writeJson(shape.item(), item)) : undefined;
    case 'map':
      return isRecord(value)
        ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, writeJson(shape.value(), item)]))
        : undefined;
    case 'timestamp':
      return value instanceof Date
        ? shape.format === 'date-time'
          ? value.toISOString()
          : value.getTime() / 1000
        : undefined;
    case 'blob':
      return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : undefined;
    default:
      return value;
  }
}
