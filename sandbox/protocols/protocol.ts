import type { ServiceError } from '../error.ts';
import type { Operation } from '../operation.ts';

/** A request as it came in. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, with S3's bucket always in the path. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

export interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** How a service's calls look on the wire. */
export interface Protocol {
  /** The operation that a request asks for; a refusal in the service's words where there is none. */
  readonly find: (request: WireRequest, operations: ReadonlyMap<string, Operation>) => Operation;
  readonly readInput: (request: WireRequest, operation: Operation) => unknown;
  readonly writeOutput: (operation: Operation, output: unknown, requestId: string) => WireReply;
  readonly writeError: (error: ServiceError, requestId: string) => WireReply;
}
