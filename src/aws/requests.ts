import pLimit from 'p-limit';
import { JanitorError } from '../model/errors.ts';

/** Enough for the limits at a second's latency; fewer than the SDK has connections. */
const AT_A_TIME = 25;

/** Sends requests and counts them, so that a report can say what each source cost. */
export class Requests {
  /** How many were sent so far. */
  calls = 0;
  /** How many things the lists held; who asks says so where a list holds others than those that are read. */
  items = 0;
  readonly #onCall: () => void;
  readonly #limit = pLimit(AT_A_TIME);

  /** @param onCall hears of every request as it is sent */
  constructor(onCall: () => void = () => {}) {
    this.#onCall = onCall;
  }

  /** Counts a request that somebody else sends. */
  count(): void {
    this.calls += 1;
    this.#onCall();
  }

  /** Sends one request. */
  send<Output>(request: () => Promise<Output>): Promise<Output> {
    this.count();
    return request();
  }

  /**
   * Makes a request for each item, at most 25 at a time; results keep the items' order. Once one has failed,
   * those that were not begun are left out. The requests themselves go through `send`, which counts them.
   */
  async sendAll<Item, Output>(items: Iterable<Item>, request: (item: Item) => Promise<Output>): Promise<Output[]> {
    const failed = new AbortController();
    const begin = async (item: Item): Promise<Output> => {
      failed.signal.throwIfAborted();
      return request(item).catch((error: unknown) => {
        failed.abort(error);
        throw error;
      });
    };
    return Promise.all([...items].map((item) => this.#limit(() => begin(item))));
  }
}

/** Some ids, as many at a time as one call takes. */
export function inBatches<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** An answer that is not what the service is known to give; what it would have held is unknown. */
export class BrokenAnswerError extends JanitorError {
  override readonly name = 'BrokenAnswerError';
  override readonly kind = 'broken-answer';
}

/**
 * Takes the list out of an answer. The SDK reads any XML that is not AWS's (a proxy's error page, say)
 * as an answer without members, so an absent list must never be taken for an empty one: AWS sends empty
 * lists as empty elements.
 */
export function listOf<Item>(list: readonly Item[] | undefined, name: string): readonly Item[] {
  if (list === undefined) {
    throw new BrokenAnswerError(
      `the answer has no ${name}, so it is not AWS's; check the endpoint and any proxy before it`,
    );
  }
  return list;
}

/**
 * Takes out of an answer what AWS always sends. Absent or empty it says nothing, and what says nothing must never count
 * as "nothing there": the answer is broken.
 * @param what the member and whose it is: `ImageId of the instance i-0abc`
 */
export function essential<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined || value === '') {
    throw new BrokenAnswerError(
      `the answer has no ${what}, which AWS always sends; check the endpoint and any proxy before it`,
    );
  }
  return value;
}

/**
 * The pages that one of the SDK's paginators gives, empty ones included.
 * @param requests count each page as it is asked for
 * @throws BrokenAnswerError where a token comes a second time: the SDK would go on for ever, or take the list for whole
 */
export async function* pagesOf<Page>(paginator: AsyncIterable<Page>, requests?: Requests): AsyncGenerator<Page> {
  const seen = new Set<unknown>();
  requests?.count();
  for await (const page of paginator) {
    yield page;
    const token = tokenOf(page);
    if (token === undefined) continue;
    if (seen.has(token)) throw new BrokenAnswerError('the same page token came twice, so the list has no end');
    seen.add(token);
    requests?.count();
  }
}

/** By whichever name the service has for the token of the next page. */
function tokenOf(page: unknown): unknown {
  return ['NextToken', 'nextToken', 'NextContinuationToken', 'Marker', 'NextMarker']
    .map((name) => Reflect.get(Object(page), name))
    .find(Boolean);
}

/**
 * The items of a list that comes in pages.
 * @param name the member of each page that holds them
 * @param requests count pages and items
 * @throws BrokenAnswerError where a page has no such list, or the pages have no end
 */
export async function* itemsOf<Item, Name extends string>(
  paginator: AsyncIterable<{ readonly [Member in Name]?: readonly Item[] | undefined }>,
  name: Name,
  requests?: Requests,
): AsyncGenerator<Item> {
  for await (const page of pagesOf(paginator, requests)) {
    const items = listOf(page[name], name);
    if (requests !== undefined) requests.items += items.length;
    yield* items;
  }
}

/**
 * The pages of an operation for which the SDK has no paginator.
 * @param send sends one request with the token given; the first is asked for without one
 */
export async function* pages<Page extends { readonly NextToken?: string | undefined }>(
  send: (token: string | undefined) => Promise<Page>,
): AsyncGenerator<Page> {
  const paginator = async function* () {
    let token: string | undefined;
    do {
      const page = await send(token);
      yield page;
      token = page.NextToken || undefined;
    } while (token !== undefined);
  };
  yield* pagesOf(paginator());
}
