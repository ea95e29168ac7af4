import { randomUUID } from 'node:crypto';
import type { Call } from './calls.ts';
import { ServiceError } from './error.ts';

/** What is asked of a list: where to go on, how many, and what a bad token is called by the service. */
export interface PageRequest {
  readonly token: string | undefined;
  readonly size: number;
}

export interface Page<Item> {
  readonly items: Item[];
  readonly nextToken?: string;
}

interface Cursor {
  readonly scope: string;
  /** What was handed out, and at which position, so that things that come and go between pages shift nothing. */
  readonly delivered: Map<unknown, number>;
}

const KEPT_CURSORS = 500;

/** Cuts lists into pages with opaque tokens; a token can be used again, and only for the question that it came from. */
export class Pages {
  readonly #cursors: Map<string, Cursor>;
  readonly #call: Call;
  readonly #sizeCap: number;

  constructor(cursors: Map<string, Cursor>, call: Call, sizeCap: number) {
    this.#cursors = cursors;
    this.#call = call;
    this.#sizeCap = sizeCap;
  }

  take<Item>(items: readonly Item[], keyOf: (item: Item) => unknown, request: PageRequest): Page<Item> {
    const size = Math.min(request.size, this.#sizeCap);
    const { id, cursor, offset } = this.#resume(request.token);
    const page: Item[] = [];
    let rest = false;
    for (const item of items) {
      const position = cursor?.delivered.get(keyOf(item));
      if (position !== undefined && position < offset) continue;
      if (page.length === size) {
        rest = true;
        break;
      }
      page.push(item);
    }
    if (!rest) return { items: page };
    const delivered = cursor?.delivered ?? new Map<unknown, number>();
    for (const [index, item] of page.entries()) delivered.set(keyOf(item), offset + index);
    return { items: page, nextToken: this.#tokenFor(id, delivered, offset + page.length) };
  }

  #resume(token: string | undefined): { id: string; cursor?: Cursor; offset: number } {
    if (token === undefined) return { id: randomUUID(), offset: 0 };
    const [id = '', offset = ''] = Buffer.from(token, 'base64url').toString().split('/');
    const cursor = this.#cursors.get(id);
    if (cursor === undefined || cursor.scope !== tokenScopeOf(this.#call) || !/^\d+$/.test(offset)) {
      throw new ServiceError('InvalidNextToken', 'The specified token is not valid.');
    }
    return { id, cursor, offset: Number(offset) };
  }

  #tokenFor(id: string, delivered: Map<unknown, number>, offset: number): string {
    this.#cursors.delete(id);
    this.#cursors.set(id, { scope: tokenScopeOf(this.#call), delivered });
    const oldest = this.#cursors.keys().next();
    if (this.#cursors.size > KEPT_CURSORS && oldest.done !== true) this.#cursors.delete(oldest.value);
    return Buffer.from(`${id}/${offset}`).toString('base64url');
  }
}

/** The cursors that one endpoint holds. */
export type Cursors = Map<string, Cursor>;

const PAGING_MEMBERS = new Set([
  'NextToken',
  'nextToken',
  'MaxResults',
  'maxResults',
  'MaxRecords',
  'ContinuationToken',
  'Marker',
]);

/** What a page token belongs to: the question, but for where and how much. */
function tokenScopeOf(call: Call): string {
  const input = JSON.stringify(call.input, (key, value: unknown) =>
    PAGING_MEMBERS.has(key) || value instanceof Uint8Array ? undefined : value,
  );
  return `${call.accountId}/${call.region}/${call.service}/${call.operation}/${input}`;
}
