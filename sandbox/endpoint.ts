import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Accounts } from './accounts.ts';
import { type Call, type CallLog, type Fault, faultError } from './calls.ts';
import { whyInvalid } from './constraints.ts';
import { ServiceError } from './error.ts';
import type { Caller, Context, Operation } from './operation.ts';
import { type Cursors, Pages } from './pages.ts';
import type { WireReply, WireRequest } from './protocols/protocol.ts';
import { type SigningScope, signingScopeOf } from './request.ts';
import { type RequestBucketOptions, RequestBuckets } from './request-buckets.ts';
import { SERVICES, type Service } from './service.ts';
import type { AccountState } from './state.ts';

/** What goes back: a reply, or nothing but a broken connection. */
export type Answer = WireReply | 'drop';

/** The parts of the endpoint's options that bear on a call. */
export interface EndpointOptions {
  readonly now: () => Date;
  readonly intercept?: (call: Call) => Fault | undefined;
  readonly pageSizeCap?: number;
  readonly latencyMilliseconds?: (call: Call) => number;
  readonly requestBuckets?: RequestBucketOptions;
}

interface Asked {
  readonly service: Service;
  readonly operation: Operation;
  readonly call: Call;
  readonly caller: Caller;
}

const GARBAGE: WireReply = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<html><body><p>It works!</body>',
};
const UNSIGNED: WireReply = {
  status: 403,
  headers: { 'content-type': 'application/xml' },
  body: '<ErrorResponse><Error><Type>Sender</Type><Code>MissingAuthenticationToken</Code><Message>Request is missing Authentication Token</Message></Error></ErrorResponse>',
};

/** Takes one request to its service and operation, and its outcome back; faults strike here. */
export class Endpoint {
  readonly #accounts: Accounts;
  readonly #calls: CallLog;
  readonly #options: EndpointOptions;
  readonly #cursors: Cursors = new Map();
  readonly #buckets: RequestBuckets | undefined;
  #number = 0;

  constructor(accounts: Accounts, calls: CallLog, options: EndpointOptions) {
    this.#accounts = accounts;
    this.#calls = calls;
    this.#options = options;
    this.#buckets = options.requestBuckets === undefined ? undefined : new RequestBuckets(options.requestBuckets);
  }

  /** Answers, and says what time it is by this endpoint's clock, as AWS does in every answer. */
  async answer(request: WireRequest): Promise<Answer> {
    const answer = await this.#answer(request);
    if (answer === 'drop') return answer;
    const body = request.method === 'HEAD' ? '' : answer.body;
    return { ...answer, body, headers: { date: this.#options.now().toUTCString(), ...answer.headers } };
  }

  async #answer(request: WireRequest): Promise<Answer> {
    const scope = signingScopeOf(request);
    const service = SERVICES.get(scope?.service ?? '');
    if (scope === undefined || service === undefined) return UNSIGNED;
    const requestId = randomUUID();
    try {
      const asked = this.#understand(request, scope, service);
      return await this.#execute(asked, requestId);
    } catch (error) {
      if (error instanceof ServiceError) return service.protocol.writeError(error, requestId);
      throw error;
    }
  }

  #understand(request: WireRequest, scope: SigningScope, service: Service): Asked {
    const at = this.#options.now();
    const caller = this.#accounts.callerOf(scope.accessKeyId, service.errors, at);
    this.#number += 1;
    const { accountId } = caller;
    const known = { number: this.#number, service: service.name, accountId, region: scope.region, at };
    try {
      const operation = service.protocol.find(request, service.operations);
      const input = service.protocol.readInput(request, operation);
      this.#requireValid(service, operation, input);
      const call: Call = { ...known, operation: operation.shape.name, writes: operation.writes, input };
      return { service, operation, call, caller };
    } catch (error) {
      if (error instanceof ServiceError) {
        const unknown = { operation: '?', writes: false, input: undefined };
        this.#calls.add({ ...known, ...unknown, outcome: error.code, acted: false });
      }
      throw error;
    }
  }

  #requireValid({ name, errors }: Service, { shape }: Operation, input: unknown): void {
    const why = whyInvalid(`${name}.${shape.name}`, input);
    if (why === undefined) return;
    this.#calls.invalid.push(`${name}.${shape.name}: ${why}`);
    throw new ServiceError(errors.invalid, `1 validation error detected: ${why}`);
  }

  async #execute(asked: Asked, requestId: string): Promise<Answer> {
    const { call, service, operation } = asked;
    const fault: Fault | undefined =
      this.#buckets?.admits(call) === false ? { kind: 'throttle' } : this.#options.intercept?.(call);
    const latency = this.#options.latencyMilliseconds?.(call) ?? 0;
    if (latency > 0) await sleep(latency);
    await fault?.before?.();
    const log = (outcome: string, acted: boolean) =>
      this.#calls.add({ ...call, outcome, acted: acted && operation.writes });
    if (fault?.kind === 'drop-before') {
      log('dropped-before', false);
      return 'drop';
    }
    try {
      const refusal =
        fault?.kind &&
        faultError(fault.kind, service.errors, asked.caller.arn, `${service.name}:${operation.shape.name}`);
      if (refusal) throw refusal;
      const { error } = fault ?? {};
      if (error) throw new ServiceError(error.code, error.message, error.status);
      this.#admit(asked);
      if (fault?.answer !== undefined) return this.#wordForWord(fault.answer, log);
      const reply = service.protocol.writeOutput(operation, this.#run(asked, fault?.seen), requestId);
      log(fault?.kind === 'drop-after' ? 'dropped-after' : (fault?.kind ?? 'ok'), true);
      await fault?.after?.();
      if (fault?.kind === 'drop-after') return 'drop';
      if (fault?.kind === 'empty-answer') return emptied(reply);
      return fault?.kind === 'garbage' ? GARBAGE : reply;
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      log(error.code, false);
      await fault?.after?.();
      return fault?.kind === 'drop-after' ? 'drop' : service.protocol.writeError(error, requestId);
    }
  }

  #wordForWord(body: string, log: (outcome: string, acted: boolean) => void): Answer {
    log('ok', false);
    return { status: 200, headers: { 'content-type': 'text/xml;charset=UTF-8' }, body };
  }

  /** What is refused before an operation looks at its input: by Region, and by what the caller's role may. */
  #admit({ call, caller, service, operation }: Asked): void {
    // Organizations has one home. Its own client signs for it; a client that was told an endpoint may not.
    if (service.name === 'organizations' && call.region !== 'us-east-1') {
      const message = `Credential should be scoped to a valid region, not '${call.region}'.`;
      throw new ServiceError('InvalidSignatureException', message);
    }
    // Buckets have a Region of their own, whatever a request is signed for.
    if (service.name !== 's3' && !this.#accounts.admits(caller.accountId, call.region))
      throw new ServiceError(...service.errors.unknownCredentials);
    if (caller.readOnly !== true || !operation.writes) return;
    const denied = faultError('access-denied', service.errors, caller.arn, `${service.name}:${operation.shape.name}`);
    if (denied) throw denied;
  }

  #run({ call, caller, operation }: Asked, seen: AccountState | undefined): unknown {
    const state = seen ?? this.#accounts.stateOf(caller.accountId, call.region);
    const now = this.#options.now();
    const context: Context = {
      state,
      now,
      caller,
      pages: new Pages(this.#cursors, call, this.#options.pageSizeCap ?? Number.POSITIVE_INFINITY),
      organization: this.#accounts.organization,
      others: () => this.#accounts.othersIn(caller.accountId, call.region),
      assume: (request) => this.#accounts.assume(request),
    };
    if (call.service === 'ec2' && isDryRun(call.input)) {
      // EC2 checks permissions and nothing else, and says yes by an error.
      throw new ServiceError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
    }
    return operation.run(call.input, context);
  }
}

/** The same kind of document with nothing in it. */
function emptied(reply: WireReply): WireReply {
  const { 'content-length': _, ...headers } = reply.headers;
  const isXml = headers['content-type']?.includes('xml') === true;
  return { ...reply, headers, body: isXml ? '<Answer></Answer>' : '{}' };
}

function isDryRun(input: unknown): boolean {
  return typeof input === 'object' && input !== null && 'DryRun' in input && input.DryRun === true;
}
