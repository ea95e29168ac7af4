import { createServer, type ServerResponse } from 'node:http';
import { Accounts } from './accounts.ts';
import { type Call, CallLog, type Fault } from './calls.ts';
import { type Answer, Endpoint } from './endpoint.ts';
import type { OrganizationState } from './organizations/state.ts';
import type { WireRequest } from './protocols/protocol.ts';
import { readRequest } from './request.ts';
import type { RequestBucketOptions } from './request-buckets.ts';
import type { AccountState } from './state.ts';

export interface SandboxOptions {
  /** 0 or none: any free port. */
  readonly port?: number;
  readonly account: AccountState;
  /** Further accounts and Regions that an assumed role or another signing Region reaches. */
  readonly otherAccounts?: readonly AccountState[];
  /** The organization that accounts belong to. */
  readonly organization?: OrganizationState;
  /** The endpoint's own clock. */
  readonly now: () => Date;
  /** Asked before each call; what it returns happens to that call. */
  readonly intercept?: (call: Call) => Fault | undefined;
  /** No page is longer than this, whatever is asked. */
  readonly pageSizeCap?: number;
  /** How long a call takes at least. */
  readonly latencyMilliseconds?: (call: Call) => number;
  /** AWS's request limits; none without it. */
  readonly requestBuckets?: RequestBucketOptions;
}

export interface Sandbox {
  readonly url: string;
  readonly calls: CallLog;
  /** What a request is answered, for who asks without a socket. */
  readonly answer: (request: WireRequest) => Promise<Answer>;
  /** The account itself, live: what tests change here, the next call sees. */
  readonly state: AccountState;
  readonly close: () => Promise<void>;
}

function send(response: ServerResponse, answer: Answer): void {
  if (answer === 'drop') {
    response.destroy();
    return;
  }
  const length = typeof answer.body === 'string' ? Buffer.byteLength(answer.body) : answer.body.byteLength;
  // An answer may say its own length: that of the object which a HEAD asks for.
  response.writeHead(answer.status, { 'content-length': String(length), ...answer.headers });
  response.end(answer.body);
}

/** Serves accounts on loopback to the clients of AWS's own SDK. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const calls = new CallLog();
  const accounts = new Accounts([options.account, ...(options.otherAccounts ?? [])], options.organization);
  const endpoint = new Endpoint(accounts, calls, options);
  const answer = (request: WireRequest) => endpoint.answer(request);
  const server = createServer((message, response) => {
    readRequest(message)
      .then(answer)
      .then((answer) => send(response, answer))
      .catch((error: unknown) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        response.writeHead(500, { 'content-type': 'text/plain' });
        response.end(`The sandbox itself failed: ${text}`);
      });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    answer,
    state: options.account,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
