import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import type { Policy } from '../../src/model/policy.ts';
import type { Delivery } from '../../src/notify/delivery.ts';
import { type SlackRequest, slackDelivery } from '../../src/notify/slack/delivery.ts';

/** What goes wrong with one call: before or after Slack has done what it asks for. */
export type SlackFault =
  | 'rate-limit'
  | 'error-before'
  | 'error-after'
  | 'drop-before'
  | 'drop-after'
  | 'slow-after'
  /** Nothing is done, and no answer ever comes. */
  | 'hang'
  | { readonly notOk: string };

/** One call that came in. */
export interface SlackCall {
  readonly number: number;
  readonly method: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Waits take no time, and there is always some left. */
export const AT_ONCE = { sleep: async () => {}, timeoutMilliseconds: 300, isTimeLeft: () => true };

/** A message that stands in a channel. */
export interface PostedMessage {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs: string | undefined;
  readonly text: string;
  readonly blocks: readonly unknown[];
  readonly metadata: unknown;
}

interface Person {
  readonly id: string;
  readonly name: string;
  readonly mail?: string;
  readonly deleted?: boolean;
}

interface Channel {
  readonly id: string;
  readonly name: string;
  readonly archived?: boolean;
  readonly members?: readonly string[];
}

/** A workspace that behaves as Slack's Web API, webhooks and response addresses do, on loopback. */
export class SlackServer {
  readonly people: Person[] = [];
  readonly channels: Channel[] = [];
  readonly groups = new Map<string, readonly string[]>();
  readonly posted: PostedMessage[] = [];
  readonly changed: unknown[] = [];
  readonly calls: SlackCall[] = [];
  token = 'xoxb-test-token-1234';
  url = '';
  /** Slack's own clock. */
  now: () => Date = () => new Date();
  /** Called where a call gets no answer: the caller's time goes by. */
  onSilence: () => void = () => {};
  fault: (call: SlackCall) => SlackFault | undefined = () => undefined;
  /** Of what Slack would refuse: messages over its limits. */
  readonly overLimits: string[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #count = 0;

  /** Forgets what happened, and has these people and channels. */
  beginAnew(people: readonly Person[], channels: readonly Channel[]): void {
    this.people.splice(0, this.people.length, ...people);
    this.channels.splice(0, this.channels.length, ...channels);
    this.changed.length = 0;
    this.posted.length = 0;
    this.fault = () => undefined;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address: AddressInfo | string | null = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.url = `http://127.0.0.1:${address.port}/api/`;
    return this;
  }

  /** Tells by this Slack, at once unless a story says otherwise. */
  delivery(policy: Policy, given: Partial<SlackRequest> = {}): Delivery {
    const { token, url: apiUrl } = this;
    return slackDelivery({ token, apiUrl, policy, hasButtons: true, timing: AT_ONCE, startedAt: new Date(), ...given });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get webhook(): string {
    return this.url.replace('/api/', '/services/T000/B000/secret');
  }

  get responseUrl(): string {
    return this.url.replace('/api/', '/response');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const path = request.url ?? '';
    const method = path.startsWith('/api/') ? path.slice('/api/'.length) : path;
    const values = path.startsWith('/api/') ? Object.fromEntries(new URLSearchParams(body)) : { body };
    const call = { number: this.calls.length + 1, method, values };
    this.calls.push(call);
    const fault = this.fault(call);
    if (fault === 'hang' || fault === 'slow-after') this.onSilence();
    if (fault === 'hang') return;
    if (fault === 'drop-before') return void request.socket.destroy();
    if (fault === 'error-before') return end(response, 503, 'upstream connect error');
    if (fault === 'rate-limit') return end(response, 429, '{"ok":false,"error":"ratelimited"}', { 'retry-after': '1' });
    if (typeof fault === 'object') return end(response, 200, JSON.stringify({ ok: false, error: fault.notOk }));
    const isAuthorized = request.headers.authorization === `Bearer ${this.token}` || !path.startsWith('/api/');
    const answer = isAuthorized ? this.#answer(method, values) : { ok: false, error: 'invalid_auth' };
    if (fault === 'drop-after') return void request.socket.destroy();
    if (fault === 'error-after') return end(response, 500, 'internal error');
    // The answer comes when nobody waits for it any more.
    if (fault === 'slow-after') return;
    end(response, 200, typeof answer === 'string' ? answer : JSON.stringify(answer));
  }

  #answer(method: string, values: Readonly<Record<string, string>>): object | string {
    switch (method) {
      case 'auth.test':
        return { ok: true, user_id: 'U0000000BOT' };
      case 'chat.postMessage':
        return this.#post(values);
      case 'conversations.open': {
        const user = this.people.find(({ id }) => id === values.users);
        return user === undefined ? no('user_not_found') : { ok: true, channel: { id: `D${user.id}` } };
      }
      case 'conversations.history':
        return this.#history(values, (message) => message.threadTs === undefined);
      case 'conversations.replies':
        return this.#history(values, ({ threadTs, ts }) => threadTs === values.ts || ts === values.ts);
      case 'conversations.list':
        return page(
          values,
          'channels',
          this.channels.map(({ id, name, archived }) => ({ id, name, is_archived: archived })),
        );
      case 'conversations.members': {
        const channel = this.channels.find(({ id }) => id === values.channel);
        return channel === undefined ? no('channel_not_found') : page(values, 'members', [...(channel.members ?? [])]);
      }
      case 'users.lookupByEmail': {
        const user = this.people.find(({ mail, deleted }) => mail === values.email && deleted !== true);
        return user === undefined ? no('users_not_found') : { ok: true, user: { id: user.id, name: user.name } };
      }
      case 'users.list':
        return page(
          values,
          'members',
          this.people.map(({ id, name, deleted }) => ({ id, name, deleted: deleted ?? false })),
        );
      case 'usergroups.users.list': {
        const users = this.groups.get(values.usergroup ?? '');
        return users === undefined ? no('no_such_subteam') : { ok: true, users };
      }
      case '/response':
        this.changed.push(JSON.parse(values.body ?? ''));
        return 'ok';
      default:
        if (!method.startsWith('/services/')) return no('unknown_method');
        this.#keep('webhook', undefined, hook.parse(JSON.parse(values.body ?? '')), undefined, values.body ?? '');
        return 'ok';
    }
  }

  #post(values: Readonly<Record<string, string>>): object {
    const wanted = values.channel ?? '';
    const direct = this.people.some(({ id }) => `D${id}` === wanted) ? wanted : undefined;
    const channel = this.channels.find(({ id, name }) => id === wanted || `#${name}` === wanted);
    if (direct === undefined && channel === undefined) return no('channel_not_found');
    if (channel?.archived === true) return no('is_archived');
    const blocks: unknown = JSON.parse(values.blocks ?? '[]');
    const metadata: unknown = JSON.parse(values.metadata ?? 'null');
    const message = hook.parse({ text: values.text ?? '', blocks });
    const id = direct ?? channel?.id ?? '';
    const ts = this.#keep(id, values.thread_ts, message, metadata, JSON.stringify(values));
    return { ok: true, channel: id, ts };
  }

  #keep(
    channel: string,
    threadTs: string | undefined,
    { text, blocks }: z.infer<typeof hook>,
    metadata: unknown,
    payload: string,
  ): string {
    this.#count += 1;
    const ts = `${Math.floor(this.now().getTime() / 1000)}.${String(this.#count).padStart(6, '0')}`;
    this.overLimits.push(...problemsOf(text, blocks, payload));
    this.posted.push({ channel, ts, threadTs, text, blocks, metadata });
    return ts;
  }

  #history(values: Readonly<Record<string, string>>, wanted: (message: PostedMessage) => boolean): object {
    const oldest = Number(values.oldest ?? 0);
    const repliesTo = (start: string) => this.posted.filter(({ threadTs }) => threadTs === start).length;
    const messages = this.posted
      .filter((message) => message.channel === values.channel && wanted(message) && Number(message.ts) > oldest)
      .map(({ ts, text, metadata }) => ({
        ts,
        text,
        ...(repliesTo(ts) > 0 && { reply_count: repliesTo(ts) }),
        ...(values.include_all_metadata === 'true' && { metadata }),
      }));
    return page(values, 'messages', messages.reverse());
  }
}

const hook = z.looseObject({ text: z.string(), blocks: z.array(z.unknown()) });

/** Every text that stands in blocks, wherever it stands. */
export function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'text' && typeof inner === 'string' ? [inner] : textsIn(inner),
  );
}

/** Slack's limits, read from its documentation and not from the code that is tested. */
export function problemsOf(text: string, blocks: readonly unknown[], payload: string): string[] {
  const problems = problemsIn({ text, blocks });
  if (blocks.length > 50) problems.push(`${blocks.length} blocks`);
  if (Buffer.byteLength(payload) > 150_000) problems.push(`${Buffer.byteLength(payload)} bytes`);
  return problems;
}

/** Texts and values that are too long, or empty: titles and options may be shorter ones than paragraphs and buttons. */
function problemsIn(value: unknown, parent = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => problemsIn(one, parent));
  if (typeof value !== 'object' || value === null) return [];
  const within = 'type' in value && value.type === 'header' ? 'header' : parent;
  return Object.entries(value).flatMap(([key, inner]) => {
    if (typeof inner !== 'string') return problemsIn(inner, key === 'options' ? key : within);
    const most = { text: within === 'header' ? 150 : 3000, value: within === 'options' ? 150 : 2000 }[key] ?? Infinity;
    if (inner === '') return key === 'text' ? ['an empty text'] : [];
    return inner.length > most ? [`a ${key} of ${inner.length} characters in ${within}`] : [];
  });
}

function no(error: string): object {
  return { ok: false, error };
}

/** Pages as Slack's: shorter than asked for, the last one with an empty cursor. */
function page(values: Readonly<Record<string, string>>, name: string, all: readonly unknown[]): object {
  const start = Number(values.cursor ?? 0);
  const size = Math.min(Number(values.limit ?? 100), 100);
  const next = start + size < all.length ? String(start + size) : '';
  return { ok: true, [name]: all.slice(start, start + size), response_metadata: { next_cursor: next } };
}

function end(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
