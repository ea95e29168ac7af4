import pLimit from 'p-limit';

/** Sends requests and counts them, so that a report can say what each source cost. */
export interface Requests {
  readonly calls: () => number;
  /** Sends one request. */
  readonly send: <Output>(request: () => Promise<Output>) => Promise<Output>;
  /** Sends one request for each item, at most ten at a time; results keep the items' order. */
  readonly sendAll: <Item, Output>(
    items: Iterable<Item>,
    request: (item: Item) => Promise<Output>,
  ) => Promise<Output[]>;
}

const AT_A_TIME = 10;

/** A counter of its own; `onCall` hears of every request as it is sent. */
export function countRequests(onCall: () => void = () => {}): Requests {
  let calls = 0;
  const limit = pLimit(AT_A_TIME);
  const send = <Output>(request: () => Promise<Output>): Promise<Output> => {
    calls += 1;
    onCall();
    return request();
  };
  return {
    calls: () => calls,
    send,
    sendAll: (items, request) => Promise.all([...items].map((item) => limit(() => request(item)))),
  };
}
