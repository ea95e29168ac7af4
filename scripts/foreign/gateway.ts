import { Readable } from 'node:stream';
import { type Clients, createClients } from '../../src/aws/clients.ts';

/** What the SDK hands to whatever sends its requests. */
interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, string | string[] | null>;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/** A request as it goes out. */
export interface Asked {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** An answer as it came. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

type Ask = (asked: Asked) => Promise<Answered>;
/** What stands between this program and an endpoint; it may answer itself, or change what goes through. */
export type Between = (asked: Asked, ask: Ask) => Promise<Answered>;

/** One request and how it was answered; `error` is the code of a refusal. */
export interface Call {
  readonly operation: string;
  readonly status: number;
  readonly error?: string;
}

/** This program's clients, with every request going through here on its way to an endpoint. */
export class Gateway {
  /** What was asked of the endpoint itself. */
  readonly calls: Call[] = [];
  readonly #url: string;
  readonly #between: readonly Between[];
  /** What time every answer says that it is: an endpoint of a story that lies ahead must not be behind it. */
  now: () => Date = () => new Date();

  constructor(url: string, between: readonly Between[] = []) {
    this.#url = url;
    this.#between = between;
  }

  connect(region: string): Clients {
    return createClients(region, {
      pace: 'off',
      maxAttempts: 1,
      sending: {
        endpoint: this.#url,
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
        requestHandler: {
          handle: (request: SentRequest) => this.#handle(request),
          metadata: { handlerProtocol: 'http/1.1' },
          destroy: () => {},
        },
      },
    });
  }

  async #handle(request: SentRequest) {
    const asked = await askedFor(request);
    const ask = this.#between.reduceRight<Ask>(
      (next, between) => (one) => between(one, next),
      (one) => this.#send(one),
    );
    const answered = await ask(asked);
    // What S3 holds is given out as a stream.
    const body = asked.operation.startsWith('s3:') ? Readable.from([Buffer.from(answered.body)]) : answered.body;
    return {
      response: { statusCode: answered.status, headers: { ...answered.headers, date: this.now().toUTCString() }, body },
    };
  }

  async #send({ operation, method, path, headers, body }: Asked): Promise<Answered> {
    const { host: _host, 'content-length': _length, expect: _expect, ...rest } = headers;
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const answer = await fetch(`${this.#url}${path}`, { method, headers: rest, ...(hasBody && { body }) });
    const given = new Uint8Array(await answer.arrayBuffer());
    const kept = [...answer.headers].filter(
      ([name]) => !/^(content-encoding|transfer-encoding|connection)$/.test(name),
    );
    const answered = { status: answer.status, headers: Object.fromEntries(kept), body: given };
    const error = answer.status < 400 ? undefined : errorOf(Buffer.from(given).toString('utf8'), answered);
    this.calls.push({ operation, status: answer.status, ...(error !== undefined && { error }) });
    return answered;
  }
}

async function askedFor(request: SentRequest): Promise<Asked> {
  const query = new URLSearchParams(
    Object.entries(request.query ?? {}).flatMap(([key, value]) =>
      [value ?? ''].flat().map((one): [string, string] => [key, one]),
    ),
  );
  const { method, headers } = request;
  const path = `${request.path}${query.size > 0 ? `?${query.toString()}` : ''}`;
  const body = await bytesOf(request.body);
  return { operation: operationOf(method, path, headers, body), method, path, headers, body };
}

async function bytesOf(body: unknown): Promise<string | Uint8Array<ArrayBuffer>> {
  if (body === undefined || body === null) return '';
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return Uint8Array.from(body);
  if (!(body instanceof Readable)) return String(body);
  return Uint8Array.from(Buffer.concat(await body.toArray()));
}

/** `service:Operation`; of services whose operations are paths, the method and the path without ids. */
function operationOf(method: string, path: string, headers: Readonly<Record<string, string>>, body: unknown): string {
  const service = /\/([\w-]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1] ?? 'unsigned';
  const target = headers['x-amz-target']?.split('.').at(-1);
  const action = typeof body === 'string' ? new URLSearchParams(body).get('Action') : undefined;
  const place = path.replace(/\?.*/, '');
  return `${service}:${target ?? action ?? `${method} ${service === 's3' ? 'object' : place}`}`;
}

function errorOf(text: string, { headers, status }: Answered): string {
  const code =
    headers['x-amzn-errortype'] ?? /<Code>([^<]+)</.exec(text)?.[1] ?? /"__type"\s*:\s*"([^"]+)"/.exec(text)?.[1];
  return code?.split('#').at(-1)?.split(':')[0] ?? `HTTP ${String(status)}`;
}
