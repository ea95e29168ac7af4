import { JanitorError } from '../model/errors.ts';
import { isSdkError } from './errors.ts';

/** AWS said nothing for so long that it is not waited for any more. */
class NoAnswerError extends JanitorError {
  override readonly name = 'NoAnswerError';
  override readonly kind = 'unreachable';
}

/** How long an operation may go without any answer, retries included; one that goes on answering is never cut. */
export const SILENCE_MILLISECONDS = 90_000;

/** A client as much as counts here: every client of the SDK has its middleware typed by its own requests. */
export interface WithMiddleware {
  readonly middlewareStack: { add(middleware: unknown, options: unknown): void };
}

interface Command {
  readonly commandName?: string;
}

/** Retrying has a higher priority in this step, and the rate limits are waited for before. */
const ATTEMPT = { name: 'silenceMiddleware', step: 'finalizeRequest', priority: 'low' } as const;

/**
 * Ends requests to an endpoint that hangs. The time counts from the last answer to the same operation, of whatever kind,
 * or from a request's first try: a list of a thousand pages may take its time, and what AWS throttles is answered.
 */
export function endSilence(client: WithMiddleware, milliseconds: number): void {
  const answeredAt = new Map<string, number>();
  const begunAt = new WeakMap<object, number>();
  /** Around each try; none is begun when the time is over, and what is thrown then is not tried again. */
  const attempt =
    <Request extends { readonly input: object }, Answer>(
      next: (request: Request) => Promise<Answer>,
      { commandName = 'a request' }: Command,
    ) =>
    async (request: Request): Promise<Answer> => {
      const begun = begunAt.get(request.input) ?? performance.now();
      begunAt.set(request.input, begun);
      const left = () => Math.max(begun, answeredAt.get(commandName) ?? 0) + milliseconds - performance.now();
      if (left() <= 0) throw noAnswer(commandName, milliseconds);
      const { promise: silent, reject } = Promise.withResolvers<never>();
      let timer: NodeJS.Timeout;
      const wait = () => {
        if (left() > 0) timer = setTimeout(wait, left());
        else reject(noAnswer(commandName, milliseconds));
      };
      timer = setTimeout(wait, left());
      try {
        const answer = await Promise.race([next(request), silent]);
        answeredAt.set(commandName, performance.now());
        return answer;
      } catch (error) {
        // An error that has a status is an answer, too.
        if (isSdkError(error) && error.$metadata?.httpStatusCode !== undefined)
          answeredAt.set(commandName, performance.now());
        throw error;
      } finally {
        clearTimeout(timer);
      }
    };
  client.middlewareStack.add(attempt, ATTEMPT);
}

function noAnswer(commandName: string, milliseconds: number): NoAnswerError {
  const seconds = Math.ceil(milliseconds / 1000);
  return new NoAnswerError(
    `AWS gave no answer to ${commandName.replace(/Command$/, '')} for ${seconds} seconds, retries included; check the network, the Region and AWS_ENDPOINT_URL`,
  );
}
