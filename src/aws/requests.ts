import pLimit from 'p-limit';

/** Enough for the limits at a second's latency; fewer than the SDK has connections. */
const AT_A_TIME = 25;

/** Sends requests and counts them, so that a report can say what each source cost. */
export class Requests {
  /** How many were sent so far. */
  calls = 0;
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
