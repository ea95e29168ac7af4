import { JanitorError } from '../model/errors.ts';

/** AWS said nothing for so long that it is not waited for any more. */
class NoAnswerError extends JanitorError {
  override readonly name = 'NoAnswerError';
  override readonly kind = 'unreachable';
}

/** How long an operation may go without any answer, retries included; one that goes on answering is never cut. */
export const SILENCE_MILLISECONDS = 90_000;

interface Waiting {
  isOver: boolean;
}

interface Sent {
  readonly input: object;
}

/**
 * Ends requests to an endpoint that hangs. The time counts from the last answer to the same operation, of whatever kind:
 * a list of a thousand pages may take its time, and what AWS throttles is answered.
 */
class Silence {
  readonly #milliseconds: number;
  readonly #answeredAt = new Map<string, number>();
  readonly #waiting = new WeakMap<object, Waiting>();

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /** Around a request with all its retries. */
  readonly whole =
    <Request extends Sent, Answer>(
      next: (request: Request) => Promise<Answer>,
      { commandName = 'a request' }: { readonly commandName?: string },
    ) =>
    async (request: Request): Promise<Answer> => {
      const waiting: Waiting = { isOver: false };
      this.#waiting.set(request.input, waiting);
      const startedAt = performance.now();
      const { promise: silent, reject } = Promise.withResolvers<never>();
      let timer: NodeJS.Timeout;
      const check = () => {
        const since = Math.max(startedAt, this.#answeredAt.get(commandName) ?? 0);
        const left = since + this.#milliseconds - performance.now();
        if (left > 0) timer = setTimeout(check, left);
        else {
          waiting.isOver = true;
          reject(new NoAnswerError(sentence(commandName, this.#milliseconds)));
        }
      };
      timer = setTimeout(check, this.#milliseconds);
      try {
        return await Promise.race([next(request), silent]);
      } finally {
        clearTimeout(timer);
      }
    };

  /** Around each try; none is begun for a request that was given up. */
  readonly attempt =
    <Request extends Sent, Answer>(
      next: (request: Request) => Promise<Answer>,
      { commandName = 'a request' }: { readonly commandName?: string },
    ) =>
    async (request: Request): Promise<Answer> => {
      if (this.#waiting.get(request.input)?.isOver) throw new NoAnswerError(sentence(commandName, this.#milliseconds));
      try {
        const answer = await next(request);
        this.#answeredAt.set(commandName, performance.now());
        return answer;
      } catch (error) {
        // An error that has a status is an answer, too.
        if (statusOf(error) !== undefined) this.#answeredAt.set(commandName, performance.now());
        throw error;
      }
    };
}

function sentence(commandName: string, milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return `AWS gave no answer to ${commandName.replace(/Command$/, '')} for ${seconds} seconds, retries included; check the network, the Region and AWS_ENDPOINT_URL`;
}

function statusOf(error: unknown): unknown {
  const metadata: unknown = Reflect.get(Object(error), '$metadata');
  return Reflect.get(Object(metadata), 'httpStatusCode');
}

const WHOLE = { name: 'silenceMiddleware', step: 'initialize', priority: 'high' } as const;
/** Retrying has a higher priority in this step, and the rate limits are waited for before. */
const ATTEMPT = { name: 'silentAttemptMiddleware', step: 'finalizeRequest', priority: 'low' } as const;

/** A client as much as counts here: every client of the SDK has its middleware typed by its own requests. */
interface Stack {
  add(middleware: unknown, options: unknown): void;
}

/** Lets no request of a client wait for ever. */
export function endSilence(client: { readonly middlewareStack: Stack }, milliseconds: number): void {
  const silence = new Silence(milliseconds);
  client.middlewareStack.add(silence.whole, WHOLE);
  client.middlewareStack.add(silence.attempt, ATTEMPT);
}
