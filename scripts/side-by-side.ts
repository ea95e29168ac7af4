import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';

/**
 * Divides work over all cores. The script is started once for each, with `--share REST,SHARES`; each tells its result in
 * one message. @returns the results; nothing for a share that ended without one
 */
export async function sideBySide<Result>(script: string, args: readonly string[]): Promise<(Result | undefined)[]> {
  const shares = availableParallelism();
  return await Promise.all(
    Array.from({ length: shares }, async (_, rest) => {
      const child = fork(script, [...args, '--share', `${rest},${shares}`]);
      const results: Result[] = [];
      child.on('message', (result: Result) => results.push(result));
      await once(child, 'exit');
      return results[0];
    }),
  );
}
