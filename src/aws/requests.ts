import pLimit from 'p-limit';

/** Sends requests and counts them, so that a report can say what each source cost. */
export interface Requests {
  readonly calls: () => number;
  /** Counts a request that somebody else sends. */
  readonly count: () => void;
  /** Sends one request. */
  readonly send: <Output>(request: () => Promise<Output>) => Promise<Output>;
  /**
   * Makes a request for each item, at most 25 at a time; results keep the items' order. Once one has failed,
   * those that were not begun are left out. The requests themselves go through `send`, which counts them.
   */
  readonly sendAll: <Item, Output>(
    items: Iterable<Item>,
    request: (item: Item) => Promise<Output>,
  ) => Promise<Output[]>;
}

/** Some ids, as many at a time as one call takes. */
export function inBatches<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** Enough for the limits at a second's latency; fewer than the SDK has connections. */
const AT_A_TIME = 25;

/** A counter of its own; `onCall` hears of every request as it is sent. */
export function countRequests(onCall: () => void = () => {}): Requests {
  let calls = 0;
  const limit = pLimit(AT_A_TIME);
  const count = () => {
    calls += 1;
    onCall();
  };
  const send = <Output>(request: () => Promise<Output>): Promise<Output> => {
    count();
    return request();
  };
  const sendAll = async <Item, Output>(
    items: Iterable<Item>,
    request: (item: Item) => Promise<Output>,
  ): Promise<Output[]> => {
    let failure: { readonly error: unknown } | undefined;
    const begin = async (item: Item): Promise<Output> => {
      if (failure !== undefined) throw failure.error;
      try {
        return await request(item);
      } catch (error) {
        failure ??= { error };
        throw error;
      }
    };
    return Promise.all([...items].map((item) => limit(() => begin(item))));
  };
  return { calls: () => calls, count, send, sendAll };
}
