import { once } from 'node:events';
import { sandboxEnvironment } from '../../../sandbox/environment.ts';
import { seedAccount } from '../../../sandbox/seed/seed-account.ts';
import { startSandbox } from '../../../sandbox/server.ts';
import { EXIT, type ExitCode, type Io, messageOf, print, say, UsageError } from '../io.ts';

/** Serves an embedded account of a size, from a seed, until it is interrupted, and prints the variables to export. */
export async function serveSandbox(
  io: Io,
  { port, ...size }: { readonly port?: number; readonly images?: number; readonly seed?: number },
): Promise<ExitCode> {
  const account = seedAccount({ now: io.now(), ...size });
  const settings = { account, now: io.now, ...(port !== undefined && { port }) };
  const sandbox = await startSandbox(settings).catch((error: unknown) => {
    throw new UsageError(`the embedded account can't listen there (${messageOf(error)}); try another --port, or none`);
  });
  const variables = Object.entries(sandboxEnvironment(sandbox.url, account.region));
  await print(io, variables.map(([name, value]) => `export ${name}=${value}`).join('\n'));
  say(io, `${account.images.size} images; serving until interrupted (Ctrl-C)`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await sandbox.close();
  return EXIT.done;
}
