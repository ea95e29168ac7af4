import { ServiceError } from '../error.ts';
import { readJson, requireMembers, writeJson } from '../wire/json.ts';
import type { Protocol, WireReply } from './protocol.ts';

/** AWS JSON 1.1: the operation stands in `X-Amz-Target`. */

const HEADERS = { 'content-type': 'application/x-amz-json-1.1' };

/** The JSON of a body; an empty one is an empty object. */
export function parseBody(body: Uint8Array): unknown {
  if (body.byteLength === 0) return {};
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    throw new ServiceError('SerializationException', 'The request is not JSON.');
  }
}

function reply(status: number, value: unknown, requestId: string): WireReply {
  return { status, headers: { ...HEADERS, 'x-amzn-requestid': requestId }, body: JSON.stringify(value) };
}

export function jsonRpcProtocol(targetPrefix: string): Protocol {
  return {
    find(request, operations) {
      const target = String(request.headers['x-amz-target'] ?? '');
      const [prefix, name = ''] = target.split('.');
      const operation = operations.get(name);
      if (prefix === targetPrefix && operation !== undefined) return operation;
      throw new ServiceError('UnknownOperationException', `The operation ${target} is not known.`);
    },
    readInput(request, operation) {
      const input = readJson(operation.shape.input, parseBody(request.body));
      requireMembers(operation.shape.input, input);
      return input;
    },
    writeOutput: (operation, output, requestId) =>
      reply(200, writeJson(operation.shape.output, output) ?? {}, requestId),
    writeError: (error, requestId) =>
      reply(error.status, { __type: error.code, message: error.message, ...error.details }, requestId),
  };
}
