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

const WHOLE = { name: 'silenceMiddleware', step: 'initialize', priority: 'high' } as const;
/** Retrying has a higher priority in this step, and the rate limits are waited for before. */
const ATTEMPT = { name: 'silentAttemptMiddleware', step: 'finalizeRequest', priority: 'low' } as const;

/**
 * Ends requests to an endpoint that hangs. The time counts from the last answer to the same operation, of whatever kind:
 * a list of a thousand pages may take its time, and what AWS throttles is answered.
 */
export function endSilence(client: WithMiddleware, milliseconds: number): void {
  const answeredAt = new Map<string, number>();
  const givenUp = new WeakSet<object>();

  /** Around a request with all its retries. */
  const whole =
    <Request extends { readonly input: object }, Answer>(
      next: (request: Request) => Promise<Answer>,
      { commandName = 'a request' }: Command,
    ) =>
    async (request: Request): Promise<Answer> => {
      const startedAt = performance.now();
      const { promise: silent, reject } = Promise.withResolvers<never>();
      let timer: NodeJS.Timeout;
      const check = () => {
        const since = Math.max(startedAt, answeredAt.get(commandName) ?? 0);
        const left = since + milliseconds - performance.now();
        if (left > 0) timer = setTimeout(check, left);
        else {
          givenUp.add(request.input);
          reject(noAnswer(commandName, milliseconds));
        }
      };
      timer = setTimeout(check, milliseconds);
      try {
        return await Promise.race([next(request), silent]);
      } finally {
        clearTimeout(timer);
      }
    };

  /** Around each try; none is begun for a request that was given up. */
  const attempt =
    <Request extends { readonly input: object }, Answer>(
      next: (request: Request) => Promise<Answer>,
      { commandName = 'a request' }: Command,
    ) =>
    async (request: Request): Promise<Answer> => {
      if (givenUp.has(request.input)) throw noAnswer(commandName, milliseconds);
      try {
        const answer = await next(request);
        answeredAt.set(commandName, performance.now());
        return answer;
      } catch (error) {
        // An error that has a status is an answer, too.
        if (isSdkError(error) && error.$metadata?.httpStatusCode !== undefined)
          answeredAt.set(commandName, performance.now());
        throw error;
      }
    };

  client.middlewareStack.add(whole, WHOLE);
  client.middlewareStack.add(attempt, ATTEMPT);
}

function noAnswer(commandName: string, milliseconds: number): NoAnswerError {
  const seconds = Math.ceil(milliseconds / 1000);
  return new NoAnswerError(
    `AWS gave no answer to ${commandName.replace(/Command$/, '')} for ${seconds} seconds, retries included; check the network, the Region and AWS_ENDPOINT_URL`,
  );
}
