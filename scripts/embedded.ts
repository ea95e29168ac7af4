import { sandboxEnvironment } from '../sandbox/environment.ts';
import { type Sandbox, startSandbox } from '../sandbox/server.ts';
import type { AccountState } from '../sandbox/state.ts';

/** Serves an embedded account; this process's AWS settings point there from then on. */
export async function startEmbedded(account: AccountState, now: () => Date): Promise<Sandbox> {
  const sandbox = await startSandbox({ account, now });
  // A profile of the user's own would win over the embedded account's credentials.
  delete process.env.AWS_PROFILE;
  Object.assign(process.env, sandboxEnvironment(sandbox.url, account.region));
  return sandbox;
}
