import { Readable } from 'node:stream';
import { SignatureV4 } from '@smithy/signature-v4';
import { Accounts } from '../../sandbox/accounts.ts';
import { CallLog } from '../../sandbox/calls.ts';
import { Endpoint, type EndpointOptions } from '../../sandbox/endpoint.ts';
import type { Sandbox } from '../../sandbox/server.ts';
import type { AccountState } from '../../sandbox/state.ts';
import { type ClientSettings, type Clients, createClients } from '../../src/aws/clients.ts';

// The embedded account reads who signs, for what, and checks nothing: a signature would be a seventh of a call's time.
Object.assign(SignatureV4.prototype, { getSigningKey: async () => '', getSignature: async () => 'unsigned' });

/** What the SDK hands to whatever sends its requests. */
export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, string | string[] | null>;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

const serviceOf = ({ headers }: SentRequest) => /\/([\w-]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1] ?? '';

/** What an endpoint answers to a request of AWS's clients, without a socket between; a broken connection is an error. */
export async function answerDirectly({ answer }: Pick<Sandbox, 'answer'>, request: SentRequest) {
  const query = new URLSearchParams(
    Object.entries(request.query ?? {}).flatMap(([key, value]) =>
      [value ?? ''].flat().map((one): [string, string] => [key, one]),
    ),
  );
  const url = new URL(`http://127.0.0.1${request.path}${query.size > 0 ? `?${query}` : ''}`);
  const body =
    request.body instanceof Uint8Array ? Uint8Array.from(request.body) : Buffer.from(String(request.body ?? ''));
  const answered = await answer({ method: request.method, url, headers: request.headers, body });
  if (answered === 'drop') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  const { status, headers, body: text } = answered;
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  // What S3 holds is given out as a stream.
  const given = serviceOf(request) === 's3' ? Readable.from([bytes]) : bytes;
  const length = { 'content-length': String(bytes.byteLength) };
  return { response: { statusCode: status, headers: { ...length, ...headers }, body: given } };
}

/** AWS's own clients, and what they asked for. */
export interface Connected {
  readonly clients: Clients;
  readonly calls: CallLog;
}

/** Tries again at once, so that a test waits for nothing. */
function impatient(maxAttempts: number): NonNullable<NonNullable<ClientSettings['sending']>['retryStrategy']> {
  const token = (count: number) => ({ getRetryCount: () => count, getRetryDelay: () => 0 });
  return {
    mode: 'impatient',
    acquireInitialRetryToken: async () => token(0),
    refreshRetryTokenForRetry: async (used, { errorType }) => {
      if (errorType === 'CLIENT_ERROR' || used.getRetryCount() + 1 >= maxAttempts) throw new Error('no further tries');
      return token(used.getRetryCount() + 1);
    },
    recordSuccess: () => {},
  };
}

/** The real clients, whose requests go to a function. */
export function clientsOf(
  region: string,
  handle: (request: SentRequest) => ReturnType<typeof answerDirectly>,
  maxAttempts = 1,
): Clients {
  return createClients(region, {
    pace: 'off',
    sending: {
      endpoint: 'http://127.0.0.1',
      credentials: { accessKeyId: 'AKIASANDBOXEXAMPLE00', secretAccessKey: 'secret' },
      retryStrategy: impatient(maxAttempts),
      requestHandler: { handle, metadata: { handlerProtocol: 'http/1.1' }, destroy: () => {} },
    },
  });
}

/**
 * The real clients and the embedded account in one process without a socket between: thousands of runs in minutes,
 * and every call in the same order each time.
 */
export function connect(
  state: AccountState,
  { noEndpoint, ...options }: EndpointOptions & { readonly noEndpoint?: readonly string[] },
  maxAttempts = 1,
): Connected {
  const calls = new CallLog();
  const endpoint = new Endpoint(new Accounts([state]), calls, options);
  const handle = async (request: SentRequest) => {
    const service = serviceOf(request);
    if (noEndpoint?.includes(service) === true)
      throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${service}.${state.region}.amazonaws.com`), {
        code: 'ENOTFOUND',
      });
    return answerDirectly({ answer: (wire) => endpoint.answer(wire) }, request);
  };
  return { clients: clientsOf(state.region, handle, maxAttempts), calls };
}
