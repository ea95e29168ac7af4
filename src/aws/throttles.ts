import type { Clients } from './clients.ts';
import { failureOf } from './errors.ts';

/**
 * Counts the requests that AWS throttled, those among them that a retry then brought through.
 * @returns asks for the number so far
 */
export function countThrottles({ ec2, autoScaling, ssm }: Pick<Clients, 'ec2' | 'autoScaling' | 'ssm'>): () => number {
  let throttled = 0;
  const counting =
    <Request, Answer>(next: (request: Request) => Promise<Answer>) =>
    async (request: Request): Promise<Answer> => {
      try {
        return await next(request);
      } catch (error) {
        if (failureOf(error).kind === 'throttled') throttled += 1;
        throw error;
      }
    };
  // Answers become errors in this step, one for each attempt; retrying is further out.
  const place = { name: 'countThrottlesMiddleware', step: 'deserialize', priority: 'high' } as const;
  ec2.middlewareStack.add(counting, place);
  autoScaling.middlewareStack.add(counting, place);
  ssm.middlewareStack.add(counting, place);
  return () => throttled;
}
