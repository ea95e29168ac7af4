/** An answer that is not what the service is known to give; what it would have held is unknown. */
export class BrokenAnswerError extends Error {
  override readonly name = 'BrokenAnswerError';
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
 * Asks for page after page until AWS gives no further token, empty pages included.
 * @param send sends one request with the token given; the first is asked for without one
 * @param tokenOf where the answer holds the next token
 * @throws BrokenAnswerError where a token comes a second time, since such a list would never end
 */
export async function* pages<Page>(
  send: (token: string | undefined) => Promise<Page>,
  tokenOf: (page: Page) => string | undefined,
): AsyncGenerator<Page> {
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const page = await send(token);
    yield page;
    const next = tokenOf(page) || undefined;
    if (next !== undefined && seen.has(next)) {
      throw new BrokenAnswerError('the same page token came twice, so the list has no end');
    }
    if (next !== undefined) seen.add(next);
    token = next;
  } while (token !== undefined);
}
