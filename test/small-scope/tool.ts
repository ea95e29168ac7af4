import { AsyncLocalStorage } from 'node:async_hooks';
import crypto, { hash } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { Client } from '@smithy/core/client';
import { CallLog } from '../../sandbox/calls.ts';
import type { WireReply, WireRequest } from '../../sandbox/protocols/protocol.ts';
import { answerDirectly, clientsOf } from '../builders/in-process.ts';
import { BUCKET } from '../builders/journal.ts';
import { enforce } from '../crash/run.ts';
import { POLICY } from './world.ts';

/** A call that the tool waits for. */
export interface Question {
  /** Equal for equal calls. */
  readonly key: string;
  readonly wire: WireRequest;
}

/** How a run ended: whether its report says that it read all; undefined where it failed. */
export interface Ended {
  readonly complete: boolean | undefined;
}

interface Asked {
  readonly key: string;
  /** Nobody but the SDK sees how its answer came. */
  readonly isPlain: boolean;
  readonly send: () => Promise<unknown>;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Read = { readonly output: unknown } | { readonly error: unknown };

interface Command {
  readonly input: object;
  readonly middlewareStack: { readonly identify: () => string[] };
}

/** A run by the id that it has and when it begins. What it makes up at random hangs on its id. */
export interface Start {
  readonly runId: string;
  readonly milliseconds: number;
}

/** The SDK writes a request and reads an answer as ever, but equal ones once only: most of a run's time goes into that. */
class Sdk {
  readonly clients = clientsOf('eu-west-1', (request) => answerDirectly({ answer: this.#exchange }, request));
  readonly #wires = new Map<string, WireRequest>();
  readonly #reads = new Map<string, Read>();
  #written: WireRequest | undefined;
  #reply: WireReply | undefined;

  /** The request as it is sent. */
  async write({ key, send }: Asked): Promise<WireRequest> {
    const known = this.#wires.get(key);
    if (known !== undefined) return known;
    await send().catch(() => {});
    if (this.#written === undefined) throw new Error('nothing is sent');
    this.#wires.set(key, this.#written);
    return this.#written;
  }

  async read(asked: Asked, reply: WireReply, replyKey: string): Promise<Read> {
    const key = `${asked.key} ${replyKey}`;
    const known = asked.isPlain ? this.#reads.get(key) : undefined;
    if (known !== undefined) return known;
    this.#reply = reply;
    const read: Read = await asked
      .send()
      .then(whole)
      .then(
        (output) => ({ output: frozen(output) }),
        (error: unknown) => ({ error }),
      );
    this.#reply = undefined;
    this.#reads.set(key, read);
    return read;
  }

  readonly #exchange = async (wire: WireRequest): Promise<WireReply | 'drop'> => {
    this.#written = wire;
    return this.#reply ?? 'drop';
  };
}

const running = new AsyncLocalStorage<ToolRun | undefined>();
/** Within it AWS's request ids are all alike. */
export const atAws = new AsyncLocalStorage<true>();
const sdk = new Sdk();

const { send } = Client.prototype;
Object.assign(Client.prototype, {
  send(this: EC2Client, command: Command, ...rest: readonly unknown[]): Promise<unknown> {
    const run = running.getStore();
    const really = () => running.run(undefined, () => Reflect.apply(send, this, [command, ...rest]));
    return run === undefined ? really() : run.ask(this.config.serviceId, command, really);
  },
});

const { randomBytes, randomUUID } = crypto;
Object.assign(crypto, {
  randomBytes: (size: number) => running.getStore()?.random(size) ?? randomBytes(size),
  randomUUID: () => {
    const run = running.getStore();
    if (run === undefined && atAws.getStore() === undefined) return randomUUID();
    const bytes = run?.random(16) ?? Buffer.alloc(16);
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  },
});
syncBuiltinESMExports();

/** A run of the real tool, which goes on from one call to the next as it is answered. */
export class ToolRun {
  readonly #start: Start;
  #milliseconds: number;
  readonly #asked: Asked[] = [];
  #ended: Ended | undefined;
  #isAbandoned = false;
  #made = 0;

  constructor(start: Start) {
    this.#start = start;
    this.#milliseconds = start.milliseconds;
    const now = () => new Date(this.#milliseconds);
    const options = { now, policy: POLICY, bucket: BUCKET, runId: start.runId };
    const end = (complete: boolean | undefined) => {
      this.#ended = { complete };
    };
    running.run(this, () =>
      enforce({ clients: sdk.clients, calls: new CallLog() }, options).then(
        ({ complete }) => end(complete),
        () => end(undefined),
      ),
    );
  }

  /** What it waits for once it can do nothing more without an answer: of several calls the one that it made first. */
  async next(): Promise<Question | Ended> {
    do await setImmediate();
    while (this.#asked.length === 0 && this.#ended === undefined);
    const [asked] = this.#asked;
    if (asked === undefined) return this.#ended ?? { complete: undefined };
    return { key: asked.key, wire: await sdk.write(asked) };
  }

  /** Answers what it waits for. @param replyKey equal for equal answers */
  async answer(reply: WireReply, replyKey: string, milliseconds: number): Promise<void> {
    const asked = this.#asked.shift();
    if (asked === undefined) throw new Error('nothing was asked');
    this.#milliseconds = milliseconds;
    const read = await sdk.read(asked, reply, replyKey);
    if ('error' in read) asked.reject(read.error);
    else asked.resolve(read.output);
  }

  /** No call of it reaches AWS any more. */
  abandon(): void {
    this.#isAbandoned = true;
    for (const { reject } of this.#asked.splice(0)) reject(broken());
  }

  ask(service: string | undefined, command: Command, really: () => Promise<unknown>): Promise<unknown> {
    if (this.#isAbandoned) return Promise.reject(broken());
    const key = hash('sha1', JSON.stringify([service, command.constructor.name, command.input]));
    const isPlain = command.middlewareStack.identify().length === 0;
    return new Promise((resolve, reject) => this.#asked.push({ key, isPlain, send: really, resolve, reject }));
  }

  random(size: number): Buffer {
    this.#made += 1;
    return Buffer.from(hash('sha256', `${this.#start.runId} ${this.#made}`), 'hex').subarray(0, size);
  }
}

function broken(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

/** An answer that can be read more than once. */
async function whole(output: unknown): Promise<unknown> {
  const body: unknown = Reflect.get(Object(output), 'Body');
  if (!(body instanceof Readable)) return output;
  const bytes = await buffer(body);
  const Body = { transformToByteArray: async () => bytes, transformToString: async () => bytes.toString() };
  return { ...Object(output), Body };
}

/** What several share none of them may change. */
export function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (ArrayBuffer.isView(value) || value instanceof Map || value instanceof Date) return value;
  for (const one of Object.values(value)) frozen(one);
  return Object.freeze(value);
}
