import { ServiceError } from '../error.ts';
import type { Operation } from '../operation.ts';
import { readJson, requireMembers, writeJson } from '../wire/json.ts';
import { isRecord, type Member, type Shape } from '../wire/shape.ts';
import { escapeXml, writeMembers } from '../wire/xml.ts';
import { parseBody } from './json-rpc.ts';
import type { Protocol, WireReply, WireRequest } from './protocol.ts';

/** The REST protocols: path, query and headers by the bindings in the schema, the rest as JSON or XML. */

type Body = 'json' | 'xml';

interface Route {
  readonly labels: ReadonlyMap<string, string>;
}

/** Matches a path against a template such as `/{Bucket}/{Key+}?list-type=2`, its fixed query parts included. */
function match(request: WireRequest, operation: Operation, prefix: string): Route | undefined {
  const http = operation.shape.http;
  if (http === undefined || http.method !== request.method) return undefined;
  const [path = '', query = ''] = http.uri.split('?');
  for (const [key, value] of new URLSearchParams(query)) {
    // `x-id` only names the operation; a client may leave it out.
    if (key !== 'x-id' && (request.url.searchParams.get(key) ?? undefined) !== value) return undefined;
  }
  const names: string[] = [];
  const source = `${prefix}${path}`.replace(/\/$/, '').replace(/\{(\w+)(\+?)\}/g, (_, name: string, greedy: string) => {
    names.push(name);
    return greedy === '' ? '([^/]+)' : '(.+)';
  });
  const found = new RegExp(`^${source}/?$`).exec(request.url.pathname);
  if (found === null) return undefined;
  return { labels: new Map(names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')])) };
}

function fromText(shape: Shape, text: string): unknown {
  if (shape.kind === 'number') return Number(text);
  if (shape.kind === 'boolean') return text === 'true';
  if (shape.kind === 'timestamp') return new Date(text);
  return text;
}

function boundValue(member: Member, request: WireRequest, route: Route): unknown {
  const { http } = member;
  if (http.label) return route.labels.get(member.name);
  if (http.payload) return request.body;
  if (http.prefixHeaders !== undefined) {
    const prefix = http.prefixHeaders;
    const found = Object.entries(request.headers).filter(([name]) => name.startsWith(prefix));
    return Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), String(value)]));
  }
  const text =
    http.header === undefined ? request.url.searchParams.get(http.query ?? '') : request.headers[http.header];
  return text === null || text === undefined ? undefined : fromText(member.shape(), String(text));
}

function isBound(member: Member): boolean {
  const { http } = member;
  return (
    http.label ||
    http.payload ||
    http.header !== undefined ||
    http.query !== undefined ||
    http.prefixHeaders !== undefined
  );
}

function outputHeaders(shape: Shape, output: unknown): Record<string, string> {
  const headers: Record<string, string> = {};
  if (shape.kind !== 'structure' || !isRecord(output)) return headers;
  for (const member of shape.members) {
    const value = output[member.name];
    if (value === undefined) continue;
    if (member.http.header !== undefined)
      headers[member.http.header] = value instanceof Date ? value.toUTCString() : String(value);
    if (member.http.prefixHeaders !== undefined && isRecord(value)) {
      for (const [name, text] of Object.entries(value)) headers[`${member.http.prefixHeaders}${name}`] = String(text);
    }
  }
  return headers;
}

function outputBody(body: Body, operation: Operation, output: unknown): string | Uint8Array {
  const shape = operation.shape.output;
  if (shape.kind !== 'structure' || !isRecord(output)) return '';
  const payload = shape.members.find((member) => member.http.payload);
  if (payload !== undefined) {
    const value = output[payload.name];
    return value instanceof Uint8Array ? value : '';
  }
  if (body === 'json') return JSON.stringify(writeJson(shape, output));
  if (shape.members.every(isBound)) return '';
  const name = operation.shape.outputName;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name}>${writeMembers(shape, output)}</${name}>`;
}

function errorReply(body: Body, error: ServiceError, requestId: string): WireReply {
  const headers = { 'x-amzn-requestid': requestId, 'x-amz-request-id': requestId };
  if (body === 'json') {
    const text = JSON.stringify({ message: error.message, ...error.details });
    return {
      status: error.status,
      headers: { ...headers, 'content-type': 'application/json', 'x-amzn-errortype': error.code },
      body: text,
    };
  }
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message><RequestId>${requestId}</RequestId></Error>`;
  return {
    status: error.status,
    headers: { ...headers, 'content-type': 'application/xml' },
    body: error.status === 304 ? '' : text,
  };
}

/** `prefix` is what the path has before the templates' own part: the bucket, for S3. */
export function restProtocol(body: Body, prefix = ''): Protocol {
  const unknown = body === 'json' ? 'UnknownOperationException' : 'MethodNotAllowed';
  return {
    find(request, operations) {
      const found = [...operations.values()].find((operation) => match(request, operation, prefix) !== undefined);
      if (found !== undefined) return found;
      throw new ServiceError(
        unknown,
        `${request.method} ${request.url.pathname} is not known.`,
        body === 'json' ? 404 : 405,
      );
    },
    readInput(request, operation) {
      const { input: shape } = operation.shape;
      const route = match(request, operation, prefix);
      if (shape.kind !== 'structure' || route === undefined) return {};
      const unbound = { ...shape, members: shape.members.filter((member) => !isBound(member)) };
      const parsed = body === 'json' ? readJson(unbound, parseBody(request.body)) : {};
      const input: Record<string, unknown> = isRecord(parsed) ? { ...parsed } : {};
      for (const member of shape.members.filter(isBound)) {
        const value = boundValue(member, request, route);
        if (value !== undefined) input[member.name] = value;
      }
      requireMembers(shape, input);
      return input;
    },
    writeOutput(operation, output, requestId) {
      const type = body === 'json' ? 'application/json' : 'application/xml';
      const headers = { 'content-type': type, ...outputHeaders(operation.shape.output, output) };
      return {
        status: operation.shape.http?.status ?? 200,
        headers: { ...headers, 'x-amzn-requestid': requestId, 'x-amz-request-id': requestId },
        body: outputBody(body, operation, output),
      };
    },
    writeError: (error, requestId) => errorReply(body, error, requestId),
  };
}
